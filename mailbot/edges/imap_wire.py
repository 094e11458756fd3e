"""The reading side of an IMAP connection: bounded lines, and literals that stream (RFC 3501 sections 4.3, 7.4.2, 9).

imaplib collects every literal whole and takes no line over one million bytes (a list of 90,000 UIDs is longer);
imapclient formats both for a log that nobody reads. Here a body goes from the socket into its spool piece by piece.
"""

from __future__ import annotations

import imaplib
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

PIECE = 128 * 1024
"""The most bytes that a body is handed on in."""
LINE_LIMIT = 16 * 1024 * 1024
"""The longest line taken, in bytes: the answer to UID SEARCH ALL over 1.4 million letters."""
TEXT_LIMIT = 1024 * 1024
"""The longest literal taken that is no body, in bytes."""
DEPTH_LIMIT = 50

LITERAL = re.compile(rb"~?\{(\d{1,12})\+?\}\Z")
_FETCH = re.compile(rb"\* \d+ FETCH \(", re.IGNORECASE)
_KEY = re.compile(rb" *([A-Za-z0-9.]+(?:\[[^\]]*\])?(?:<\d+>)?) +")
_END = re.compile(rb" *\)")
_ATOM = re.compile(rb'[^ ()"{]+')
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


class ProtocolBroken(imaplib.IMAP4.abort):
    """The server sent what no IMAP server may send, or more of it than is taken."""


class Wire:
    """A socket read by lines and by counted pieces, with one fixed buffer. Raises OSError when the connection ends."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._room = bytearray(PIECE)
        self._view = memoryview(self._room)
        self._start = self._end = 0

    @property
    def empty(self) -> bool:
        """Whether everything that came was read."""
        return self._start == self._end

    def _fill(self, least: int = 1) -> None:
        """Wait for at least so many bytes: TLS gives 4 to 16 KiB at a time, too little to write and hash cheaply."""
        self._start = self._end = 0
        while self._end < least:
            count = self.sock.recv_into(self._view[self._end :])
            if not count:
                raise ConnectionResetError("the server closed the connection")
            self._end += count

    def line(self) -> bytes:
        """The next line with its end, of at most LINE_LIMIT bytes."""
        parts: list[bytes] = []
        size = 0
        while True:
            if self.empty:
                self._fill()
            found = self._room.find(b"\n", self._start, self._end)
            stop = self._end if found < 0 else found + 1
            size += stop - self._start
            if size > LINE_LIMIT:
                raise ProtocolBroken(f"a line of more than {LINE_LIMIT} bytes")
            parts.append(bytes(self._view[self._start : stop]))
            self._start = stop
            if found >= 0:
                return b"".join(parts)

    def pieces(self, size: int) -> Iterator[memoryview]:
        """The next `size` bytes as they come; each piece is only good until the next one is asked for."""
        while size:
            if self.empty:
                self._fill(min(size, PIECE))
            stop = min(self._end, self._start + size)
            piece = self._view[self._start : stop]
            self._start = stop
            size -= len(piece)
            yield piece

    def text(self, size: int) -> bytes:
        """A literal that is no body, of at most TEXT_LIMIT bytes."""
        if size > TEXT_LIMIT:
            raise ProtocolBroken(f"a literal of {size} bytes where no body was asked for")
        return b"".join(bytes(piece) for piece in self.pieces(size))


class _Bounded(imaplib.IMAP4):
    """imaplib's connection with its two reading methods replaced (its documented place for that)."""

    _wire: Wire | None = None

    @property
    def wire(self) -> Wire:
        """The reader of the present socket; nothing that came before STARTTLS is taken for the server's word."""
        sock: socket.socket = self.sock
        if self._wire is None or self._wire.sock is not sock:
            if self._wire is not None and not self._wire.empty:
                raise ProtocolBroken("the server went on talking in clear text after STARTTLS")
            self._wire = Wire(sock)
        return self._wire

    def readline(self) -> bytes:
        return self.wire.line()

    def read(self, size: int) -> bytes:
        return self.wire.text(size)


class TlsConnection(_Bounded, IMAP4_TLS):  # type: ignore[misc]  # imapclient is not typed
    """TLS from the first byte."""


class PlainConnection(_Bounded, IMAP4WithTimeout):  # type: ignore[misc]  # imapclient is not typed
    """Clear text, for STARTTLS and for loopback."""


Sink = Callable[[int | None], Callable[[memoryview | bytes], None]]
"""Called once for each body with its announced size (None where it comes as a quoted string); answers where to."""


