"""The live figures of a month are proved like printed ones, but for totals, which views lack."""

import pytest

from ningmai.proof import findings
from ningmai.proof.live import before, read_live
from producers.bulletin import Month, read
from tests.conftest import City

pytestmark = pytest.mark.engine


def test_live_september_has_the_findings_of_the_printed_one_but_for_totals(city: City) -> None:
    live = findings(read_live(city.client, Month(2020, 9)))
    printed = findings(read("2020-09"))
    assert [(one.place, one.rule, one.printed) for one in live] == [
        (one.place, one.rule, one.printed) for one in printed if one.rule != "total"
    ]


def test_a_month_without_figures_has_no_tables_and_is_nobody_s_past(city: City) -> None:
    assert read_live(city.client, Month(2019, 1)).tables == {}
    assert before(city.client, Month(2019, 4), 3) == []
