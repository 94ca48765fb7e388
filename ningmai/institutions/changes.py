"""What is published to change the register: always events more, never an entry edited. Pure.

With the first change of an institution, what comes with Ningmai of it is published too: views have
only what was published, and its earlier months need its name.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from ningmai.errors import Problem
from ningmai.institutions.book import Book, Entry, moved
from producers.events import Institution
from producers.register import normal
from schemas.catalogue import catalogue

SOURCE = "register"
"""System that entries made here come from; who asked for them is not recorded."""
_NUMBERED = re.compile(r"H(\d{3,})")
_CODE = re.compile(r"[A-Z][A-Za-z0-9]{0,15}")


def events(entries: Iterable[Entry], at_ms: int) -> list[Institution]:
    """Entries as events that happened at a moment, in UTC milliseconds."""
    return [
        Institution(
            occurred_at=at_ms,
            source=SOURCE,
            code=one.code,
            valid_from=one.valid_from,
            name=one.name,
            aliases=one.aliases,
            kind=one.kind,
            district=one.district,
            provisional=one.provisional,
            labels=one.labels,
            campus_of=one.campus_of,
            merged_into=one.merged_into,
        )
        for one in entries
    ]


def added(book: Book, entry: Entry) -> list[Entry]:
    """A new institution; who was met under that name provisionally is merged into it.

    An empty code is the next free one. Raises Problem where a name or the code is somebody's.
    """
    entry = replace(entry, code=entry.code or _free(book))
    if not _CODE.fullmatch(entry.code):
        raise Problem(f"{entry.code!r} is no code.", "Use a letter and digits, as in H051.")
    if book.entries(entry.code):
        raise Problem(f"{entry.code} is {book.entries(entry.code)[-1].name} already.")
    _check_district(entry.district)
    if entry.campus_of:
        known(book, entry.campus_of, entry.valid_from)
    met = {one.code: one for name in entry.names for one in _met(book, name)}
    for name in entry.names:
        _check_free(book, name, entry.valid_from, set(met))
    since = min([entry.valid_from, *(one.valid_from for one in met.values())])
    mergers = [replace(one, merged_into=entry.code) for one in met.values()]
    return [replace(entry, valid_from=since), *mergers]


def renamed(book: Book, code: str, name: str, since: date) -> list[Entry]:
    """Another name from a day on: in later entries too, as far as they have the old one."""
    now = known(book, code, since)
    _check_free(book, name, since, {code})
    if now.name == name:
        raise Problem(f"{code} is called {name} on {since} already.")
    later = [one for one in book.entries(code) if one.valid_from > since]
    changed = [moved(now, since)]
    for one in later:
        if one.name != now.name:
            break  # it got yet another name that day
        changed.append(one)
    return _whole(book, [replace(one, name=name) for one in changed])


def merged(book: Book, code: str, into: str, since: date) -> list[Entry]:
    """Another institution stands for it from a day on, and for all whom it stood for."""
    now, other = known(book, code, since), known(book, into, since)
    if code == into:
        raise Problem("An institution cannot be merged into itself.")
    stands = book.standing(into, since)
    if stands != into:
        raise Problem(
            f"{into} ({other.name}) is merged into {stands} on {since}.", f"Name {stands}."
        )
    for day, later in book.mergers(into):
        if day > since:
            raise Problem(
                f"{into} ({other.name}) is merged into {later} on {day}.",
                f"Merge {code} into {later}.",
            )
    if book.standing(code, since) == into:
        raise Problem(f"{code} ({now.name}) is merged into {into} on {since} already.")
    steps = {(code, since), *_carried(book, code, since)}
    changed = [
        replace(moved(entry, day), merged_into=into)
        for each, day in sorted(steps)
        if (entry := book.on(each, day))
    ]
    return _whole(book, changed, into)


def aliased(book: Book, code: str, name: str) -> list[Entry]:
    """Another name that it is printed under, at any time.

    Who was met under that name provisionally is merged into it, from the first day on.
    """
    entries = book.entries(code)
    if not entries:
        raise Problem(f"Nobody has the code {code}.", "See `ningmai institutions list`.")
    met = _met(book, name)
    _check_free(book, name, None, {code, *(one.code for one in met)})
    if all(normal(name) in map(normal, one.names) for one in entries):
        raise Problem(f"{name} is a name of {code} already.")
    more = [replace(one, aliases=_with(one, name)) for one in entries]
    return _whole(book, [*more, *(replace(one, merged_into=code) for one in met)])


def known(book: Book, code: str, day: date) -> Entry:
    """The entry of a code on a day. Raises Problem where there is none."""
    entry = book.on(code, day)
    if entry:
        return entry
    if first := book.entries(code):
        raise Problem(
            f"{code} ({first[0].name}) is in the register from {first[0].valid_from} on, "
            f"not yet on {day}."
        )
    raise Problem(f"Nobody has the code {code}.", "See `ningmai institutions list`.")


def _whole(book: Book, changed: list[Entry], *others: str) -> list[Entry]:
    """Changed entries, and before them what was not published yet of all concerned."""
    there = {(one.code, one.valid_from) for one in changed}
    codes = dict.fromkeys([*(one.code for one in changed), *others])
    first = (one for code in codes for one in book.unpublished(code))
    return [*(one for one in first if (one.code, one.valid_from) not in there), *changed]


def _carried(book: Book, code: str, since: date) -> Iterator[tuple[str, date]]:
    """Whom an institution stands for on a day or later, and from when on."""
    for other in book.codes:
        if other != code and book.standing(other, since) == code:
            yield other, since
        for day, into in book.mergers(other):
            if into == code and day > since:
                yield other, day


def _met(book: Book, name: str) -> list[Entry]:
    """First entries of those met under a name provisionally, and merged into nobody yet."""
    key = normal(name)
    found = (book.entries(code)[0] for code in book.codes if not book.mergers(code))
    return [one for one in found if one.provisional and key in map(normal, one.names)]


def _check_free(book: Book, name: str, day: date | None, own: set[str]) -> None:
    """Raises Problem where a name is another's on a day, or (None) at any time."""
    for code in book.codes:
        if code in own or (day and book.standing(code, day) in own):
            continue
        entries = book.entries(code) if day is None else [book.on(code, day)]
        for entry in entries:
            if entry and normal(name) in map(normal, entry.names):
                raise Problem(
                    f"{name} is a name of {code} ({entry.name}): a name means one institution.",
                    "If both are one: `ningmai institutions merge` one into the other.",
                )


def _check_district(code: str | None) -> None:
    districts = catalogue().lists["districts"]
    if code and code not in districts:
        raise Problem(f"{code} is no district.", f"Known: {', '.join(districts)}.")


def _free(book: Book) -> str:
    """The next code of a hospital that nobody has."""
    numbers = [int(match[1]) for code in book.codes if (match := _NUMBERED.fullmatch(code))]
    return f"H{max(numbers, default=0) + 1:03d}"


def _with(entry: Entry, name: str) -> tuple[str, ...]:
    known_as = set(map(normal, entry.names))
    return entry.aliases if normal(name) in known_as else (*entry.aliases, name)
