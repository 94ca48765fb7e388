"""Closing a month: what was published stays as it was, and every later difference is explained."""

from ningmai.closing.frozen import Closing, Frozen
from ningmai.closing.published import beside, differs, last_closing, published

__all__ = ["Closing", "Frozen", "beside", "differs", "last_closing", "published"]
