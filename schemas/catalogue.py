"""Codes and the labels they are printed under: ``catalogue.yaml``, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

HOME_CITY = "nanjing"


@dataclass(frozen=True, slots=True)
class Label:
    """One row of ClickHouse's table labels: a code of a list, its label, its place from 1."""

    list: str
    code: str
    label: str
    place: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every list of the catalogue, code to label in the order of print."""

    lists: Mapping[str, Mapping[str, str]]

    def label(self, name: str, code: str) -> str:
        """Label of a code in a list; a code that isn't in it is its own label."""
        return self.lists[name].get(code, code)

    def known(self, name: str, label: str) -> str | None:
        """Code that a label has in a list, or None."""
        return next((code for code, text in self.lists[name].items() if text == label), None)

    def code(self, name: str, label: str) -> str:
        """Code that a label has in a list; a label without one is its own code."""
        return self.known(name, label) or label

    def labels(self) -> list[Label]:
        """Every pair, as rows of the table labels."""
        return [
            Label(name, code, label, place)
            for name, pairs in self.lists.items()
            for place, (code, label) in enumerate(pairs.items(), start=1)
        ]


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read from the package on first use."""
    text = files("schemas").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return Catalogue(
        MappingProxyType({name: MappingProxyType(v) for name, v in yaml.safe_load(text).items()})
    )
