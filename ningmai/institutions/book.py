"""The register as a book: every entry of every institution, and whom a name means on a day.

Entries are those that were published and, before them, those that come with Ningmai. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from producers.events import Label
from producers.register import Institution, Kind, Register, normal

EVER = date(2000, 1, 1)
"""First day of what is in the register from the beginning: no event is older."""
NEAR = 3
"""Names that are suggested for one that nobody has."""
NEAR_ENOUGH = 0.6
"""How alike, from 0 to 1, a name has to be to be suggested."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of an institution from ``valid_from`` on, until its next entry."""

    code: str
    valid_from: date
    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind = "hospital"
    district: str | None = None
    provisional: bool = False
    labels: tuple[Label, ...] = ()
    campus_of: str | None = None
    merged_into: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whom a printed name means. Without an entry it means nobody, or several: nobody is guessed.

    ``near`` are names of the register that look like it, or those whom it could mean.
    """

    name: str
    entry: Entry | None = None
    near: tuple[tuple[str, str], ...] = ()
    """Code and name of each."""
    ambiguous: bool = False


class Book:
    """All entries, by institution and first day."""

    def __init__(self, entries: Iterable[Entry], known: Register) -> None:
        by_code: dict[str, dict[date, Entry]] = {
            one.code: {EVER: _first(one)} for one in known.institutions
        }
        self._published = set()
        for entry in entries:
            by_code.setdefault(entry.code, {})[entry.valid_from] = entry
            self._published.add((entry.code, entry.valid_from))
        self._entries = {
            code: tuple(days[day] for day in sorted(days)) for code, days in sorted(by_code.items())
        }

    @property
    def codes(self) -> tuple[str, ...]:
        """Every institution there ever was, in order of its code."""
        return tuple(self._entries)

    def entries(self, code: str) -> tuple[Entry, ...]:
        """Entries of one institution, the first day first; none for a code that nobody has."""
        return self._entries.get(code, ())

    def unpublished(self, code: str) -> tuple[Entry, ...]:
        """Entries that come with Ningmai and that views therefore do not have."""
        return tuple(
            one for one in self.entries(code) if (code, one.valid_from) not in self._published
        )

    def on(self, code: str, day: date) -> Entry | None:
        """What is true of it on a day; None before its first."""
        found = None
        for entry in self.entries(code):
            if entry.valid_from <= day:
                found = entry
        return found

    def until(self, entry: Entry) -> date | None:
        """First day on which an entry is no longer true; None: it is the last."""
        later = [one.valid_from for one in self.entries(entry.code)]
        return min((day for day in later if day > entry.valid_from), default=None)

    def mergers(self, code: str) -> tuple[tuple[date, str], ...]:
        """From when on which institution stands for it: days and codes, the first day first."""
        return tuple(
            (one.valid_from, one.merged_into) for one in self.entries(code) if one.merged_into
        )

    def standing(self, code: str, day: date) -> str:
        """Code of the institution under which its figures stand on a day: its own, if unmerged."""
        found = code
        for since, into in self.mergers(code):
            if since <= day:
                found = into
        return found

    def present(self, day: date) -> Iterator[Entry]:
        """Institutions that stand for themselves on a day."""
        for code in self.codes:
            entry = self.on(code, day)
            if entry and self.standing(code, day) == code:
                yield entry

    def resolve(self, name: str, day: date) -> Resolved:
        """Whom a name means on a day: who has it then, else who ever had it, if it is only one."""
        key = normal(name)
        for found in (self._having(key, day), self._having(key, None)):
            codes = {self.standing(code, day) for code in found}
            if len(codes) > 1:
                return Resolved(name, None, self._named(codes, day), ambiguous=True)
            for code in codes:
                entry = self.on(code, day) or next(iter(self.entries(code)), None)
                return Resolved(name, entry)
        return Resolved(name, None, self.near(name, day))

    def near(self, name: str, day: date) -> tuple[tuple[str, str], ...]:
        """Code and name of those whose names look like it: to be told, never to be taken."""
        known = {
            normal(name): code
            for code in self.codes
            for entry in self.entries(code)
            if not entry.provisional
            for name in entry.names
        }
        close = get_close_matches(normal(name), known, NEAR, NEAR_ENOUGH)
        return self._named(dict.fromkeys(self.standing(known[one], day) for one in close), day)

    def register(self, day: date) -> Register:
        """Names as of a day, for reading a bulletin; earlier and later names mean the same one.

        A name that would mean two is nobody's.
        """
        present = [one for one in self.present(day) if not one.provisional]
        taken = {normal(name): one.code for one in present for name in one.names}
        others: dict[str, dict[str, str]] = {}
        for code in self.codes:
            for entry in self.entries(code):
                for name in entry.names:
                    others.setdefault(normal(name), {})[self.standing(code, day)] = name
        more: dict[str, list[str]] = {}
        for key, meant in others.items():
            if key not in taken and len(meant) == 1:
                ((code, name),) = meant.items()
                more.setdefault(code, []).append(name)
        return Register(
            Institution(
                one.code,
                one.name,
                (*_once(one, taken), *more.get(one.code, ())),
                one.kind,
                one.district,
                campus_of=one.campus_of,
            )
            for one in present
            if taken[normal(one.name)] == one.code
        )

    def _having(self, key: str, day: date | None) -> set[str]:
        """Codes that have a name on a day, or (None) at any time."""
        found = set()
        for code in self.codes:
            on = self.entries(code) if day is None else [self.on(code, day)]
            if any(entry and key in map(normal, entry.names) for entry in on):
                found.add(code)
        return found

    def _named(self, codes: Iterable[str], day: date) -> tuple[tuple[str, str], ...]:
        entries = (self.on(code, day) or self.entries(code)[0] for code in codes)
        return tuple((entry.code, entry.name) for entry in entries)


def _first(one: Institution) -> Entry:
    known = (one.code, EVER, one.name, one.aliases, one.kind, one.district)
    return Entry(*known, campus_of=one.campus_of)


def _once(one: Entry, taken: dict[str, str]) -> list[str]:
    """Aliases of an entry that are nobody else's."""
    return [name for name in one.aliases if taken[normal(name)] == one.code]


def moved(entry: Entry, day: date) -> Entry:
    """The same from another day on; rows of a print stay with the month that they are of."""
    if day == entry.valid_from:
        return entry
    return replace(entry, valid_from=day, labels=(), merged_into=None)
