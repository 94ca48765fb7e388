"""Who must be there, who stands there twice, and who is not known."""

from collections.abc import Iterator

from ningmai.proof import districts, rules
from ningmai.proof.finding import SUSPECT, WRONG, Finding, Place
from ningmai.proof.sheets import Sheet, Sheets
from producers.bulletin import values
from producers.register import Institution


def unknown(now: Sheets) -> Iterator[Finding]:
    """A name that the register doesn't know: reported, never guessed."""
    for sheet in now.of_institutions():
        for row in sheet.rows:
            if sheet.institution(row).provisional:
                yield _unknown(sheet.place(row, ""), row.label, _absent(now, sheet))
    for place, name in _named(now):
        if now.known.resolve(name, "other").provisional:
            yield _unknown(place, name, ())


def _unknown(place: Place, name: str, absent: tuple[str, ...]) -> Finding:
    hint = f"（本表同时缺{'、'.join(absent)}）" if absent else ""
    message = f"{place}：“{name}”不在机构登记中{hint}；如系更名请登记别名，如系新机构请先登记。"
    return Finding(place, "unknown", SUSPECT, name, "", "", message)


def _named(now: Sheets) -> Iterator[tuple[Place, str]]:
    """Everybody whom table 07 names."""
    for printed in now.platforms.values():
        for what, (place, text) in printed.items():
            try:
                if what in rules.RANKS:
                    yield place, values.named(text).name
                elif what == rules.UNCONNECTED:
                    yield from ((place, name) for name in values.districts(text))
            except ValueError:
                continue  # Said by the rule for cells.


def duplicate(now: Sheets) -> Iterator[Finding]:
    """Two rows of a table, or two of a top three, that are the same institution."""
    for sheet in now.of_institutions():
        seen: dict[str, str] = {}
        for row in sheet.rows:
            other = seen.setdefault(sheet.institution(row).code, row.label)
            if sheet.rows[[one.label for one in sheet.rows].index(other)] is not row:
                place = sheet.place(row, "")
                message = f"{place}与前面的“{other}”是同一机构，列了两次。"
                also = (Place(sheet.code, other, ""),)
                yield Finding(place, "duplicate", WRONG, row.label, "", "", message, also)
    ranked: dict[tuple[str, str], Place] = {}
    for place, name in _named(now):
        key = (place.row, now.known.resolve(name, "other").code)
        first = ranked.setdefault(key, place)
        if first != place:
            message = _both(place, first, name)
            yield Finding(place, "duplicate", WRONG, name, "", "", message, (first,))


def _both(place: Place, first: Place, name: str) -> str:
    return f"{place}的“{name}”已在“{first.column}”中出现，二者不能并存。"


def missing(now: Sheets, last: Sheets | None) -> Iterator[Finding]:
    """A district, or an institution of last month, that a table lacks."""
    for code in ("04", "06"):
        if (sheet := now.get(code)) is None:
            continue
        for name in _absent(now, sheet)[_strangers(sheet) :]:
            place = Place(code, name, "")
            message = f"表{code}缺{name}一行：全部{len(districts.expected(now))}个区都应列出。"
            yield Finding(place, "missing", SUSPECT, "", name, "", message)
    if last is not None:
        yield from _gone(now, last)


def _absent(now: Sheets, sheet: Sheet) -> tuple[str, ...]:
    """Names of districts that a table of districts lacks."""
    there = districts.printed(sheet)
    if sheet.code not in ("04", "06") or not sheet.rows or not (there or sheet.code == "04"):
        return ()
    return tuple(one.name for code, one in districts.expected(now).items() if code not in there)


def _strangers(sheet: Sheet) -> int:
    """Districts under names that nobody knows: so many of those absent may be there after all."""
    return sum(one.provisional for one in map(sheet.institution, sheet.rows) if _is_district(one))


def _is_district(one: Institution) -> bool:
    return one.kind == "district"


def _gone(now: Sheets, last: Sheets) -> Iterator[Finding]:
    for code, (column, least) in rules.LEFT_OUT.items():
        sheet, earlier = now.get(code), last.get(code)
        if sheet is None or earlier is None:
            continue
        there = {sheet.institution(row).code for row in sheet.rows}
        for row in earlier.rows:
            one, had = earlier.institution(row), earlier.number(row, column)
            if one.kind != "district" and one.code not in there and had and had >= least:
                place = Place(code, row.label, "")
                message = f"表{code}无{row.label}一行，而上月其“{column}”为{row.cells[column]}。"
                yield Finding(place, "missing", SUSPECT, "", row.label, "", message)
