"""The bar above a board: where one is, what is chosen, how old the figures are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from nicegui import ui

from grafana.screen.board import Board, Option, Variable
from grafana.screen.timerange import TimeRange
from grafana.screen.variables import ALL, ALL_TEXT, Chosen
from grafana.screen.wanted import Wanted, address, shortly

RANGES = {
    ("now/d", "now/d"): "今天",
    ("now/d", "now"): "今天到现在",
    ("now-1d/d", "now-1d/d"): "昨天",
    ("now-15m", "now"): "最近 15 分钟",
    ("now-1h", "now"): "最近 1 小时",
    ("now-6h", "now"): "最近 6 小时",
    ("now-24h", "now"): "最近 24 小时",
    ("now-7d", "now"): "最近 7 天",
    ("now-30d", "now"): "最近 30 天",
    ("now-90d", "now"): "最近 90 天",
    ("now/w", "now/w"): "本周",
    ("now/M", "now/M"): "本月",
    ("now/M", "now"): "本月到现在",
    ("now-1M/M", "now-1M/M"): "上月",
    ("now/y", "now"): "今年到现在",
    ("now-1y/y", "now-1y/y"): "去年",
    ("now-12M", "now"): "最近 12 个月",
    ("now-30d/d", "now-1d/d"): "前 30 天，不含今天",
}
REFRESHES = {
    0.0: "不刷新",
    5.0: "5 秒",
    10.0: "10 秒",
    30.0: "30 秒",
    60.0: "1 分钟",
    300.0: "5 分钟",
}


Options = Mapping[str, tuple[Option, ...]]
SELECT = "dense borderless options-dense dropdown-icon=M7,10L12,15L17,10Z"
"""The arrow is drawn, so that no font of icons is fetched for it."""


@dataclass(frozen=True)
class Wishes:
    """What the bar calls when a viewer wants something else."""

    choose: Callable[[str, Sequence[str]], None]
    look_at: Callable[[str, str], None]
    move: Callable[[int], None]
    refresh_every: Callable[[float], None]
    refresh: Callable[[], None]
    kiosk: Callable[[], None]


class Header:
    """Draws the bar where it is made. ``boards`` are those that can be gone to."""

    def __init__(
        self, board: Board, wanted: Wanted, boards: Sequence[Board], wishes: Wishes
    ) -> None:
        self._board, self._wishes = board, wishes
        self._selects: dict[str, ui.select] = {}
        self._showing = False
        with ui.element("header").classes("bar"):
            ui.html(_escaped(board.title), sanitize=False, tag="h1")
            self._nav(wanted, boards)
            ui.element("div").classes("grow")
            self._variables = ui.element("div").style("display: contents")
            self._range = _RangePicker(wishes.look_at)
            self._refresh(wanted)
            self._age = ui.label("").classes("age").props('role="status"')
            self._buttons()
        self._problem = ui.label("").classes("problem").props('role="alert"')

    def _nav(self, wanted: Wanted, boards: Sequence[Board]) -> None:
        with ui.element("nav").props('aria-label="各屏"'):
            for nth, board in enumerate(boards, start=1):
                link = ui.link(board.title, address(board, wanted, own=False))
                link.props(f'data-key="{nth}"')
                if board.uid == self._board.uid:
                    link.props('aria-current="page"')

    def _refresh(self, wanted: Wanted) -> None:
        every = dict(REFRESHES)
        every.setdefault(wanted.refresh, shortly(wanted.refresh))
        select = ui.select(
            dict(sorted(every.items())),
            value=wanted.refresh,
            label="刷新",
            on_change=lambda event: self._wishes.refresh_every(event.value),
        )
        select.props(SELECT)

    def _buttons(self) -> None:
        _act("刷新", "refresh", "立即刷新（r）", self._wishes.refresh)
        _act("大屏", "kiosk", "只看图，不看工具栏（d k，Esc 返回）", self._wishes.kiosk)
        full = _act("全屏", "full", "全屏（f）", None)
        full.on("click", js_handler="() => window.ningmai.full()")
        playlist = _act("轮播", "playlist", "各屏轮流显示（p）", None)
        playlist.on("click", js_handler="() => { window.location.href = '/playlist?interval=20' }")
        with ui.element("div").style("display: none"):
            _act("", "earlier", "", lambda: self._wishes.move(-1))
            _act("", "later", "", lambda: self._wishes.move(1))

    def show(
        self, wanted: Wanted, range: TimeRange, options: Options, values: Mapping[str, Chosen]
    ) -> None:
        """Says what is chosen, of what."""
        self._showing = True
        try:
            self._range.show(wanted, range)
            for variable in self._board.variables:
                if not variable.hidden and variable.kind != "constant":
                    self._show(variable, options[variable.name], values[variable.name])
        finally:
            self._showing = False

    def _show(self, variable: Variable, options: Sequence[Option], chosen: Chosen) -> None:
        if variable.kind == "textbox":
            self._show_text(variable, chosen)
            return
        offered = {ALL: ALL_TEXT} if variable.include_all else {}
        offered |= {option.value: option.text or "（空）" for option in options}
        values = [ALL] if chosen.all else [v for v in chosen.values if v in offered]
        value: Any = values if variable.multi else next(iter(values), None)
        select = self._selects.get(variable.name)
        if select is None:
            with self._variables:
                select = self._select(variable, offered, value)
        elif select.options != offered or select.value != value:
            select.set_options(offered, value=value)
        if variable.multi:
            several = f"{len(chosen.texts)} 项" if len(chosen.texts) > 1 else "".join(chosen.texts)
            select.props["display-value"] = several or "未选"
        self._selects[variable.name] = select

    def _select(self, variable: Variable, offered: dict[str, str], value: Any) -> ui.select:
        select = ui.select(
            offered,
            value=value,
            label=variable.label or variable.name,
            multiple=variable.multi,
            on_change=lambda event: self._chosen(variable, event.value),
            with_input=len(offered) > 15 and not variable.multi,
        )
        return select.props(f'{SELECT} data-variable="{variable.name}"')

    def _chosen(self, variable: Variable, value: Any) -> None:
        if self._showing:
            return
        values = [value] if not isinstance(value, list) else value
        if variable.multi and len(values) > 1 and ALL in values:
            # The newest pick decides: all of them, or not all of them any more.
            values = [ALL] if values[-1] == ALL else [v for v in values if v != ALL]
        self._wishes.choose(variable.name, [v for v in values if v is not None])

    def _show_text(self, variable: Variable, chosen: Chosen) -> None:
        if variable.name in self._selects:
            return
        with self._variables:
            field = ui.input(
                variable.label or variable.name,
                value="".join(chosen.values),
                on_change=lambda event: self._wishes.choose(variable.name, [event.value]),
            )
            field.props("dense borderless debounce=400")
        self._selects[variable.name] = field  # type: ignore[assignment]  # only that it is there

    def say(self, problem: str) -> None:
        """What is wrong with what is asked for; nothing where it is empty."""
        if problem != self._problem.text:
            self._problem.set_text(problem)

    def age(self, newest: datetime | None, late_seconds: float | None) -> None:
        """When the figures were asked; ``late_seconds`` is their age where that is too old."""
        if newest is None:
            text = "正在取数…" if late_seconds is None else "数据库暂不可用"
        elif late_seconds is None:
            text = f"{newest:%H:%M:%S} 更新"
        else:
            text = f"数据停在 {newest:%H:%M:%S}（{late_seconds:.0f} 秒前）"
        if text != self._age.text:
            self._age.set_text(text)
            self._age.classes(**{("add" if late_seconds is not None else "remove"): "late"})


class _RangePicker:
    def __init__(self, look_at: Callable[[str, str], None]) -> None:
        self._look_at = look_at
        button = ui.element("button").classes("act range").props('type="button" data-key="range"')
        button.props('aria-haspopup="menu" aria-label="时间范围"')
        with button:
            self._text = ui.label("")
            with ui.menu() as self._menu:
                for (start, end), text in RANGES.items():
                    ui.menu_item(text, partial(look_at, start, end)).props("dense")
                ui.separator()
                own = ui.element("div").classes("custom-range")
                with own.on("click.stop", js_handler="() => {}"):
                    since = ui.input("从").props('type="datetime-local" dense stack-label')
                    until = ui.input("到").props('type="datetime-local" dense stack-label')
                    ui.button("应用", on_click=lambda: self._custom(since.value, until.value))

    def show(self, wanted: Wanted, range: TimeRange) -> None:
        text = RANGES.get((wanted.start, wanted.end)) or _said(range)
        if text != self._text.text:
            self._text.set_text(text)

    def _custom(self, start: str, end: str) -> None:
        if not start or not end or start >= end:
            ui.notify("请填写起止时间，起点要早于终点", type="warning")
            return
        self._menu.close()
        self._look_at(start, end)


def _said(range: TimeRange) -> str:
    same = range.start.date() == range.end.date()
    until = f"{range.end:%H:%M}" if same else f"{range.end:%Y-%m-%d %H:%M}"
    return f"{range.start:%Y-%m-%d %H:%M} 至 {until}"


def _act(text: str, key: str, about: str, wish: Callable[[], None] | None) -> ui.element:
    button = ui.element("button").classes("act").props(f'type="button" data-key="{key}"')
    button.props["title"] = about
    button.props["aria-label"] = about or key
    with button:
        ui.label(text)
    if wish is not None:
        button.on("click", lambda: wish(), args=[])
    return button


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
