"""What a next version may and may not do, shown on versions that exist only here."""

import copy
from typing import Any

import pytest

from schemas.evolution import breaks, breaks_between, main
from schemas.kinds import kind, kinds

V1 = kind("calls").schema()
OPTIONAL = {"name": "district", "type": ["null", "string"], "default": None, "doc": "Where."}


def changed(**types: Any) -> dict[str, Any]:
    """Version 1 with other types for some fields."""
    schema = copy.deepcopy(V1)
    for field in schema["fields"]:
        field["type"] = types.get(field["name"], field["type"])
    return schema


def with_field(field: dict[str, Any], of: dict[str, Any] = V1) -> dict[str, Any]:
    return {**of, "fields": [*of["fields"], field]}


def without(name: str) -> dict[str, Any]:
    return {**V1, "fields": [field for field in V1["fields"] if field["name"] != name]}


def lines(*symbols: str, **more: str) -> dict[str, Any]:
    return changed(line={"type": "enum", "name": "Line", "symbols": list(symbols), **more})


@pytest.mark.parametrize("name", list(kinds()))
def test_every_version_reads_what_all_earlier_ones_wrote(name: str) -> None:
    assert breaks(name) == []


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(with_field(OPTIONAL), id="an optional field"),
        pytest.param(lines("hotline", "order_city", "order_province", "chat"), id="a new symbol"),
        pytest.param(changed(sign="long"), id="a wider number"),
        pytest.param(without("category"), id="a field less"),
    ],
)
def test_a_second_version_may_bring(second: dict[str, Any]) -> None:
    assert breaks_between([V1, second]) == []


@pytest.mark.parametrize(
    ("second", "why"),
    [
        pytest.param(with_field({"name": "district", "type": "string"}), "default", id="required"),
        pytest.param(lines("hotline", "order_city"), "order_province", id="a symbol less"),
        pytest.param(changed(city="string"), "null", id="no longer null"),
        pytest.param(changed(occurred_at="int"), "long", id="a narrower number"),
        pytest.param(changed(source="bytes", sign="string"), "int", id="another type"),
    ],
)
def test_a_second_version_may_not_bring(second: dict[str, Any], why: str) -> None:
    (line,) = breaks_between([V1, second])
    assert line.startswith("v2 cannot read v1: ")
    assert why in line


def test_the_third_version_is_held_against_the_first_too() -> None:
    second = without("category")
    third = with_field({"name": "category", "type": "string", "default": "voice"}, second)
    (line,) = breaks_between([V1, second, third])
    assert line.startswith("v3 cannot read v1")


def test_the_check_before_landing_passes_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert "8 kinds" in capsys.readouterr().out
