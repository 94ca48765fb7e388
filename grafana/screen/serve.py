"""Serves the live screen until it is told to stop."""

import logging
import os

from grafana.screen.board import boards
from ningmai.settings import Settings


def serve(settings: Settings) -> None:
    """Serves the dashboards on ``settings.host``:``settings.screen_port``; blocks until a signal.

    ClickHouse may be away, now or later. Raises Problem where a dashboard cannot be read.
    """
    # NiceGUI decides where to keep its files when it is imported; the screen keeps none of its own.
    os.environ["NICEGUI_STORAGE_PATH"] = str(settings.data_dir / "screen")
    from nicegui import app, ui
    from starlette.middleware.gzip import GZipMiddleware

    from grafana.screen.answers import Answers
    from grafana.screen.asking import Asking
    from grafana.screen.explained import explained
    from grafana.screen.page import Pages
    from grafana.screen.pulse import Pulse
    from grafana.screen.traces import traces

    logging.getLogger("nicegui").setLevel(logging.WARNING)
    asking = Asking(settings)
    app.on_startup(asking.open)
    app.on_shutdown(asking.close)
    Pages(boards(), Answers(asking), Pulse(asking)).register()
    app.include_router(traces(settings, asking))
    app.include_router(explained(settings))
    ui.run(
        host=settings.host,
        port=settings.screen_port,
        title="宁脉",
        dark=True,
        language="zh-CN",
        favicon="宁",
        show=False,
        reload=False,
        tailwind=False,
        show_welcome_message=False,
        uvicorn_logging_level="warning",
        reconnect_timeout=10.0,
        timeout_graceful_shutdown=2,  # browsers that are open do not keep it from ending
        # Half the time of the default level, for a few percent of the bytes.
        gzip_middleware_factory=lambda inner: GZipMiddleware(inner, compresslevel=4),
    )
