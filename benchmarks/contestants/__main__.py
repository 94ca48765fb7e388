"""Runs one contestant once: ``python -m benchmarks.contestants NAME EXPECTED``.

Settings are those of the environment; what was measured is the last line of standard output.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.contestants import CONTESTANTS, Job
from benchmarks.traffic import Expected
from ningmai.settings import Settings


def main(name: str, expected: str) -> None:
    """Runs it, and prints what it measured as one line of JSON."""
    module = import_module(f"benchmarks.contestants.{CONTESTANTS[name]}")
    job = Job(name, Settings(), Expected.read(Path(expected)))
    print(json.dumps([measured.plain() for measured in module.run(job)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
