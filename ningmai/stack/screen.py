"""The live screen, in a process of its own."""

import sys

from ningmai.settings import Settings
from ningmai.stack.ports import answers
from ningmai.stack.process import Part


def part(settings: Settings) -> Part:
    """How the screen is run; without ClickHouse it starts all the same, and says so."""
    host, port = settings.host, settings.screen_port
    return Part(
        name="screen",
        port=port,
        command=[sys.executable, "-m", "grafana.screen"],
        environment=settings.environment(),
        ready=lambda: answers(host, port),
        stop_within=10,
    )
