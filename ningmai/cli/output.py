"""What commands print on standard output."""

import json
from typing import Any

from rich.console import Console


def out() -> Console:
    """Standard output, as wide as the terminal."""
    return Console(highlight=False)


def print_json(value: Any) -> None:
    """One JSON object; Chinese stays legible."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))
