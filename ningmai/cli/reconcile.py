"""``ningmai reconcile``."""

import typer

from ningmai.cli.options import DataDir, Json, Source, reached
from ningmai.cli.output import out, print_json


def reconcile(source: Source, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Recompute every printed row cell by SQL over the events, and compare.

    Differences are listed with their reason, and the exit status is 1 if there is one. Findings
    are about the print alone (a total that is not the sum of its rows): reported, never mended.
    Starts ClickHouse on the data folder where nothing is running.

        ningmai reconcile 2020-09

        ningmai reconcile 2020-09 --json
    """
    from clickhouse.client import connect
    from ningmai.reconcile import reconcile as compare
    from ningmai.reconcile.screen import show
    from ningmai.stack.stack import ensure_clickhouse
    from producers.bulletin import read

    bulletin = read(source)
    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        report = compare(connect(settings, "analyst"), bulletin)
    if as_json:
        print_json(report.as_json())
    else:
        show(report, out())
    raise typer.Exit(int(bool(report.differences)))
