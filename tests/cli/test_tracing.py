"""Verdicts from what the views say, without engines."""

from typing import Any

from ningmai.tracing import told
from ningmai.tracing.trace import judged, traced

PLACE: dict[str, Any] = {
    "topic": "calls",
    "event_id": "e",
    "at": "2020-09-15 08:30:12.000",
    "appended": "2020-09-15 08:30:13.000",
    "source": "s",
    "origin": "live",
    "sign": 1,
    "corrects": None,
    "content": [("line", "hotline"), ("city", None)],
    "epoch": 1,
    "kafka_partition": 2,
    "kafka_offset": 9,
    "counts": 1,
    "block": 8,
}
BACK: dict[str, Any] = {**PLACE, "corrected": "e", "event_id": "b", "sign": -1}


def test_the_occurrence_that_counts_stands_for_those_that_do_not() -> None:
    far = {**PLACE, "kafka_partition": 0, "kafka_offset": 3, "counts": 0}
    trace = judged(["e"], [[PLACE, far], [], [], []])["e"]
    assert trace.state == "counted"
    assert trace.places[1].repeat_of == trace.places[0].where
    assert trace.places[1].rollups == ()


def test_a_retraction_that_itself_does_not_count_takes_nothing_back() -> None:
    trace = judged(["e"], [[PLACE], [{**BACK, "counts": 0}], [], []])["e"]
    assert trace.state == "counted"
    assert judged(["e"], [[PLACE], [BACK], [], []])["e"].state == "retracted"


def test_buckets_are_those_of_shanghai() -> None:
    (found,) = judged(["e"], [[PLACE], [], [], []])["e"].places
    assert [one.bucket for one in found.rollups] == [
        "2020-09-15 08:30:00",
        "2020-09-15 08:00:00",
        "2020-09-15",
    ]
    assert found.month == "2020-09"


def test_a_stock_is_in_no_rollup() -> None:
    (found,) = judged(["e"], [[{**PLACE, "topic": "statements"}], [], [], []])["e"].places
    assert found.rollups == ()


def test_what_cannot_be_an_id_is_not_asked_for() -> None:
    def ask(_sql: str) -> list[dict[str, Any]]:
        raise AssertionError

    assert [one.state for one in traced(["", " x", "名", "x" * 65], ask)] == ["impossible"] * 4


def test_who_is_unknown_is_told_what_to_check_and_how_far_the_log_is_known() -> None:
    trace = judged(["e"], [[], [], [], [{"topic": "calls", "appended": "2026-01-01 00:00:00"}]])
    lines = told(trace["e"], "ningmai")
    assert "ningmai.<kind>" in lines[2]
    assert lines[-1].endswith("calls：2026-01-01 00:00:00")
