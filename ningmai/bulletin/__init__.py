"""The bulletin of a month: one document made of figures, and writers of five formats."""

from ningmai.bulletin.compose import compose
from ningmai.bulletin.facts import Closed, Facts, read_facts

__all__ = ["Closed", "Facts", "compose", "read_facts"]
