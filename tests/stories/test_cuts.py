"""A connection cut after every server line of a poll: then the next poll gets everything, exactly once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailbot.edges.imap import ImapMailbox
from mailbot.errors import NetworkLost
from mailbot.model import Stage
from mailbot.poll import Poll
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.store import TemporaryStore
from tests.contracts.mailbox import ARRIVED, letter
from tests.servers.dovecot import running
from tests.servers.netease import NeteaseImap
from tests.servers.proxy import LineProxy

LETTERS = [letter(number) for number in range(4)]
USER, PASSWORD = "tougao@example.cn", "pw1"


@pytest.fixture(scope="module", params=["dovecot", "netease"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineProxy | NeteaseImap]:
    """A server with four letters that can be told to cut the connection after a number of its lines."""
    if request.param == "netease":
        with NeteaseImap(tmp_path_factory.mktemp("netease"), PASSWORD) as server:
            for content in LETTERS:
                server.put(content)
            yield server
    else:
        with running({USER: PASSWORD}) as dovecot:
            with dovecot.client(USER) as webmail:
                for content in LETTERS:
                    webmail.append("INBOX", content, msg_time=ARRIVED)
            with LineProxy(dovecot.imaps, dovecot.ca_file.parent) as proxy:
                yield proxy


def _polled(line: LineProxy | NeteaseImap, cut_after: int | None, *, adopt: bool) -> tuple[int, int]:
    """A poll that is cut, and polls until all is well; answers the lines of the first poll, and the polls."""
    ca_file = line.ca_file if isinstance(line, NeteaseImap) else line.certificates / "ca.pem"
    mailbox = ImapMailbox(host="localhost", port=line.port, username=USER, password=PASSWORD, ca_file=ca_file)
    clock, store = FixedClock(), TemporaryStore()
    ledger = memory_ledger(clock.now)
    poll = Poll(mailbox=mailbox, store=store, ledger=ledger, clock=clock, adopt=adopt)
    line.lines, line.cut_after = 0, cut_after
    lines = polls = 0
    for _ in range(4):
        polls += 1
        try:
            poll.run("INBOX")
        except NetworkLost:
            clock.move(timedelta(minutes=2))
            continue
        finally:
            lines = lines or line.lines
        if len(ledger.letters_in(Stage.RECEIVED)) == len(LETTERS):
            break
    rows = ledger.letters_in(Stage.RECEIVED)
    assert sorted(row.raw.sha256 for row in rows) == sorted(hashlib.sha256(one).hexdigest() for one in LETTERS)
    assert {row.adopted for row in rows} == {adopt}
    kept = list(store.letters())
    assert sorted(sha256 for _, sha256 in kept) == sorted(row.raw.sha256 for row in rows)
    assert not list((store.root / "letters" / ".arriving").iterdir())
    mailbox.close()
    ledger.close()
    store.close()
    return lines, polls


@pytest.mark.parametrize("adopt", [True, False])
def test_a_cut_after_any_line_loses_and_repeats_nothing(line: LineProxy | NeteaseImap, adopt: bool) -> None:
    """Wherever in a poll the connection ends, at most one more poll brings each letter once, whole."""
    lines, polls = _polled(line, None, adopt=adopt)
    assert (polls, lines > 40) == (1, True)
    for cut_after in range(1, lines + 1):
        assert _polled(line, cut_after, adopt=adopt)[1] <= 2
