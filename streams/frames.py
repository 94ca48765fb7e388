"""From the bytes of a fetch to a frame of events: splice, read in one call, verify.

Verification proves the framing: each row must carry the offset that was appended to its datum, the
magic byte and the schema id. A message that is truncated, padded or garbled shifts them or fails
the read. Then the fetch is halved until the bad messages are found, which go to the dead letters;
all others go on. A flipped bit that leaves another valid event is the record batch's CRC's to find.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas import codec
from schemas.errors import Undecodable, UnknownSchema
from schemas.kinds import Kind
from streams import rules
from streams.batches import Batch
from streams.layouts import Layout, block, layout, varint

CHUNK = 65_536  # offsets of one read; the low 16 bits of an offset tell its rows apart
HALVE_UNTIL = 256  # messages below which a damaged stretch is read one by one
VARINTS = tuple(varint(n) for n in range(CHUNK))
DAMAGED = (pl.exceptions.PolarsError, OSError, TypeError, pl.exceptions.PanicException)


class DeadLetter(NamedTuple):
    """A message that is no event, and why: a code, and words for its source (Chinese)."""

    offset: int
    appended: int
    reason: str
    detail: str
    schema_id: int | None
    value: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages of one partition within one multiple of CHUNK: where each came from, and its bytes.

    ``tails`` are what is appended to each datum behind the low bits of its offset.
    """

    partition: int
    offsets: NDArray[np.int64]
    appended: NDArray[np.int64]
    tails: Sequence[bytes]
    values: Sequence[bytes | None]

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: NDArray[np.int64]) -> "Stretch":
        """Only these rows."""
        picked = rows.tolist()
        return Stretch(
            self.partition,
            self.offsets[rows],
            self.appended[rows],
            [self.tails[i] for i in picked],
            [self.values[i] for i in picked],
        )

    def dead(self, row: int, reason: str, detail: str, schema_id: int | None = None) -> DeadLetter:
        """The dead letter of one of its messages."""
        value = self.values[row] or b""
        offset, appended = int(self.offsets[row]), int(self.appended[row])
        return DeadLetter(offset, appended, reason, detail, schema_id, value)


@dataclass(frozen=True, slots=True)
class Spliced:
    """Messages of one writer's schema as an Avro container holds them, where each came from."""

    layout: Layout
    stretch: Stretch
    data: bytes

    @property
    def block(self) -> bytes:
        """These messages as one block of a container, for behind the layout's table header."""
        return block(len(self.stretch), self.data)

    def take(self, rows: NDArray[np.int64]) -> "Spliced":
        """Only these rows."""
        stretch = self.stretch.take(rows)
        return Spliced(self.layout, stretch, splice(stretch))

    def halves(self) -> tuple["Spliced", "Spliced"]:
        """The first and the second half; of two messages or more."""
        rows = np.arange(len(self.stretch))
        half = len(rows) // 2
        return self.take(rows[:half]), self.take(rows[half:])


@dataclass(frozen=True, slots=True)
class Events:
    """Decoded messages of one partition and one writer's schema.

    ``frame`` has a row per message: the columns asked for, enums as the reader's numbers of their
    symbols, times in ms and days in days since 1970, and ``offset``.
    """

    frame: pl.DataFrame
    spliced: Spliced


def stretches(partition: int, batches: Sequence[Batch]) -> Iterator[Stretch]:
    """Cut batches into stretches that lie within one multiple of CHUNK each."""
    pieces: list[tuple[Sequence[int], Sequence[bytes | None], int]] = []
    high = -1
    for batch in batches:
        offsets, values = batch.offsets, batch.values
        while offsets:
            if pieces and offsets[0] // CHUNK != high:
                yield _stretch(partition, high, pieces)
                pieces = []
            high = offsets[0] // CHUNK
            inside = len(offsets) if offsets[-1] // CHUNK == high else _below(offsets, high)
            pieces.append((offsets[:inside], values[:inside], batch.appended or 0))
            offsets, values = offsets[inside:], values[inside:]
    if pieces:
        yield _stretch(partition, high, pieces)


def _below(offsets: Sequence[int], high: int) -> int:
    return int(np.searchsorted(np.asarray(offsets), (high + 1) * CHUNK))


