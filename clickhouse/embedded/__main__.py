"""``python -m clickhouse.embedded``: serve one data folder until told to stop."""

import asyncio
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import web

from clickhouse.embedded.engine import Engine, FolderInUse
from clickhouse.embedded.server import LONGEST_LINE, application
from ningmai.settings import Settings

STOP_SECONDS = 5.0  # how long queries may go on after a stop is asked for; aiohttp waits it twice
CLOSE_SECONDS = 3.0  # and how long the engine may then take to close


def main(
    data_dir: Annotated[Path, typer.Option(help="Folder that ClickHouse keeps everything in.")],
    port: Annotated[int, typer.Option(help="Port of the HTTP interface.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve ClickHouse's HTTP interface from an engine in this process."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    settings = Settings()
    try:
        engine = Engine(data_dir, settings.database)
    except FolderInUse as error:
        sys.exit(f"{error}. Stop that process, or name another folder with --data-dir.")
    try:
        asyncio.run(_serve(engine, settings, host, port))
    except OSError as error:
        sys.exit(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port.")
    finally:
        _close(engine)


def _close(engine: Engine) -> None:
    """Close the engine, but let no endless query keep the process: what is written is on disk."""
    closing = threading.Thread(target=engine.close, daemon=True)
    closing.start()
    closing.join(CLOSE_SECONDS)
    if closing.is_alive():
        logging.warning("Stopped with queries still running")
        sys.stdout.flush()
        os._exit(0)


async def _serve(engine: Engine, settings: Settings, host: str, port: int) -> None:
    runner = web.AppRunner(
        application(engine, settings),
        access_log=None,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        shutdown_timeout=STOP_SECONDS,
        handler_cancellation=True,  # a reader who goes away frees a thread
    )
    await runner.setup()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await web.TCPSite(runner, host, port).start()
        print(f"ClickHouse {engine.version} listens on http://{host}:{port}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    typer.run(main)