@dataclass(slots=True)
class Items:
    """What one FETCH answer said. `body` is True where bytes of a body came, False for NIL or an empty one."""

    uid: int | None = None
    arrived_at: datetime | None = None
    size: int | None = None
    body: bool | None = None


def is_fetch(line: bytes) -> bool:
    """Whether an untagged line opens a FETCH answer."""
    return _FETCH.match(line) is not None


def read_fetch(wire: Wire, line: bytes, sink: Sink, items: Items) -> None:
    """Read one FETCH answer that begins with `line` into `items`, its body into `sink`, whatever the order of items.

    `items` is filled as the answer comes, so that after a cut it says what was known by then.
    """
    opening = _FETCH.match(line)
    if opening is None:
        raise ProtocolBroken(f"not a FETCH answer: {line[:80]!r}")
    reader = _Answer(wire, line, opening.end())
    while (key := reader.key()) is not None:
        if key.startswith(b"BODY["):
            items.body = reader.body(sink)
        elif key == b"UID":
            items.uid = _number(reader.value())
        elif key == b"RFC822.SIZE":
            items.size = _number(reader.value())
        elif key == b"INTERNALDATE":
            items.arrived_at = internal_date(reader.value())
        else:
            reader.value()


def skip_literals(wire: Wire, line: bytes) -> None:
    """Read past the literals of an untagged line that nobody asked for."""
    for _ in range(DEPTH_LIMIT):
        literal = LITERAL.search(line)
        if literal is None:
            return
        wire.text(int(literal[1]))
        line = wire.line().rstrip(b"\r\n")
    raise ProtocolBroken("a line without an end")


class _Answer:
    """A cursor over one answer, which goes on over further lines after each literal."""

    def __init__(self, wire: Wire, line: bytes, at: int) -> None:
        self._wire, self._line, self._at = wire, line, at

    def key(self) -> bytes | None:
        """The next item's name in upper case, None at the end of the list."""
        if _END.match(self._line, self._at):
            return None
        match = _KEY.match(self._line, self._at)
        if match is None:
            raise ProtocolBroken(f"unreadable FETCH answer at {self._line[self._at : self._at + 80]!r}")
        self._at = match.end()
        return match[1].upper()

    def body(self, sink: Sink) -> bool:
        """Hand a body to the sink; False where there is none (NIL, "" or an empty literal)."""
        size = self._literal()
        if size is None:
            value = self.value()
            if not value:
                return False
            sink(None)(value)
            return True
        if size:
            write = sink(size)
            for piece in self._wire.pieces(size):
                write(piece)
        self._next_line()
        return size > 0

    def value(self, depth: int = 0) -> bytes:
        """The next value; NIL and lists, which nobody here asks for, are read past and come as b""."""
        size = self._literal()
        if size is not None:
            text = self._wire.text(size)
            self._next_line()
            return text
        if self._line[self._at : self._at + 1] == b"(":
            return self._list(depth)
        if quoted := _QUOTED.match(self._line, self._at):
            self._at = quoted.end()
            return re.sub(rb"\\(.)", rb"\1", quoted[1])
        atom = _ATOM.match(self._line, self._at)
        if atom is None:
            raise ProtocolBroken(f"unreadable value at {self._line[self._at : self._at + 80]!r}")
        self._at = atom.end()
        return b"" if atom[0].upper() == b"NIL" else atom[0]

    def _list(self, depth: int) -> bytes:
        if depth > DEPTH_LIMIT:
            raise ProtocolBroken("lists nested too deep")
        self._at += 1
        while True:
            while self._line[self._at : self._at + 1] == b" ":
                self._at += 1
            if self._line[self._at : self._at + 1] == b")":
                self._at += 1
                return b""
            self.value(depth + 1)

    def _literal(self) -> int | None:
        match = LITERAL.match(self._line, self._at)
        return int(match[1]) if match else None

    def _next_line(self) -> None:
        self._line, self._at = self._wire.line().rstrip(b"\r\n"), 0


def _number(value: bytes) -> int | None:
    return int(value) if value.isdigit() and len(value) < 20 else None


def internal_date(value: bytes) -> datetime | None:
    """INTERNALDATE (RFC 3501 section 9, date-time) as an aware time in UTC; None where it is no date."""
    match = _DATE.fullmatch(value)
    if match is None or match[2].lower() not in _MONTHS:
        return None
    day, month, year, hour, minute, second = match[1], _MONTHS.index(match[2].lower()) + 1, *match.group(3, 4, 5, 6)
    offset = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == b"-" else 1)
    try:
        zone = timezone(offset)
        return datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
