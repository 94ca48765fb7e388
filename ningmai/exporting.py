"""A view's rows to a Parquet or CSV file, in slices of time, so that memory stays as it is.

The file is written beside its place and moved there when it is whole.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import IOBase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, cast

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.doing import Doing
from ningmai.errors import Problem
from streams.sink import escaped

Form = Literal["parquet", "csv"]
FORMATS: Mapping[str, str] = {"parquet": "Parquet", "csv": "CSVWithNames"}
BOM = b"\xef\xbb\xbf"
CHUNK = 1 << 20
ROWS_AT_ONCE = 400_000
"""Rows of a slice; a reader may ask for a million at most."""
MOST_ROWS = 1_000_000
TIMES = ("occurred_at", "minute", "hour", "day", "as_of", "month", "valid_from")
"""Columns that a view can be cut by, the first one that it has."""
_PARAMETER = re.compile(r"\{(\w+):(\w+)")
_VIEW = re.compile(r"[a-z]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """Days of Asia/Shanghai, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Slice:
    """A query, and how many rows it had when they were counted."""

    sql: str
    rows: int


def slices_of_sql(client: Client, sql: str) -> list[Slice]:
    """A query of one's own, as one slice. Raises Problem, clickhouse.errors."""
    text = sql.strip().rstrip(";")
    with errors_sorted():
        ((rows,),) = client.query(f"SELECT count() FROM ({text}\n)").result_rows
    return [_bounded(Slice(text, rows), "Cut it by days, and export each part.")]


def slices_of_view(
    client: Client, view: str, days: Range | None, given: Mapping[str, str] | None = None
) -> list[Slice]:
    """A view's rows of those days (None: all of them). Raises Problem, clickhouse.errors.

    ``given`` are the view's parameters by name, as far as the days do not say them.
    """
    source, columns = _described(client, view, days, given or {})
    column = next((name for name in TIMES if name in columns), None)
    if column is None or source != view:
        if days and source == view:
            raise Problem(f"{view} has no column of time.", "Export it without a month.")
        with errors_sorted():
            ((rows,),) = client.query(f"SELECT count() FROM {source}").result_rows
        return [_bounded(Slice(f"SELECT * FROM {source}", rows), "Write SQL that asks for less.")]
    timed = columns[column].startswith("DateTime")
    where = f"WHERE {_between(column, timed, days)}" if days else ""
    unit = f"toStartOfHour(toTimeZone({column}, 'UTC'))" if timed else f"toDate({column})"
    with errors_sorted():
        counts = client.query(
            f"SELECT {unit} AS unit, count() FROM {view} {where} GROUP BY unit ORDER BY unit"
        ).result_rows
    found = []
    for first, last, rows in _packed(counts):
        some = _units(column, timed, first, last)
        one = Slice(f"SELECT * FROM {view} WHERE {some} ORDER BY {column}", rows)
        found.append(_bounded(one, "Export it by SQL that asks for less of an hour."))
    return found or [Slice(f"SELECT * FROM {view} WHERE 0", 0)]


def export(
    client: Client, slices: Sequence[Slice], out: Path, form: Form, *, bom: bool, doing: Doing
) -> int:
    """Write the slices, in order, as one file at ``out``, in place of what is there.

    Returns its bytes. ``bom``: begin a CSV with the mark by which Excel knows UTF-8. Raises
    Problem where it can't be written, clickhouse.errors; nothing is left behind then.
    """
    total = sum(each.rows for each in slices)
    with _beside(out) as folder, doing.bar(out.name, total) as advance:
        whole = folder / "whole"
        if form == "csv":
            _csv(client, slices, whole, bom, advance)
        else:
            _parquet(client, slices, folder, whole, advance)
        with whole.open("rb") as done:
            os.fsync(done.fileno())
        whole.replace(out)
    return out.stat().st_size


def _csv(client: Client, slices: Sequence[Slice], whole: Path, bom: bool, advance: Any) -> None:
    with whole.open("wb") as file:
        file.write(BOM if bom else b"")
        for number, each in enumerate(slices):
            for chunk in _answer(client, each.sql, "CSV" if number else FORMATS["csv"]):
                file.write(chunk)
            advance(each.rows)


def _parquet(
    client: Client, slices: Sequence[Slice], folder: Path, whole: Path, advance: Any
) -> None:
    parts = []
    for number, each in enumerate(slices):
        part = folder / f"{number:06}.parquet"
        with part.open("wb") as file:
            for chunk in _answer(client, each.sql, FORMATS["parquet"]):
                file.write(chunk)
        parts.append(part)
        advance(each.rows)
    if len(parts) == 1:
        parts[0].replace(whole)
        return
    import polars as pl

    pl.scan_parquet(parts).sink_parquet(whole)


