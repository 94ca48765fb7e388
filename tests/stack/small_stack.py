"""A stack whose parts are small processes that only listen, to try starting and stopping."""

import os
import signal
import sys
from pathlib import Path

from ningmai.doing import Quiet
from ningmai.settings import Settings
from ningmai.stack import stack
from ningmai.stack.ports import answers
from ningmai.stack.process import Part
from ningmai.stack.stack import ENGINES, PORTS, SERVICES, Stack, on_free_ports

LISTENS = """
import os, signal, socket, sys, time
port, trace = int(sys.argv[1]), sys.argv[2]
def note(what):
    with open(trace, "a") as file:
        file.write(f"{what} {port}\\n")
def ended(*_):
    note("stopped")
    sys.exit(0)
child = os.fork()  # what a part starts by itself must end with it
if child == 0:
    time.sleep(600)
signal.signal(signal.SIGTERM, ended)
listening = socket.create_server(("127.0.0.1", port))
note("started")
print("a line of the log", flush=True)
while True:
    listening.accept()[0].close()
"""
IGNORE = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
STUBBORN = IGNORE + LISTENS.replace("signal.signal(signal.SIGTERM, ended)", "")
FAILS = "import sys; print('what went wrong'); sys.exit(3)"


class Told(Quiet):
    """Keeps what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def settings(folder: Path) -> Settings:
    return on_free_ports(Settings(data_dir=folder))


def listening(name: str, of: Settings, program: str = LISTENS, stop_within: float = 30) -> Part:
    port = getattr(of, PORTS[name][0])
    return Part(
        name=name,
        port=port,
        command=[sys.executable, "-S", "-c", program, str(port), str(of.data_dir / "trace")],
        ready=lambda: answers(of.host, port),
        ready_within=20,
        stop_within=stop_within,
    )


def replace_parts(kafka: str = LISTENS, stop_within: float = 30) -> None:
    """Has every stack of this process run small parts."""
    stack.kafka.part = lambda of, _doing: listening("kafka", of, kafka, stop_within)
    stack.registry.part = lambda of, _doing: listening("registry", of)
    stack.clickhouse.part = lambda of: listening("clickhouse", of)
    stack.worker.part = lambda of: listening("worker", of)
    stack.screen.part = lambda of: listening("screen", of)


def trace(of: Settings) -> list[str]:
    """``started kafka`` and ``stopped kafka``, as the parts wrote it."""
    names = {str(getattr(of, PORTS[name][0])): name for name in PORTS}
    lines = [line.split() for line in (of.data_dir / "trace").read_text().splitlines()]
    return [f"{what} {names[port]}" for what, port in lines]


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Runs a small stack until SIGTERM or SIGINT, as ``ningmai up`` does."""
    signal.signal(signal.SIGTERM, interrupted)
    replace_parts(STUBBORN if "stubborn" in sys.argv else LISTENS)
    try:
        with Stack(Settings()) as running:
            running.start(*ENGINES, *SERVICES)
            sys.stdout.write(f"up {os.getpid()}\n")
            sys.stdout.flush()
            signal.pause()
    except KeyboardInterrupt:
        sys.stdout.write("down\n")


if __name__ == "__main__":
    main()
