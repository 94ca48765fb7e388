"""The bulletin's sentences, made of figures by ``templates.yaml``."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ningmai.bulletin.figures import (
    CALLS,
    CITIES,
    calls,
    platforms,
    since_opening,
    total,
    unconnected,
)
from producers.bulletin import Bulletin, Month, Row
from schemas.catalogue import catalogue

_SLOT = re.compile(r"\{([a-z_.]+)\}")
_MARKS = "，；、"


@cache
def templates() -> Mapping[str, Any]:
    """Every template, read from the package on first use."""
    text = files("ningmai.bulletin").joinpath("templates.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def filled(name: str, known: Mapping[str, str]) -> str | None:
    """A template of one text; None if something that it says is not known."""
    return _filled(templates()[name], known)


def of_month(month: Month) -> dict[str, str]:
    """What every template may say."""
    return {"year": str(month.year), "month": str(month.number)}


def hotline(bulletin: Bulletin) -> str:
    """What the hotline was called for; empty where that is not known."""
    answered, orders = calls(bulletin)
    known = of_month(bulletin.month) | _some(
        total=total(answered, CALLS),
        categories="、".join(f"{row.label}{row.cells[CALLS]}个" for row in _have(answered, CALLS)),
        orders="，".join(f"{row.label}{row.cells[CALLS]}件" for row in _have(orders, CALLS)),
    )
    return _sentences("hotline", known)


def province(bulletin: Bulletin) -> str:
    """Calls of the province by city; empty where they are not known."""
    rows = bulletin.rows("01b")
    known = of_month(bulletin.month) | _some(
        total=total(rows, CITIES),
        cities="、".join(f"{row.label}{row.cells[CITIES]}人次" for row in _have(rows, CITIES)),
    )
    return _sentences("province", known)


def telemedicine(bulletin: Bulletin) -> list[str]:
    """A paragraph a platform of which anything is known, in printed order."""
    found = platforms(bulletin)
    made = [_platform(bulletin.month, code, found.get(code, {})) for code in _platforms()]
    return [text for text in made if text]


def since(name: str, bulletin: Bulletin) -> str | None:
    """The line of a figure since opening; None where it is not known."""
    return filled(name, of_month(bulletin.month) | dict(since_opening(bulletin)))


def _platforms() -> list[str]:
    return list(catalogue().lists["platforms"])


def _platform(month: Month, code: str, figures: Mapping[str, str]) -> str:
    known = {
        **of_month(month),
        **{what: text for what, text in figures.items() if text and what != "unconnected"},
        "label": catalogue().label("platforms", code),
    }
    ranks = [rank for rank in ("first", "second", "third") if rank in known]
    known |= _some(
        linked=_linked(figures.get("telemedicine.cities_linked")),
        unconnected=_unconnected(unconnected(figures.get("unconnected"))),
        ranked=templates()["ranked"][len(ranks) - 1] if ranks else None,
    )
    return _sentences(code, known)


def _linked(count: str | None) -> str | None:
    """How many cities, named where they are those that are on record."""
    if not count:
        return None
    names = templates()["linked"]
    if count != str(len(names)):
        return f"{count}个城市"
    return f"{'、'.join(names[:-1])}和{names[-1]}{count}个城市"


def _unconnected(names: list[str] | None) -> str | None:
    if names is None:
        return None
    form = "many" if names[1:] else "one" if names else "none"
    order = {name: at for at, name in enumerate(templates()["districts"])}
    told = sorted(names, key=lambda name: order.get(name, len(order)))
    return _filled(templates()["unconnected"][form], {"districts": "、".join(told)})


def _have(rows: tuple[Row, ...] | list[Row], column: str) -> list[Row]:
    return [row for row in rows if row.cells.get(column)]


def _some(**known: object) -> dict[str, str]:
    """Those that are known, as text."""
    return {name: str(value) for name, value in known.items() if value not in (None, "")}


def _sentences(name: str, known: Mapping[str, str]) -> str:
    made = (_sentence(one["lead"], one["clauses"], known) for one in templates()[name])
    return "".join(made)


def _sentence(lead: str, clauses: list[str], known: Mapping[str, str]) -> str:
    texts = [text for clause in clauses if (text := _filled(clause, known))]
    opening = _filled(lead, known)
    if not texts or opening is None:
        return ""
    return f"{opening}{''.join(texts).lstrip(_MARKS)}。"


def _filled(template: str, known: Mapping[str, str]) -> str | None:
    if any(name not in known for name in _SLOT.findall(template)):
        return None
    return _SLOT.sub(lambda slot: known[slot[1]], template)
