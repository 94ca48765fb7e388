"""Which table a file is and of which month: both stand in its name."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from producers.bulletin.errors import Malformed
from producers.bulletin.layout import LAYOUTS, Layout
from producers.bulletin.month import Month

PACKAGED = Path(__file__).parent.parent / "bulletins"
_MONTH_NAME = re.compile(r"\d{4}-\d{2}")
_NUMBER = re.compile(r"^\d{1,2}[a-z]?[\s_.、-]+", re.IGNORECASE)
_YEAR = re.compile(r"(\d*)年")
_MONTH = re.compile(r"(\d*)月")
_DATE = re.compile(r"(\d*年)?\d*月|\d*年")
OLDEST = 2000


def locate(source: Path | str) -> Path:
    """Folder of a bulletin: a month that is packaged, else a folder; Malformed if it is neither."""
    name = str(source)
    if _MONTH_NAME.fullmatch(name) and (PACKAGED / name).is_dir():
        return PACKAGED / name
    folder = Path(source)
    if not folder.is_dir():
        known = ", ".join(sorted(path.name for path in PACKAGED.iterdir() if path.is_dir()))
        raise Malformed(name, 0, f"neither a folder nor a month that comes with Ningmai ({known})")
    return folder


def tables_in(folder: Path) -> list[tuple[Layout, Path]]:
    """Every CSV file of the folder and its subfolders with the table it is, ordered by table.

    Malformed if a CSV file is no known table, if two are the same one, or if there is none.
    """
    found: dict[str, tuple[Layout, Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() != ".csv" or path.name.startswith(".") or not path.is_file():
            continue
        name = str(path.relative_to(folder))
        layout = _layout(name, path.stem)
        if layout.code in found:
            other = found[layout.code][1].relative_to(folder)
            raise Malformed(name, 0, f"table {layout.code} a second time, it is also in {other}")
        found[layout.code] = (layout, path)
    if not found:
        raise Malformed(str(folder), 0, "no CSV file in this folder or below it")
    return [found[code] for code in sorted(found)]


def month_of(folder: Path, paths: Iterable[Path], now: Month) -> Month:
    """Month that all titles agree on, one of them with its year, and that is over.

    Malformed otherwise.
    """
    year, number = 0, 0
    for path in paths:
        name = str(path.relative_to(folder))
        year = _agree(name, "year", year, _figures(name, _YEAR, path.stem, OLDEST, 9999))
        number = _agree(name, "month", number, _figures(name, _MONTH, path.stem, 1, 12))
    for what, value in (("year", year), ("month", number)):
        if not value:
            raise Malformed(str(folder), 0, f"no file's name says the {what}, like 2020年9月")
    month = Month(year, number)
    if month >= now:
        raise Malformed(str(folder), 0, f"{month} is not over yet: its figures can't be printed")
    return month


def _layout(name: str, stem: str) -> Layout:
    title = _DATE.sub("", _plain(stem)).strip("_")
    matches = [layout for layout in LAYOUTS if layout.title.search(title)]
    if len(matches) != 1:
        raise Malformed(name, 0, "its title is none of the bulletin's tables; take it out")
    return matches[0]


def _plain(stem: str) -> str:
    """A file's name with width folded, without the number before it and without spaces."""
    return "".join(_NUMBER.sub("", unicodedata.normalize("NFKC", stem).strip()).split())


def _figures(name: str, pattern: re.Pattern[str], stem: str, least: int, most: int) -> list[int]:
    found = []
    for text in pattern.findall(_plain(stem)):
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise Malformed(name, 0, f"{text!r} before 年 or 月 is not between {least} and {most}")
        found.append(int(text))
    return found


def _agree(name: str, what: str, known: int, said: list[int]) -> int:
    for value in said:
        if known and value != known:
            raise Malformed(name, 0, f"its title says {what} {value}, another one {known}")
        known = value
    return known
