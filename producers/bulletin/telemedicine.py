"""Table 07: reports, specimens and consultations are events; what is cumulative is stated."""

from collections.abc import Mapping
from itertools import pairwise

from producers.bulletin import values
from producers.bulletin.draft import Draft
from producers.bulletin.model import Row
from producers.bulletin.names import TOP, indicator
from producers.events import Telemedicine

UNITS = {
    "telemedicine.districts_covered": "district",
    "telemedicine.cities_linked": "city",
    "telemedicine.consultations_total": "consultation",
}
"""Units of the cumulative figures; the others count institutions."""

ITEMS = ("specimen", "consultation")
"""Events of which nothing but their number is printed."""

COVERED = "telemedicine.districts_covered"

Printed = Mapping[str, tuple[Row, str]]
"""Rows of one platform with their printed value, by the indicator's code."""


def add_telemedicine(draft: Draft) -> None:
    """Add each platform's events and statements."""
    platforms: dict[str, dict[str, tuple[Row, str]]] = {}
    for row in draft.bulletin.rows("07"):
        platform, what, printed = indicator(row)
        platforms.setdefault(platform, {})[what] = (row, printed)
    for platform, printed_by in platforms.items():
        _stocks(draft, platform, printed_by)
        _connections(draft, platform, printed_by)
        for item in ITEMS:
            if item in printed_by:
                count = values.number(printed_by[item][1])
                _deliver(draft, count, platform=platform, item=item)
        _reports(draft, platform, printed_by)


def _stocks(draft: Draft, platform: str, printed: Printed) -> None:
    for what, (_, text) in printed.items():
        if what.startswith("telemedicine."):
            draft.state(what, platform, values.number(text), UNITS.get(what, "institution"))


def _connections(draft: Draft, platform: str, printed: Printed) -> None:
    """No for the districts named; yes for the others if the numbers leave no doubt."""
    if "unconnected" not in printed and COVERED not in printed:
        return
    text = printed["unconnected"][1] if "unconnected" in printed else ""
    named = {draft.register.resolve(name, "district").code for name in values.districts(text)}
    there = [
        draft.register.resolve(row.label, "district").code for row in draft.bulletin.rows("04")
    ]
    districts = there or [one.code for one in draft.register.districts]
    covered = values.number(printed[COVERED][1]) if COVERED in printed else None
    others = 1 if covered is not None and covered + len(named) == len(districts) else None
    for code in dict.fromkeys([*districts, *sorted(named)]):
        figure = f"telemedicine.connection.{platform}"
        draft.state(figure, code, 0 if code in named else others, "yes")


def _reports(draft: Draft, platform: str, printed: Printed) -> None:
    """Reports of the named three, each exactly its number; the rest come from nobody named."""
    three = {what: values.named(printed[what][1]) for what in TOP if what in printed}
    _rank(draft, printed, [(what, one.reports) for what, one in three.items()])
    named = sum(one.reports for one in three.values())
    total = named
    if "report" in printed:
        row, text = printed["report"]
        total = max(values.number(text), named)
        if values.number(text) < named:
            draft.why("07", row, _label(row), f"those named alone have {named}")
    by_institution = [
        (draft.register.resolve(one.name, "other").code, one.reports) for one in three.values()
    ]
    _spread(draft, platform, printed, [*by_institution, (None, total - named)])


def _rank(draft: Draft, printed: Printed, three: list[tuple[str, int]]) -> None:
    """Note the named who can't come out at the rank that they are printed with."""
    for (_, more), (what, fewer) in pairwise(three):
        if fewer > more:
            row = printed[what][0]
            draft.why("07", row, _label(row), "has more reports than the one ranked before it")
    for rank, (what, reports) in enumerate(three):
        row = printed[what][0]
        if not reports:
            draft.why("07", row, _label(row), "without a report there is no rank")
        elif what != TOP[rank]:
            draft.why("07", row, _label(row), f"nobody is named {TOP[rank]}")


def _spread(
    draft: Draft, platform: str, printed: Printed, reports: list[tuple[str | None, int]]
) -> None:
    """Add the reports; images, where they are counted, lie on them as evenly as can be."""
    total = sum(count for _, count in reports)
    if "images" not in printed:
        for institution, count in reports:
            _deliver(draft, count, platform=platform, item="report", institution=institution)
        return
    row, text = printed["images"]
    images = values.number(text)
    if images and not total:
        draft.why("07", row, _label(row), "images without a report")
        return
    each, rest = divmod(images, total) if total else (0, 0)
    for institution, count in reports:
        more = min(rest, count)
        rest -= more
        for part, size in ((more, each + 1), (count - more, each)):
            _deliver(
                draft, part, platform=platform, item="report", institution=institution, images=size
            )


def _deliver(
    draft: Draft,
    count: int,
    *,
    platform: str,
    item: str,
    institution: str | None = None,
    images: int | None = None,
) -> None:
    draft.flow(
        Telemedicine,
        count,
        platform=platform,
        item=item,
        institution=institution,
        images=images,
    )


def _label(row: Row) -> str:
    """Column of a cell of table 07: its indicator."""
    return next(iter(row.cells))