def _stretch(partition: int, high: int, pieces: Sequence[tuple[Any, Any, int]]) -> Stretch:
    lead = varint(high) + varint(partition)
    tails: list[bytes] = []
    values: list[bytes | None] = []
    for offsets, messages, appended in pieces:
        tails += [lead + varint(appended)] * len(offsets)
        values += messages
    return Stretch(
        partition,
        np.concatenate([np.asarray(offsets, dtype=np.int64) for offsets, _, _ in pieces]),
        np.repeat([appended for _, _, appended in pieces], [len(p[0]) for p in pieces]),
        tails,
        values,
    )


class Decoder:
    """Decodes stretches of one kind into frames of the columns asked for.

    RegistryUnavailable comes through when the registry cannot be asked: to be tried again.
    """

    def __init__(self, layouts: "Layouts", columns: Sequence[str]) -> None:
        self.layouts = layouts
        self.columns = tuple(columns)

    def decode(self, stretch: Stretch) -> Iterator[Events | DeadLetter]:
        """Events and dead letters of a stretch; each of its messages is in exactly one."""
        if not len(stretch):
            return
        events = self._at_once(stretch)
        if events is not None:
            yield from self._by_the_rules(events)
        else:
            yield from self._apart(stretch)

    def _at_once(self, stretch: Stretch) -> Events | None:
        try:
            known = self.layouts.of(stretch.values[0])
            if not known.simple:
                return None
            data = splice(stretch)
            container = known.frame_header + block(len(stretch), data)
            wanted = [c for c in self.columns if c in known.fields]
            frame = pl.read_avro(BytesIO(container), columns=["_magic", "_schema", *wanted, "_low"])
        except (Undecodable, *DAMAGED):
            return None
        if not _verified(frame, known, stretch):
            return None
        return Events(frame, Spliced(known, stretch, data))

    def _by_the_rules(self, events: Events) -> Iterator[Events | DeadLetter]:
        stretch, layout = events.spliced.stretch, events.spliced.layout
        suspects = rules.suspects(events.frame, layout, stretch.appended)
        good = np.ones(len(stretch), dtype=bool)
        for row in [] if suspects is None else np.flatnonzero(suspects).tolist():
            event = self._one(stretch, row)
            if isinstance(event, DeadLetter):
                yield event
            elif detail := rules.verdict(layout, event, int(stretch.appended[row])):
                yield stretch.dead(row, "rule", detail, layout.schema_id)
            else:
                continue
            good[row] = False
        if good.all():
            yield replace(events, frame=_completed(events, self.columns))
        else:
            yield from self.decode(stretch.take(np.flatnonzero(good)))

    def _apart(self, stretch: Stretch) -> Iterator[Events | DeadLetter]:
        """Find what spoils a stretch: other schemas beside each other, or bad messages."""
        groups = _by_header(stretch)
        if len(groups) > 1:
            for rows in groups.values():
                yield from self.decode(stretch.take(rows))
        elif len(stretch) > HALVE_UNTIL and self._could_be_simple(stretch):
            half = len(stretch) // 2
            yield from self.decode(stretch.take(np.arange(half)))
            yield from self.decode(stretch.take(np.arange(half, len(stretch))))
        else:
            yield from self._one_by_one(stretch)

    def _could_be_simple(self, stretch: Stretch) -> bool:
        try:
            return self.layouts.of(stretch.values[0]).simple
        except Undecodable:
            return False

    def _one_by_one(self, stretch: Stretch) -> Iterator[Events | DeadLetter]:
        found = [self._one(stretch, row) for row in range(len(stretch))]
        dead = [event for event in found if isinstance(event, DeadLetter)]
        yield from dead
        good = np.array([not isinstance(e, DeadLetter) for e in found])
        if not good.any():
            return
        kept = stretch.take(np.flatnonzero(good))
        events = [event for event in found if not isinstance(event, DeadLetter)]
        known = self.layouts.of(kept.values[0])
        wanted = [c for c in self.columns if c in known.fields]
        frame = pl.DataFrame(
            {c: [_plain(known, c, event[c]) for event in events] for c in wanted},
            schema={c: known.types[c] for c in wanted},
        )
        yield from self._by_the_rules(Events(frame, Spliced(known, kept, splice(kept))))

    def _one(self, stretch: Stretch, row: int) -> Mapping[str, Any] | DeadLetter:
        value = stretch.values[row]
        try:
            self.layouts.of(value)
            return codec.decode(self.layouts.registry, value)[1]
        except Undecodable as error:
            return stretch.dead(row, error.reason, error.detail, claimed(value))


