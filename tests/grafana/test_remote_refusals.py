import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fake_grafana import BREAKS_OFF, Answer, FakeGrafana, refuse, serving

from grafana import refusals
from grafana.refusals import Refusal, Temporary
from grafana.remote import Credentials, Grafana, address
from ningmai.errors import Problem

ADMIN = Credentials("glsa_admin")
ROOT = Path(__file__).parents[2]


def asked(url: str, wait: float = 0, timeout: float = 5.0) -> Grafana:
    return Grafana(url, ADMIN, wait, (timeout, timeout))


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        (400, "would not read folder x", "check"),
        (401, "does not accept these credentials", "NINGMAI_GRAFANA_TOKEN"),
        (403, "This account may not read folder x", "role Admin"),
        (409, "something else has that name", "Rename or delete"),
        (412, "Somebody changed it in the meantime", "--force"),
        (429, "is asked too often", "in a minute"),
        (500, "failed to read folder x", "Grafana's own log"),
        (502, "The proxy before Grafana", "in a minute"),
        (503, "is not ready", "in a minute"),
        (504, "took too long", "in a minute"),
        (507, "would not read folder x", "Grafana's own log"),
    ],
)
def test_each_refusal_says_what_was_asked_what_grafana_said_and_what_to_do(
    fake: FakeGrafana, code: int, message: str, hint: str
) -> None:
    fake.faults = [refuse(code, "its own words")]
    with pytest.raises(Refusal) as refusal:
        asked(fake.url).folder("x")
    assert message in refusal.value.message
    assert f"({code}: its own words)" in refusal.value.message
    assert hint in refusal.value.hint
    assert fake.url in refusal.value.message


def test_what_is_not_there_is_nothing_and_no_error(fake: FakeGrafana) -> None:
    client = asked(fake.url)
    assert client.folder("x") is None
    assert client.dashboard("x") is None
    assert client.datasource("x") is None
    assert client.plugin("x") is None
    assert client.last_save("x") == {}


def test_a_404_of_something_that_must_be_there_says_how_to_make_it(fake: FakeGrafana) -> None:
    fake.faults = [refuse(404, "Not found")]
    with pytest.raises(Refusal, match="has no such thing") as refusal:
        asked(fake.url).organisation()
    assert "ningmai grafana sync" in refusal.value.hint


@pytest.mark.parametrize(
    "credentials",
    [ADMIN, Credentials(user="root", password="密码")],
    ids=["token", "user and password"],
)
def test_tokens_and_passwords_in_any_script_are_accepted(
    fake: FakeGrafana, credentials: Credentials
) -> None:
    assert Grafana(fake.url, credentials).organisation()["name"] == "Main Org."


@pytest.mark.parametrize(
    "credentials",
    [Credentials("glsa_other"), Credentials(user="root", password="wrong")],
    ids=["token", "user and password"],
)
def test_wrong_credentials_are_401(fake: FakeGrafana, credentials: Credentials) -> None:
    with pytest.raises(Refusal) as refusal:
        Grafana(fake.url, credentials).organisation()
    assert refusal.value.code == 401
    assert "wrong" not in str(refusal.value)
    assert "glsa_other" not in str(refusal.value)


@pytest.mark.parametrize("credentials", [Credentials(), Credentials(user="root")])
def test_no_credentials_name_the_variables(credentials: Credentials) -> None:
    with pytest.raises(Problem, match="No credentials for Grafana are set") as problem:
        Grafana("http://g", credentials)
    assert "NINGMAI_GRAFANA_TOKEN" in problem.value.hint


def test_credentials_are_not_shown() -> None:
    assert "secret" not in repr(Credentials("secret", "root", "secret"))


@pytest.mark.parametrize(
    "url", ["grafana:3000", "ftp://g", "http://", "http://g:port", "/grafana", ""]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Problem, match="not the address of a Grafana"):
        address(url)


def test_credentials_in_the_address_are_refused() -> None:
    with pytest.raises(Problem, match="do not belong in the address") as problem:
        address("http://admin:geheim@grafana:3000")
    assert "geheim" not in str(problem.value)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<html><body>Welcome to nginx</body></html>", "no JSON"),
        ('{"cluster_name": "elasticsearch"}', "other JSON"),
        ("[1, 2]", "other JSON"),
        ("null", "other JSON"),
        ("", "no JSON"),
    ],
)
def test_a_server_that_is_no_grafana_is_told_from_one(
    fake: FakeGrafana, body: str, what: str
) -> None:
    fake.faults = [Answer(200, body)]
    with pytest.raises(Refusal, match="is not Grafana's API") as refusal:
        asked(fake.url).health()
    assert what in refusal.value.message
    assert "sub-path" in refusal.value.hint


@pytest.mark.parametrize("body", ["an error message in words", "<html>no message</html>", "null"])
def test_an_error_page_of_another_server_is_no_crash(fake: FakeGrafana, body: str) -> None:
    fake.faults = [Answer(500, body)]
    with pytest.raises(Refusal, match=r"not Grafana's|a page of HTML"):
        asked(fake.url).health()


def test_a_missing_sub_path_names_the_right_address() -> None:
    with serving(FakeGrafana(prefix="/grafana")) as fake:
        root = fake.url.removesuffix("/grafana")
        with pytest.raises(Refusal, match="sends requests on to") as refusal:
            asked(root).health()
        assert refusal.value.hint.endswith(f"--url {fake.url}.")
        assert asked(fake.url + "/").health()["database"] == "ok"


