"""From a panel to where its figures come from: links in the dashboards, the page on the screen."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from grafana.build import FOLDER
from grafana.screen.board import boards
from grafana.screen.choosing import SCREEN
from grafana.screen.explained import explained
from grafana.screen.variables import Chosen, interpolate
from ningmai.proof.sheets import FORMS
from tests.conftest import City

PRINTED = re.compile(r"^报表 (\w+)：")


def test_every_printed_table_leads_to_its_explanation() -> None:
    tables = {
        match[1]: panel.links[0]["url"]
        for board in boards().values()
        for panel in board.panels
        if (match := PRINTED.match(panel.title))
    }
    assert set(tables) == set(FORMS)
    for table, url in tables.items():
        assert url == "${screen:raw}/explain?month=${month:raw}&table=" + table


def test_the_link_is_whole_in_grafana_and_stays_on_the_live_screen() -> None:
    content = json.loads((FOLDER / "calls.json").read_text("utf-8"))
    stated = {one["name"]: one for one in content["templating"]["list"]}
    address = stated[SCREEN]["current"]["value"]
    url = "${screen:raw}/explain?month=${month:raw}&table=01a"
    month = Chosen(("2020-09-01",), ("2020年9月",))
    grafana = {"month": month, SCREEN: Chosen((address,), (address,))}
    here = {"month": month, SCREEN: Chosen(("",), ("",))}
    path = "/explain?month=2020-09-01&table=01a"
    assert interpolate(url, grafana, sql=False) == f"http://127.0.0.1:18088{path}"
    assert interpolate(url, here, sql=False) == path


@pytest.fixture(scope="module")
def http(city: City) -> Iterator[TestClient]:
    served = FastAPI()
    served.include_router(explained(city.settings))
    with TestClient(served) as client:
        yield client


@pytest.mark.engine
def test_a_table_leads_to_each_of_its_figures_and_each_explains_itself(http: TestClient) -> None:
    page = http.get("/explain?month=2020-09-01&table=01a")
    assert page.status_code == 200
    links = [unescape(link) for link in re.findall(r'href="(/explain[^"]+)"', page.text)]
    assert len(links) == 9
    one = http.get(links[2])
    assert (one.status_code, "45930" in one.text) == (200, True)
    assert "与此数一致" in one.text
    assert "FROM calls_by_day WHERE line = &#x27;hotline&#x27;" in one.text


@pytest.mark.engine
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("month=2020-9&figure=x", 400),
        ("month=2020-09&figure=<script>", 404),
        ("month=2020-09&figure=接入单位", 404),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_echoed_raw(
    http: TestClient, asked: str, status: int
) -> None:
    page = http.get(f"/explain?{asked}")
    assert page.status_code == status
    assert "<script>" not in page.text
