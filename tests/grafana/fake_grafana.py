"""A Grafana by its documented HTTP API: what `grafana check` and `grafana sync` ask, refusals too.

It keeps what it is given in memory, for one organisation. Playlists: the API of Grafana 13, or
the one before it. `faults` are answered, one a request, before anything else is looked at.
"""

import base64
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

PLUGIN = "grafana-clickhouse-datasource"
PLAYLISTS = r"/apis/playlist\.grafana\.app/v1/namespaces/(\w+)/playlists"
BREAKS_OFF = 0
DENIED = "You'll need additional permissions to perform this action. Permissions needed: "
WHEN = "2026-03-02T09:15:00+08:00"


class Answer(Exception):
    """What to answer instead: a status, a body (text or JSON), headers."""

    def __init__(self, status: int, body: Any = "", **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers


def refuse(code: int, message: str, **more: str) -> Answer:
    return Answer(code, {"message": message, **more})


@dataclass
class FakeGrafana:
    version: str = "12.4.0"
    plugin: str | None = "4.15.0"
    prefix: str = ""
    new_playlists: bool = True
    bare_versions: bool = False
    clickhouse_password: str = "grafana"
    default_home: str = ""
    tokens: dict[str, str] = field(default_factory=lambda: {"glsa_admin": "Admin"})
    users: dict[str, tuple[str, str]] = field(default_factory=lambda: {"root": ("密码", "Admin")})
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    datasources: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    playlists: dict[str, dict[str, Any]] = field(default_factory=dict)
    preferences: dict[str, Any] = field(default_factory=lambda: {"theme": "light"})
    faults: list[Answer] = field(default_factory=list)
    faults_at: dict[str, Answer] = field(default_factory=dict)
    delay: float = 0.0
    requests: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def writes(self) -> list[tuple[str, str]]:
        return [each for each in self.requests if each[0] != "GET"]

    def answer(self, method: str, path: str, sign: str, body: Any) -> Any:
        self.requests.append((method, path))
        time.sleep(self.delay)
        if self.faults:
            raise self.faults.pop(0)
        if not path.startswith(self.prefix):
            raise Answer(302, "", Location=f"{self.url}{path}")
        path = urlsplit(path.removeprefix(self.prefix)).path
        if path in self.faults_at:
            raise self.faults_at[path]
        for pattern, verb, role, handler in ROUTES:
            if verb == method and (match := re.fullmatch(pattern, path)):
                if role:
                    self.admit(sign, role)
                return handler(self, *map(unquote, match.groups()), *([body] if body else []))
        raise refuse(404, "Not found")

    def admit(self, sign: str, wanted: str) -> None:
        kind, _, rest = sign.partition(" ")
        role = ""
        if kind == "Bearer":
            role = self.tokens.get(rest, "")
        elif kind == "Basic":
            user, _, password = base64.b64decode(rest).decode().partition(":")
            known, its_role = self.users.get(user, ("", ""))
            role = its_role if known == password else ""
        if not role:
            said = "Invalid API key" if kind == "Bearer" else "Invalid username or password"
            raise refuse(401, said)
        if wanted == "Admin" != role:
            raise refuse(403, DENIED + "datasources:read", title="Access denied")

    def edited(self, uid: str, message: str = "", **changes: Any) -> None:
        """Somebody saves a dashboard in the browser."""
        kept = self.dashboards[uid]
        self.keep(uid, {**kept["dashboard"], **changes}, kept["meta"]["folderUid"], message, "li")

    def keep(self, uid: str, content: Any, folder: str, message: str, who: str = "admin") -> int:
        kept = self.dashboards.get(uid) or {"versions": []}
        version = len(kept["versions"]) + 1
        save = {"version": version, "message": message, "createdBy": who, "created": WHEN}
        self.dashboards[uid] = {
            "dashboard": {**content, "id": 7, "version": version},
            "meta": {"folderUid": folder, "provisioned": False},
            "versions": [save, *kept["versions"]],
        }
        return version


ROUTES: list[tuple[str, str, str, Callable[..., Any]]] = []


def route(method: str, pattern: str, role: str = "Viewer") -> Callable[..., Any]:
    def add(handler: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append((pattern, method, role, handler))
        return handler

    return add


@route("GET", "/api/health", role="")
def health(fake: FakeGrafana) -> Any:
    return {"database": "ok", "version": fake.version, "commit": "0e2a1b"}


@route("GET", "/api/frontend/settings")
def settings(fake: FakeGrafana) -> Any:
    return {"buildInfo": {"version": fake.version}, "namespace": "default"}


@route("GET", "/api/org")
def organisation(fake: FakeGrafana) -> Any:
    return {"id": 1, "name": "Main Org."}


@route("GET", "/api/plugins/([^/]+)/settings")
def plugin(fake: FakeGrafana, name: str) -> Any:
    if name != PLUGIN or fake.plugin is None:
        raise refuse(404, "Plugin not found, no installed plugin with that id")
    return {"id": name, "enabled": True, "info": {"version": fake.plugin}}


@route("GET", "/api/folders/([^/]+)")
def read_folder(fake: FakeGrafana, uid: str) -> Any:
    if uid not in fake.folders:
        raise refuse(404, "folder not found", status="not-found")
    return fake.folders[uid]


@route("POST", "/api/folders", role="Admin")
def create_folder(fake: FakeGrafana, body: Any) -> Any:
    if body["uid"] in fake.folders:
        raise refuse(409, "a folder with the same uid already exists")
    fake.folders[body["uid"]] = {**body, "version": 1}
    return fake.folders[body["uid"]]


@route("GET", "/api/dashboards/uid/([^/]+)")
def read_dashboard(fake: FakeGrafana, uid: str) -> Any:
    if uid not in fake.dashboards:
        raise refuse(404, "Dashboard not found", status="not-found")
    return {name: fake.dashboards[uid][name] for name in ("dashboard", "meta")}


@route("GET", "/api/dashboards/uid/([^/]+)/versions")
def versions(fake: FakeGrafana, uid: str) -> Any:
    if uid not in fake.dashboards:
        raise refuse(404, "Dashboard not found")
    found = fake.dashboards[uid]["versions"]
    return found if fake.bare_versions else {"continueToken": "", "versions": found}


@route("POST", "/api/dashboards/db", role="Admin")
def save_dashboard(fake: FakeGrafana, body: Any) -> Any:
    content, uid = body["dashboard"], body["dashboard"]["uid"]
    if body["folderUid"] and body["folderUid"] not in fake.folders:
        raise refuse(400, "folder not found")
    if kept := fake.dashboards.get(uid):
        if kept["meta"]["provisioned"]:
            raise refuse(400, "Cannot save provisioned dashboard")
        if not body["overwrite"] and content["version"] != kept["dashboard"]["version"]:
            changed = "The dashboard has been changed by someone else"
            raise refuse(412, changed, status="version-mismatch")
    version = fake.keep(uid, content, body["folderUid"], body["message"])
    return {"status": "success", "uid": uid, "version": version, "id": 7}


@route("GET", "/api/dashboards/home")
def home(fake: FakeGrafana) -> Any:
    if uid := fake.preferences.get("homeDashboardUID"):
        return {"redirectUri": f"/d/{uid}/slug"}
    return {"dashboard": {"uid": fake.default_home, "title": "Home"}, "meta": {"isHome": True}}


@route("GET", "/api/org/preferences", role="Admin")
def read_preferences(fake: FakeGrafana) -> Any:
    return fake.preferences


@route("PATCH", "/api/org/preferences", role="Admin")
def patch_preferences(fake: FakeGrafana, body: Any) -> Any:
    fake.preferences.update(body)
    return {"message": "Preferences updated"}


@route("GET", "/api/datasources/uid/([^/]+)", role="Admin")
def read_datasource(fake: FakeGrafana, uid: str) -> Any:
    if uid not in fake.datasources:
        raise refuse(404, "Data source not found")
    kept = dict.fromkeys(fake.secrets[uid], True)
    return {**fake.datasources[uid], "secureJsonFields": kept}


@route("POST", "/api/datasources", role="Admin")
def create_datasource(fake: FakeGrafana, body: Any) -> Any:
    names = {each["name"] for each in fake.datasources.values()}
    if body["name"] in names or body["uid"] in fake.datasources:
        raise refuse(409, "data source with the same name already exists")
    _keep_datasource(fake, body, 1)
    return {"message": "Datasource added", "id": 1, "name": body["name"]}


@route("PUT", "/api/datasources/uid/([^/]+)", role="Admin")
def update_datasource(fake: FakeGrafana, uid: str, body: Any) -> Any:
    kept = fake.datasources[uid]
    if kept.get("readOnly"):
        raise refuse(403, "Cannot update read-only data source")
    if body["version"] != kept["version"]:
        raise refuse(409, "Datasource has already been updated by someone else. Please reload")
    _keep_datasource(fake, body, kept["version"] + 1)
    return {"message": "Datasource updated", "id": 1, "name": body["name"]}


def _keep_datasource(fake: FakeGrafana, body: Any, version: int) -> None:
    fake.secrets[body["uid"]] = body["secureJsonData"]
    shown = {key: value for key, value in body.items() if key != "secureJsonData"}
    fake.datasources[body["uid"]] = {**shown, "id": 1, "version": version, "readOnly": False}


@route("GET", "/api/datasources/uid/([^/]+)/health", role="Viewer")
def datasource_health(fake: FakeGrafana, uid: str) -> Any:
    if uid not in fake.datasources:
        raise refuse(404, "Data source not found")
    if fake.plugin is None:
        raise refuse(404, "Plugin not found")
    if fake.secrets[uid].get("password") != fake.clickhouse_password:
        raise refuse(400, "code: 516, message: Authentication failed", status="ERROR")
    return {"status": "OK", "message": "Data source is working"}


@route("GET", PLAYLISTS)
def list_playlists(fake: FakeGrafana, namespace: str) -> Any:
    _need_new(fake)
    return {"kind": "PlaylistList", "items": list(fake.playlists.values())}


@route("POST", PLAYLISTS, role="Admin")
def create_playlist(fake: FakeGrafana, namespace: str, body: Any) -> Any:
    _need_new(fake)
    name = body["metadata"]["name"]
    if name in fake.playlists:
        raise refuse(409, f'playlists.playlist.grafana.app "{name}" already exists')
    body["metadata"]["resourceVersion"] = "1"
    fake.playlists[name] = body
    raise Answer(201, body)


@route("PUT", PLAYLISTS + r"/([\w-]+)", role="Admin")
def update_playlist(fake: FakeGrafana, namespace: str, name: str, body: Any) -> Any:
    kept = fake.playlists[name]["metadata"]["resourceVersion"]
    if body["metadata"]["resourceVersion"] != kept:
        raise refuse(409, "the object has been modified; please apply your changes to the latest")
    body["metadata"]["resourceVersion"] = str(int(kept) + 1)
    fake.playlists[name] = body
    return body


def _need_new(fake: FakeGrafana) -> None:
    if not fake.new_playlists:
        raise refuse(404, "the server could not find the requested resource", kind="Status")


@route("GET", "/api/playlists")
def list_old_playlists(fake: FakeGrafana) -> Any:
    return [{**each, "items": None} for each in fake.playlists.values()]


@route("GET", "/api/playlists/([^/]+)")
def read_old_playlist(fake: FakeGrafana, uid: str) -> Any:
    return fake.playlists[uid]


@route("POST", "/api/playlists", role="Admin")
def create_old_playlist(fake: FakeGrafana, body: Any) -> Any:
    fake.playlists["q1w2"] = {**body, "uid": "q1w2"}
    return {"uid": "q1w2", "name": body["name"], "interval": body["interval"]}


@route("PUT", "/api/playlists/([^/]+)", role="Admin")
def update_old_playlist(fake: FakeGrafana, uid: str, body: Any) -> Any:
    fake.playlists[uid] = {**body, "uid": uid}
    return fake.playlists[uid]


class Handler(BaseHTTPRequestHandler):
    fake: FakeGrafana
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: the client does not wait for the second

    def serve(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(text) if text else None
        try:
            sign = self.headers.get("Authorization", "")
            self.write(Answer(200, self.fake.answer(self.command, self.path, sign, body)))
        except Answer as answer:
            self.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = serve

    def write(self, answer: Answer) -> None:
        if answer.status == BREAKS_OFF:
            self.close_connection = True
            return
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: clients that go away in the middle are what some tests are about."""


@contextmanager
def serving(
    fake: FakeGrafana, port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[FakeGrafana]:
    """The fake on a loopback port, at ``fake.url``."""
    server = Server(("127.0.0.1", port), type("Bound", (Handler,), {"fake": fake}))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls else "http"
    fake.url = f"{scheme}://127.0.0.1:{server.server_port}{fake.prefix}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
