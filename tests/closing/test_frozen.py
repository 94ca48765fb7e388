"""What is frozen composes the same bulletin again, and its checksum knows every change."""

from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningmai.bulletin import Facts, compose
from ningmai.closing.frozen import (
    FINDINGS,
    LAST_MONTH,
    Frozen,
    checksum,
    codes_of,
    figures,
    freeze,
    thaw,
)
from producers.bulletin import Month
from tests.documents.months import AS_OF, empty, good, september

MONTH = Month(2020, 9)
texts = st.text(max_size=4)
cells = st.lists(
    st.builds(
        Frozen,
        st.sampled_from(["month", "last_month"]),
        st.sampled_from(["02", "05"]),
        st.integers(1, 3),
        st.integers(0, 3),
        *[texts] * 5,
    ),
    unique_by=lambda cell: (cell.part, cell.table_code, cell.place, cell.column_place),
    max_size=12,
)


def with_a_past(folder: Path) -> Facts:
    past = good(2, folder / "past", Month(2020, 8))
    year = good(3, folder / "year", Month(2019, 9))
    return replace(september(), last_month=past.bulletin, last_year=year.bulletin)


def given_facts(which: str, folder: Path) -> Facts:
    if which == "empty":
        return empty(Month(2019, 1))
    if which == "good":
        return good(1, folder)
    return with_a_past(folder) if which == "with a past" else september()


@pytest.mark.parametrize("which", ["september", "good", "with a past", "empty"])
def test_the_same_bulletin_is_composed_of_what_was_frozen(which: str, tmp_path: Path) -> None:
    facts = given_facts(which, tmp_path)
    back = thaw(facts.bulletin.month, facts.as_of, reversed(freeze(facts, {})))
    assert compose(back) == compose(facts)


def test_a_row_without_a_figure_stays_a_row() -> None:
    facts = september()
    table = facts.bulletin.tables["06"]
    bare = replace(table, rows=(replace(table.rows[0], cells={}), *table.rows[1:]))
    bulletin = replace(facts.bulletin, tables={**facts.bulletin.tables, "06": bare})
    frozen = freeze(replace(facts, bulletin=bulletin), {})
    back = thaw(MONTH, AS_OF, frozen).bulletin.rows("06")[0]
    assert (back.label, back.cells) == (table.rows[0].label, {})


def test_figures_are_those_of_the_month_itself(tmp_path: Path) -> None:
    alone = freeze(september(), {})
    assert figures(alone) == sum(
        len(row.cells) for table in september().bulletin.tables.values() for row in table.rows
    )
    with_past = freeze(with_a_past(tmp_path), {})
    assert {FINDINGS, LAST_MONTH} < {cell.part for cell in with_past}
    assert figures(with_past) == figures(alone)


def test_rows_keep_the_institution_that_they_were() -> None:
    label = september().bulletin.rows("02")[0].label
    frozen = freeze(september(), {("02", label): "H001"})
    assert codes_of(frozen) == {("02", label): "H001"}


@given(cells)
def test_the_checksum_is_of_what_is_frozen_in_any_order(frozen: list[Frozen]) -> None:
    assert checksum(MONTH, AS_OF, frozen) == checksum(MONTH, AS_OF, reversed(frozen))


@given(cells.filter(bool), st.data())
def test_any_change_changes_the_checksum(frozen: list[Frozen], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(frozen) - 1))
    name = data.draw(st.sampled_from(["value", "row_label", "column_name", "row_code"]))
    was = getattr(frozen[at], name)
    fields = asdict(frozen[at]) | {name: data.draw(texts.filter(lambda text: text != was))}
    changed = Frozen(**fields)
    others = (
        checksum(MONTH, AS_OF, [*frozen[:at], changed, *frozen[at + 1 :]]),
        checksum(MONTH, AS_OF, [*frozen[:at], *frozen[at + 1 :]]),
        checksum(MONTH, AS_OF + timedelta(seconds=1), frozen),
        checksum(MONTH, None, frozen),
        checksum(Month(2020, 8), AS_OF, frozen),
    )
    assert checksum(MONTH, AS_OF, frozen) not in others
