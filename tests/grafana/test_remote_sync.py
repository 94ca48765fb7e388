import pytest
from fake_grafana import FakeGrafana

from grafana.committed import Dashboard, fingerprint
from grafana.datasource import UID, ClickHouse
from grafana.refusals import Refusal
from grafana.remote import Grafana
from grafana.sync import plan
from ningmai.errors import Problem


def done(client: Grafana, dashboards: list[Dashboard], to: ClickHouse, **how: bool) -> list[str]:
    """Syncs, and gives the actions of what did not stay as it was."""
    steps = plan(client, dashboards, to, **how)
    for step in steps:
        if step.run:
            step.run()
    return [f"{step.action} {step.name.split()[0]}" for step in steps if step.action != "unchanged"]


def newer(dashboard: Dashboard) -> Dashboard:
    content = {**dashboard.content, "title": "新版"}
    return Dashboard(dashboard.uid, "新版", content)


@pytest.mark.parametrize("new_playlists", [True, False])
@pytest.mark.parametrize("bare_versions", [True, False])
def test_a_second_sync_writes_nothing(
    fake: FakeGrafana,
    client: Grafana,
    dashboards: list[Dashboard],
    clickhouse: ClickHouse,
    new_playlists: bool,
    bare_versions: bool,
) -> None:
    fake.new_playlists, fake.bare_versions = new_playlists, bare_versions
    first = done(client, dashboards, clickhouse)
    assert first == [
        *("create folder", "create data", "create dashboard", "create dashboard"),
        *("create playlist", "update home"),
    ]
    fake.requests.clear()
    assert done(client, dashboards, clickhouse) == []
    assert fake.writes() == []


def test_the_first_sync_makes_everything_as_committed(
    synced: FakeGrafana, dashboards: list[Dashboard]
) -> None:
    assert synced.folders["ningmai"]["title"] == "宁脉"
    source = synced.datasources[UID]
    assert source["type"] == "grafana-clickhouse-datasource"
    assert source["jsonData"] == {
        "protocol": "http",
        "host": "clickhouse",
        "port": 8123,
        "secure": False,
        "username": "grafana",
        "defaultDatabase": "ningmai",
    }
    for each in dashboards:
        kept = synced.dashboards[each.uid]
        assert fingerprint(kept["dashboard"]) == fingerprint(each.content)
        assert kept["meta"]["folderUid"] == "ningmai"
    assert synced.playlists["ningmai"]["spec"] == {
        "title": "宁脉轮播",
        "interval": "1m",
        "items": [{"type": "dashboard_by_tag", "value": "ningmai"}],
    }


def test_the_password_is_kept_secret(synced: FakeGrafana, clickhouse: ClickHouse) -> None:
    assert synced.secrets[UID] == {"password": "grafana"}
    assert "grafana'" not in repr(clickhouse).replace("user='grafana'", "")
    assert "password" not in synced.datasources[UID]["jsonData"]


