"""What a pipeline tells of itself, and the page that says what each metric means."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from clickhouse.errors import Unavailable
from streams import metrics
from streams.batches import Batch, Fetch
from streams.blocks import Block
from streams.counting import Flush
from streams.meter import Meter
from streams.metrics import Metric
from tests.streams.log import APPENDED
from tests.streams.test_pipeline import Tables, fetch, impatient, run  # noqa: F401 - a fixture

DOCS = Path(__file__).parents[2] / "docs/metrics.md"


@pytest.fixture(autouse=True)
def from_nothing() -> None:
    for metric in Metric:
        if metric.value.labels:
            metrics.clear(metric)


def value(metric: Metric, **labels: str) -> float:
    """What is shown of a metric; 0 where nothing is."""
    return metrics.REGISTRY.get_sample_value(metric.value.name, labels) or 0


def test_the_docs_say_what_the_code_says() -> None:
    assert DOCS.read_text("utf-8") == metrics.markdown(), (
        "python -m streams.metrics > docs/metrics.md"
    )


def test_every_metric_on_the_page_is_in_the_docs() -> None:
    Meter("calls").waits("ClickHouse", 1.5)
    described = DOCS.read_text("utf-8")
    families = list(text_string_to_metric_families(metrics.page().decode()))
    assert len(families) > 6
    for family in families:
        shown = family.name + "_total" * (family.type == "counter")
        assert f"| `{shown}` |" in described


@pytest.mark.parametrize("metric", Metric)
def test_names_end_in_their_unit(metric: Metric) -> None:
    about = metric.value
    assert about.name.startswith("ningmai_")
    assert about.name.endswith("_total") == (about.type.__name__ == "Counter")
    assert ("seconds" in about.name) == about.unit.startswith("seconds")


def test_a_flush_tells_what_it_wrote() -> None:
    run(Tables(), fetch(0, 60), fetch(60, 60), Fetch("calls", 0, [Batch(120, 125, None, [], [])]))
    assert value(Metric.EVENTS, kind="calls") == 120
    assert value(Metric.GAPS, kind="calls") == 5
    assert value(Metric.BLOCKS_SEALED, kind="calls") == 1
    assert value(Metric.ROWS, kind="calls", table="raw") == 120
    assert value(Metric.NEWEST_VISIBLE, kind="calls") == APPENDED / 1000
    flushes = metrics.REGISTRY.get_sample_value("ningmai_flush_seconds_count", {"kind": "calls"})
    visible = "ningmai_visible_after_seconds_count"
    assert flushes == metrics.REGISTRY.get_sample_value(visible, {"kind": "calls"}) == 1


def test_dead_letters_are_told_by_their_reason() -> None:
    run(Tables(), Fetch("calls", 0, [Batch(0, 2, APPENDED, range(2), [b"", None])]))
    assert value(Metric.DEAD_LETTERS, kind="calls", reason="empty") == 2


def test_every_pause_before_another_try_is_told() -> None:
    run(Tables(away=[Unavailable("away"), Unavailable("away")]), fetch(0, 10))
    assert value(Metric.RETRIES, kind="calls", of="ClickHouse") == 2
    assert value(Metric.WAITED, kind="calls", of="ClickHouse") > 0


def test_events_that_clickhouse_refuses_are_told() -> None:
    run(Tables(bad=frozenset({3})), fetch(0, 10))
    assert value(Metric.RECOUNTS, kind="calls") == 1


def test_a_block_that_grows_is_told_by_what_is_new_and_one_read_again_not_at_all() -> None:
    meter = Meter("calls")
    for last, counted in ((9, 8), (19, 15), (9, 8), (19, 15), (29, 25)):
        block = Block(0, last, counted=counted, repeats=last + 1 - counted, sealed=last == 29)
        meter.flushed(Flush(blocks=[(0, block)]), 0.1, APPENDED)
    assert value(Metric.EVENTS, kind="calls") == 25
    assert value(Metric.REPEATS, kind="calls") == 5
    assert value(Metric.BLOCKS_SEALED, kind="calls") == 1
