"""``ningmai grafana``: a Grafana that is there already, checked and filled."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from ningmai.cli.options import DataDir, Json, reached
from ningmai.cli.output import out, print_json
from ningmai.errors import INTERRUPTED, Problem

if TYPE_CHECKING:
    from grafana.remote import Grafana
    from grafana.sync import Step

TOKEN = "NINGMAI_GRAFANA_TOKEN"
USER = "NINGMAI_GRAFANA_USER"
PASSWORD = "NINGMAI_GRAFANA_USER_PASSWORD"

Url = Annotated[str, typer.Option(help="Grafana's address, with its sub-path if it has one.")]
User = Annotated[
    str, typer.Option(help=f"Sign in as this user, with the password in {PASSWORD}.", envvar=USER)
]
TokenEnv = Annotated[
    str, typer.Option(metavar="NAME", help="Variable that holds a service account's token.")
]
Wait = Annotated[
    float, typer.Option(min=0, help="Seconds that a Grafana which is starting is given.")
]
Home = Annotated[bool, typer.Option(help="Whether the wall is to be the home dashboard.")]
Force = Annotated[
    bool, typer.Option("--force", help="Overwrite what was changed in Grafana since.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Screen = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="The live screen as readers of this Grafana reach it, for links to explanations; the "
        "same for check and sync. By default as committed: on their own machine.",
        envvar="NINGMAI_GRAFANA_SCREEN",
    ),
]
ClickHouseUrl = Annotated[
    str, typer.Option(help="ClickHouse as Grafana's server reaches it; as we do, by default.")
]

grafana_app = typer.Typer(
    help="A Grafana that is there already: check what it shows, or bring it up to date.",
    no_args_is_help=True,
)


@grafana_app.command()
def check(
    url: Url,
    user: User = "",
    token_env: TokenEnv = TOKEN,
    home: Home = True,
    screen: Screen = "",
    wait: Wait = 20.0,
    as_json: Json = False,
) -> None:
    """Look at a Grafana and change nothing: does it show what was committed?

    ningmai grafana check --url http://grafana:3000

    Exit status 0 if every line is right. Credentials come from NINGMAI_GRAFANA_TOKEN, or from
    NINGMAI_GRAFANA_USER and NINGMAI_GRAFANA_USER_PASSWORD, never from the command line.
    """
    from grafana.check import findings
    from grafana.committed import load

    found = []
    with _asking(url, user, token_env, wait) as (grafana, shown):
        for finding in findings(grafana, load(screen=screen.rstrip("/")), home):
            found.append(finding)
            shown(f"after {finding.name}")
            if not as_json:
                _line("right" if finding.ok else "WRONG", finding.name, finding.detail)
                if not finding.ok and finding.hint:
                    _line("", finding.hint)
    right = all(finding.ok for finding in found)
    if as_json:
        print_json({"url": url, "ok": right, "findings": [asdict(each) for each in found]})
    raise typer.Exit(int(not right))


@grafana_app.command()
def sync(
    url: Url,
    user: User = "",
    token_env: TokenEnv = TOKEN,
    clickhouse_url: ClickHouseUrl = "",
    screen: Screen = "",
    force: Force = False,
    home: Home = True,
    dry_run: DryRun = False,
    wait: Wait = 20.0,
    data_dir: DataDir = None,
) -> None:
    """Bring a Grafana without file provisioning up to date; done again, nothing changes.

    ningmai grafana sync --url http://grafana:3000 --clickhouse-url http://clickhouse:8123

    Makes the folder, the data source, every dashboard, the playlist and the home dashboard. A
    dashboard that somebody changed in Grafana since the last sync is left, and so is everything
    else, unless --force is given. Credentials as for `check`; the role Admin is needed.
    """
    from grafana.committed import load
    from grafana.datasource import UID, ClickHouse
    from grafana.sync import plan

    settings = reached(data_dir)
    clickhouse = ClickHouse(
        clickhouse_url or settings.clickhouse_url,
        settings.database,
        password=settings.grafana_password,
    )
    with _asking(url, user, token_env, wait) as (grafana, shown):
        steps = plan(grafana, load(screen=screen.rstrip("/")), clickhouse, force, home, shown)
        if dry_run:
            _tell(steps)
            return
        _do(steps, shown)
        shown("does ClickHouse answer?")
        fault = grafana.datasource_fault(UID)
    if fault:
        raise Problem(
            f"Everything is there, but ClickHouse does not answer Grafana: {fault}",
            f"Grafana's server must reach {clickhouse.url}: give the address that it knows with "
            "--clickhouse-url; NINGMAI_GRAFANA_PASSWORD is the password of user grafana there.",
        )


def _tell(steps: "list[Step]") -> None:
    for step in steps:
        _line(step.action if step.run is None else f"would {step.action}", step.name, step.why)


def _do(steps: "list[Step]", shown: Callable[[str], None]) -> None:
    """Takes the steps in order. Raises Problem, with how far it came, where Ctrl-C ends it."""
    for number, step in enumerate(steps, start=1):
        shown(step.name)
        try:
            if step.run:
                step.run()
        except KeyboardInterrupt:
            raise Problem(
                f"Interrupted at step {number} of {len(steps)} ({step.name}).",
                "What was done stays; call it again for the rest.",
                INTERRUPTED,
            ) from None
        _line(f"{step.action}d" if step.run else step.action, step.name, step.why)
    if not any(step.run for step in steps):
        print("Nothing to do: Grafana shows what was committed.")


def _line(mark: str, name: str, detail: str = "") -> None:
    style = {"right": "green", "WRONG": "bold red"}.get(mark, "")
    text = Text(f"{mark:<9} ", style).append(f"{name}: {detail}" if detail else name, "default")
    out().print(text, soft_wrap=True)


@contextmanager
def _asking(
    url: str, user: str, token_env: str, wait: float
) -> "Iterator[tuple[Grafana, Callable[[str], None]]]":
    """The Grafana, and how to show what it is being asked; waits are told in full."""
    from grafana.remote import Credentials, Grafana

    token = "" if user else os.environ.get(token_env, "").strip()
    credentials = Credentials(token, user, os.environ.get(PASSWORD, ""))
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    grafana = Grafana(url, credentials, wait, say=lambda words: console.print(words, markup=False))
    if not (console.is_terminal and sys.stdout.isatty()):
        # While it turns, it would take lines that are meant for a file to the terminal.
        yield grafana, lambda _what: None
        return
    with console.status("Asking Grafana") as status:
        yield grafana, lambda what: status.update(f"Asking Grafana: {what}")
