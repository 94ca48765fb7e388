"""The kinds of event, each from its file in ``topics/``: the one list that all parts go by."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Kind:
    """One kind of event: one schema, one topic, one raw table, one rollup."""

    name: str
    description: str
    owner: str
    key: tuple[str, ...]
    """Fields that make up the Kafka key, joined by ``@``."""
    flow: bool
    """True: it happens; false: a stock or register entry, stated."""
    partitions: int | None
    """Partitions of the topic; None: as many as the settings say."""
    retention_days: int | None
    """Days that Kafka keeps the topic; None: for ever."""
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    versions: tuple[int, ...]
    """Versions of the schema, ascending; the last is what publishers write."""
    minimum: Mapping[str, int]
    """Least value of whole-number fields that have one."""

    def text(self, version: int | None = None) -> str:
        """The Avro schema as it stands in its file; the newest unless told otherwise."""
        version = version or self.versions[-1]
        return (FOLDER / self.name / f"v{version}.avsc").read_text("utf-8")

    def schema(self, version: int | None = None) -> dict[str, Any]:
        """The Avro schema, parsed; the newest unless told otherwise. Shared: do not change it."""
        return _schema(self, version or self.versions[-1])

    def examples(self, version: int | None = None) -> list[dict[str, Any]]:
        """Events of that version as decoding gives them; what each shows stands in the file."""
        version = version or self.versions[-1]
        path = FOLDER / self.name / "examples" / f"v{version}.json"
        return [example["event"] for example in json.loads(path.read_text("utf-8"))]

    def __hash__(self) -> int:
        return hash(self.name)


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name: the flows first, each group in alphabetical order."""
    found = [_load(path) for path in sorted((FOLDER / "topics").glob("*.yaml"))]
    found.sort(key=lambda each: not each.flow)
    return MappingProxyType({each.name: each for each in found})


def kind(name: str) -> Kind:
    """The kind of that name; KeyError where there is none."""
    return kinds()[name]


def _load(path: Path) -> Kind:
    data = yaml.safe_load(path.read_text("utf-8"))
    for field in ("key", "producers", "consumers", "versions"):
        data[field] = tuple(data[field])
    data["minimum"] = MappingProxyType(data["minimum"])
    return Kind(name=path.stem, **data)


@cache
def _schema(of: Kind, version: int) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(of.text(version))
    return schema