def test_a_dashboard_that_only_we_saved_is_brought_up_to_date(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    later = [newer(dashboards[0]), dashboards[1]]
    assert done(client, later, clickhouse) == ["update dashboard"]
    assert synced.dashboards[later[0].uid]["dashboard"]["title"] == "新版"


def test_what_was_changed_in_grafana_is_refused_and_nothing_is_written(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.edited("ningmai-calls", title="我们的热线")
    with pytest.raises(Problem) as refusal:
        plan(client, [newer(dashboards[0]), dashboards[1]], clickhouse)
    assert "ningmai-calls" in refusal.value.message
    assert "saved by li" in refusal.value.message
    assert "differs at title" in refusal.value.message
    assert "--force" in refusal.value.hint
    assert synced.writes() == []


def test_an_addition_made_in_grafana_is_a_change(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.edited("ningmai-calls", annotations={"list": []})
    with pytest.raises(Problem, match="annotations"):
        plan(client, dashboards, clickhouse)


def test_force_overwrites_what_was_changed(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.edited("ningmai-calls", title="我们的热线")
    assert done(client, dashboards, clickhouse, force=True) == ["update dashboard"]
    assert synced.dashboards["ningmai-calls"]["dashboard"]["title"] == "热线"


def test_a_save_between_look_and_write_is_refused_with_412(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    steps = plan(client, [dashboards[0], newer(dashboards[1])], clickhouse)
    changed = next(step for step in steps if step.action == "update")
    synced.edited(dashboards[1].uid, title="抢先")
    assert changed.run
    with pytest.raises(Refusal, match="Somebody changed it in the meantime") as refusal:
        changed.run()
    assert refusal.value.code == 412
    assert synced.dashboards[dashboards[1].uid]["dashboard"]["title"] == "抢先"


def test_a_save_in_grafana_that_changed_nothing_is_no_change(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.edited("ningmai-calls", "looked at it")
    assert done(client, dashboards, clickhouse) == []


def test_what_grafana_rewrites_by_itself_is_not_written_again(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.dashboards["ningmai-calls"]["dashboard"] |= {"schemaVersion": 42, "preload": False}
    assert done(client, dashboards, clickhouse) == []


def test_a_dashboard_stays_in_the_folder_it_was_moved_to(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.folders["bureau"] = {"uid": "bureau", "title": "卫健委"}
    synced.dashboards[dashboards[0].uid]["meta"]["folderUid"] = "bureau"
    done(client, [newer(dashboards[0])], clickhouse)
    assert synced.dashboards[dashboards[0].uid]["meta"]["folderUid"] == "bureau"


def test_a_dashboard_provisioned_from_another_file_is_not_fought_over(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.edited("ningmai-calls", title="来自文件")
    synced.dashboards["ningmai-calls"]["meta"]["provisioned"] = True
    with pytest.raises(Problem, match="provisioned from a file that differs"):
        plan(client, dashboards, clickhouse, force=True)


def test_a_password_that_clickhouse_refuses_is_sent_again(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.clickhouse_password = "changed"
    now = ClickHouse("http://clickhouse:8123", "ningmai", password="changed")
    assert done(client, dashboards, now) == ["update data"]
    assert client.datasource_fault(UID) == ""


def test_another_address_changes_the_data_source_and_keeps_what_an_administrator_set(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.datasources[UID]["jsonData"]["tlsSkipVerify"] = True
    moved = ClickHouse("https://ch.example/db", "ningmai", password="grafana")
    assert done(client, dashboards, moved) == ["update data"]
    settings = synced.datasources[UID]["jsonData"]
    assert settings["tlsSkipVerify"] is True
    assert [settings[name] for name in ("host", "port", "secure", "path")] == [
        *("ch.example", 8443, True, "db"),
    ]


def test_a_read_only_data_source_that_is_wrong_says_where_to_change_it(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard]
) -> None:
    synced.datasources[UID]["readOnly"] = True
    with pytest.raises(Problem, match="provisioned from a file, and not right: host") as problem:
        plan(client, dashboards, ClickHouse("http://elsewhere:8123", "ningmai"))
    assert "Change that file" in problem.value.hint


def test_a_data_source_of_the_same_name_is_a_conflict_told(
    fake: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    fake.datasources["other"] = {"uid": "other", "name": "宁脉 ClickHouse"}
    with pytest.raises(Refusal, match="something else has that name") as refusal:
        done(client, dashboards, clickhouse)
    assert (refusal.value.code, refusal.value.hint[:6]) == (409, "Rename")


def test_a_home_dashboard_that_somebody_chose_is_left_unless_forced(
    synced: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    synced.preferences["homeDashboardUID"] = "theirs"
    assert done(client, dashboards, clickhouse) == ["left home"]
    assert done(client, dashboards, clickhouse, home=False) == []
    assert done(client, dashboards, clickhouse, force=True) == ["update home"]
    assert synced.preferences == {"theme": "light", "homeDashboardUID": "ningmai-wall"}


@pytest.mark.parametrize("new_playlists", [True, False])
def test_a_playlist_that_was_changed_is_put_right(
    fake: FakeGrafana,
    client: Grafana,
    dashboards: list[Dashboard],
    clickhouse: ClickHouse,
    new_playlists: bool,
) -> None:
    fake.new_playlists = new_playlists
    done(client, dashboards, clickhouse)
    kept = next(iter(fake.playlists.values()))
    (kept["spec"] if new_playlists else kept)["interval"] = "5m"
    assert done(client, dashboards, clickhouse) == ["update playlist"]
    assert len(fake.playlists) == 1


def test_without_the_plugin_nothing_is_written(
    fake: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> None:
    fake.plugin = None
    with pytest.raises(Problem, match="is not installed") as problem:
        plan(client, dashboards, clickhouse)
    assert "grafana cli plugins install" in problem.value.hint
    assert fake.writes() == []


def test_an_address_of_clickhouse_that_is_none_is_refused(
    client: Grafana, dashboards: list[Dashboard]
) -> None:
    with pytest.raises(Problem, match="not the HTTP address of a ClickHouse"):
        plan(client, dashboards, ClickHouse("clickhouse:8123", "ningmai"))
