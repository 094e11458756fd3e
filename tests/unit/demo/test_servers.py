"""The embedded pair of servers behaves like a mail provider, as far as mailbot and the demo rely on it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mailbot.demo.servers import EmbeddedServers

OFFICE, AUTHOR = "tougao@example.cn", "zuozhe@example.org"
LETTER = b"From: zuozhe@example.org\r\nSubject: \xcd\xb6\xb8\xe5\r\n\r\n.dot\r\n\xb0\xa1 8-bit\r\n"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    with EmbeddedServers({OFFICE: "geheim1", AUTHOR: "geheim2"}, tmp_path_factory.mktemp("tls")) as running:
        yield running


def smtp(servers: EmbeddedServers, user: str = AUTHOR) -> smtplib.SMTP:
    client = smtplib.SMTP(servers.host, servers.smtp_port, timeout=5)
    client.starttls(context=servers.trust())
    client.login(user, servers.users[user])
    return client


def test_delivers_bytes_as_sent(servers: EmbeddedServers) -> None:
    """A letter sent by SMTP ends up in the recipient's mailbox byte for byte, below the lines of the delivery."""
    before = len(servers.mailbox(OFFICE))
    with smtp(servers) as client:
        client.sendmail(AUTHOR, [OFFICE], LETTER)
    received = servers.mailbox(OFFICE)[before:]
    assert len(received) == 1
    assert received[0].endswith(LETTER)
    assert received[0].startswith(b"Return-Path: <zuozhe@example.org>\r\nReceived: from ")


def test_size_and_date_of_a_delivered_letter(servers: EmbeddedServers) -> None:
    """RFC822.SIZE is the number of bytes that BODY[] gives, and INTERNALDATE is there."""
    with smtp(servers) as client:
        client.sendmail(AUTHOR, [OFFICE], LETTER)
    with servers.client(OFFICE) as client:
        client.select_folder("INBOX", readonly=True)
        uid = client.search("ALL")[-1]
        found = client.fetch([uid], ["BODY.PEEK[]", "RFC822.SIZE", "INTERNALDATE", "FLAGS"])[uid]
    assert found[b"RFC822.SIZE"] == len(found[b"BODY[]"])
    assert found[b"INTERNALDATE"] is not None
    assert b"\\Seen" not in found[b"FLAGS"]


def test_empty_letter_keeps_its_delivery_lines(servers: EmbeddedServers) -> None:
    """A letter without any content is delivered too."""
    with smtp(servers) as client:
        client.sendmail(AUTHOR, [OFFICE], b"\r\n")
    assert servers.mailbox(OFFICE)[-1].endswith(b"\r\n\r\n")


def test_unknown_recipient_is_refused(servers: EmbeddedServers) -> None:
    """Nothing can leave: a recipient without a mailbox here gets 550."""
    with smtp(servers) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.sendmail(AUTHOR, ["nobody@example.net"], LETTER)
    assert refused.value.recipients["nobody@example.net"][0] == 550


def test_sender_has_to_be_the_account(servers: EmbeddedServers) -> None:
    """Another envelope sender than the account is refused with 553, the empty one is taken."""
    with smtp(servers) as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.sendmail(OFFICE, [AUTHOR], LETTER)
        assert refused.value.smtp_code == 553
        client.sendmail("", [AUTHOR], LETTER)
    assert servers.mailbox(AUTHOR)[-1].startswith(b"Return-Path: <>\r\n")


def test_nothing_without_encryption_and_login(servers: EmbeddedServers) -> None:
    """SMTP takes no mail before STARTTLS, none before the login, and no wrong password."""
    with smtplib.SMTP(servers.host, servers.smtp_port, timeout=5) as client:
        client.ehlo()
        assert client.mail(AUTHOR)[0] == 530
        client.starttls(context=servers.trust())
        client.ehlo()
        assert client.mail(AUTHOR)[0] == 530
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(AUTHOR, "wrong")


def test_certificate_is_verified(servers: EmbeddedServers) -> None:
    """A client that does not know the demo's authority refuses the connection."""
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient(servers.host, servers.imap_port, ssl_context=ssl.create_default_context(), timeout=5)


def test_wrong_password_is_refused(servers: EmbeddedServers) -> None:
    """IMAP refuses a wrong password."""
    client = IMAPClient(servers.host, servers.imap_port, ssl_context=servers.trust(), timeout=5)
    with pytest.raises(client.Error):
        client.login(OFFICE, "wrong")
    client.shutdown()


def test_idle_wakes_on_delivery(servers: EmbeddedServers) -> None:
    """A client that waits in IDLE hears of a new letter."""
    with servers.client(OFFICE) as client:
        client.select_folder("INBOX", readonly=True)
        client.idle()
        with smtp(servers) as sender:
            sender.sendmail(AUTHOR, [OFFICE], LETTER)
        woken = client.idle_check(timeout=5)
        client.idle_done()
    assert any(b"EXISTS" in response for response in woken)


def test_stop_frees_the_thread_and_can_be_repeated(tmp_path: Path) -> None:
    """After stop nobody listens, also when a client is still connected; stopping twice is harmless."""
    servers = EmbeddedServers({OFFICE: "geheim1"}, tmp_path).start()
    client = servers.client(OFFICE)
    servers.stop()
    servers.stop()
    with pytest.raises(OSError, match="refused"):
        servers.client(OFFICE)
    client.shutdown()
