import json
from pathlib import Path

import pytest
from fake_grafana import FakeGrafana, refuse

from grafana import committed
from grafana.check import HOME, Finding, findings
from grafana.committed import Dashboard, differences, fingerprint
from grafana.datasource import UID
from grafana.playlist import TAG
from grafana.remote import Credentials, Grafana
from ningmai.errors import Problem


def wrong(client: Grafana, dashboards: list[Dashboard], home: bool = True) -> dict[str, Finding]:
    return {each.name: each for each in findings(client, dashboards, home) if not each.ok}


def test_after_a_sync_everything_is_right(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    found = list(findings(client, dashboards))
    assert [each.name for each in found] == [
        *("reachable", "credentials", "version", "plugin", "data source", "answers"),
        *("dashboard ningmai-calls", "dashboard ningmai-wall", "home", "playlist"),
    ]
    assert all(each.ok for each in found)


def test_a_check_changes_nothing(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    list(findings(client, dashboards))
    assert synced.writes() == []


def test_an_empty_grafana_lacks_everything_and_each_line_says_what_to_do(
    fake: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    found = wrong(client, dashboards)
    assert set(found) == {
        *("data source", "answers", "dashboard ningmai-calls", "dashboard ningmai-wall"),
        *("home", "playlist"),
    }
    assert all(each.hint for each in found.values())


@pytest.mark.parametrize(("version", "ok"), [("11.6.0", True), ("11.5.9", False), ("9.4.1", False)])
def test_a_grafana_that_is_too_old_is_said(
    synced: FakeGrafana,
    client: Grafana,
    dashboards: list[Dashboard],
    version: str,
    ok: bool,
) -> None:
    synced.version = version
    found = wrong(client, dashboards)
    assert ("version" not in found) == ok
    if not ok:
        assert f"{version} is older than 11.6" in found["version"].detail


@pytest.mark.parametrize(
    ("plugin", "detail"), [(None, "is not installed"), ("3.3.0", "is too old")]
)
def test_a_missing_or_old_plugin_is_said(
    synced: FakeGrafana,
    client: Grafana,
    dashboards: list[Dashboard],
    plugin: str | None,
    detail: str,
) -> None:
    synced.plugin = plugin
    assert detail in wrong(client, dashboards)["plugin"].detail


def test_a_data_source_that_does_not_answer_says_why(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.clickhouse_password = "changed"
    found = wrong(client, dashboards)
    assert set(found) == {"answers"}
    assert "Authentication failed" in found["answers"].detail


def test_a_data_source_of_another_kind_is_wrong(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.datasources[UID]["type"] = "vertamedia-clickhouse-datasource"
    found = wrong(client, dashboards)
    assert "not grafana-clickhouse-datasource" in found["data source"].detail


def test_a_changed_dashboard_is_found_with_the_place(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    panels = [{"id": 1, "type": "text", "title": "改过"}]
    synced.edited("ningmai-calls", panels=panels)
    found = wrong(client, dashboards)
    assert set(found) == {"dashboard ningmai-calls"}
    assert found["dashboard ningmai-calls"].detail.endswith("differs at panels[0].title")
    assert found["dashboard ningmai-calls"].hint.startswith("li changed it; sync overwrites")


def test_a_provisioned_dashboard_may_have_what_grafana_adds_but_not_other_content(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.edited("ningmai-calls", links=[])
    synced.dashboards["ningmai-calls"]["meta"]["provisioned"] = True
    assert wrong(client, dashboards) == {}
    synced.dashboards["ningmai-calls"]["dashboard"]["title"] = "旧版"
    assert "Provision" in wrong(client, dashboards)["dashboard ningmai-calls"].hint


def test_another_home_is_wrong_unless_it_does_not_matter(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.preferences["homeDashboardUID"] = "theirs"
    assert "is theirs" in wrong(client, dashboards)["home"].detail
    assert wrong(client, dashboards, home=False) == {}


def test_a_home_that_the_configuration_names_is_right(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.preferences["homeDashboardUID"] = ""
    synced.default_home = "ningmai-wall"
    assert wrong(client, dashboards) == {}


def test_a_playlist_of_other_dashboards_is_wrong(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.playlists["ningmai"]["spec"]["items"] = []
    assert wrong(client, dashboards)["playlist"].detail == "宁脉轮播 differs"


def test_nothing_more_is_asked_where_credentials_are_wrong(
    fake: FakeGrafana, dashboards: list[Dashboard]
) -> None:
    found = list(findings(Grafana(fake.url, Credentials("other")), dashboards))
    assert [(each.name, each.ok) for each in found] == [("reachable", True), ("credentials", False)]
    assert "401: Invalid API key" in found[-1].detail


def test_an_account_that_may_not_look_is_told_so_line_by_line(
    synced: FakeGrafana, dashboards: list[Dashboard]
) -> None:
    synced.tokens["glsa_viewer"] = "Viewer"
    found = wrong(Grafana(synced.url, Credentials("glsa_viewer")), dashboards)
    assert set(found) == {"data source", "home"}
    assert "This account may not read data source" in found["data source"].detail
    assert "role Admin" in found["data source"].hint


def test_one_failing_request_does_not_end_the_others(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.faults_at["/api/dashboards/uid/ningmai-calls"] = refuse(500, "boom")
    found = wrong(client, dashboards)
    assert set(found) == {"dashboard ningmai-calls"}
    assert "500: boom" in found["dashboard ningmai-calls"].detail


def test_the_committed_dashboards_are_what_sync_and_the_playlist_expect() -> None:
    dashboards = committed.load()
    assert HOME in {each.uid for each in dashboards}
    for each in dashboards:
        assert TAG in each.content["tags"]
        assert f'"uid": "{UID}"' in json.dumps(each.content)


def test_links_to_explanations_lead_where_the_live_screen_is_said_to_be() -> None:
    for dashboard in committed.load(screen="http://screens.example:18088"):
        (variable,) = (
            each for each in dashboard.content["templating"]["list"] if each["name"] == "screen"
        )
        shown = variable["current"]
        assert {variable["query"], shown["text"], shown["value"]} == {
            "http://screens.example:18088"
        }
    as_committed = {each.uid: each.message for each in committed.load()}
    said = {each.uid: each.message for each in committed.load(screen="http://screens.example")}
    assert not as_committed.items() & said.items()


def test_layout_and_versions_do_not_change_a_fingerprint_and_content_does() -> None:
    content = {"uid": "x", "title": "A", "panels": [1, 2]}
    same = {"panels": [1, 2], "version": 9, "id": 4, "title": "A", "uid": "x"}
    assert fingerprint(content) == fingerprint(same)
    assert fingerprint(content) != fingerprint({**content, "panels": [2, 1]})


def test_nothing_and_null_are_the_same() -> None:
    assert differences({"id": None, "gnetId": None}, {"id": 4}, additions=False) == []


@pytest.mark.parametrize("text", ["", "[]", '{"title": "x"}', "{"])
def test_a_file_that_is_no_dashboard_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.json").write_text(text, "utf-8")
    with pytest.raises(Problem, match=r"odd\.json is no dashboard"):
        committed.load(tmp_path)


def test_two_dashboards_of_one_uid_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"uid": "x", "title": "X"}), "utf-8")
    with pytest.raises(Problem, match="uid x is another dashboard's"):
        committed.load(tmp_path)


def test_no_dashboards_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="There is no dashboard"):
        committed.load(tmp_path)
