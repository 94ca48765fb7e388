"""What ClickHouse reads otherwise than the worker never becomes a raw row."""

import pytest

from clickhouse.client import connect
from clickhouse.errors import Refused
from clickhouse.migrate import migrate
from ningmai.settings import Settings
from schemas.kinds import kind
from streams.agents.calls import CALLS
from streams.frames import Decoder, Events, Layouts, stretches
from streams.sink import Sink
from tests.streams.log import Schemas, batch

pytestmark = pytest.mark.engine

SCHEMAS = Schemas()
GOOD = SCHEMAS.call(city="nanjing")
NO_SUCH_BRANCH = GOOD.replace(b"\x02\x0enanjing", b"\x06\x0enanjing")
"""A flipped bit: a branch that the union of null and string does not have."""


@pytest.fixture
def sink(namespace: Settings) -> Sink:
    client = connect(namespace)
    migrate(client, namespace)
    return Sink(client, namespace.database, kind("calls"), CALLS)


def inserted(sink: Sink, values: list[bytes | None]) -> list[tuple[int, str | None]]:
    """Offsets and cities of the raw table after an insert of these."""
    decoder = Decoder(Layouts(SCHEMAS, kind("calls")), CALLS.columns)
    found = [e for s in stretches(3, [batch(100, values)]) for e in decoder.decode(s)]
    sink.raw(1, [each.spliced for each in found if isinstance(each, Events)], counted=True)
    rows = sink.client.query("SELECT kafka_offset, city FROM raw_calls ORDER BY 1").result_rows
    return [(int(offset), city) for offset, city in rows]


def test_good_messages_become_rows(sink: Sink) -> None:
    assert inserted(sink, [GOOD, GOOD]) == [(100, "nanjing"), (101, "nanjing")]


@pytest.mark.parametrize(
    "values", [[NO_SUCH_BRANCH], [GOOD, NO_SUCH_BRANCH], [GOOD, NO_SUCH_BRANCH, GOOD]]
)
def test_a_branch_that_a_union_does_not_have_is_refused_wherever_it_stands(
    sink: Sink, values: list[bytes | None]
) -> None:
    assert NO_SUCH_BRANCH != GOOD
    with pytest.raises(Refused) as refused:
        inserted(sink, values)
    assert refused.value.about_data
    assert sink.client.query("SELECT count() FROM raw_calls").result_rows == [(0,)]
