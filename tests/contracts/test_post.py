"""The post's contract on the in-memory twin, on aiosmtpd over both kinds of TLS, and on Postfix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from mailbot.edges.smtp import Security, SmtpPost
from mailbot.model import SendOutcome
from mailbot.testing.post import MemoryPost
from tests.contracts.post import CONTRIBUTOR, NOBODY, OFFICE, USERS, Harness, PostContract, outgoing
from tests.servers.dovecot import Dovecot
from tests.servers.mailboxes import inbox, wait_for_mails
from tests.servers.places import server_folder
from tests.servers.postfix import Postfix, pair
from tests.servers.smtp import DeliveringSmtp


def smtp_post(port: int, ca_file: Path | None, security: Security, password: str = USERS[OFFICE]) -> SmtpPost:
    """A post for the office's account on loopback."""
    return SmtpPost(
        host="127.0.0.1", port=port, sender=OFFICE, username=OFFICE, password=password, security=security,
        ca_file=ca_file, timeout=5,
    )  # fmt: skip


def from_dovecot(dovecot: Dovecot, post: SmtpPost) -> Harness:
    """A harness that looks into the contributor's mailbox."""

    def delivered(number: int, wait: bool) -> list[bytes]:
        if wait:
            wait_for_mails(dovecot, CONTRIBUTOR, 1)
        subject = re.compile(rb"^Subject: %d\r?$" % number, re.MULTILINE)
        return [mail for mail in inbox(dovecot, CONTRIBUTOR) if subject.search(mail)]

    return Harness(post, delivered)


class TestMemory(PostContract):
    """The twin."""

    @pytest.fixture
    def harness(self) -> Harness:
        """A post that delivers into a list."""
        post = MemoryPost(unknown=frozenset({NOBODY}))
        return Harness(post, lambda number, _: [mail.content for mail in post.delivered if mail.id == number])


class TestDelivering(PostContract):
    """aiosmtpd that delivers by LMTP into Dovecot."""

    @pytest.fixture(params=["tls", "starttls"])
    def harness(self, request: pytest.FixtureRequest) -> Iterator[Harness]:
        """Both kinds of TLS, verified."""
        with server_folder() as folder:
            dovecot = Dovecot(folder, USERS).start()
            server = DeliveringSmtp(dovecot, starttls=request.param == "starttls").start()
            yield from_dovecot(dovecot, smtp_post(server.port, dovecot.ca_file, request.param))
            server.stop()
            dovecot.stop()

    def test_an_unknown_certificate_sends_nothing(self, harness: Harness) -> None:
        """A server whose certificate cannot be verified gets neither password nor mail."""
        good = harness.post
        assert isinstance(good, SmtpPost)
        result = smtp_post(good.port, None, good.security).send(outgoing(9), lambda: pytest.fail("it was sent"))
        assert (result.outcome, result.account) == (SendOutcome.RETRY_SOON, True)
        assert "certificate verify failed" in result.reply

    def test_a_wrong_password_stops_everything(self, harness: Harness) -> None:
        """A refused login is STOP: nobody hammers the account."""
        good = harness.post
        assert isinstance(good, SmtpPost)
        wrong = smtp_post(good.port, good.ca_file, good.security, password="wrong")
        result = wrong.send(outgoing(9), lambda: pytest.fail("it was sent"))
        assert result.outcome is SendOutcome.STOP
        assert result.reply.startswith("535")


@pytest.fixture(scope="module")
def postfix() -> Iterator[tuple[Dovecot, Postfix]]:
    """One Postfix for all tests of this file."""
    with server_folder() as folder:
        dovecot, server = pair(folder, USERS)
        yield dovecot, server
        server.stop()
        dovecot.stop()


class TestPostfix(PostContract):
    """An independent server."""

    @pytest.fixture
    def harness(self, postfix: tuple[Dovecot, Postfix]) -> Harness:
        """STARTTLS on the submission port."""
        dovecot, server = postfix
        for mail in dovecot.maildir(CONTRIBUTOR).glob("new/*"):
            mail.unlink()
        return from_dovecot(dovecot, smtp_post(server.port, dovecot.ca_file, "starttls"))

    def test_a_true_bounce_comes_back_to_the_office(self, harness: Harness, postfix: tuple[Dovecot, Postfix]) -> None:
        """A mail to an unknown user is taken, and its bounce lands in the office's own mailbox with a null sender."""
        dovecot, _ = postfix
        before = len(inbox(dovecot, OFFICE))
        assert harness.post.send(outgoing(7, "unknown@example.cn"), lambda: None).outcome is SendOutcome.SENT
        bounce = message_from_bytes(wait_for_mails(dovecot, OFFICE, before + 1)[-1])
        assert bounce.get_content_type() == "multipart/report"
        assert bounce["Return-Path"] == "<>"
