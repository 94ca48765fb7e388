"""The command line. Each command is a module; what it needs is imported when it is called."""

from typing import Any

import typer
from typer.core import TyperGroup

from ningmai.cli.alerts import alerts
from ningmai.cli.backup import backup
from ningmai.cli.bulletin import bulletin
from ningmai.cli.close import close
from ningmai.cli.corrections import corrections
from ningmai.cli.dictionary import dictionary
from ningmai.cli.doctor import doctor
from ningmai.cli.down import down
from ningmai.cli.event import event
from ningmai.cli.explain import explain
from ningmai.cli.export import export
from ningmai.cli.failures import told
from ningmai.cli.grafana import grafana_app
from ningmai.cli.institutions import institutions_app
from ningmai.cli.migrate import migrate
from ningmai.cli.prepare import prepare
from ningmai.cli.proof import proof
from ningmai.cli.rebuild import rebuild
from ningmai.cli.reconcile import reconcile
from ningmai.cli.redeliver import redeliver
from ningmai.cli.replay import replay
from ningmai.cli.restore import restore
from ningmai.cli.retract import retract
from ningmai.cli.screen import screen
from ningmai.cli.simulate import simulate
from ningmai.cli.skip import skip
from ningmai.cli.sql import sql
from ningmai.cli.status import status
from ningmai.cli.up import up

HELP = """Ningmai (宁脉): a city's health-informatics bulletin, live, every printed figure proved.

Begin with

    ningmai up --replay 2020-09

which starts everything on this machine, replays September 2020, proves its figures and goes on
with simulated traffic. Then, in another terminal,

    ningmai status

    ningmai sql "SELECT * FROM bulletin_02(month = '2020-09-01')"

Settings are NINGMAI_* variables; commands exit with 0 when they did what they say.
"""


class Commands(TyperGroup):
    """All commands, with expected errors told in a line or two and no traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command that was asked for."""
        with told():
            return super().invoke(ctx)


app = typer.Typer(
    cls=Commands,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)
for command in (
    *(up, status, doctor, down, screen, replay, reconcile, proof, bulletin, simulate),
    *(retract, close, corrections),
    *(up, status, doctor, down, screen, replay, reconcile, proof, bulletin, alerts, simulate),
    *(sql, migrate, prepare, backup, restore, skip, redeliver, rebuild),
    *(sql, event, migrate, prepare, backup, restore, skip, redeliver, rebuild),
    *(sql, export, event, migrate, prepare, backup, restore, skip, redeliver, rebuild),
    *(sql, explain, export, event, migrate, prepare, backup, restore, skip, redeliver, rebuild),
    *(
        sql,
        explain,
        export,
        dictionary,
        event,
        migrate,
        prepare,
        backup,
        restore,
        skip,
        redeliver,
        rebuild,
    ),
):
    app.command()(command)
app.add_typer(grafana_app, name="grafana")
app.add_typer(institutions_app, name="institutions")
