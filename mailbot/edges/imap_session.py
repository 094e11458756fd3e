"""One IMAP session: imapclient's connection with bounded reading, and commands whose answers are read line by line."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator, Sequence

from imapclient import IMAPClient

from mailbot.edges.imap_wire import (
    Items,
    PlainConnection,
    ProtocolBroken,
    TlsConnection,
    is_fetch,
    read_fetch,
    skip_literals,
)

COMMAND_UIDS, COMMAND_CHARACTERS = 1000, 4000
"""The most that one command asks for: servers take lines of 8 KiB (RFC 7162 section 4)."""
ANSWER_LINES = 200_000
"""The most untagged lines taken for one command."""


class Refused(Exception):
    """The server answered NO or BAD; the text is its own."""


class Bye(Exception):
    """The server said BYE."""


class Client(IMAPClient):  # type: ignore[misc]  # imapclient is not typed
    """imapclient on a connection whose reading is bounded, and without its log of every byte."""

    def _create_IMAP4(self) -> imaplib.IMAP4:
        connect = self._timeout.connect
        if self.ssl:
            return TlsConnection(self.host, self.port, self.ssl_context, connect)  # type: ignore[call-arg]
        return PlainConnection(self.host, self.port, connect)


class Session:
    """One open session. `busy` while an answer is not read to its end."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client._imap.debug = 0  # imapclient sets 5, which formats every literal twice for nobody
        self.wire = client._imap.wire
        self.busy = False
        self._commands = 0

    def ask(self, command: str) -> Iterator[bytes]:
        """Send a command and give its untagged lines; whoever takes a FETCH line reads the rest of that answer."""
        self._commands += 1
        tag = f"M{self._commands}".encode()
        self.busy = True
        self.client._imap.send(tag + b" " + command.encode("ascii") + b"\r\n")
        for _ in range(ANSWER_LINES):
            line = self.wire.line().rstrip(b"\r\n")
            if line.startswith(tag + b" "):
                self.busy = False
                if line[len(tag) + 1 :][:2].upper() != b"OK":
                    raise Refused(words(line[len(tag) + 1 :]))
                return
            if line[:6].upper() == b"* BYE ":
                raise Bye(words(line[6:]))
            if not line.startswith(b"* "):
                raise ProtocolBroken(f"unexpected line {line[:80]!r}")
            yield line
            if not is_fetch(line):
                skip_literals(self.wire, line)
        raise ProtocolBroken(f"more than {ANSWER_LINES} lines for one command")

    def run(self, command: str) -> None:
        """A command whose answer is of no interest."""
        for line in self.ask(command):
            if is_fetch(line):
                read_fetch(self.wire, line, nowhere, Items())


def uid_sets(uids: Sequence[int]) -> Iterator[str]:
    """Ascending UIDs as IMAP sets ("3:7,9"), each short enough for one command."""
    parts: list[str] = []
    count = length = 0
    for first, last in _ranges(uids):
        part = str(first) if first == last else f"{first}:{last}"
        if parts and (count + last - first + 1 > COMMAND_UIDS or length + len(part) + 1 > COMMAND_CHARACTERS):
            yield ",".join(parts)
            parts, count, length = [], 0, 0
        parts.append(part)
        count, length = count + last - first + 1, length + len(part) + 1
    if parts:
        yield ",".join(parts)


def _ranges(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for uid in uids:
        if first is not None and last is not None:
            if uid == last + 1 and uid - first < COMMAND_UIDS:
                last = uid
                continue
            yield first, last
        first = last = uid
    if first is not None and last is not None:
        yield first, last


def nowhere(length: int | None) -> Callable[[memoryview | bytes], None]:
    """The sink of commands that ask for no body."""
    raise ProtocolBroken("a body came that nobody asked for")


def quoted(text: str) -> str:
    """A quoted string (RFC 3501 section 4.3); `text` is printable ASCII."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def words(text: bytes) -> str:
    """A server's words for a message: one bounded line."""
    return " ".join(text[:300].decode("utf-8", "replace").split())
