"""A printed bulletin: read strictly, planned as single events, replayed.

``plan`` and ``replay`` are modules of their own: they need numpy, which reading doesn't.
"""

from producers.bulletin.errors import BulletinError, Malformed, OtherContent
from producers.bulletin.model import SUBTOTAL, Bulletin, Cell, Row, Table
from producers.bulletin.month import Month
from producers.bulletin.reader import read

__all__ = [
    "SUBTOTAL",
    "Bulletin",
    "BulletinError",
    "Cell",
    "Malformed",
    "Month",
    "OtherContent",
    "Row",
    "Table",
    "read",
]
