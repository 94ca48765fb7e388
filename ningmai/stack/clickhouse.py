"""ClickHouse in a process of its own: the embedded server of the package clickhouse."""

import http.client
import sys

from ningmai.settings import Settings
from ningmai.stack.ports import answers
from ningmai.stack.process import Part

ANSWER_SECONDS = 5
ALIVE = b"Ok.\n"


def part(settings: Settings) -> Part:
    """How the embedded ClickHouse is run."""
    folder = (settings.data_dir / "clickhouse").absolute()
    return Part(
        name="clickhouse",
        port=settings.clickhouse_port,
        command=[
            *(sys.executable, "-m", "clickhouse.embedded", "--data-dir", str(folder)),
            *("--host", settings.host, "--port", str(settings.clickhouse_port)),
        ],
        environment=settings.environment(),
        ready=lambda: _serves(settings),
        stop_within=30,
    )


def _serves(settings: Settings) -> bool:
    """Whether it answers a ping."""
    host, port = settings.host, settings.clickhouse_port
    if not answers(host, port):
        return False
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().read() == ALIVE
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
