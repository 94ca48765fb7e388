"""Whom a name means on a day, and what is published to change it."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningmai.errors import Problem
from ningmai.institutions.book import EVER, Book, Entry
from ningmai.institutions.changes import added, aliased, events, merged, renamed
from producers.register import Institution, Register, register
from producers.testing import RecordingPublisher

SEP, OCT, NOV = date(2020, 9, 1), date(2020, 10, 1), date(2020, 11, 1)
PACKAGED = Register(
    [
        Institution("H001", "第一医院", ("一院",)),
        Institution("H002", "第二医院"),
        Institution("H003", "第三医院"),
        Institution("D320104", "秦淮区", kind="district"),
    ]
)


def book(*entries: Entry) -> Book:
    return Book(entries, PACKAGED)


def after(before: Book, entries: Sequence[Entry]) -> Book:
    """The book once these are published: an entry of the same code and day is replaced."""
    known = [one for code in before.codes for one in before.entries(code)]
    there = [one for one in known if one not in before.unpublished(one.code)]
    return Book([*there, *entries], PACKAGED)


def meant(of: Book, name: str, day: date) -> str | None:
    entry = of.resolve(name, day).entry
    return entry.code if entry else None


def test_who_comes_with_ningmai_is_in_the_register_from_the_beginning() -> None:
    assert meant(book(), "第一医院", EVER) == "H001"
    assert meant(book(), "一院", SEP) == "H001"


@pytest.mark.parametrize("printed", ["第一医院 ", "第 一 医院", "　第一医院"])
def test_spaces_and_widths_make_no_other_name(printed: str) -> None:
    assert meant(book(), printed, SEP) == "H001"


def test_an_unknown_name_is_nobody_s_and_the_near_ones_are_told() -> None:
    found = book().resolve("第四医院", SEP)
    assert (found.entry, found.ambiguous) == (None, False)
    assert {code for code, _ in found.near} == {"H001", "H002", "H003"}


def test_a_name_unlike_all_others_has_no_near_ones() -> None:
    assert book().resolve("某某中心", SEP).near == ()


def test_the_september_names_are_resolved_by_the_packaged_register() -> None:
    real = Book([], register())
    assert meant(real, "江苏省级机关医院", SEP) == meant(real, "江苏省省级机关医院", SEP) == "H021"


def test_a_rename_changes_no_day_before_it() -> None:
    before = book(Entry("H001", SEP, "第一医院", ("一院",)))
    now = after(before, renamed(before, "H001", "人民医院", OCT))
    for day in (EVER, SEP, OCT - timedelta(1)):
        assert now.on("H001", day).name == "第一医院"  # type: ignore[union-attr] # it is there
    assert now.on("H001", OCT).name == "人民医院"  # type: ignore[union-attr] # it is there
    assert meant(now, "第一医院", NOV) == meant(now, "人民医院", SEP) == "H001"


def test_a_rename_holds_in_later_entries_that_had_the_old_name() -> None:
    before = book(Entry("H001", NOV, "第一医院"))
    now = after(before, renamed(before, "H001", "人民医院", OCT))
    assert [one.name for one in now.entries("H001")] == ["第一医院", "人民医院", "人民医院"]


def test_a_rename_ends_where_a_later_one_begins() -> None:
    before = book(Entry("H001", NOV, "中心医院"))
    now = after(before, renamed(before, "H001", "人民医院", OCT))
    assert [one.name for one in now.entries("H001")] == ["第一医院", "人民医院", "中心医院"]


def test_a_name_may_pass_from_one_to_another() -> None:
    now = after(book(), renamed(book(), "H001", "人民医院", OCT))
    now = after(now, renamed(now, "H002", "第一医院", NOV))
    assert [meant(now, "第一医院", day) for day in (SEP, OCT, NOV)] == ["H001", None, "H002"]
    assert now.resolve("第一医院", OCT).ambiguous


def test_a_name_that_is_another_s_is_refused() -> None:
    with pytest.raises(Problem, match="is a name of H002"):
        renamed(book(), "H001", "第二医院", OCT)
    with pytest.raises(Problem, match="is a name of H002"):
        aliased(book(), "H001", "第二 医院")
    with pytest.raises(Problem, match="is a name of H001"):
        added(book(), Entry("", OCT, "新医院", ("一院",)))


def test_a_code_or_a_day_that_is_not_there_is_refused() -> None:
    with pytest.raises(Problem, match="Nobody has the code H999"):
        renamed(book(), "H999", "人民医院", OCT)
    later = book(Entry("H050", OCT, "新医院"))
    with pytest.raises(Problem, match="from 2020-10-01 on"):
        renamed(later, "H050", "人民医院", SEP)


def test_from_the_day_of_a_merger_another_stands_for_it() -> None:
    now = after(book(), merged(book(), "H001", "H002", OCT))
    assert [now.standing("H001", day) for day in (SEP, OCT, NOV)] == ["H001", "H002", "H002"]
    assert [meant(now, "一院", day) for day in (SEP, OCT)] == ["H001", "H002"]
    assert "H001" in {one.code for one in now.present(SEP)}
    assert "H001" not in {one.code for one in now.present(OCT)}


def test_who_was_merged_moves_on_with_whom_it_was_merged_into() -> None:
    now = after(book(), merged(book(), "H001", "H002", OCT))
    now = after(now, merged(now, "H002", "H003", NOV))
    assert [now.standing("H001", day) for day in (SEP, OCT, NOV)] == ["H001", "H002", "H003"]


def test_who_is_merged_later_than_its_heir_moves_on_too() -> None:
    now = after(book(), merged(book(), "H001", "H002", NOV))
    now = after(now, merged(now, "H002", "H003", OCT))
    assert [now.standing("H001", day) for day in (OCT, NOV)] == ["H001", "H003"]


def test_a_merger_stays_when_a_later_entry_says_nothing_of_it() -> None:
    now = after(book(), merged(book(), "H001", "H002", OCT))
    now = after(now, [Entry("H001", NOV, "第一医院")])
    assert now.standing("H001", NOV) == "H002"


@pytest.mark.parametrize(("code", "into"), [("H001", "H001"), ("H002", "H001"), ("H003", "H001")])
def test_nobody_is_merged_into_itself_or_into_who_is_gone(code: str, into: str) -> None:
    now = after(book(), merged(book(), "H001", "H002", OCT))
    with pytest.raises(Problem):
        merged(now, code, into, NOV)


def test_nobody_is_merged_into_who_will_be_gone() -> None:
    now = after(book(), merged(book(), "H001", "H002", NOV))
    with pytest.raises(Problem, match=r"H001 .* is merged into H002 on 2020-11-01"):
        merged(now, "H003", "H001", OCT)


def test_an_alias_of_a_provisional_name_merges_it() -> None:
    before = book(Entry("P1", SEP, "首医院", provisional=True))
    now = after(before, aliased(before, "H001", "首医院"))
    assert meant(now, "首医院", SEP) == meant(now, "首医院", NOV) == "H001"
    assert now.standing("P1", SEP) == "H001"


def test_adding_a_provisional_name_gives_it_the_next_code_from_its_first_day() -> None:
    before = book(Entry("P1", SEP, "新医院", provisional=True))
    now = after(before, added(before, Entry("", OCT, "新医院")))
    assert now.on("H004", SEP) == Entry("H004", SEP, "新医院")
    assert now.standing("P1", SEP) == "H004"
    assert meant(now, "新医院", SEP) == "H004"


def test_rows_of_a_print_stay_with_their_month() -> None:
    from producers.events import Label

    printed = (Label(table="05", label="一院", place=1),)
    before = book(Entry("H001", SEP, "第一医院", labels=printed))
    by_day = {one.valid_from: one.labels for one in renamed(before, "H001", "人民医院", OCT)}
    assert by_day == {EVER: (), OCT: ()}
    by_day = {one.valid_from: one.labels for one in renamed(before, "H001", "人民医院", SEP)}
    assert by_day == {EVER: (), SEP: printed}


def test_what_comes_with_ningmai_is_published_with_the_first_change_and_once() -> None:
    first = renamed(book(), "H001", "人民医院", OCT)
    assert [(one.valid_from, one.name) for one in first] == [(EVER, "第一医院"), (OCT, "人民医院")]
    again = renamed(after(book(), first), "H001", "中心医院", NOV)
    assert [(one.valid_from, one.name) for one in again] == [(NOV, "中心医院")]
    both = merged(book(), "H001", "H002", OCT)
    assert [(one.code, one.valid_from) for one in both] == [
        ("H001", EVER),
        ("H002", EVER),
        ("H001", OCT),
    ]


def test_changes_are_events_that_the_publisher_takes() -> None:
    publisher = RecordingPublisher()
    entries = [*merged(book(), "H001", "H002", OCT), *aliased(book(), "H003", "三院")]
    for event in events(entries, 1_600_000_000_000):
        publisher.publish(event)
    publisher.flush()
    assert publisher.counts() == {"institutions": 4}
    publisher.assert_published("institutions", code="H001", merged_into="H002", valid_from=OCT)


def test_a_reader_of_bulletins_knows_old_and_new_names() -> None:
    now = after(book(), renamed(book(), "H001", "人民医院", OCT))
    now = after(now, merged(now, "H002", "H003", NOV))
    for day, code in ((SEP, "H002"), (NOV, "H003")):
        reads = now.register(day)
        assert reads.resolve("人民医院").code == reads.resolve("第一医院").code == "H001"
        assert reads.resolve("第二医院").code == code
    assert now.register(NOV).resolve("第九医院").provisional


CODES = st.sampled_from(["H001", "H002", "H003"])
DAYS = st.integers(0, 90).map(lambda n: SEP + timedelta(n))
CHANGES = st.one_of(
    st.tuples(st.just(renamed), CODES, st.sampled_from(["甲院", "乙院", "第一医院"]), DAYS),
    st.tuples(st.just(merged), CODES, CODES, DAYS),
)


@given(st.lists(CHANGES, max_size=6), DAYS)
def test_whatever_was_changed_everybody_stands_under_one_who_stands_for_itself(
    changes: list[tuple[object, str, str, date]], day: date
) -> None:
    now = book()
    for change, code, what, since in changes:
        try:
            entries = change(now, code, what, since)  # type: ignore[operator] # one of the two
        except Problem:
            continue
        then = after(now, entries)
        for each in now.codes:
            if day < since:
                assert then.standing(each, day) == now.standing(each, day)
                assert then.on(each, day) == now.on(each, day)
        now = then
    for each in now.codes:
        stands = now.standing(each, day)
        assert now.standing(stands, day) == stands
    now.register(day)
