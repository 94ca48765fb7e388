"""Something between a client and a server that can be cut, and put back."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Proxy:
    """Passes bytes on, both ways, while ``passing``; a cut ends what is under way."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self.passing = True
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()
        self._listening.close()

    def cut(self) -> None:
        """From now on nobody gets through."""
        self.passing = False
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def restore(self) -> None:
        """From now on everybody does."""
        self.passing = True

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if not self.passing:
                    client.close()
                    continue
                server = socket.create_connection(self._to)
                self._open |= {client, server}
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, reading: socket.socket, writing: socket.socket) -> None:
        with suppress(OSError):
            while data := reading.recv(65_536):
                writing.sendall(data)
        for one in (reading, writing):
            self._open.discard(one)
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
