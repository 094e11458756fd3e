"""What every ports.Post promises: run on the in-memory twin and on real servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from mailbot.model import MailCause, MailState, OutgoingMail, SendOutcome
from mailbot.ports import Post

OFFICE = "tougao@example.cn"
CONTRIBUTOR = "wangxiaoli@example.cn"
NOBODY = "nobody-there@elsewhere.example.org"
USERS = {OFFICE: "office-secret", CONTRIBUTOR: "contributor-secret"}

BODY = b"..two dots\r\n.\r\none dot alone above\r\n" + "正文".encode() + b"\r\n"


def outgoing(number: int, recipient: str = CONTRIBUTOR) -> OutgoingMail:
    """A mail as the outbox hands it out."""
    message_id = f"<{number}.contract@example.cn>"
    head = f"From: {OFFICE}\r\nTo: {recipient}\r\nSubject: {number}\r\nMessage-ID: {message_id}\r\n"
    head += "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\n"
    return OutgoingMail(
        id=number, state=MailState.WAITING, cause=MailCause.ANSWER, kind="acknowledgement", recipient=recipient,
        subject=str(number), message_id=message_id, content=head.encode() + BODY, attempts=0,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip


@dataclass
class Harness:
    """A post under test; `delivered(number)` gives the bytes of the contributor's mails with that Subject.

    With `wait` it waits until there is one.
    """

    post: Post
    delivered: Callable[[int, bool], list[bytes]]


class LostLedger(Exception):
    """What the ledger might raise just before the final dot."""


class PostContract:
    """Subclasses give the fixture `harness`."""

    def test_a_mail_arrives_once_with_its_bytes(self, harness: Harness) -> None:
        """A sent mail is in the recipient's mailbox, byte for byte, dots at line starts included."""
        result = harness.post.send(outgoing(1), lambda: None)
        assert result.outcome is SendOutcome.SENT, result
        assert result.reply.startswith("250 ")
        [mail] = harness.delivered(1, True)
        assert mail.replace(b"\r\n", b"\n").endswith(outgoing(1).content.replace(b"\r\n", b"\n"))

    def test_the_callback_comes_once_before_the_delivery(self, harness: Harness) -> None:
        """`before_final_dot` is called exactly once, and the mail is not delivered at that moment."""
        seen: list[int] = []
        harness.post.send(outgoing(2), lambda: seen.append(len(harness.delivered(2, False))))
        assert seen == [0]
        assert len(harness.delivered(2, True)) == 1

    def test_a_failing_callback_stops_the_mail(self, harness: Harness) -> None:
        """When the ledger cannot note the sending, its error comes out and nothing is delivered."""

        def fail() -> None:
            raise LostLedger

        with pytest.raises(LostLedger):
            harness.post.send(outgoing(3), fail)
        assert harness.post.send(outgoing(4), lambda: None).outcome is SendOutcome.SENT
        assert len(harness.delivered(4, True)) == 1
        assert harness.delivered(3, False) == []

    def test_a_refused_recipient_is_refused_without_the_callback(self, harness: Harness) -> None:
        """An address the server does not take is REFUSED, before anything counts as sent."""
        called: list[bool] = []
        result = harness.post.send(outgoing(5, NOBODY), lambda: called.append(True))
        assert result.outcome is SendOutcome.REFUSED, result
        assert not result.account
        assert called == []
