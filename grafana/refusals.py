"""What a Grafana refuses or cannot do, in words for the person who asked."""

from ningmai.errors import Problem

LATER = frozenset({429, 502, 503, 504})
"""Answers that say nothing about the request, only that now is a bad time."""
CREDENTIALS = (
    "Set NINGMAI_GRAFANA_TOKEN to a service account's token (Administration, Service accounts), "
    "or NINGMAI_GRAFANA_USER and NINGMAI_GRAFANA_USER_PASSWORD."
)
ADDRESS = (
    "Give the address that a browser shows for Grafana, with its sub-path where it has one: "
    "http://host:3000 or https://host/grafana."
)
HINTS = {
    400: "Is this Grafana as new as `ningmai grafana check` asks for?",
    401: CREDENTIALS,
    403: "Give the account the role Admin in this organisation, or have an administrator call it.",
    404: "`ningmai grafana sync` makes what is missing; `ningmai grafana check` shows what is.",
    409: "Rename or delete the other one in Grafana, then call it again.",
    412: "Look at its version history in Grafana, then call it again; --force overwrites it.",
    500: "Grafana's own log says why.",
}


class Refusal(Problem):
    """Grafana answered, and not with what was asked for.

    ``code`` is the HTTP status (0: no HTTP answer), ``said`` Grafana's own words.
    """

    def __init__(self, message: str, hint: str, code: int = 0, said: str = "") -> None:
        super().__init__(message, hint)
        self.code = code
        self.said = said


class Temporary(Refusal):
    """Grafana cannot be asked now; the same request may succeed later."""


def refused(code: int, said: str, doing: str, url: str) -> Refusal:
    """The refusal for an HTTP error status; Temporary where another try is worth it."""
    words = " ".join(said.split())[:300]
    message = f"{MEANINGS.get(code, REFUSED).format(doing=doing, url=url)} ({code}: {words})"
    if code in LATER:
        hint = "Is it starting, or the proxy before it? Call it again in a minute."
        return Temporary(message, hint, code, said)
    return Refusal(message, _hint(code, said), code, said)


REFUSED = "Grafana at {url} would not {doing}"
MEANINGS = {
    401: "Grafana at {url} does not accept these credentials: it would not {doing}",
    403: "This account may not {doing} in Grafana at {url}",
    404: "Grafana at {url} could not {doing}: it has no such thing",
    409: "Grafana at {url} would not {doing}: something else has that name",
    412: "Somebody changed it in the meantime, so Grafana at {url} did not {doing}",
    429: "Grafana at {url} is asked too often to {doing}",
    500: "Grafana at {url} failed to {doing}",
    502: "The proxy before Grafana at {url} got no answer when asked to {doing}",
    503: "Grafana at {url} is not ready to {doing}",
    504: "Grafana at {url} took too long to {doing}",
}


def _hint(code: int, said: str) -> str:
    if "provisioned" in said.lower() or "read-only" in said.lower():
        return (
            "Grafana provisions it from a file: change that file, or take it out of "
            "provisioning first."
        )
    if "HTTPS server" in said:
        return "That port speaks TLS: write https:// in --url."
    return HINTS.get(code, HINTS[500] if code >= 500 else HINTS[400])


def not_grafana(url: str, what: str) -> Refusal:
    """Something answers at ``url``, but what it says is not Grafana's."""
    return Refusal(f"What answers at {url} is not Grafana's API: {what}.", ADDRESS)


def moved(url: str, target: str) -> Refusal:
    """The answer was a redirection, which is not followed: a POST would become a GET."""
    at = target.split("/api/")[0].split("/login")[0]
    hint = f"If that is Grafana, call it with --url {at}." if at.startswith("http") else ADDRESS
    return Refusal(f"{url} sends requests on to {target}.", hint)
