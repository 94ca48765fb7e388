"""A good month has no finding; one mistake is found where it is, and nothing else is."""

import tempfile
from pathlib import Path
from random import Random

import pytest
from good_months import GoodMonth, good_month
from hypothesis import given, settings
from hypothesis import strategies as st
from mistakes import MISTAKES, Mistake

from ningmai.proof import Finding, findings
from ningmai.proof.reading import read_printed
from tests.bulletin.folders import NOW

seeds = st.integers(0, 2**32)


def proved(month: GoodMonth) -> list[Finding]:
    with tempfile.TemporaryDirectory() as name:
        return findings(read_printed(month.write(Path(name)), now=NOW))


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_a_good_month_has_no_finding(seed: int) -> None:
    assert proved(good_month(seed)) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
@given(seed=seeds)
@settings(max_examples=12, deadline=None)
def test_one_mistake_is_found_at_its_place_and_nothing_else(mistake: Mistake, seed: int) -> None:
    month = good_month(seed)
    planted = mistake(month, Random(seed + 1))
    if planted is None:
        return
    rule, places = planted
    found = proved(month)
    assert found, "nothing was found"
    assert {tuple(one.place) for one in found} <= places, [one.message for one in found]
    # A changed figure of a row is blamed by whichever of its sums comes first.
    rules = {one.rule for one in found}
    assert rule in rules or (rule == "total" and rules <= {"subtotal", "agreement"})
