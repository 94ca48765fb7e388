"""Clocks that can be moved: of processes that are started with a clock's environment."""

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")


class Clock:
    """The wall clock of some processes; it starts right. ``works`` is false without a C compiler.

    Time that only goes on (timeouts, pauses) is not touched.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._file, library = folder / f"{name}.clock", folder / f"{name}.so"
        self.move(0)
        compiler = shutil.which("cc")
        self.works = compiler is not None
        self.environment: dict[str, str] = {}
        if compiler is not None:
            command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
            subprocess.run(command, check=True)
            self.environment = {"LD_PRELOAD": str(library), "FAULTS_CLOCK": str(self._file)}

    def move(self, seconds: int) -> None:
        """Be so far ahead (or behind) from now on."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("q", seconds))
