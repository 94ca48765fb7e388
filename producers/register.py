"""The register of institutions: who a printed name is.

Hospitals come from ``register.csv`` (aliases separated by ``|``), districts from the catalogue. A
name that neither knows becomes a provisional institution of its own: nobody is ever guessed.
"""

import csv
import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from schemas.catalogue import catalogue

Kind = Literal["hospital", "district", "other"]


@dataclass(frozen=True, slots=True)
class Institution:
    """Who reports: a hospital or a district's health platform. No district: it is uncertain."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind = "hospital"
    district: str | None = None
    provisional: bool = False
    campus_of: str | None = None


def normal(name: str) -> str:
    """Name with full and half width, brackets and spaces made alike; nothing else is."""
    folded = unicodedata.normalize("NFKC", name)
    return "".join(folded.translate(str.maketrans("〔〕【】[]", "()()()")).split())


class Register:
    """Institutions by every name they are printed under."""

    def __init__(self, institutions: Iterable[Institution]) -> None:
        self.institutions = tuple(institutions)
        self._by_name: dict[str, Institution] = {}
        for one in self.institutions:
            for name in (one.name, *one.aliases):
                if self._by_name.setdefault(normal(name), one) is not one:
                    raise ValueError(f"register: {name!r} names two institutions")

    def resolve(self, name: str, kind: Kind = "hospital") -> Institution:
        """Institution of a printed name; a provisional one of that kind if none is known by it."""
        known = self._by_name.get(normal(name))
        if known is not None:
            return known
        digest = hashlib.sha256(normal(name).encode()).hexdigest()
        return Institution(f"P{digest[:10]}", name, kind=kind, provisional=True)

    @property
    def districts(self) -> tuple[Institution, ...]:
        """The districts there are, in the order of the catalogue."""
        return tuple(one for one in self.institutions if one.kind == "district")


@cache
def register() -> Register:
    """Return the packaged register, read on first use."""
    text = files("producers").joinpath("register.csv").read_text(encoding="utf-8")
    hospitals = [
        Institution(
            line["code"],
            line["name"],
            tuple(filter(None, line["aliases"].split("|"))),
            cast("Kind", line["kind"]),
            line["district"] or None,
            campus_of=line["campus_of"] or None,
        )
        for line in csv.DictReader(text.splitlines())
    ]
    districts = catalogue().lists["districts"].items()
    return Register(
        [*hospitals, *(Institution(code, name, kind="district") for code, name in districts)]
    )
