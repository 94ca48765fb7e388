"""Whether the ports that the stack wants are free, and who has them when they are not."""

import errno
import os
import socket

import psutil

from ningmai.stack.errors import StackError


def check_free(host: str, wanted: dict[str, int]) -> None:
    """Raises StackError for the first port taken; ``wanted`` is by the setting's name."""
    for setting, port in wanted.items():
        problem = _problem(host, port)
        if problem:
            variable = f"NINGMAI_{setting.upper()}"
            raise StackError(
                f"Port {port} on {host}, wanted for {setting}, {problem}{_holder(port)}.",
                f"Stop what uses it, or choose another port with {variable}, for example "
                f"{variable}={port + 1000 if port < 64000 else port - 1000}.",
            )


def answers(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket(_family(host)) as asking:
        asking.settimeout(1)
        return asking.connect_ex((host, port)) == 0


def free_ports(host: str, count: int) -> list[int]:
    """Ports that nobody had a moment ago, all different."""
    sockets = [socket.socket(_family(host)) for _ in range(count)]
    try:
        for one in sockets:
            one.bind((host, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _problem(host: str, port: int) -> str:
    """Why the port cannot be had; empty when it can."""
    with socket.socket(_family(host)) as trying:
        # Connections of an earlier run may linger in TIME_WAIT: they don't keep the port.
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "is taken"
            return f"cannot be had ({os.strerror(error.errno or 0).lower()})"
    return ""


def _holder(port: int) -> str:
    """`` by NAME (pid N)`` where the system tells."""
    try:
        connections = psutil.net_connections("tcp")
        for connection in connections:
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass  # other users' processes are none of our business on some systems: no name then
    return ""


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
