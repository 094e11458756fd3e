"""Two proxies that break connections: one below TLS by bytes, one that ends TLS and counts the server's lines."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from tests.servers.loop import ThreadedServer, reset


class FaultProxy(ThreadedServer):
    """Below TLS, byte-exact. `mode`: pass, refuse (reset at once), blackhole (accept, never answer).

    `cut_down`: reset after that many bytes from the server, once. `stall_after`: silence after that many bytes.
    """

    def __init__(self, port: int) -> None:
        super().__init__()
        self._upstream = port
        self.mode = "pass"
        self.cut_down: int | None = None
        self.stall_after: int | None = None
        self.down = 0
        self.up = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "refuse":
            return reset(writer)
        if self.mode == "blackhole":
            await asyncio.sleep(3600)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._upstream)
        upwards = asyncio.create_task(self._upwards(reader, to_server))
        try:
            await self._downwards(from_server, writer)
        finally:
            upwards.cancel()
            to_server.transport.abort()
        return None

    async def _upwards(self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            self.up += len(piece)
            to_server.write(piece)
            await to_server.drain()

    async def _downwards(self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while piece := await from_server.read(65536):
            if self.cut_down is not None and passed + len(piece) > self.cut_down:
                writer.write(piece[: self.cut_down - passed])
                await writer.drain()
                self.cut_down = None
                return reset(writer)
            if self.stall_after is not None and passed + len(piece) > self.stall_after:
                await asyncio.sleep(3600)
            passed += len(piece)
            self.down += len(piece)
            writer.write(piece)
            await writer.drain()
        return None


class LineProxy(ThreadedServer):
    """Ends TLS on both sides; the connection is cut after `cut_after` lines of the server, once. `lines` counts all."""

    def __init__(self, port: int, certificates: Path) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        super().__init__(context)
        self._upstream = port
        self.certificates = certificates
        self._trust = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
        self.cut_after: int | None = None
        self.lines = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(
            "127.0.0.1", self._upstream, ssl=self._trust, server_hostname="localhost", limit=1 << 20
        )
        upwards = asyncio.create_task(self._upwards(reader, to_server))
        try:
            while line := await from_server.readline():
                writer.write(line)
                await writer.drain()
                self.lines += 1
                if self.cut_after is not None and self.lines >= self.cut_after:
                    self.cut_after = None
                    return
        finally:
            upwards.cancel()
            to_server.transport.abort()

    async def _upwards(self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            to_server.write(piece)
            await to_server.drain()
