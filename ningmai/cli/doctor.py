"""``ningmai doctor``."""

from dataclasses import asdict

import typer

from ningmai.cli.options import DataDir, Json, reached
from ningmai.cli.output import out, print_json

COLOURS = {"well": "green", "look": "yellow", "ill": "bold red"}


def doctor(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Look at a running system: what is wrong, and what to do about it. Changes nothing.

    well: as it should be. look: somebody should look at it soon. ill: figures are late, or will
    be; the exit status is then 1.
    """
    from ningmai.doctor import examine

    findings = list(examine(reached(data_dir)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            out().print(f"{finding.state:5}", style=COLOURS[finding.state], end="")
            out().print(f" {finding.check}: {finding.seen}", markup=False)
            if finding.todo:
                out().print(f"      {finding.todo}", markup=False)
    raise typer.Exit(int(any(finding.state == "ill" for finding in findings)))
