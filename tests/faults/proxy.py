"""A TCP proxy between a worker and ClickHouse, which can be all that a network can be."""

import asyncio
import socket
import struct
from collections.abc import Coroutine
from contextlib import suppress
from random import Random
from threading import Thread
from types import TracebackType
from typing import Any, Literal, Self

Mode = Literal["pass", "refuse", "hang", "slow", "cut"]
CHUNK = 1 << 16
LOOK_SECONDS = 0.05


class Proxy:
    """Passes bytes on from a port of its own; use it as a context.

    ``refuse``: nobody listens, connections are reset. ``hang``: nothing comes through, and nothing
    is closed. ``slow``: everything takes ``delay`` seconds more. ``cut``: a request goes through,
    and its answer is reset on the way, as often as ``share`` says.
    """

    def __init__(self, host: str, target: int, seed: int = 0) -> None:
        self.host, self.target = host, target
        self.delay, self.share = 0.5, 0.3
        self.mode: Mode = "pass"
        self.answers = 0
        """Pieces of answers that were passed on so far."""
        self.cuts = 0
        """Answers that were cut off so far."""
        self._draw = Random(seed)
        self._connections: set[asyncio.StreamWriter] = set()
        self._lost: set[asyncio.StreamWriter] = set()
        self._accepted: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        with socket.create_server((host, 0)) as free:
            self.port: int = free.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def set(self, mode: Mode) -> None:
        """Be like this from now on."""
        self.mode = mode
        self._do(self._close() if mode == "refuse" else self._listen())

    def lose(self) -> None:
        """Forget the connections there are: both ends wait for ever, new ones are not touched."""
        self._do(self._lose())

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(
                self._begin, self.host, self.port, reuse_address=True
            )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._connections):
            _reset(writer)

    async def _end(self) -> None:
        await self._close()
        for task in self._accepted:
            task.cancel()
        await asyncio.gather(*self._accepted, return_exceptions=True)

    async def _lose(self) -> None:
        self._lost |= self._connections

    def _begin(self, near_in: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._accept(near_in, near))
        self._accepted.add(task)
        task.add_done_callback(self._accepted.discard)

    async def _accept(self, near_in: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            far_in, far = await asyncio.open_connection(self.host, self.target)
        except OSError:
            _reset(near)
            return
        both = {near, far}
        self._connections |= both
        ways = {
            asyncio.create_task(self._pump(near_in, far, answers=False)),
            asyncio.create_task(self._pump(far_in, near, answers=True)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:  # one end has closed, or is to find the answer cut off: close both
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._connections -= both
            for writer in both:
                _reset(writer)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        """Pass bytes on one way, until there are none or this answer is to be cut off."""
        while chunk := await source.read(CHUNK):
            while self.mode == "hang" or sink in self._lost:
                await asyncio.sleep(LOOK_SECONDS)
            if self.mode == "slow":
                await asyncio.sleep(self.delay)
            if answers and self.mode == "cut" and self._draw.random() < self.share:
                self.cuts += 1
                return
            self.answers += answers
            sink.write(chunk)
            await sink.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close at once and with a reset, not with an end."""
    with suppress(OSError):
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
