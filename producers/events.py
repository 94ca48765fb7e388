"""The events, typed: one class a kind, its fields those of the newest schema, in its order.

Times are aware datetimes or UTC milliseconds, dates are dates, unknown is None. A class only holds
values; whether they are right is checked when they are published.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Literal, TypeVar

from schemas.errors import RuleBroken

Origin = Literal["live", "replay", "simulated"]
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OF_CORRECTIONS = uuid.UUID("5f0c1f5e-3f5a-5d0e-9d2b-6a1f2f4f7b10")
"""Never changes: ids of corrections are made from it."""


def new_id() -> str:
    """An event id that nobody else makes: 32 hexadecimal digits."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has."""

    KIND: ClassVar[str]

    event_id: str = field(default_factory=new_id)
    """Keep it, and use it again when the same event is published again."""
    occurred_at: datetime | int
    """When it happened: an aware datetime, or milliseconds since 1970-01-01 UTC."""
    source: str
    """The system that says so, a short stable code; never a person."""
    origin: Origin = "live"
    sign: int = 1
    """1: it happened; -1: takes back the event that corrects names (see retraction)."""
    corrects: str | None = None

    def to_mapping(self) -> dict[str, Any]:
        """The event as Avro carries it: milliseconds, days, lists.

        Raises RuleBroken for a datetime without a zone; checks nothing else.
        """
        return _mapping(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Event):
    """One call to the health hotline 12320, or one work order that came in from 12345."""

    KIND: ClassVar[str] = "calls"

    line: Literal["hotline", "order_city", "order_province"]
    city: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking(Event):
    """One appointment booked with a hospital."""

    KIND: ClassVar[str] = "bookings"

    hospital: str | None = None
    channel: Literal["online", "phone", "clinic", "third_party"] | None = None
    route: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemedicine(Event):
    """One report, specimen or consultation on one of the four telemedicine platforms."""

    KIND: ClassVar[str] = "telemedicine"

    platform: Literal["consultation", "ecg", "lab", "imaging"]
    item: Literal["report", "specimen", "consultation"]
    institution: str | None = None
    images: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Event):
    """One upload of one table of one business date by one organisation."""

    KIND: ClassVar[str] = "uploads"

    organisation: str
    table_code: str
    business_date: date
    rows: int
    persons: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskTransaction(Event):
    """One transaction at a self-service kiosk; the amount in whole fen."""

    KIND: ClassVar[str] = "kiosk_transactions"

    institution: str
    device: str | None = None
    service: Literal["registration", "payment"]
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Event):
    """A stock, stated by its owner as of a day: value times ten to the exponent."""

    KIND: ClassVar[str] = "statements"

    figure: str
    subject: str
    as_of: date
    value: int | None = None
    exponent: int = 0
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Row of an institution in one printed table; places count from 1."""

    table: str
    label: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution(Event):
    """What the register says of an institution from a day on."""

    KIND: ClassVar[str] = "institutions"

    code: str
    valid_from: date
    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["hospital", "district", "other"]
    district: str | None = None
    provisional: bool = False
    labels: tuple[Label, ...] = ()
    campus_of: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Event):
    """Something beyond its habit, found by the worker: raised once, cleared when it is over."""

    KIND: ClassVar[str] = "alerts"

    rule: str
    subject: str
    state: Literal["raised", "cleared"]
    level: Literal["warning", "critical"]
    measured: int
    """In hundredths, as the two after it: of hours where it is about a pause, else of events."""
    usual: int | None = None
    limit: int | None = None
    since: datetime | int
    text: str


EVENTS: tuple[type[Event], ...] = (
    Call,
    Booking,
    Telemedicine,
    Upload,
    KioskTransaction,
    Statement,
    Institution,
    Alert,
)

AnyEvent = TypeVar("AnyEvent", bound=Event)


def retraction(event: AnyEvent, event_id: str | None = None) -> AnyEvent:
    """The event that takes ``event`` back: its whole content, sign -1, an id of its own.

    The id is made from the event's: taken back twice, also after a crash, it is the same retraction
    and counts once. Give ``event_id`` only where your system has a name for the retraction.
    """
    if event.sign != 1:
        raise ValueError("a retraction cannot be taken back: publish the event again instead")
    back = event_id or _derived("retraction", event)
    return replace(event, event_id=back, sign=-1, corrects=event.event_id)


def amendment(event: AnyEvent, **changes: Any) -> AnyEvent:
    """The event that takes the place of ``event`` once that is taken back, with these fields.

    Its id is made from the event's unless given: an event is amended once, then its amendment is.
    """
    if event.sign != 1:
        raise ValueError("a retraction cannot be amended: amend the event that it takes back")
    known = {"event_id": _derived("amendment", event), "corrects": event.event_id}
    return replace(event, **(known | changes))


def _derived(what: str, event: Event) -> str:
    """An id that the same system makes again for the same event, and no other does."""
    name = "\n".join((what, event.KIND, event.source, event.event_id))
    return uuid.uuid5(_OF_CORRECTIONS, name).hex


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds of an aware datetime; RuleBroken for one without a zone."""
    if moment.tzinfo is None:
        raise RuleBroken("occurred_at", "zone", "时间须带时区，例如 ZoneInfo('Asia/Shanghai')")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def plain(value: Any) -> Any:
    """A field's value as Avro carries it; what is none of ours stays as it is."""
    turn = _PLAIN.get(type(value))
    if turn is not None:
        return turn(value)
    return milliseconds(value) if isinstance(value, datetime) else value


_PLAIN: dict[type, Callable[[Any], Any]] = {
    datetime: milliseconds,
    date: lambda day: day.toordinal() - _EPOCH_DAY,
    tuple: lambda items: [plain(item) for item in items],
    list: lambda items: [plain(item) for item in items],
    Label: lambda label: _mapping(label),
}


def _mapping(record: "Event | Label") -> dict[str, Any]:
    """The fields in the order of the schema, as Avro carries them."""
    return {each.name: plain(getattr(record, each.name)) for each in fields(record)}