def splice(stretch: Stretch) -> bytes:
    """The values, each with what is appended to it."""
    parts: list[bytes | None] = [b""] * (3 * len(stretch))
    parts[0::3] = stretch.values
    parts[1::3] = [VARINTS[low] for low in (stretch.offsets % CHUNK).tolist()]
    parts[2::3] = stretch.tails
    return b"".join(parts)  # type: ignore[arg-type] # None raises TypeError: damaged


def _verified(frame: pl.DataFrame, layout: Layout, stretch: Stretch) -> bool:
    if frame.height != len(stretch) or frame["_magic"].any():
        return False
    claimed = frame["_schema"].to_numpy().view(np.uint32)
    low = frame["_low"].to_numpy()
    expected = int.from_bytes(layout.schema_id.to_bytes(4, "big"), "little")
    return bool((claimed == expected).all() and (low == stretch.offsets % CHUNK).all())


def _by_header(stretch: Stretch) -> dict[bytes, NDArray[np.int64]]:
    rows: dict[bytes, list[int]] = {}
    for row, value in enumerate(stretch.values):
        rows.setdefault((value or b"")[: codec.HEADER], []).append(row)
    return {header: np.array(found) for header, found in rows.items()}


def _plain(layout: Layout, column: str, value: Any) -> Any:
    """A decoded value as the container holds it: an enum as the number of its symbol."""
    if column in layout.enums and value is not None:
        return layout.enums[column].index(value)
    return value


def _completed(events: Events, columns: Sequence[str]) -> pl.DataFrame:
    """The frame as the reader has it: its defaults, its numbers of symbols; and the offsets."""
    layout, frame = events.spliced.layout, events.frame
    renumbered = [
        pl.col(c).replace_strict(dict(enumerate(codes)), return_dtype=pl.Int32)
        for c, codes in layout.codes.items()
        if c in frame.columns and codes != tuple(range(len(codes)))
    ]
    missing = [
        pl.lit(layout.defaults[c], dtype=layout.types[c]).alias(c)
        for c in columns
        if c in layout.defaults
    ]
    offsets = pl.Series("offset", events.spliced.stretch.offsets)
    return frame.with_columns(*renumbered, *missing, offsets).select(*columns, "offset")


def claimed(value: bytes | None) -> int | None:
    """The schema id that a message claims; None where it is too short or not so framed."""
    if value is None or len(value) < codec.HEADER or value[0] != 0:
        return None
    return int.from_bytes(value[1 : codec.HEADER], "big")


class Layouts:
    """Layouts by schema id, asked of the registry once and kept for ever."""

    def __init__(self, registry: codec.Schemas, kind: Kind) -> None:
        self.registry = registry
        self.kind = kind
        self._known: dict[int, Layout] = {}

    def of(self, value: bytes | None) -> Layout:
        """The layout of a message's schema.

        Raises Undecodable where it claims none, one that the registry does not have, or one of
        another kind; RegistryUnavailable, to be tried again, comes through.
        """
        schema_id = claimed(value)
        if schema_id is None:
            codec.decode(self.registry, value)  # says what is wrong with it
            raise AssertionError("bug: codec.decode took a message without a schema id")
        if schema_id not in self._known:
            self._known[schema_id] = self._look_up(schema_id)
        return self._known[schema_id]

    def _look_up(self, schema_id: int) -> Layout:
        try:
            writer = self.registry.schema(schema_id)
        except UnknownSchema as error:
            detail = f"模式注册中心没有编号 {schema_id}"
            raise Undecodable("unknown_schema", detail) from error
        if writer.get("name") != self.kind.schema()["name"]:
            detail = f"模式编号 {schema_id} 不属于本主题（{self.kind.name}）"
            raise Undecodable("unknown_schema", detail)
        return layout(self.kind, schema_id, writer)
