"""Tables 02 and 03: bookings by hospital and channel, and by route."""

from producers.bulletin.draft import Draft
from producers.bulletin.names import of_row
from producers.bulletin.shares import within
from producers.bulletin.values import number
from producers.events import Booking
from schemas.catalogue import catalogue

ROUTED = ("online", "third_party")
"""Channels whose bookings come by a platform; the phone and the consulting room have no route."""


def add_bookings(draft: Draft) -> None:
    """Give routes to routed bookings while there are any; what is left over has the route alone."""
    slots = _routed(draft)
    room = [count for _, _, count in slots]
    for row in draft.bulletin.rows("03"):
        route = catalogue().code("routes", row.label)
        count = number(row.cells["预约数量"])
        placed = within(min(count, sum(room)), room)
        for (hospital, channel, _), part in zip(slots, placed, strict=True):
            draft.flow(Booking, part, hospital=hospital, channel=channel, route=route)
        room = [space - part for space, part in zip(room, placed, strict=True)]
        left = count - sum(placed)
        draft.flow(Booking, left, hospital=None, channel=None, route=route)
    for (hospital, channel, _), space in zip(slots, room, strict=True):
        draft.flow(Booking, space, hospital=hospital, channel=channel, route=None)


def _routed(draft: Draft) -> list[tuple[str, str, int]]:
    """Add the bookings that have no route; return hospital, channel and count of the others."""
    slots = []
    for row in draft.bulletin.rows("02"):
        hospital = of_row(draft.register, "02", row).code
        for channel, column in catalogue().lists["channels"].items():
            count = number(row.cells[column])
            if channel in ROUTED:
                slots.append((hospital, channel, count))
            else:
                draft.flow(Booking, count, hospital=hospital, channel=channel, route=None)
    return slots
