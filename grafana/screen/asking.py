"""One query over ClickHouse's HTTP interface, as the user who may only read."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from clickhouse.client import LATER
from clickhouse.errors import Refused, Unavailable
from grafana.screen.frames import Column, Frame
from ningmai.settings import Settings

SECONDS = 20
"""The longest that a query may take, on the way included."""


class Asking:
    """Asks as the user ``grafana``, between ``open`` and ``close``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Nothing is asked yet."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=SECONDS, connect=3),
            headers={
                "X-ClickHouse-User": "grafana",
                "X-ClickHouse-Key": self._settings.grafana_password,
                "X-ClickHouse-Database": self._settings.database,
            },
        )

    async def close(self) -> None:
        """Lets go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def __call__(self, sql: str) -> Frame:
        """The rows. Raises Unavailable (ask again later) or Refused (it would not help)."""
        if self._session is None:
            raise Unavailable("not open")
        try:
            async with self._session.post(
                self._settings.clickhouse_url,
                params={"default_format": "JSONCompact", "max_execution_time": str(SECONDS)},
                data=sql.encode(),
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"{type(error).__name__} {error}".strip()) from error
        code = int(response.headers.get("X-ClickHouse-Exception-Code", "0"))
        if response.status != 200 or code:
            _raise(body.decode("utf-8", "replace").strip(), code)
        return parsed(body, ZoneInfo(response.headers.get("X-ClickHouse-Timezone", "UTC")))


def _raise(message: str, code: int) -> None:
    if not code or code in LATER:
        raise Unavailable(message)
    raise Refused(message, code)


def parsed(body: bytes, zone: ZoneInfo) -> Frame:
    """What JSONCompact says: whole numbers and decimals exact, times with their zone.

    ``zone`` is the server's, which columns without a zone of their own are in. Raises Unavailable
    for an answer that was cut off.
    """
    try:
        found = json.loads(body, parse_float=Decimal)
        rows = found["data"]
    except (ValueError, KeyError) as error:
        # An error in the middle of an answer can only be written behind it.
        raise Unavailable(body[-500:].decode("utf-8", "replace")) from error
    columns = []
    for nth, about in enumerate(found["meta"]):
        values = [row[nth] for row in rows]
        columns.append(Column(about["name"], about["type"], _typed(values, about["type"], zone)))
    return Frame(tuple(columns))


def _typed(values: list[Any], type_name: str, zone: ZoneInfo) -> tuple[Any, ...]:
    bare = type_name
    for outer in ("LowCardinality(", "Nullable("):
        if bare.startswith(outer):
            bare = bare[len(outer) : -1]
    if bare.startswith("DateTime"):
        own = ZoneInfo(bare.split("'")[1]) if "'" in bare else zone
        return tuple(v and datetime.fromisoformat(v).replace(tzinfo=own) for v in values)
    if bare.startswith("Date"):
        return tuple(v and date.fromisoformat(v) for v in values)
    if bare.startswith("Float"):
        return tuple(None if v is None else float(v) for v in values)
    if bare.startswith("Decimal"):
        return tuple(None if v is None else Decimal(v) for v in values)
    if bare == "Bool":
        return tuple(values)
    return tuple(values)
