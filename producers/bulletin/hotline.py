"""Tables 01a and 01b: calls by category and by city, work orders of 12345."""

from producers.bulletin.draft import Draft
from producers.bulletin.values import number
from producers.events import Call
from schemas.catalogue import HOME_CITY, catalogue

BY_CATEGORY = "数量"
BY_CITY = "电话量（人次）"


def add_calls(draft: Draft) -> None:
    """Home-city calls by category, then each city's; home calls beyond those have no category."""
    known = _categories(draft)
    home = catalogue().label("cities", HOME_CITY)
    beside = f"table 01a has {known} calls of this city"
    if known and "01b" in draft.bulletin.tables:
        # Stands unless the row is printed: then only if it is too small.
        draft.reasons["01b", home, BY_CITY] = beside
    for row in draft.bulletin.rows("01b"):
        city = catalogue().code("cities", row.label)
        calls = number(row.cells[BY_CITY])
        if city == HOME_CITY:
            calls -= known
            if calls >= 0:
                draft.reasons.pop(("01b", row.label, BY_CITY), None)
        draft.flow(Call, calls, line="hotline", city=city, category=None)


def _categories(draft: Draft) -> int:
    """Add calls and orders of 01a; return how many of them are calls."""
    total = 0
    for row in draft.bulletin.rows("01a"):
        count = number(row.cells[BY_CATEGORY])
        line = catalogue().known("lines", row.label)
        if line:
            draft.flow(Call, count, line=line, city=None, category=None)
            continue
        total += count
        category = catalogue().code("categories", row.label)
        draft.flow(Call, count, line="hotline", city=HOME_CITY, category=category)
    return total
