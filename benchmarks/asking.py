"""One query asked often over HTTP as the user ``grafana``, and what each time took."""

import json
import time
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from types import TracebackType
from typing import Any, Self

import psutil
import urllib3

from benchmarks.measure import cpu_of
from ningmai.settings import Settings


class Refused(Exception):
    """ClickHouse did not answer a query: nothing is to be measured."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one query took: until its whole answer was here, and of the server's CPU."""

    ms: float
    p95_ms: float
    cpu_ms: float
    rows_read: int
    rows: int

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


class Asking:
    """Asks on one connection, within a ``with`` block. Raises Refused."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.clickhouse_url
        self._pool = urllib3.PoolManager(maxsize=1, retries=False)
        self._headers = {
            "X-ClickHouse-User": "grafana",
            "X-ClickHouse-Key": settings.grafana_password,
            "X-ClickHouse-Database": settings.database,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.clear()

    def rows(self, sql: str) -> list[list[Any]]:
        """The rows of the answer."""
        found: list[list[Any]] = json.loads(self._ask(sql).data)["data"]
        return found

    def often(self, sql: str, rounds: int, server: psutil.Process) -> Spent:
        """Asks once to have files read and plans made, then so often with a watch."""
        answer = self._ask(sql)
        told = json.loads(answer.headers["X-ClickHouse-Summary"])
        cpu, times = cpu_of(server), []
        for _ in range(max(rounds, 2)):
            began = time.perf_counter()
            self._ask(sql)
            times.append((time.perf_counter() - began) * 1000)
        return Spent(
            ms=round(median(times), 1),
            p95_ms=round(quantiles(times, n=20, method="inclusive")[-1], 1),
            cpu_ms=round((cpu_of(server) - cpu) * 1000 / len(times), 1),
            rows_read=int(told["read_rows"]),
            rows=int(told["result_rows"]),
        )

    def _ask(self, sql: str) -> urllib3.BaseHTTPResponse:
        url = f"{self._url}/?default_format=JSONCompact"
        answer = self._pool.request("POST", url, body=sql.encode(), headers=self._headers)
        if answer.status != 200 or "X-ClickHouse-Exception-Code" in answer.headers:
            raise Refused(f"{answer.data.decode('utf-8', 'replace')}\n{sql}")
        return answer
