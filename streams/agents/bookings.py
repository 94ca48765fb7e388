"""Bookings: by hospital, channel and route."""

from streams.rollups import Rollup

BOOKINGS = Rollup("bookings", dimensions=("hospital", "channel", "route"))
