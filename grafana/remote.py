"""A Grafana over its HTTP API.

The only module that imports grafana_api, which installs a top-level package ``test`` as well;
commands import this one when they are called, never at start.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from grafana_api.grafana_api import GrafanaAPI, GrafanaException
from grafana_api.grafana_face import GrafanaFace
from requests import exceptions
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential_jitter,
)

from grafana.refusals import (
    ADDRESS,
    CREDENTIALS,
    Refusal,
    Temporary,
    moved,
    not_grafana,
    refused,
)
from ningmai.errors import Problem

Json = dict[str, Any]
TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and between two bytes: a data source's health check may take its ten."""


@dataclass(frozen=True)
class Credentials:
    """A service account's token, or a user with a password; not shown by ``repr``."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    def auth(self) -> Any:
        """As grafana_api takes them. Raises Problem where there are none."""
        if self.token:
            if not self.token.isascii():
                raise Problem("The token has characters that no token has.", CREDENTIALS)
            return self.token
        if self.user and self.password:
            # Bytes, because requests writes text as Latin-1.
            return self.user.encode(), self.password.encode()
        raise Problem("No credentials for Grafana are set.", CREDENTIALS)


class Grafana:
    """One Grafana, as one account sees it; every method raises Refusal, and Temporary at the end.

    ``wait`` is how many seconds a Grafana that is starting is given, at each request; ``say`` is
    told about each wait. Nothing is asked before the first method is called.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        wait: float = 20.0,
        timeout: tuple[float, float] = TIMEOUT,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        parts = address(url)
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path}"
        self.wait = wait
        self.say = say
        where = {"host": parts.netloc, "protocol": parts.scheme, "timeout": timeout}
        prefix = f"{parts.path[1:]}/" if parts.path else ""
        self._named = GrafanaFace(credentials.auth(), url_path_prefix=prefix, **where)
        # Its lowest level, for what it has no names for; from the root, because of /apis.
        self._raw = GrafanaAPI(credentials.auth(), **where)
        self._raw.url = self.url
        for api in (self._named.api, self._raw):
            api.s.max_redirects = 0

    def ask(self, doing: str, method: str, path: str, body: Json | None = None) -> Any:
        """The JSON answer to one request; ``doing`` names it in refusals: "read the folder"."""
        return self._asked(doing, lambda: getattr(self._raw, method)(path, json=body))

    def find(self, doing: str, path: str) -> Json | None:
        """The object at ``path``, or nothing where Grafana has none."""
        return self._found(lambda: self.ask(doing, "GET", path))

    def health(self) -> Json:
        """Grafana's own health; needs no credentials. Raises Refusal where it is no Grafana."""
        try:
            health = self.ask("tell its health", "GET", "/api/health")
        except Temporary:
            raise
        except Refusal as refusal:
            if refusal.code in (404, 405):
                raise not_grafana(self.url, f"/api/health answers {refusal.code}") from refusal
            raise
        if not isinstance(health, dict) or "database" not in health:
            raise not_grafana(self.url, "it answers with other JSON")
        return health

    def settings(self) -> Json:
        """What Grafana tells its own pages: version, namespace, installed plugins."""
        return self._object(self.ask("read its settings", "GET", "/api/frontend/settings"))

    def organisation(self) -> Json:
        """The organisation that the account works in."""
        call = self._named.organization.get_current_organization
        return self._object(self._asked("read the organisation", call))

    def plugin(self, plugin: str) -> Json | None:
        """An installed plugin's settings, with ``info.version``."""
        return self.find(f"read plugin {plugin}", f"/api/plugins/{plugin}/settings")

    def folder(self, uid: str) -> Json | None:
        """A folder of dashboards."""
        doing = f"read folder {uid}"
        return self._found(lambda: self._asked(doing, lambda: self._named.folder.get_folder(uid)))

    def create_folder(self, uid: str, title: str) -> None:
        """Makes a folder at the top."""
        create = self._named.folder.create_folder
        self._asked(f"create folder {title}", lambda: create(title, uid))

    def dashboard(self, uid: str) -> Json | None:
        """A dashboard: ``dashboard``, its JSON, and ``meta``."""
        read = self._named.dashboard.get_dashboard
        return self._found(lambda: self._asked(f"read dashboard {uid}", lambda: read(uid)))

    def last_save(self, uid: str) -> Json:
        """Who saved a dashboard last, when, and with which message; empty: Grafana keeps none."""
        path = f"/api/dashboards/uid/{uid}/versions?limit=1"
        try:
            answer = self.ask(f"read the history of dashboard {uid}", "GET", path)
        except Refusal as refusal:
            if refusal.code in (403, 404):
                # An account that may only look sees no history.
                return {}
            raise
        # A bare list until Grafana 11, an object with a token for the next page since.
        versions = answer.get("versions", []) if isinstance(answer, dict) else answer
        return versions[0] if versions else {}

    def save_dashboard(self, body: Json) -> None:
        """Creates or updates a dashboard; 412 where it changed since it was read."""
        save = self._named.dashboard.update_dashboard
        self._asked(f"save dashboard {body['dashboard']['uid']}", lambda: save(body))

    def datasource(self, uid: str) -> Json | None:
        """A data source without its secrets."""
        return self.find(f"read data source {uid}", f"/api/datasources/uid/{uid}")

    def datasource_fault(self, uid: str) -> str:
        """What the data source's health check complains of; empty: it answers."""
        doing = f"check data source {uid}"
        try:
            answer = self._object(self.ask(doing, "GET", f"/api/datasources/uid/{uid}/health"))
        except Refusal as refusal:
            # The check's own verdict comes as 400; 500 is a plugin that failed.
            if refusal.code not in (400, 500):
                raise
            return refusal.said
        return "" if answer.get("status") == "OK" else str(answer.get("message", answer))

    def create_datasource(self, body: Json) -> None:
        """Adds a data source; 409 where its name is taken."""
        create = self._named.datasource.create_datasource
        self._asked(f"create data source {body['name']}", lambda: create(body))

    def update_datasource(self, uid: str, body: Json) -> None:
        """Changes a data source; 409 where somebody did so since ``version``."""
        self.ask(f"update data source {uid}", "PUT", f"/api/datasources/uid/{uid}", body)

    def home(self) -> str:
        """The uid of the organisation's home dashboard; empty: nobody chose one."""
        found = self._object(self.ask("read its preferences", "GET", "/api/org/preferences"))
        return str(found.get("homeDashboardUID") or "")

    def default_home(self) -> Json | None:
        """The home dashboard that Grafana's configuration names, where Grafana still tells."""
        read = self._named.dashboard.get_home_dashboard
        return self._found(lambda: self._asked("read the home dashboard", read))

    def set_home(self, uid: str) -> None:
        """Makes a dashboard the organisation's home; other preferences stay."""
        body = {"homeDashboardUID": uid}
        self.ask("set the home dashboard", "PATCH", "/api/org/preferences", body)

    def _found(self, call: Callable[[], Any]) -> Json | None:
        try:
            return self._object(call())
        except Refusal as refusal:
            if refusal.code == 404:
                return None
            raise

    def _object(self, answer: Any) -> Json:
        if not isinstance(answer, dict):
            raise not_grafana(self.url, "it answers with other JSON")
        return answer

    def _asked(self, doing: str, call: Callable[[], Any]) -> Any:
        retrying = Retrying(
            retry=retry_if_exception_type(Temporary),
            stop=stop_after_delay(self.wait),
            wait=wait_exponential_jitter(multiplier=0.2, max=3.0),
            before_sleep=self._tell,
            reraise=True,
        )
        return retrying(self._once, doing, call)

    def _tell(self, state: RetryCallState) -> None:
        problem = state.outcome.exception() if state.outcome else None
        self.say(
            f"{getattr(problem, 'message', problem)} Trying again, for {self.wait:g} s at most."
        )

    def _once(self, doing: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except GrafanaException as error:
            raise refused(error.status_code, _words(error.response), doing, self.url) from error
        except exceptions.RequestException as error:
            raise _unreached(error, doing, self.url) from error
        except TypeError as error:
            # grafana_api takes the body of any error status for an object with a message.
            raise not_grafana(
                self.url, f"an error that is not Grafana's, asked to {doing}"
            ) from error


def address(url: str) -> SplitResult:
    """A Grafana's base URL, split, without a slash at its end. Raises Problem."""
    parts = urlsplit(url.strip())
    try:
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        good = False
    if not good:
        raise Problem(f"{url}: not the address of a Grafana.", ADDRESS)
    if "@" in parts.netloc:
        raise Problem("Credentials do not belong in the address.", CREDENTIALS)
    return parts._replace(path=parts.path.rstrip("/"), query="", fragment="")


def _words(response: Any) -> str:
    if isinstance(response, dict):
        return str(response.get("message") or response)
    text = str(response).strip()
    return "a page of HTML" if text.startswith("<") else text


def _unreached(error: Exception, doing: str, url: str) -> Refusal:
    if isinstance(error, exceptions.TooManyRedirects):
        headers = error.response.headers if error.response is not None else {}
        return moved(url, headers.get("Location", "another address"))
    if isinstance(error, exceptions.JSONDecodeError):
        return not_grafana(url, f"no JSON when asked to {doing}")
    if isinstance(error, exceptions.SSLError):
        return _untrusted(error, url)
    if isinstance(error, exceptions.ProxyError):
        return Refusal(
            f"The proxy on the way to {url} does not let requests through.",
            "Set NO_PROXY to Grafana's host, or mend HTTP_PROXY and HTTPS_PROXY.",
        )
    if isinstance(error, exceptions.Timeout):
        return Refusal(
            f"Grafana at {url} did not answer in time when asked to {doing}.",
            "Is the host right, and does a firewall let this machine through?",
        )
    if "NameResolutionError" in repr(error):
        host = urlsplit(url).hostname
        return Refusal(f"There is no host {host}: its name has no address.", ADDRESS)
    if isinstance(error, exceptions.ConnectionError):
        broken = "aborted" in str(error)
        what = "The connection broke off at" if broken else "Nothing answers at"
        return Temporary(
            f"{what} {url} (asked to {doing}).",
            "Is Grafana running there? `curl " + url + "/api/health` shows what does.",
        )
    return Refusal(f"{url} cannot be asked to {doing}: {error}", ADDRESS)


def _untrusted(error: Exception, url: str) -> Refusal:
    if any(sign in str(error) for sign in ("WRONG_VERSION_NUMBER", "RECORD_LAYER", "record layer")):
        return Refusal(f"What answers at {url} does not speak TLS.", "Write http:// in --url.")
    return Refusal(
        f"The certificate of {url} is not trusted: {error}",
        "Set REQUESTS_CA_BUNDLE to the file of the authority that signed it; "
        "the name in --url must be one that the certificate is for.",
    )
