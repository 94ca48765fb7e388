"""The Faust worker, started the way anyone starts it."""

import sys

from ningmai.settings import Settings
from ningmai.stack.ports import answers
from ningmai.stack.process import Part


def part(settings: Settings) -> Part:
    """How the worker is run; Kafka, topics, registry and tables must be there when it starts."""
    host, port = settings.host, settings.worker_port
    return Part(
        name="worker",
        port=port,
        command=[
            *(sys.executable, "-m", "faust", "-A", "streams.app", "--loglevel", "info", "worker"),
            *("--web-bind", host, "--web-port", str(port)),
        ],
        environment=settings.environment(),
        ready=lambda: answers(host, port),
        # It waits a bounded time for ClickHouse to take what it holds.
        stop_within=40,
    )
