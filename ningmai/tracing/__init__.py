"""Did you count my event? Where an event id stands in the log, and what it was counted in."""

from ningmai.tracing.trace import Trace, traced
from ningmai.tracing.words import told

__all__ = ["Trace", "told", "traced"]
