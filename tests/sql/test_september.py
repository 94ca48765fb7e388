"""A replayed month, put into the real engine's tables, and out of its views again."""

import pytest
from clickhouse_connect.driver.client import Client

from ningmai.reconcile import reconcile
from producers.bulletin import read
from producers.bulletin.plan import plan
from tests.handmade import planned

pytestmark = pytest.mark.engine


def test_every_printed_cell_of_september_2020_comes_out_of_sql(client: Client) -> None:
    september = read("2020-09")
    planned(client, plan(september))
    report = reconcile(client, september)
    assert (report.cells, report.equal, report.differences) == (723, 723, [])
    assert len(report.findings) == 8


def test_without_any_events_every_cell_is_a_difference_but_printed_zeros(client: Client) -> None:
    report = reconcile(client, read("2020-09"))
    assert report.equal == 0
    assert len(report.differences) == 723