def test_a_sub_path_too_many_is_no_grafana(fake: FakeGrafana) -> None:
    with pytest.raises(Refusal, match="/api/health answers 404"):
        asked(fake.url + "/monitoring").health()


def test_a_redirected_write_is_not_sent_as_a_read(fake: FakeGrafana) -> None:
    fake.faults = [Answer(302, "", Location=f"{fake.url}/login")]
    with pytest.raises(Refusal, match="sends requests on to"):
        asked(fake.url).create_folder("x", "X")
    assert len(fake.requests) == 1


def test_a_grafana_that_is_starting_is_waited_for(fake: FakeGrafana) -> None:
    fake.faults = [refuse(503, "starting"), refuse(502, "bad gateway")]
    told: list[str] = []
    client = Grafana(fake.url, ADMIN, wait=30, say=told.append)
    assert client.health()["database"] == "ok"
    assert len(told) == 2
    assert "is not ready" in told[0]


def test_a_port_that_opens_later_is_waited_for() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    first_try, up = threading.Event(), threading.Event()

    def open_later() -> None:
        first_try.wait(30)
        with serving(FakeGrafana(), port):
            up.wait(30)

    late = threading.Thread(target=open_later)
    late.start()
    try:
        client = Grafana(f"http://127.0.0.1:{port}", ADMIN, wait=30, say=lambda _: first_try.set())
        assert client.health()["database"] == "ok"
    finally:
        first_try.set()
        up.set()
        late.join()


def test_waiting_ends(fake: FakeGrafana) -> None:
    fake.faults = [refuse(503, "starting") for _ in range(99)]
    with pytest.raises(Temporary):
        asked(fake.url, wait=0.3).health()


@pytest.mark.parametrize("code", [400, 401, 403, 409, 412, 500])
def test_what_no_other_try_mends_is_asked_once(fake: FakeGrafana, code: int) -> None:
    fake.faults = [refuse(code, "no")]
    with pytest.raises(Refusal):
        asked(fake.url, wait=30).organisation()
    assert len(fake.requests) == 1


def test_nobody_at_home_says_how_to_look() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(Temporary, match="Nothing answers at") as refusal:
            asked(url).health()
    assert f"curl {url}/api/health" in refusal.value.hint


def test_a_connection_that_breaks_off_is_told(fake: FakeGrafana) -> None:
    fake.faults = [Answer(BREAKS_OFF)]
    with pytest.raises(Temporary, match="The connection broke off"):
        asked(fake.url).health()


def test_a_time_out_is_told(fake: FakeGrafana) -> None:
    fake.delay = 0.6
    with pytest.raises(Refusal, match="did not answer in time when asked to tell its health"):
        asked(fake.url, timeout=0.1).health()


def test_a_host_that_is_none_is_told() -> None:
    with pytest.raises(Refusal, match=r"There is no host grafana\.invalid"):
        asked("http://grafana.invalid:3000").health()


def test_https_to_a_port_without_tls_is_told(fake: FakeGrafana) -> None:
    with pytest.raises(Refusal, match="does not speak TLS") as refusal:
        asked(fake.url.replace("http://", "https://")).health()
    assert "http://" in refusal.value.hint


def test_http_to_a_port_with_tls_is_told(fake: FakeGrafana) -> None:
    fake.faults = [Answer(400, "Client sent an HTTP request to an HTTPS server.\n")]
    with pytest.raises(Refusal) as refusal:
        asked(fake.url).health()
    assert refusal.value.hint == "That port speaks TLS: write https:// in --url."


def test_a_certificate_of_an_unknown_authority_says_where_to_name_it(
    own_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    with serving(FakeGrafana(), tls=context) as fake:
        with pytest.raises(Refusal, match="is not trusted") as refusal:
            asked(fake.url).health()
        assert "REQUESTS_CA_BUNDLE" in refusal.value.hint
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own_certificate))
        assert asked(fake.url).health()["database"] == "ok"


def test_what_is_provisioned_from_a_file_says_so(fake: FakeGrafana) -> None:
    fake.faults = [refuse(400, "Cannot save provisioned dashboard")]
    with pytest.raises(Refusal) as refusal:
        asked(fake.url).save_dashboard({"dashboard": {"uid": "x"}})
    assert "provisions it from a file" in refusal.value.hint


def test_every_status_with_words_of_its_own_has_a_next_step() -> None:
    for code in refusals.MEANINGS:
        assert refusals.refused(code, "", "x", "http://g").hint


def test_one_module_imports_grafana_api() -> None:
    folders = ("ningmai", "grafana", "streams", "producers", "schemas", "clickhouse", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    naming = {path.name for path in files if "import grafana_api" in path.read_text("utf-8")}
    naming |= {path.name for path in files if "from grafana_api" in path.read_text("utf-8")}
    assert naming - {Path(__file__).name} == {"remote.py"}


def test_the_command_line_starts_without_it() -> None:
    script = (
        "import sys, ningmai.cli, ningmai.cli.grafana\n"
        "print(sorted({'grafana_api', 'requests', 'grafana.remote'} & set(sys.modules)))\n"
        "import grafana.remote\n"
        "print('test' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["[]", "False"], "")
