"""What ``ningmai alerts`` refuses and asks, without engines."""

import pytest
from typer.testing import CliRunner

from ningmai.cli import app
from ningmai.cli.alerts import _sql


def test_since_what_is_no_day_is_refused_before_anything_starts() -> None:
    answer = CliRunner().invoke(app, ["alerts", "--since", "yesterday"])
    assert answer.exit_code == 1
    assert "yesterday is no day" in answer.stderr


@pytest.mark.parametrize(
    ("only_open", "day", "simulated", "conditions"),
    [
        (False, None, True, ["1"]),
        (True, None, True, ["1", "a.cleared_at IS NULL"]),
        (False, None, False, ["1", "origin != 'simulated'"]),
        (
            False,
            "2020-09-21",
            True,
            ["1", "a.raised_at >= toDateTime('2020-09-21 00:00:00', 'Asia/Shanghai')"],
        ),
    ],
)
def test_what_is_asked_is_what_was_wanted(
    only_open: bool, day: str | None, simulated: bool, conditions: list[str]
) -> None:
    asked = _sql(only_open, day, simulated, 5)
    assert asked.split(" WHERE ")[1].split(" ORDER BY ")[0].split(" AND ") == conditions
    assert asked.endswith("LIMIT 5")
