"""How events get in: the publisher, the replay of a bulletin, simulated traffic."""

from producers.errors import DeliveryFailed, InvalidEvent
from producers.events import (
    Booking,
    Call,
    Event,
    Institution,
    KioskTransaction,
    Label,
    Statement,
    Telemedicine,
    Upload,
    amendment,
    retraction,
)
from producers.publisher import Publisher

__all__ = [
    "Booking",
    "Call",
    "DeliveryFailed",
    "Event",
    "Institution",
    "InvalidEvent",
    "KioskTransaction",
    "Label",
    "Publisher",
    "Statement",
    "Telemedicine",
    "Upload",
    "amendment",
    "retraction",
]
