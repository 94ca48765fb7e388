"""ClickHouse's HTTP interface: what clickhouse-connect, curl, JDBC and Grafana speak."""

import asyncio
import json
import logging
import uuid

from aiohttp import web

from clickhouse.embedded import request as requests
from clickhouse.embedded.access import users
from clickhouse.embedded.engine import Answer, Engine, Query
from clickhouse.embedded.faults import Fault
from ningmai.settings import Settings

log = logging.getLogger(__name__)

LONGEST_LINE = 1 << 20  # bytes of a request line or header: a query may stand in the URL
ENGINE = web.AppKey("engine", Engine)
SETTINGS = web.AppKey("settings", Settings)
FORMATS = {
    "JSON": "application/json",
    "JSONCompact": "application/json",
    "JSONEachRow": "application/x-ndjson",
    "CSV": "text/csv",
    "CSVWithNames": "text/csv",
    "TabSeparated": "text/tab-separated-values",
    "TabSeparatedWithNames": "text/tab-separated-values",
}


def application(engine: Engine, settings: Settings) -> web.Application:
    """The HTTP face of an engine."""
    app = web.Application(client_max_size=requests.LARGEST)
    app[ENGINE], app[SETTINGS] = engine, settings
    app.router.add_get("/ping", _ok)
    app.router.add_get("/replicas_status", _ok)
    app.router.add_get("/", _query)
    app.router.add_post("/", _query)
    return app


async def _ok(_: web.Request) -> web.Response:
    return web.Response(text="Ok.\n")


async def _query(request: web.Request) -> web.Response:
    engine, settings = request.app[ENGINE], request.app[SETTINGS]
    headers = {
        "X-ClickHouse-Query-Id": request.query.get("query_id") or str(uuid.uuid4()),
        "X-ClickHouse-Server-Display-Name": "ningmai",
        "X-ClickHouse-Timezone": engine.timezone,
    }
    if request.method == "GET" and "query" not in request.query:
        return web.Response(text="Ok.\n", headers=headers)
    try:
        user = requests.who(request, users(settings))
        asked, identity = await requests.received(request), str(uuid.uuid4())
        # Packing and unpacking are work for threads too: the loop is everybody's.
        query = await asyncio.to_thread(
            requests.understood, asked, user, settings.database, identity
        )
        packing = requests.packing(request)
        answer, body = await _answered(engine, query, packing)
    except Fault as fault:
        headers["X-ClickHouse-Exception-Code"] = str(fault.code)
        text = fault.text(engine.version)
        return web.Response(status=fault.status, text=text + "\n", headers=headers)
    return _response(answer, body, packing, headers)


async def _answered(
    engine: Engine, query: Query, packing: requests.Packing
) -> tuple[Answer, bytes]:
    """The answer, and how it goes out. A reader who goes away ends the query; an insert goes on."""

    def work() -> tuple[Answer, bytes]:
        answer = engine.run(query)
        return answer, packing.pack(answer.body)

    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(engine.pool(query), work)
    except asyncio.CancelledError:
        if query.user.reader:
            loop.run_in_executor(None, engine.cancel, query.identity)
        raise


def _response(
    answer: Answer, body: bytes, packing: requests.Packing, headers: dict[str, str]
) -> web.Response:
    summary = {
        "read_rows": str(answer.rows_read),
        "read_bytes": str(answer.bytes_read),
        "result_rows": str(answer.rows),
        "result_bytes": str(len(answer.body)),
        "elapsed_ns": str(round(answer.seconds * 1e9)),
    }
    headers["X-ClickHouse-Summary"] = json.dumps(summary)
    headers["X-ClickHouse-Format"] = answer.format
    if packing.encoding:
        headers["Content-Encoding"] = packing.encoding
    kind = FORMATS.get(answer.format, "application/octet-stream")
    return web.Response(body=body, headers=headers, content_type=kind)
