"""Reads the register, and what each institution must deliver, from the views of ClickHouse."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.errors import Problem
from ningmai.institutions.book import Book, Entry
from producers.bulletin.month import Month
from producers.events import Label
from producers.register import Kind, register

CONNECTION = "telemedicine.connection."


@dataclass(slots=True)
class Duty:
    """What is stated of an institution: tables to upload, platforms that it is connected to."""

    declared: int | None = None
    required: int | None = None
    connections: dict[str, bool | None] = field(default_factory=dict)
    """By platform; None: asked and not answered."""


def read_book(client: Client) -> Book:
    """All entries, on top of those that come with Ningmai. Raises clickhouse.errors."""
    rows = _rows(
        client,
        "SELECT code, valid_from, name, aliases, kind, district, provisional, "
        "labels.table AS tables, labels.label AS labels, labels.place AS places, "
        "campus_of, merged_into FROM institutions",
    )
    return Book(map(_entry, rows), register())


def check_open(client: Client, since: date) -> None:
    """Raises Problem where a month is closed whose figures something changes from this day on."""
    rows = _rows(
        client,
        "SELECT DISTINCT month FROM closings WHERE addMonths(month, 1) > {since:Date} ORDER BY 1",
        {"since": since},
    )
    if rows:
        closed = [Month(row["month"].year, row["month"].month) for row in rows]
        after = closed[-1].last + timedelta(days=1)
        raise Problem(
            f"{', '.join(map(str, closed))} closed: from {since} on, what it shows would change.",
            f"Date it {after} or later. Or --also-closed: published figures stay as they are, and "
            f"`ningmai corrections {closed[-1]}` lists what is not the same any more.",
        )


def read_duties(client: Client, day: date) -> dict[str, Duty]:
    """What is stated on a day, by institution. Raises clickhouse.errors."""
    found: dict[str, Duty] = {}
    rows = _rows(
        client,
        "SELECT figure, subject, amount FROM stocks_on(day = {day:Date}) WHERE figure IN "
        "('uploads.declared', 'uploads.required') OR startsWith(figure, {connection:String})",
        {"day": day, "connection": CONNECTION},
    )
    for row in rows:
        duty, figure, amount = (
            found.setdefault(row["subject"], Duty()),
            row["figure"],
            row["amount"],
        )
        if figure == "uploads.declared":
            duty.declared = amount
        elif figure == "uploads.required":
            duty.required = amount
        else:
            platform = figure.removeprefix(CONNECTION)
            duty.connections[platform] = None if amount is None else bool(amount)
    return found


def read_history(client: Client, code: str) -> list[dict[str, Any]]:
    """Every entry of an institution as it was published, the oldest first."""
    return _rows(
        client,
        "SELECT * FROM institution_history WHERE code = {code:String} ORDER BY told_at, valid_from",
        {"code": code},
    )


def read_deliveries(client: Client, month: Month) -> list[dict[str, Any]]:
    """Who should upload in a month, or did, and how they stand."""
    return _rows(client, "SELECT * FROM deliveries(month = {month:Date})", {"month": month.first})


def _entry(row: dict[str, Any]) -> Entry:
    printed = zip(row["tables"], row["labels"], row["places"], strict=True)
    return Entry(
        code=row["code"],
        valid_from=row["valid_from"],
        name=row["name"],
        aliases=tuple(row["aliases"]),
        kind=cast("Kind", row["kind"]),
        district=row["district"],
        provisional=bool(row["provisional"]),
        labels=tuple(
            Label(table=table, label=label, place=place) for table, label, place in printed
        ),
        campus_of=row["campus_of"],
        merged_into=row["merged_into"],
    )


def _rows(
    client: Client, sql: str, parameters: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    with errors_sorted():
        answer = client.query(sql, parameters=parameters)
    return [dict(zip(answer.column_names, row, strict=True)) for row in answer.result_rows]
