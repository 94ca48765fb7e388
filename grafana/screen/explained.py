"""``/explain``: where the figures of a printed table come from, as a page. Linked from panels."""

import re
from collections.abc import Mapping, Sequence
from html import escape as e
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from clickhouse.client import connect
from clickhouse.errors import ClickHouseError
from ningmai.errors import Problem
from ningmai.explaining import Explanation, choose, explain, figures
from ningmai.explaining.figures import Figure
from ningmai.settings import Settings
from producers.bulletin import Month

MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])(-01)?", re.ASCII)
COLUMNS = {
    "topic": "主题",
    "source": "来源系统",
    "origin": "性质",
    "events": "事件数",
    "last_appended": "数据截至",
    "event_id": "事件编号",
    "occurred_at": "发生时间",
    "sign": "正负",
}
"""What columns are called on the page."""
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title><style>
body {{ font: 16px/1.6 "Noto Sans CJK SC", sans-serif; margin: 2em auto; max-width: 64em;
  padding: 0 1em; background: #111217; color: #d8d9da }}
a {{ color: #6ea6ff }} h1 {{ font-size: 1.4em }} h2 {{ font-size: 1.05em; margin-top: 1.6em }}
pre {{ background: #1b1c22; padding: .8em; white-space: pre-wrap; overflow-wrap: anywhere }}
td, th {{ padding: .15em 1em .15em 0; text-align: left }} .value {{ font-size: 2em }}
.warn {{ color: #f2b632 }}
</style><h1>{title}</h1>{body}</html>"""


def explained(settings: Settings) -> APIRouter:
    """The address, to be included in the screen's application.

    ``month`` as 2020-09 or 2020-09-01; ``figure`` by its name, else all figures of ``table``, each
    with its link. 404 where there is none of that name, 503 while ClickHouse is away.
    """
    router = APIRouter(include_in_schema=False)

    # Not async: it asks ClickHouse in one of the server's threads.
    @router.get("/explain")
    def page(month: str = "", figure: str = "", table: str = "") -> HTMLResponse:
        found = MONTH.fullmatch(month)
        if not found:
            return _answer("没有这个月份", "<p>月份写作 2020-09。</p>", 400)
        try:
            return _page(settings, Month(int(found[1]), int(found[2])), figure, table)
        except Problem as error:
            hint = f"<pre>{e(error.message)}\n{e(error.hint)}</pre>"
            return _answer("没有这个数，或不止一个", hint, 404)
        except ClickHouseError:
            return _answer("暂时无法查询", "<p>请稍后再试。</p>", 503)

    return router


def _page(settings: Settings, month: Month, figure: str, table: str) -> HTMLResponse:
    client = connect(settings, "grafana")
    bulletin, known = figures(client, month)
    if not figure:
        some = [one for one in known if not table or one.table == table]
        title = f"{month} 表{table}：每个数从哪来" if table else f"{month}：每个数从哪来"
        return _answer(title, _list(some, month))
    chosen, _ = choose(figure, known)
    return _answer(f"{month}　{chosen.address}", _one(explain(client, bulletin, chosen), month))


def _list(some: Sequence[Figure], month: Month) -> str:
    if not some:
        return "<p>这个月没有数。</p>"
    rows = (
        f'<tr><td><a href="{_link(one, month)}">{e(one.row)}</a></td>'
        f"<td>{e(one.column)}</td><td>{e(one.text)}</td></tr>"
        for one in some
    )
    return f"<table><tr><th>行<th>列<th>数值</tr>{''.join(rows)}</table>"


def _link(one: Figure, month: Month) -> str:
    return e("/explain?" + urlencode({"month": str(month), "figure": one.address}))


def _one(found: Explanation, month: Month) -> str:
    agrees = (
        "以上两条刚刚都执行过，结果与此数一致。"
        if found.agrees
        else "以上两条刚刚都执行过，结果与此数不一致：数据正在变动，或有差错。"
    )
    findings = "".join(
        f'<p class="warn">{e(one.severity)}：{e(one.message)}</p>' for one in found.findings
    )
    back = e("/explain?" + urlencode({"month": str(month), "table": found.figure.table}))
    return "".join(
        (
            f'<p class="value">{e(found.figure.text)}</p>',
            f"<h2>在报表中</h2><pre>{e(found.of_view)}</pre>",
            f"<h2>单独算出</h2><pre>{e(found.alone)}</pre><p>{agrees}</p>",
            f"<h2>来源</h2>{_table(found.sources)}",
            f"<h2>新旧</h2>{_table(found.freshness)}",
            f"<p>此数最近的事件：{e(found.last_event or '无')}</p>",
            f"<h2>校验</h2>{findings or '<p>没有发现问题。</p>'}",
            f"<h2>部分事件</h2>{_table(found.events)}",
            *(f"<pre>{e(sql)}</pre>" for sql in found.events_sql),
            f'<p><a href="{back}">表{e(found.figure.table)}的其他数</a></p>',
        )
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "<p>无</p>"
    head = "".join(f"<th>{e(COLUMNS.get(name, name))}" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{e(str(value))}" for value in row.values()) for row in rows
    )
    return f"<table><tr>{head}{body}</table>"


def _answer(title: str, body: str, status: int = 200) -> HTMLResponse:
    text = PAGE.format(title=e(title), body=body)
    return HTMLResponse(text, status, {"Cache-Control": "no-store"})
