"""``ningmai institutions``: the register, changed by events and read for any month."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ningmai.cli.changing import asked_of, change, said_of, state
from ningmai.cli.options import DataDir, Json
from ningmai.cli.output import out, print_json
from ningmai.errors import Problem

if TYPE_CHECKING:
    from producers.bulletin import Month

Kind = Literal["hospital", "district", "other"]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Code of an institution, like H001.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name, as printed.")]
AtMonth = Annotated[
    str, typer.Option("--month", metavar="MONTH", help="As of its last day; else as of today.")
]
Since = Annotated[str, typer.Option("--from", metavar="DAY", help="First day it is true for.")]
OfKind = Annotated[Kind | None, typer.Option("--kind", help="Only these.")]
District = Annotated[
    str | None, typer.Option("--district", help="Code or name of a district, like D320104.")
]

AlsoClosed = Annotated[
    bool, typer.Option("--also-closed", help="Though a month is closed whose figures it changes.")
]

_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
USAGE = 2
"""Exit status of what was asked wrongly."""
UNKNOWN = 1
"""Exit status where a name means nobody."""

institutions_app = typer.Typer(
    help="""The register of institutions: who they are, what they must deliver, who is behind.

    Changes are events, valid from a day on; nothing is ever edited, and months before that day stay
    as they are. What would change a closed month is refused, unless --also-closed says that it is
    meant. docs/institutions.md has the rules.
    """,
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@institutions_app.command("list")
def list_(
    month: AtMonth = "",
    kind: OfKind = None,
    district: District = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Only names that were met and are not known.")
    ] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Everybody in the register, with validity, campuses, connections and tables required.

    ningmai institutions list --month 2020-09 --kind hospital

    ningmai institutions list --provisional
    """
    from ningmai.institutions.reading import read_book, read_duties
    from ningmai.institutions.screen import lines, show_list

    day = _day_of(month)
    where = _district(district)
    with asked_of(data_dir) as client:
        found = lines(read_book(client), read_duties(client, day), day)
    found = [
        one
        for one in found
        if kind in (None, one.entry.kind)
        and where in (None, one.entry.district, one.entry.code)
        and (not provisional or (one.entry.provisional and one.standing == one.entry.code))
    ]
    if as_json:
        print_json({"day": day, "institutions": [one.as_json() for one in found]})
    else:
        show_list(found, out())


