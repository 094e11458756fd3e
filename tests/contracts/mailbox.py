"""What every mailbox has to do: the suite of `ports.Mailbox`, run on each server and on the twin in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

import pytest

from mailbot.ports import Mailbox

ARRIVED = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


class ByteSpool:
    """A spool in memory."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.discarded = False

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        self.content += piece

    def restart(self) -> None:
        self.content.clear()

    def discard(self) -> None:
        self.discarded = True

    @property
    def bytes(self) -> int:
        return len(self.content)


class Account(Protocol):
    """A mailbox under test and the other side of it."""

    mailbox: Mailbox

    def put(self, content: bytes, arrived_at: datetime) -> None:
        """A letter arrives."""

    def remove(self, uid: int) -> None:
        """Somebody removes a letter."""


def letter(number: int, size: int = 0) -> bytes:
    """A letter that differs by its number; lines that look like IMAP and SMTP, 8-bit bytes, and `size` bytes more."""
    head = (
        f"From: a@example.org\r\nSubject: =?utf-8?B?5oqV56i/?= {number}\r\nMessage-ID: <{number}@example.org>\r\n\r\n"
    )
    body = b".\r\n)\r\nA1 OK done {3}\r\n* 1 FETCH (UID 9)\r\n" + "社区".encode() + bytes([0xCE, 0xDE]) + b"\r\n"
    return head.encode() + body + b"0123456789abcde\r\n" * (size // 17)


def fetched(mailbox: Mailbox, uids: list[int]) -> dict[int, bytes | None]:
    """The bytes by UID, None for gone ones, in the order in which they came."""
    found: dict[int, bytes | None] = {}
    for one in mailbox.fetch(uids, ByteSpool):
        assert one.uid not in found
        found[one.uid] = bytes(one.spool.content) if isinstance(one.spool, ByteSpool) else None
    return found


class MailboxContract:
    """Subclasses give the fixture `account`."""

    @pytest.fixture
    def mailbox(self, account: Account) -> Iterator[Mailbox]:
        """The mailbox with three letters, folder open."""
        for number in (1, 2, 3):
            account.put(letter(number), ARRIVED)
        account.mailbox.examine("INBOX")
        yield account.mailbox
        account.mailbox.close()

    def test_an_empty_folder_has_no_uids(self, account: Account) -> None:
        """An empty folder is told as such, and listing it is no error."""
        assert account.mailbox.examine("INBOX").exists == 0
        assert list(account.mailbox.uids()) == []
        account.mailbox.close()

    def test_examine_counts_afresh(self, account: Account, mailbox: Mailbox) -> None:
        """Each look tells the same UIDVALIDITY and the present number of letters."""
        before = mailbox.examine("INBOX")
        account.put(letter(4), ARRIVED)
        after = mailbox.examine("INBOX")
        assert (before.exists, after.exists) == (3, 4)
        assert before.uidvalidity == after.uidvalidity

    def test_uids_ascend(self, mailbox: Mailbox) -> None:
        """The whole list comes in ascending order without repetition."""
        uids = list(mailbox.uids())
        assert len(uids) == 3
        assert uids == sorted(set(uids))

    def test_uids_above_the_last_are_none(self, mailbox: Mailbox) -> None:
        """The last letter, which servers give for `n:*`, is not taken for a new one."""
        uids = list(mailbox.uids())
        assert list(mailbox.uids(uids[0])) == uids[1:]
        assert list(mailbox.uids(uids[-1])) == []

    def test_listed_tells_date_and_size(self, mailbox: Mailbox) -> None:
        """Date and size come for the UIDs that are there, and for no others."""
        uids = list(mailbox.uids())
        listed = {one.uid: (one.arrived_at, one.bytes) for one in mailbox.listed([uids[0], uids[2], uids[2] + 50])}
        assert listed == {uids[0]: (ARRIVED, len(letter(1))), uids[2]: (ARRIVED, len(letter(3)))}

    def test_fetch_gives_the_very_bytes(self, account: Account, mailbox: Mailbox) -> None:
        """What comes is byte for byte what arrived, small or large."""
        account.put(letter(4, 3_000_000), ARRIVED)
        mailbox.examine("INBOX")
        uids = list(mailbox.uids())
        got = fetched(mailbox, uids)
        assert list(got) == uids
        for number, uid in enumerate(uids, 1):
            want = letter(number, 3_000_000 if number == 4 else 0)
            assert hashlib.sha256(got[uid] or b"").digest() == hashlib.sha256(want).digest()

    def test_fetch_carries_date_and_size(self, mailbox: Mailbox) -> None:
        """Date and announced size come with the letter, the same as when they are listed."""
        [uid, *_] = mailbox.uids()
        [one] = mailbox.fetch([uid], ByteSpool)
        [listed] = mailbox.listed([uid])
        assert (one.arrived_at, one.bytes) == (listed.arrived_at, listed.bytes)

    def test_a_uid_that_is_not_there_comes_last_as_gone(self, mailbox: Mailbox) -> None:
        """A missing letter is gone, never an empty one, and does not hinder the others."""
        uids = list(mailbox.uids())
        got = fetched(mailbox, [uids[-1] + 50, *uids])
        assert list(got) == [*uids, uids[-1] + 50]
        assert got[uids[-1] + 50] is None

    def test_a_letter_removed_meanwhile_does_no_harm(self, account: Account, mailbox: Mailbox) -> None:
        """A letter that somebody removes between list and fetch comes whole or as gone."""
        uids = list(mailbox.uids())
        account.remove(uids[1])
        got = fetched(mailbox, uids)
        assert (got[uids[0]], got[uids[2]]) == (letter(1), letter(3))
        assert got[uids[1]] in (None, letter(2))
        assert mailbox.examine("INBOX").exists == 2
        assert list(mailbox.uids()) == [uids[0], uids[2]]

    def test_a_header_comes_alone(self, account: Account, mailbox: Mailbox) -> None:
        """Of a letter that is too large only the header is taken, with the size of the whole."""
        account.put(letter(4, 100_000), ARRIVED)
        mailbox.examine("INBOX")
        uid = mailbox.uids()[-1]
        one = mailbox.fetch_header(uid, ByteSpool)
        assert isinstance(one.spool, ByteSpool)
        assert bytes(one.spool.content) == letter(4).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        assert one.bytes == len(letter(4, 100_000))

    def test_a_fetch_left_in_the_middle_is_over(self, mailbox: Mailbox) -> None:
        """Whoever stops taking letters can go on with another call."""
        uids = list(mailbox.uids())
        next(iter(mailbox.fetch(uids, ByteSpool)))
        assert mailbox.examine("INBOX").exists == 3
        assert len(fetched(mailbox, uids)) == 3

    def test_it_connects_again_after_close(self, mailbox: Mailbox) -> None:
        """A closed mailbox connects again by itself."""
        mailbox.close()
        mailbox.close()
        assert mailbox.examine("INBOX").exists == 3
