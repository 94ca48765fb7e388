"""``ningmai close``."""

from typing import Annotated

import typer

from ningmai.cli.bulletin import Of, month_of
from ningmai.cli.options import DataDir, reached

By = Annotated[
    str | None,
    typer.Option(
        help="Office that closes it, never a person; NINGMAI_OFFICE, or 信息中心, by default."
    ),
]
Again = Annotated[
    bool, typer.Option("--again", help="Close a month that is closed: the older closing stays.")
]
Force = Annotated[bool, typer.Option("--force", help="Close a month that is not over.")]
WithFindings = Annotated[
    bool, typer.Option("--with-findings", help="Close it although proof finds errors (错误).")
]


def close(
    month: Of,
    by: By = None,
    again: Again = False,
    force: Force = False,
    with_findings: WithFindings = False,
    data_dir: DataDir = None,
) -> None:
    """Freeze what is published of a month: figures, names, findings, with a checksum.

    Afterwards the figures may differ, since late events and corrections still count. Both stay:
    ningmai bulletin MONTH --as published|current, and ningmai corrections MONTH says what differs
    and why. Refused while proof finds errors (错误).

        ningmai close 2020-09 --by 信息中心

        ningmai close 2020-09 --again --with-findings
    """
    from ningmai.closing.close import close as freeze
    from ningmai.doing import OnScreen
    from ningmai.stack.stack import ensure_clickhouse

    of = month_of(month)
    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        closing = freeze(
            settings,
            of,
            by or settings.office,
            OnScreen(),
            again=again,
            force=force,
            with_findings=with_findings,
        )
    as_of = f"{closing.as_of:%Y-%m-%d %H:%M:%S}" if closing.as_of else "unknown"
    typer.echo(
        f"{of} is closed (closing {closing.number}, by {closing.office}): {closing.cells:,} figures"
        f" as of {as_of}, {closing.findings} findings\nsha256 {closing.checksum}"
    )
