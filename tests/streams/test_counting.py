"""Any split into fetches, any flushes, any restarts, any second worker: the same tables."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.kinds import kind
from streams.agents.calls import CALLS
from streams.batches import Batch, Fetch
from streams.counting import Counting
from streams.frames import Decoder, Layouts
from tests.streams.log import APPENDED, CALL, Schemas
from tests.streams.oracle import Message, Store, expected

SCHEMAS = Schemas()
SYMBOLS = {
    "line": ["hotline", "order_city", "order_province"],
    "origin": ["live", "replay", "simulated"],
}
DIMENSIONS = ("source", "origin", *CALLS.dimensions)
LAYOUTS = Layouts(SCHEMAS, kind("calls"))


def worker() -> Counting:
    return Counting(Decoder(LAYOUTS, CALLS.columns), CALLS)


@st.composite
def messages(draw: st.DrawFn) -> list[Message]:
    log, offset, appended = [], -1, APPENDED
    for n in range(draw(st.integers(4, 40))):
        offset += draw(st.sampled_from([1, 1, 1, 1, 2, 5]))
        appended += draw(st.sampled_from([0, 5, 5, 60_000, 90_000_000]))
        if draw(st.integers(0, 9)) == 0:
            log.append(Message(offset, appended, b"\0no event", None))
            continue
        corrects = draw(st.sampled_from([None, None, None, "c-1"]))
        event: dict[str, Any] = CALL | {
            "event_id": f"c-{draw(st.integers(0, 12))}" if draw(st.booleans()) else f"n-{n}",
            "occurred_at": CALL["occurred_at"] + draw(st.integers(0, 1)) * 5_000_000 + n,
            "category": draw(st.sampled_from([None, "crisis"])),
            "sign": -1 if corrects else 1,
            "corrects": corrects,
        }
        log.append(Message(offset, appended, SCHEMAS.call(**event), event))
    return log


def batches(log: list[Message]) -> list[Batch]:
    """As a broker keeps them: runs of one append time."""
    found: list[Batch] = []
    covered = 0
    for m in log:
        if found and found[-1].appended == m.appended:
            last = found.pop()
            offsets, values = [*last.offsets, m.offset], [*last.values, m.value]
            found.append(Batch(last.start, m.offset + 1, m.appended, offsets, values))
        else:
            found.append(Batch(covered, m.offset + 1, m.appended, [m.offset], [m.value]))
        covered = m.offset + 1
    return found


class Reader:
    """A worker on one partition of a log: fetches of any size, from where the store says."""

    def __init__(self, store: Store, number: int, log: list[Message]) -> None:
        self.store, self.number = store, number
        self.whole = Fetch("calls", number, batches(log))
        self.counting = worker()
        self.committed: int | None = None
        self.position = self.assign()

    def assign(self) -> int:
        return self.store.assign(self.counting, self.number, self.committed, self.whole.end)

    def fetch(self, size: int) -> None:
        if self.position >= self.whole.end:
            return
        rest = self.whole.since(self.position).batches[:size]
        part = Fetch("calls", self.number, rest)
        self.counting.take(part, self.counting.decode(part))
        self.position = part.end


OPS = st.tuples(
    st.sampled_from(
        ["fetch", "fetch", "flush", "flush", "crash", "torn", "back", "zombie", "restore"]
    ),
    st.integers(1, 4),
)


@settings(max_examples=300, deadline=None)
@given(messages(), st.lists(OPS, min_size=6, max_size=30), st.integers(3, 20), st.integers(1, 30))
def test_the_tables_are_a_function_of_the_log_alone(
    log: list[Message], ops: list[tuple[str, int]], size: int, horizon: int
) -> None:
    store = Store(size, horizon)
    ids = {(0, m.offset): m.event["event_id"] for m in log if m.event}
    reader, zombie, backup = Reader(store, 0, log), None, store.backup()
    for op, n in [*ops, *[("fetch", 9)] * 50, ("flush", 1)]:
        if op == "fetch":
            reader.fetch(n)
        elif op == "zombie" and zombie is None:
            zombie = Reader(store, 0, log)
            zombie.fetch(n)
        elif op == "back" and reader.committed:
            reader.committed = reader.committed // n
            reader.position = reader.assign()
        elif op in ("flush", "torn") and (flush := reader.counting.flush()):
            store.write(flush, ids, 4 if op == "flush" else n - 1)
            if op == "flush":
                reader.committed = flush.durable[0]
            else:
                reader.position = reader.assign()
        elif op == "restore":  # from a backup made at the restore before; workers stop for it
            backup, zombie = store.restored(backup), None
            reader.counting = worker()
            reader.position = reader.assign()
        elif op == "crash":
            reader.counting = worker()
            reader.position = reader.assign()
    if zombie and (late := zombie.counting.flush()):
        store.write(late, ids)
    totals, raw, dead = expected({0: log}, horizon, DIMENSIONS)
    assert {k: v for k, v in store.totals(DIMENSIONS, SYMBOLS).items() if v != (0,)} == {
        k: v for k, v in totals.items() if v != (0,)
    }
    assert {(n, o, counted) for (n, o), (counted, _) in store.raw.items()} == raw
    assert store.dead == dead
    assert all(block.accounted for block in store.ledger.values())
