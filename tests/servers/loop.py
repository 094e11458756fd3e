"""A server of asyncio streams in a thread of its own, for tests that talk to it with blocking clients."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Self


class ThreadedServer:
    """Listens on a free loopback port between `start` and `stop`; subclasses say in `serve` what a connection does."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.connections = 0
        self._context = context
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._end: asyncio.Event | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def drop(self) -> None:
        """End all connections as they are; new ones are taken."""
        dropped = threading.Event()

        def abort() -> None:
            for writer in self._writers:
                writer.transport.abort()
            dropped.set()

        assert self._loop is not None
        self._loop.call_soon_threadsafe(abort)
        assert dropped.wait(10)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its greeting to its end."""
        raise NotImplementedError

    def start(self) -> Self:
        """Listen; answers when connections are taken."""
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        self.port = ready.result(10)
        return self

    def stop(self) -> None:
        """Drop everything; harmless when it is stopped."""
        if self._loop is not None and self._end is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(10)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _run(self, ready: Future[int]) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        running: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            task = asyncio.current_task()
            assert task is not None
            running.add(task)
            self._writers.add(writer)
            try:
                await self.serve(reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # the client went away, or the test ended
            finally:
                running.discard(task)
                self._writers.discard(writer)
                writer.transport.abort()

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=self._context, limit=1 << 20)
        ready.set_result(server.sockets[0].getsockname()[1])
        await self._end.wait()
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection the hard way: RST, as a provider or a firewall does."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
