"""A real mailbox that is renumbered, rebuilt, or hidden in part: no letter is lost, none comes twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailbot.edges.imap import ImapMailbox
from mailbot.model import Stage
from mailbot.poll import Poll
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.store import TemporaryStore
from tests.contracts.mailbox import ARRIVED, letter
from tests.servers.dovecot import Dovecot, running

USER, PASSWORD = "tougao@example.cn", "pw1"


class Watched:
    """A Dovecot mailbox and an office that polls it over a connection that stays open."""

    def __init__(self, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        self.mailbox = ImapMailbox(
            host="localhost", port=dovecot.imaps, username=USER, password=PASSWORD, ca_file=dovecot.ca_file
        )
        self.store, self.clock = TemporaryStore(), FixedClock()
        self.ledger = memory_ledger(self.clock.now)
        self._poll = Poll(
            mailbox=self.mailbox,
            store=self.store,
            ledger=self.ledger,
            clock=self.clock,
            adopt=False,
            answer_within=None,
        )

    def put(self, *numbers: int) -> None:
        """Letters arrive, one a minute by their number."""
        with self.dovecot.client(USER) as webmail:
            for number in numbers:
                webmail.append("INBOX", letter(number), msg_time=ARRIVED + timedelta(minutes=number))

    def poll(self) -> list[int]:
        """The next poll; answers the numbers of all letters that are known by now."""
        self.clock.move(timedelta(minutes=2))
        self._poll.run("INBOX")
        known = [self.store.letter(row.raw).read_bytes() for row in self.ledger.letters_in(Stage.RECEIVED)]
        return sorted(number for number in range(100) for content in known if content == letter(number))

    def close(self) -> None:
        """The end."""
        self.mailbox.close()
        self.ledger.close()
        self.store.close()


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Three letters, polled once."""
    with running({USER: PASSWORD}) as dovecot:
        watched = Watched(dovecot)
        watched.put(1, 2, 3)
        assert watched.poll() == [1, 2, 3]
        yield watched
        watched.close()


def test_a_new_uidvalidity_repeats_nothing(watched: Watched) -> None:
    """When the server renumbers all letters, the known ones stay known and the new one is new."""
    update = ("mailbox", "update", "-u", USER, "--uid-validity", "4242", "--min-next-uid", "9000", "INBOX")
    assert watched.dovecot.doveadm(*update).returncode == 0
    watched.put(4)
    assert watched.poll() == [1, 2, 3, 4]
    assert watched.mailbox.examine("INBOX").uidvalidity == 4242
    assert watched.poll() == [1, 2, 3, 4]


def test_a_mailbox_rebuilt_under_the_same_uidvalidity_loses_nothing(watched: Watched) -> None:
    """When UIDs are used again for other letters and nothing says so, the other letters are found."""
    before = watched.mailbox.examine("INBOX")
    watched.mailbox.close()
    _rebuild(watched.dovecot, before.uidvalidity)
    watched.put(11, 2)
    assert watched.poll() == [1, 2, 3, 11]
    assert watched.mailbox.examine("INBOX").uidvalidity == before.uidvalidity
    assert list(watched.mailbox.uids()) == [1, 2]
    watched.put(12, 13)
    assert watched.poll() == [1, 2, 3, 11, 12, 13]


def _rebuild(dovecot: Dovecot, uidvalidity: int) -> None:
    """Empty the Maildir and forget its numbers; only UIDVALIDITY stays."""
    maildir = dovecot.maildir(USER)
    for path in [*maildir.glob("cur/*"), *maildir.glob("new/*"), *maildir.glob("dovecot*")]:
        path.unlink()
    uidlist = maildir / "dovecot-uidlist"
    uidlist.write_text(f"3 V{uidvalidity} N1\n")
    os.chown(uidlist, dovecot.owner.pw_uid, dovecot.owner.pw_gid)


def test_letters_removed_in_webmail_stay_filed(watched: Watched) -> None:
    """What editors delete is gone from the mailbox and from nowhere else."""
    with watched.dovecot.client(USER) as webmail:
        webmail.select_folder("INBOX")
        webmail.delete_messages([1, 3])
        webmail.expunge()
    watched.put(4)
    assert watched.poll() == [1, 2, 3, 4]


def test_what_editors_do_in_webmail_changes_nothing(watched: Watched) -> None:
    """Flags set by people are neither relied on nor touched."""
    with watched.dovecot.client(USER) as webmail:
        webmail.select_folder("INBOX")
        webmail.add_flags([1], [b"\\Seen", b"\\Flagged"])
    watched.put(4)
    assert watched.poll() == [1, 2, 3, 4]
    with watched.dovecot.client(USER) as webmail:
        webmail.select_folder("INBOX", readonly=True)
        flags = {uid: set(flags) - {b"\\Recent"} for uid, flags in webmail.get_flags([1, 2, 3, 4]).items()}
    assert flags == {1: {b"\\Seen", b"\\Flagged"}, 2: set(), 3: set(), 4: set()}
