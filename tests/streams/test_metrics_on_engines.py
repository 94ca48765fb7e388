"""The metrics that a real worker serves, against what stands in its tables."""

import re
from pathlib import Path
from time import sleep
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from ningmai.settings import Settings
from ningmai.stack.ports import free_ports
from tests.workers import drained, prepared, publish, worker

pytestmark = pytest.mark.engine


def test_a_worker_serves_what_it_counted_and_its_lag(namespace: Settings, tmp_path: Path) -> None:
    (port,) = free_ports("127.0.0.1", 1)
    settings = namespace.model_copy(
        update={"worker_port": port, "block_size": 512, "flush_seconds": 0.1}
    )
    client = prepared(settings)
    publish(settings, range(5_000))
    publish(settings, range(300))
    with worker(settings, tmp_path / "worker.log", web=True):
        drained(settings, client)
        sleep(1)  # a ledger line is there before the worker hears that it is
        page = urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
        with pytest.raises(HTTPError):
            urlopen(f"http://127.0.0.1:{port}/table/", timeout=10)
    (told,) = client.query(
        "SELECT sum(counted), sum(repeats), sum(sealed) FROM blocks WHERE topic = 'calls'"
    ).result_rows
    names = ("events_counted", "repeats", "blocks_sealed")
    assert [shown(page, f'ningmai_{name}_total{{kind="calls"}}') for name in names] == list(told)
    lags = re.findall(r'ningmai_lag_offsets{kind="calls",partition="\d+"} (\S+)', page)
    assert lags == ["0.0"] * settings.partitions
    assert shown(page, "process_resident_memory_bytes") > 0


def shown(page: str, series: str) -> float:
    (line,) = [line for line in page.splitlines() if line.startswith(f"{series} ")]
    return float(line.split()[-1])