@institutions_app.command()
def due(
    month: Annotated[str, typer.Argument(metavar="MONTH")],
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Who must upload in a month, and how they stand: 未反馈, 未对接, overdue, days, tables.

    ningmai institutions due 2020-09
    """
    from ningmai.institutions.reading import read_deliveries
    from ningmai.institutions.screen import lists, show_due

    asked = _month(month)
    with asked_of(data_dir) as client:
        rows = read_deliveries(client, asked)
    if as_json:
        for row in rows:
            del row["delivered"]
        print_json({"month": str(asked), "lists": lists(rows), "institutions": rows})
    else:
        show_due(rows, out())


@institutions_app.command()
def history(code: Code, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Every entry of an institution as it was published: when, by which system, valid from when.

    ningmai institutions history H021
    """
    from ningmai.institutions.changes import known
    from ningmai.institutions.reading import read_book, read_history
    from ningmai.institutions.screen import show_history

    with asked_of(data_dir) as client:
        rows = read_history(client, code)
        if not rows:
            known(read_book(client), code, date.today())
    if as_json:
        print_json({"code": code, "entries": rows})
    elif rows:
        show_history(rows, out())
    else:
        out().print(f"{code} comes with Ningmai, and nothing was published of it.")


@institutions_app.command()
def resolve(
    name: Name, month: AtMonth = "", as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Whom a printed name means. Nobody is guessed: near names are told, and the status is 1.

    ningmai institutions resolve 江苏省级机关医院 --month 2020-09
    """
    from ningmai.institutions.reading import read_book
    from ningmai.institutions.screen import show_resolved

    with asked_of(data_dir) as client:
        found = read_book(client).resolve(name, _day_of(month))
    if as_json:
        near = [{"code": code, "name": called} for code, called in found.near]
        code = found.entry.code if found.entry else None
        called = found.entry.name if found.entry else None
        print_json(
            {
                "asked": name,
                "code": code,
                "name": called,
                "provisional": bool(found.entry and found.entry.provisional),
                "ambiguous": found.ambiguous,
                "near": near,
            }
        )
    else:
        show_resolved(found, out())
    raise typer.Exit(0 if found.entry else UNKNOWN)


@institutions_app.command()
def add(
    name: Name,
    since: Since = "",
    code: Annotated[str, typer.Option(help="Its code; the next free one by default.")] = "",
    kind: Annotated[Kind, typer.Option(help="What it is.")] = "hospital",
    district: District = None,
    campus_of: Annotated[
        str | None, typer.Option(metavar="CODE", help="Institution that it is a campus of.")
    ] = None,
    alias: Annotated[list[str] | None, typer.Option(help="Other name; may be repeated.")] = None,
    closed: AlsoClosed = False,
    data_dir: DataDir = None,
) -> None:
    """Add an institution. Who was met under that name provisionally is merged into it.

    ningmai institutions add 南京江北医院 --district D320190 --from 2020-10-01

    ningmai institutions add 南京市中医院南院 --campus-of H003 --alias 市中医院南部院区
    """
    from ningmai.institutions.book import Entry
    from ningmai.institutions.changes import added

    entry = Entry(
        code, _day(since), name, tuple(alias or ()), kind, _district(district), campus_of=campus_of
    )
    change(data_dir, lambda book: added(book, entry), entry.valid_from, closed)


@institutions_app.command()
def rename(
    code: Code, name: Name, since: Since, closed: AlsoClosed = False, data_dir: DataDir = None
) -> None:
    """Give an institution another name from a day on; earlier months keep the old one.

    ningmai institutions rename H021 江苏省省级机关医院 --from 2020-10-01
    """
    from ningmai.institutions.changes import renamed

    day = _day(since)
    change(data_dir, lambda book: renamed(book, code, name, day), day, closed)


@institutions_app.command()
def merge(
    code: Code,
    into: Annotated[str, typer.Argument(metavar="INTO", help="Code of whom it becomes part.")],
    since: Since,
    closed: AlsoClosed = False,
    data_dir: DataDir = None,
) -> None:
    """Let another institution stand for one from a day on.

    What happens from that day on is counted under INTO, and nothing is expected of CODE any more;
    the days before stay as they are.

        ningmai institutions merge H028 H005 --from 2020-10-01
    """
    from ningmai.institutions.changes import merged

    day = _day(since)
    change(data_dir, lambda book: merged(book, code, into, day), day, closed)


@institutions_app.command()
def alias(code: Code, name: Name, data_dir: DataDir = None) -> None:
    """Add a name that an institution is printed under, at whatever time.

    Who was met under that name provisionally is merged into it.

        ningmai institutions alias H001 鼓楼医院
    """
    from ningmai.institutions.changes import aliased

    change(data_dir, lambda book: aliased(book, code, name))


@institutions_app.command()
def require(
    code: Code,
    tables: Annotated[int, typer.Argument(min=0, help="Tables that it must upload; 0: none.")],
    since: Since,
    declared: Annotated[
        int | None, typer.Option(min=0, help="Tables that it declared to upload.")
    ] = None,
    closed: AlsoClosed = False,
    data_dir: DataDir = None,
) -> None:
    """State what an institution must upload from a day on.

    ningmai institutions require H050 83 --declared 40 --from 2020-10-01
    """
    from producers.events import Statement

    common = said_of(code, _day(since))
    said = [Statement(**common, figure="uploads.required", value=tables, unit="table")]
    if declared is not None:
        said.append(Statement(**common, figure="uploads.declared", value=declared, unit="table"))
    state(data_dir, code, said, closed)


@institutions_app.command()
def connect(
    code: Code,
    platform: Annotated[str, typer.Argument(help="consultation, ecg, lab or imaging.")],
    since: Since,
    on: Annotated[bool, typer.Option("--yes/--no", help="Whether it is connected.")] = True,
    closed: AlsoClosed = False,
    data_dir: DataDir = None,
) -> None:
    """State that an institution is connected to a telemedicine platform from a day on, or is not.

    ningmai institutions connect D320116 lab --from 2020-10-01
    """
    from producers.events import Statement
    from schemas.catalogue import catalogue

    platforms = catalogue().lists["platforms"]
    if platform not in platforms:
        raise Problem(f"{platform} is no platform.", f"Known: {', '.join(platforms)}.", USAGE)
    figure = f"telemedicine.connection.{platform}"
    said = said_of(code, _day(since))
    connected = Statement(**said, figure=figure, value=int(on), unit="yes")
    state(data_dir, code, [connected], closed)


def _today() -> date:
    from producers.bulletin.month import SHANGHAI

    return datetime.now(SHANGHAI).date()


def _day(text: str) -> date:
    """A day, or today where none is given. Raises Problem."""
    try:
        day = date.fromisoformat(text) if text else _today()
    except ValueError as error:
        raise Problem(f"{text!r} is no day.", "Say it like 2020-10-01.", USAGE) from error
    if day.year < 2000:
        raise Problem(f"{day} is before 2000.", "No event is older.", USAGE)
    return day


def _month(text: str) -> "Month":
    """A month. Raises Problem."""
    from producers.bulletin import Month

    asked = _MONTH.fullmatch(text)
    if not asked:
        raise Problem(f"{text!r} is no month.", "Say it like 2020-09.", USAGE)
    return Month(int(asked[1]), int(asked[2]))


def _day_of(month: str) -> date:
    """The last day of a month; today without one."""
    return _month(month).last if month else _today()


def _district(text: str | None) -> str | None:
    """Code of a district by code or name. Raises Problem."""
    from schemas.catalogue import catalogue

    districts = catalogue().lists["districts"]
    if text is None or text in districts:
        return text
    for code, name in districts.items():
        if name == text:
            return code
    raise Problem(f"{text} is no district.", f"Known: {', '.join(districts.values())}.", USAGE)
