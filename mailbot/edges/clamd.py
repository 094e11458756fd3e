"""ClamAV's clamd as the virus scanner: a file goes through its socket (clamd(8), the command zINSTREAM).

Over TCP (`clamd://host:port`) or a local socket (`clamd:///run/clamav/clamd.ctl`). The file's bytes are sent, not its
name: clamd needs no right to read the work folder. Archives are opened by clamd itself.
"""

from __future__ import annotations

import re
import select
import socket
from pathlib import Path

import structlog

from mailbot.errors import Transient

log = structlog.get_logger()

PIECE = 1 << 20
CONNECT_SECONDS = 10.0
REPLY_SECONDS = 120.0
"""How long clamd may take for one file, and for taking one piece of it."""

_REPLY_BYTES = 4096
_TOO_LARGE = "INSTREAM size limit exceeded"
_FOUND = re.compile(r"(?:stream|instream\(local\)|fd\[\d+\]): (.{1,500}) FOUND", re.ASCII)


class ClamdScanner:
    """`ports.Scanner` over clamd's socket. `address` is that of `scan:` in mailbot.yaml, `clamd://...`."""

    def __init__(
        self, address: str, *, connect_seconds: float = CONNECT_SECONDS, reply_seconds: float = REPLY_SECONDS
    ) -> None:
        self._address = address.removeprefix("clamd://")
        self._connect_seconds, self._reply_seconds = connect_seconds, reply_seconds

    def scan(self, path: Path) -> str | None:
        """The name of what was found in a file, None for nothing.

        A file beyond clamd's StreamMaxLength cannot be scanned: that is logged, and it counts as clean. Transient when
        clamd does not answer, or answers with an error.
        """
        try:
            with self._connected() as connection:
                reply = self._stream(path, connection)
        except OSError as fault:  # a timeout is one, too
            said = fault.strerror or str(fault) or type(fault).__name__
            raise Transient(f"the virus scanner at {self._address} does not answer: {said}") from fault
        if _TOO_LARGE in reply:
            log.warning("not-scanned", reason="larger than clamd's StreamMaxLength", bytes=path.stat().st_size)
            return None
        if reply == "stream: OK":
            return None
        if found := _FOUND.fullmatch(reply):
            return found[1]
        raise Transient(f"the virus scanner at {self._address} says: {reply[:200] or 'nothing'}")

    def _connected(self) -> socket.socket:
        if self._address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(self._connect_seconds)
                connection.connect(self._address)
            except OSError:
                connection.close()
                raise
        else:
            host, _, port = self._address.rpartition(":")
            connection = socket.create_connection((host.strip("[]"), int(port)), self._connect_seconds)
        connection.settimeout(self._reply_seconds)
        return connection

    def _stream(self, path: Path, connection: socket.socket) -> str:
        """Send the file in pieces and answer what clamd says of it; it speaks early where it takes no more."""
        with path.open("rb", buffering=0) as file:
            try:
                connection.sendall(b"zINSTREAM\0")
                while (piece := file.read(PIECE)) and not _speaks(connection):
                    connection.sendall(len(piece).to_bytes(4, "big"))
                    connection.sendall(piece)
                if not piece:
                    connection.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it may have said why before it hung up
        return _reply(connection)


def _speaks(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _reply(connection: socket.socket) -> str:
    """One line up to its NUL; empty where it hung up without a word."""
    data = bytearray()
    while len(data) < _REPLY_BYTES and b"\0" not in data:
        piece = connection.recv(_REPLY_BYTES)
        if not piece:
            break
        data += piece
    return bytes(data).partition(b"\0")[0].decode("utf-8", "replace").strip()
