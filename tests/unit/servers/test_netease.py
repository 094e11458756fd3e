"""The quirky servers do what NetEase's are known to do, as other clients see them."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from tests.servers.netease import FIRST_UID, REPLIES, NeteaseImap, NeteaseSmtp


@pytest.fixture
def client(tmp_path: Path) -> Iterator[IMAPClient]:
    """A client that is logged in and has told who it is, on a mailbox with one letter."""
    with NeteaseImap(tmp_path) as server:
        server.put("Subject: 投稿\r\n\r\n".encode())
        trust = ssl.create_default_context(cafile=str(server.ca_file))
        with IMAPClient("localhost", server.port, ssl_context=trust, timeout=5) as client:
            client.login("tougao", server.password)
            client.id_({"name": "a", "version": "1", "vendor": "b", "support-email": "c@example.org"})
            yield client


def test_a_client_without_id_is_unsafe(tmp_path: Path) -> None:
    """Before ID the folder is refused though the login was good."""
    with NeteaseImap(tmp_path) as server:
        trust = ssl.create_default_context(cafile=str(server.ca_file))
        with IMAPClient("localhost", server.port, ssl_context=trust, timeout=5) as client:
            client.login("tougao", server.password)
            with pytest.raises(IMAPClientError, match="Unsafe Login"):
                client.select_folder("INBOX", readonly=True)


def test_the_folder_has_no_uidnext_and_uidvalidity_one(client: IMAPClient) -> None:
    """UIDVALIDITY is 1 for ever, UIDNEXT is never given, STATUS is an empty list."""
    answer = client.select_folder("INBOX", readonly=True)
    assert answer[b"UIDVALIDITY"] == 1
    assert b"UIDNEXT" not in answer
    assert client._imap.status("INBOX", "(UIDNEXT)")[1] == [b'"INBOX" ()']


def test_searches_for_text_lie(client: IMAPClient) -> None:
    """A search for text is OK and finds nothing; a range beyond the end gives the last letter."""
    client.select_folder("INBOX", readonly=True)
    assert list(client.search(["SUBJECT", "x"])) == []
    assert list(client.search([f"{FIRST_UID * 2}:*"])) == []
    assert list(client.search(["UID", f"{FIRST_UID * 2}:*"])) == [FIRST_UID + 3]


def test_sasl_ir_is_advertised_and_refused(client: IMAPClient) -> None:
    """AUTHENTICATE with an initial response is BAD in spite of the capability."""
    assert client.has_capability("SASL-IR")
    client._imap.send(b"X1 AUTHENTICATE PLAIN AGEAYg==\r\n")
    assert client._imap.readline().startswith(b"X1 BAD")


@pytest.mark.parametrize("name", REPLIES)
def test_smtp_says_its_codes(tmp_path: Path, name: str) -> None:
    """Each refusal of the table comes at its moment, and nothing is received."""
    moment, reply = REPLIES[name]
    with NeteaseSmtp(tmp_path, "a@example.cn", lambda now, _: reply if now == moment else None) as server:
        trust = ssl.create_default_context(cafile=str(server.ca_file))
        with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as refused:
            _send(server, trust)
        assert reply[4:] in str(refused.value)
        assert server.received == []


def test_smtp_takes_a_mail_of_the_account_only(tmp_path: Path) -> None:
    """The account's own mail is queued byte for byte, the null sender refused."""
    with NeteaseSmtp(tmp_path, "a@example.cn") as server:
        trust = ssl.create_default_context(cafile=str(server.ca_file))
        _send(server, trust)
        assert server.received == [("a@example.cn", ["b@example.org"], b"Subject: x\r\n\r\n.a\r\n")]
        with pytest.raises(smtplib.SMTPSenderRefused, match="553"):
            _send(server, trust, sender="")


def _send(server: NeteaseSmtp, trust: ssl.SSLContext, sender: str = "a@example.cn") -> None:
    with smtplib.SMTP_SSL("localhost", server.port, context=trust, timeout=5) as client:
        client.login("a@example.cn", "code1")
        client.sendmail(sender, ["b@example.org"], b"Subject: x\r\n\r\n.a\r\n")
