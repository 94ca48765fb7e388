"""ClickHouse's HTTP interface: what clickhouse-connect, curl, JDBC and Grafana speak."""

import asyncio
import json
import logging
import uuid

from aiohttp import web

from clickhouse.embedded import request as requests
from clickhouse.embedded import sql
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
    packing = requests.packing(request)
    try:
        user = requests.who(request, users(settings))
        asked, identity = await requests.received(request), str(uuid.uuid4())
        # Packing and unpacking are work for threads too: the loop is everybody's.
        query = await asyncio.to_thread(
            requests.understood, asked, user, settings.database, identity
        )
        answer, body = await _answered(engine, query, packing)
    except Fault as fault:
        headers["X-ClickHouse-Exception-Code"] = str(fault.code)
        text = fault.text(engine.version) + "\n"
        if packing.frames:  # as ClickHouse has it: whoever asks for frames gets nothing else
            return web.Response(
                status=fault.status, body=packing.pack(text.encode()), headers=headers
            )
        return web.Response(status=fault.status, text=text, headers=headers)
    return _response(answer, body, packing, headers)


async def _answered(
    engine: Engine, query: Query, packing: requests.Packing
) -> tuple[Answer, bytes]:
    """The answer, and how it goes out. Who goes away ends what they asked; an insert goes on."""

    def work() -> tuple[Answer, bytes]:
        answer = engine.run(query)
        return answer, packing.pack(answer.body)

    running = engine.pool(query).submit(work)
    try:
        return await asyncio.wrap_future(running)
    except asyncio.CancelledError:
        if query.user.reader or sql.is_question(query.statement.text):
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, engine.cancel, query.identity, running)
        raise


def _response(
    answer: Answer, body: bytes, packing: requests.Packing, headers: dict[str, str]
) -> web.Response:
    summary = {
        "read_rows": str(answer.rows_read),
        "read_bytes": str(answer.bytes_read),
        "written_rows": str(answer.rows_written),
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
