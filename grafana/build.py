"""Writes the dashboards' JSON from boards/: ``python -m grafana.build``. A test says both agree."""

import json
from importlib import import_module
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

FOLDER = Path(__file__).parent / "dashboards"
BOARDS = ("wall", "calls", "bookings", "telemedicine", "uploads", "kiosks", "system")
"""Modules of boards/, in the order of links and playlist."""


def built(name: str) -> str:
    """The JSON of one dashboard, as it is committed."""
    board = import_module(f"grafana.boards.{name}").board().build()
    return json.dumps(board, cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main() -> None:
    """Writes all of them."""
    for name in BOARDS:
        (FOLDER / f"{name}.json").write_text(built(name), encoding="utf-8")


if __name__ == "__main__":
    main()
