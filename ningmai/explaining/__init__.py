"""Any figure of the bulletin explains itself: its SQL, its sources, its freshness, its events."""

from ningmai.explaining.answer import Explanation, explain, figures
from ningmai.explaining.naming import choose

__all__ = ["Explanation", "choose", "explain", "figures"]
