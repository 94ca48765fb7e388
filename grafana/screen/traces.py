"""``/event/<id>``: what became of an event, for engineers of source systems. Read-only JSON."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from clickhouse.errors import Refused, Unavailable
from grafana.screen.frames import Frame
from ningmai.settings import Settings
from ningmai.tracing import Trace, told
from ningmai.tracing.questions import POSSIBLE, questions
from ningmai.tracing.trace import judged

Ask = Callable[[str], Awaitable[Frame]]
FOUND = ("counted", "retracted", "refused")
AWAY = "暂时无法查询，请稍后再试。"


def traces(settings: Settings, ask: Ask) -> APIRouter:
    """The address, to be included in the screen's application.

    200 where the id is known, 404 where it is not, 400 where it can be none, 503 while ClickHouse
    is away; each with ``state`` and, in Chinese, ``message``.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/event/{event_id:path}")
    async def event(event_id: str) -> JSONResponse:
        try:
            found = await _traced(event_id, ask)
        except (Unavailable, Refused):
            return _answer({"event_id": event_id, "state": "away", "message": [AWAY]}, 503)
        status = 400 if found.state == "impossible" else 200 if found.state in FOUND else 404
        return _answer({**found.as_json(), "message": told(found, settings.namespace)}, status)

    return router


async def _traced(event_id: str, ask: Ask) -> Trace:
    if not POSSIBLE.fullmatch(event_id):
        return Trace(event_id, "impossible")
    answers = [rows(await ask(question)) for question in questions([event_id])]
    return judged([event_id], answers)[event_id]


def rows(frame: Frame) -> list[dict[str, Any]]:
    """A frame's rows, by column."""
    names = [column.name for column in frame.columns]
    values = (column.values for column in frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _answer(content: dict[str, Any], status: int) -> JSONResponse:
    return JSONResponse(content, status, {"Cache-Control": "no-store"})
