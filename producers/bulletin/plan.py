"""What a replay publishes: events whose figures are the printed ones, out of the content alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from producers.bulletin.booking import add_bookings
from producers.bulletin.chance import Int64s, moments
from producers.bulletin.draft import LETTERS, Draft, Flow, Reasons, common
from producers.bulletin.hotline import add_calls
from producers.bulletin.kiosk import add_kiosks
from producers.bulletin.layout import cumulative
from producers.bulletin.model import Bulletin
from producers.bulletin.month import Month
from producers.bulletin.names import institutions
from producers.bulletin.telemedicine import add_telemedicine
from producers.bulletin.uploads import add_uploads
from producers.bulletin.values import number, yi
from producers.events import Institution, Label, Statement
from producers.register import Register, register

CHUNK = 16_384
RECORDS = {"基本信息": "basic", "高血压": "hypertension", "糖尿病": "diabetes"}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some events in order of time: of which flow, its number within the kind, when."""

    flows: list[int]
    numbers: list[int]
    times: list[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a replay publishes. Equal contents give equal plans."""

    month: Month
    checksum: str
    prefix: str
    institutions: tuple[Institution, ...]
    statements: tuple[Statement, ...]
    """All but the two that frame a replay."""
    flows: tuple[Flow, ...]
    reasons: Reasons
    """Why cells that can't be reached are not."""
    seed: int

    @property
    def events(self) -> int:
        """How many events flow."""
        return sum(flow.count for flow in self.flows)

    def identity(self, name: str) -> dict[str, Any]:
        """Fields common to all kinds, of a statement about the replay itself."""
        return {
            "event_id": f"{self.prefix}{LETTERS['statements']}-{name}",
            **common(self.month),
        }

    def id_prefix(self, flow: Flow) -> str:
        """What the number of an event is put behind to make its id."""
        return f"{self.prefix}{LETTERS[flow.event.KIND]}-"

    def chunks(self) -> Iterator[Chunk]:
        """Yield every event that flows, all kinds together, in order of time."""
        if not self.flows:
            return
        owners = np.repeat(
            np.arange(len(self.flows), dtype=np.int32), [flow.count for flow in self.flows]
        )
        times = self._times()
        order = np.argsort(times, kind="stable")
        owners, times = owners[order], times[order]
        numbers = self._numbers(owners)
        for start in range(0, len(owners), CHUNK):
            part = slice(start, start + CHUNK)
            yield Chunk(owners[part].tolist(), numbers[part].tolist(), times[part].tolist())

    def _times(self) -> Int64s:
        """When each event happens, flow by flow."""
        parts: list[Int64s] = []
        free = Counter[str]()
        for flow in self.flows:
            if flow.at is None:
                free[flow.event.KIND] += flow.count
        drawn = {
            kind: moments(kind, self.month, self.seed + 10 * place, count)
            for place, (kind, count) in enumerate(sorted(free.items()))
        }
        used = Counter[str]()
        for flow in self.flows:
            if flow.at is None:
                start = used[flow.event.KIND]
                parts.append(drawn[flow.event.KIND][start : start + flow.count])
                used[flow.event.KIND] += flow.count
            else:
                parts.append(np.full(flow.count, flow.at, dtype=np.int64))
        return np.concatenate(parts)

    def _numbers(self, owners: Any) -> Int64s:
        """Number of each event within its kind, from 1 in order of time."""
        kinds = list(LETTERS)
        of_flow = np.array([kinds.index(flow.event.KIND) for flow in self.flows])
        of_event = of_flow[owners]
        numbers = np.empty(len(owners), dtype=np.int64)
        for kind in range(len(kinds)):
            mine = np.flatnonzero(of_event == kind)
            numbers[mine] = np.arange(1, len(mine) + 1)
        return numbers


def plan(bulletin: Bulletin, known: Register | None = None) -> Plan:
    """Plan the replay of a bulletin: the same for the same content, on any machine at any time."""
    draft = Draft(bulletin, known or register())
    add_calls(draft)
    add_bookings(draft)
    add_telemedicine(draft)
    add_uploads(draft)
    add_kiosks(draft)
    _add_records(draft)
    _add_cumulative(draft)
    return Plan(
        bulletin.month,
        bulletin.checksum,
        draft.prefix,
        tuple(_entries(draft)),
        tuple(draft.statements),
        tuple(draft.flows),
        draft.reasons,
        draft.seed("times"),
    )


def explain(bulletin: Bulletin, known: Register | None = None) -> Reasons:
    """Why cells of this bulletin can't be reached by any events, by table, row and column."""
    return plan(bulletin, known).reasons


def _add_records(draft: Draft) -> None:
    """State the health records on file in each district."""
    for row in draft.bulletin.rows("04"):
        code = draft.register.resolve(row.label, "district").code
        for column, printed in row.cells.items():
            record = RECORDS.get(column.rpartition("/")[2])
            if record:
                draft.state(f"records.{record}", code, number(printed), "record")


def _add_cumulative(draft: Draft) -> None:
    """State the totals of table 08 with the precision that they are printed with."""
    for row in draft.bulletin.rows("08"):
        figure = cumulative(row.label, draft.bulletin.month.number)
        printed = row.cells["数值"]
        if figure == "bookings.total":
            draft.state(figure, "city", number(printed), "booking")
        else:
            rows = yi(printed)
            draft.state(figure, "city", rows.digits, "row", rows.exponent)


def _entries(draft: Draft) -> Iterator[Institution]:
    """Register entries, valid from the month's first day, of all whom the bulletin prints."""
    printed = dict(institutions(draft.bulletin, draft.register))
    if any(one.figure.startswith("telemedicine.connection.") for one in draft.statements):
        for district in draft.register.districts:
            printed.setdefault(district.code, (district, []))
    for place, (code, (one, mentions)) in enumerate(sorted(printed.items()), start=1):
        yield Institution(
            **draft.identity("institutions", place),
            code=code,
            valid_from=draft.bulletin.month.first,
            name=one.name,
            aliases=one.aliases,
            kind=one.kind,
            district=one.district,
            provisional=one.provisional,
            campus_of=one.campus_of,
            labels=tuple(
                Label(table=table, label=label, place=where) for table, label, where, _ in mentions
            ),
        )