def _answer(client: Client, sql: str, form: str) -> Iterator[bytes]:
    # The server says that an answer failed before it begins, never in the middle of one.
    with errors_sorted():
        stream = cast(IOBase, client.raw_stream(sql, fmt=form, settings={"wait_end_of_query": "1"}))
        try:
            while chunk := stream.read(CHUNK):
                yield chunk
        finally:
            stream.close()


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    try:
        with TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
            yield Path(folder)
    except OSError as error:
        free = shutil.disk_usage(out.parent).free // 1_000_000 if out.parent.is_dir() else 0
        raise Problem(
            f"{out} can't be written: {error.strerror or error}.",
            f"Its folder must be there, writable, with room ({free:,} MB are free).",
        ) from error


def _described(
    client: Client, view: str, days: Range | None, given: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """What to select from, and the columns with their types."""
    found: Sequence[Sequence[Any]] = []
    if _VIEW.fullmatch(view):
        with errors_sorted():
            found = client.query(
                "SELECT create_table_query FROM system.tables"
                " WHERE database = currentDatabase() AND name = {view:String}",
                parameters={"view": view},
            ).result_rows
    if not found:
        raise Problem(f"{view} is no view.", 'Views: `ningmai sql "SHOW TABLES"`; or use --sql.')
    wanted = dict(_PARAMETER.findall(str(found[0][0])))
    if unknown := sorted(set(given) - set(wanted)):
        has = f"has {', '.join(wanted)}" if wanted else "has none"
        raise Problem(f"{view} has no parameter {', '.join(unknown)}.", f"It {has}.")
    source = _called(view, wanted, days, given) if wanted else view
    with errors_sorted():
        rows = client.query(f"DESCRIBE TABLE (SELECT * FROM {source})").result_rows
    return source, {str(row[0]): str(row[1]) for row in rows}


def _called(
    view: str, wanted: Mapping[str, str], days: Range | None, given: Mapping[str, str]
) -> str:
    """A view with parameters, called with those given; the days say the others of time."""
    known = dict(given)
    if days is not None:
        ends = {"month": f"{days.first}", "day": f"{days.last}", "since": f"{days.first} 00:00:00"}
        known = ends | {"from": ends["month"], "to": ends["day"]} | known
    missing = [name for name in wanted if name not in known]
    if missing and set(missing) <= {"month", "day", "since"}:
        raise Problem(f"{view} is asked of a month.", "Give --month.")
    if missing:
        some = " ".join(f"--set {name}=…" for name in missing)
        types = ", ".join(f"{name} ({wanted[name]})" for name in missing)
        raise Problem(f"{view} is asked with {types} too.", f"Give {some}.")
    return f"{view}({', '.join(f'{n} = {_literal(known[n], wanted[n])}' for n in wanted)})"


def _literal(value: str, type_name: str) -> str:
    """A value as SQL text; an array's parts are separated by commas."""
    if type_name == "Array":
        return f"[{', '.join(_literal(part.strip(), '') for part in value.split(','))}]"
    return f"'{escaped(value)}'"


def _between(column: str, timed: bool, days: Range) -> str:
    if not timed:
        return f"{column} BETWEEN '{days.first}' AND '{days.last}'"
    after = days.last + timedelta(days=1)
    return (
        f"{column} >= toDateTime64('{days.first} 00:00:00', 3, 'Asia/Shanghai')"
        f" AND {column} < toDateTime64('{after} 00:00:00', 3, 'Asia/Shanghai')"
    )


def _units(column: str, timed: bool, first: Any, last: Any) -> str:
    """The rows from one unit to another, both included: hours (UTC) or days."""
    if not timed:
        return f"{column} BETWEEN '{first}' AND '{last}'"
    start, end = (_utc(moment) for moment in (first, last + timedelta(hours=1)))
    return f"{column} >= {start} AND {column} < {end}"


def _utc(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"toDateTime64('{aware.astimezone(UTC):%Y-%m-%d %H:%M:%S}', 3, 'UTC')"


def _packed(counts: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, Any, int]]:
    """Units one after the other, as many at a time as ROWS_AT_ONCE allows: first, last, rows."""
    first, last, rows = None, None, 0
    for unit, count in counts:
        if rows and rows + count > ROWS_AT_ONCE:
            yield first, last, rows
            first, rows = None, 0
        first, last, rows = unit if first is None else first, unit, rows + count
    if rows:
        yield first, last, rows


def _bounded(one: Slice, hint: str) -> Slice:
    if one.rows > MOST_ROWS:
        raise Problem(
            f"{one.rows:,} rows are more than {MOST_ROWS:,}, all that may be asked.", hint
        )
    return one
