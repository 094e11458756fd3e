"""Reading FETCH answers off a socket: every shape that is allowed, and bounds for the others."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.edges import imap_wire
from mailbot.edges.imap_wire import Items, ProtocolBroken, Wire, internal_date, is_fetch, read_fetch, skip_literals

ITEMS = [b"UID 7", b'INTERNALDATE " 1-Nov-2026 08:00:00 +0800"', b"RFC822.SIZE 5", b'FLAGS (\\Seen (a "b)" {1}\r\nx))']
BODIES = [
    b"BODY[] {5}\r\nab)\r\n",
    b"BODY[] ~{5}\r\nab)\r\n",
    b"BODY[]<0> {5+}\r\nab)\r\n",
    b'BODY[HEADER] "ab)\\"\\\\"',
]


def _read(answer: bytes) -> tuple[Items, bytes]:
    """One FETCH answer as it comes off a socket whose other side is closed afterwards."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        wire, items, body = Wire(ours), Items(), bytearray()

        def sink(size: int | None) -> Callable[[memoryview | bytes], None]:
            return body.extend

        read_fetch(wire, wire.line().rstrip(b"\r\n"), sink, items)
        return items, bytes(body)


@given(items=st.permutations([*ITEMS, BODIES[0]]), body=st.sampled_from(BODIES))
def test_any_order_and_form_is_read(items: list[bytes], body: bytes) -> None:
    """Items come in any order, bodies as literals of each kind, parts, or quoted strings."""
    items = [body if item.startswith(b"BODY") else item for item in items]
    read, content = _read(b"* 1 FETCH (" + b" ".join(items) + b")\r\n")
    assert (read.uid, read.size, read.arrived_at) == (7, 5, datetime(2026, 11, 1, tzinfo=UTC))
    assert (read.body, content) == (True, b'ab)"\\' if body is BODIES[3] else b"ab)\r\n")


@given(junk=st.binary(max_size=200) | st.text('* FETCH()UID{}[]"\\ 19<>\r\nBODY', max_size=200).map(str.encode))
def test_nonsense_ends_in_a_fault_of_the_connection(junk: bytes) -> None:
    """Whatever a broken server sends, reading ends, with the faults that the edge knows."""
    try:
        _read(b"* 1 FETCH (" + junk)
    except (ProtocolBroken, ConnectionResetError):
        return


@pytest.mark.parametrize("answer", [
    b"* 1 FETCH (ENVELOPE {9999999999}\r\n", b"* 1 FETCH (FLAGS " + b"(" * 200 + b")\r\n", b"* 2 EXISTS\r\n",
])  # fmt: skip
def test_more_than_is_taken_is_refused(answer: bytes) -> None:
    """A giant literal that is no body, lists without end, and what is no FETCH answer are refused."""
    with pytest.raises(ProtocolBroken):
        _read(answer)


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is never collected beyond the limit."""
    monkeypatch.setattr(imap_wire, "LINE_LIMIT", 1000)
    with pytest.raises(ProtocolBroken, match="1000 bytes"):
        _read(b"* 1 FETCH (UID " + b"1" * 2000)


def test_literals_of_other_answers_are_read_past() -> None:
    """A literal in a line that nobody asked for does not shift the reading of the next one."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"* LIST () {3}\r\na\r\n {1}\r\nb\r\n* 3 EXISTS\r\n")
        wire = Wire(ours)
        skip_literals(wire, wire.line().rstrip(b"\r\n"))
        assert wire.line() == b"* 3 EXISTS\r\n"


@pytest.mark.parametrize(
    ("line", "is_one"), [(b"* 1 FETCH (", True), (b"* 12 fetch (UID 1)", True), (b"* OK x", False)]
)
def test_fetch_answers_are_told_apart(line: bytes, is_one: bool) -> None:
    """Case does not matter."""
    assert is_fetch(line) is is_one


@pytest.mark.parametrize(("text", "moment"), [
    (b"23-Nov-2026 09:00:00 +0800", datetime(2026, 11, 23, 1, tzinfo=UTC)),
    (b" 1-jan-2026 00:30:00 -0130", datetime(2026, 1, 1, 2, tzinfo=UTC)),
    (b"31-Feb-2026 00:00:00 +0000", None), (b"1-Xyz-2026 00:00:00 +0000", None), (b"", None),
    (b"01-Jan-0001 00:00:00 +1400", None), (b"01-Jan-2026 00:00:00 +9900", None),
])  # fmt: skip
def test_dates_are_read_or_unknown(text: bytes, moment: datetime | None) -> None:
    """INTERNALDATE becomes a moment in UTC; what is no date is none, and no fault."""
    assert internal_date(text) == moment
