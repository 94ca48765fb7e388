"""Calls to the hotline, and work orders from 12345: by line, city and category."""

from streams.rollups import Rollup

CALLS = Rollup("calls", dimensions=("line", "city", "category"))
