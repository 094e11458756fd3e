"""Whatever a stranger writes into a letter: our answer has one recipient, the designed headers, and its own text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from mailbot.edges.smtp import SmtpPost
from mailbot.letter.read import read_letter
from mailbot.model import Draft, NoticeKind, OutgoingMail, SendOutcome
from mailbot.notices.compose import compose
from mailbot.notices.message import draft_answer
from tests.contracts.post import outgoing
from tests.servers.smtp import ScriptedSmtp
from tests.unit.letter.build import ZH
from tests.unit.notices import build

HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "In-Reply-To",
    "References", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip
"""The headers of an answer, each once; In-Reply-To and References only where the letter has a Message-ID."""
SENDER = "wangxiaoli@example.org"
VICTIM = "victim@example.net"

PAYLOADS = [
    f"a\r\nBcc: {VICTIM}", f"a\nBcc: {VICTIM}", f"a\rBcc: {VICTIM}", f"a\r\n\r\n.\r\nMAIL FROM:<{VICTIM}>",
    f"a\r\n Bcc: {VICTIM}", f"a\r\n\tBcc: {VICTIM}", f"a\x00\r\nBcc: {VICTIM}", f"a\x0bBcc: {VICTIM}",
    f"a\x0cBcc: {VICTIM}", f"a\x1cBcc: {VICTIM}", f"a\x85Bcc: {VICTIM}", f"a\u2028Bcc: {VICTIM}",
    f"a\u2029Bcc: {VICTIM}", f"=?utf-8?q?a=0d=0aBcc:_{VICTIM}?=", f"=?utf-8?q?a=0aBcc:_{VICTIM}?=",
    "=?utf-8?B?YQ0KQmNjOiB2aWN0aW1AZXhhbXBsZS5uZXQ=?=", "=?utf-8?B?YQ0KDQouDQpSQ1BUIFRPOjx2aWN0aW1AZXhhbXBsZS5uZXQ+?=",
    f"=?utf-7?q?a+AA0ACg-Bcc:_{VICTIM}?=", f"=?gb18030?q?a=0d=0aBcc:_{VICTIM}?=", f"a, {VICTIM}", f"a; {VICTIM}",
    f"<{VICTIM}>", f'"a" <{VICTIM}>,', f'a" <{VICTIM}>', f"a> <{VICTIM}", f"a\\r\\nBcc: {VICTIM}",
    f"a%0d%0aBcc: {VICTIM}", f"a&#13;&#10;Bcc: {VICTIM}", f"a嘊嘍Bcc: {VICTIM}", f"a\u010a\u010dBcc: {VICTIM}",
    f"a\r\n.\r\nRCPT TO:<{VICTIM}>", f"a\n.\nRCPT TO:<{VICTIM}>", f"a\r.\rRCPT TO:<{VICTIM}>",
    f"a\r.\r\nRCPT TO:<{VICTIM}>", f"a\n.\r\nRCPT TO:<{VICTIM}>",
    "a\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>", "a\r\n--=_b\r\nContent-Type: text/html\r\n\r\nx",
    "a\u202e\u2066b\u200b\ufeff", "a\x1b]0;x\x07\x08", "a" * 5000, "正" * 3000, "a\x7f\x80", "()<>@,;:\\\"[]", "",
    "{{ 7*7 }}{% for x in y %}", "a?=\r\n=?utf-8?q?b", "\ud800a", "a\x00", "..", ".",
]  # fmt: skip


def raw(value: str) -> bytes:
    """A payload as the bytes of a letter; a lone surrogate as the bytes that it would have."""
    return value.encode("utf-8", "surrogatepass")


def letter(field: bytes = b"", *, name: bytes = b"", file: bytes = b"a.docx", of_type: bytes = b"") -> bytes:
    """A letter with an enclosed file; `field` comes first, in place of the field of that name."""
    fields = {
        b"from": b'From: "' + name + b'" <' + SENDER.encode() + b">",
        b"to": b"To: tougao@example.cn",
        b"subject": "Subject: 投稿：社区里的小剧场".encode(),
        b"date": b"Date: Mon, 02 Mar 2026 09:00:00 +0800",
        b"message-id": b"Message-ID: <good@example.org>",
        b"content-type": b'Content-Type: multipart/mixed; boundary="=_b"' + of_type,
    }
    given = field.partition(b":")[0].lower()
    head = [field, *(line for one, line in fields.items() if one != given)] if field else list(fields.values())
    return b"\r\n".join(
        [
            *head, b"MIME-Version: 1.0", b"", b"--=_b", b"Content-Type: text/plain; charset=utf-8", b"",
            "投稿，请查收附件。".encode(), b"--=_b",
            b'Content-Type: application/octet-stream; name="' + file + b'"',
            b'Content-Disposition: attachment; filename="' + file + b'"', b"", b"PK", b"--=_b--", b"",
        ]
    )  # fmt: skip


PLACES: dict[str, Callable[[bytes], bytes]] = {
    name: (lambda payload, name=name: letter(name.encode() + b": " + payload))
    for name in (
        "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "From", "Sender", "Cc", "Resent-To",
        "Content-Type", "Auto-Submitted", "List-Id", "Received", "X-Mailer", "Return-Path",
    )
} | {
    "id in brackets": lambda payload: letter(b"Message-ID: <" + payload + b"@example.org>"),
    "reference in brackets": lambda payload: letter(b"References: <a@b.org> <" + payload + b"@example.org>"),
    "display name": lambda payload: letter(name=payload),
    "name in Reply-To": lambda payload: letter(b'Reply-To: "' + payload + b'" <b@example.org>'),
    "local part": lambda payload: letter(b"From: <" + payload + b"@example.org>"),
    "domain": lambda payload: letter(b"From: <a@" + payload + b">"),
    "file name": lambda payload: letter(file=payload),
    "parameter": lambda payload: letter(of_type=b'; name="' + payload + b'"'),
}  # fmt: skip


def answer(content: bytes, folder: Path) -> Draft | None:
    """The acknowledgement of a letter, through the real reader; its subject tells the letter's, as some might."""
    file = folder / "letter.eml"
    file.write_bytes(content)
    read = read_letter(file, folder / "work", ZH)
    dossier = build.dossier(read)
    notice = compose(
        dossier, build.judgement(NoticeKind.ACKNOWLEDGEMENT), [build.submission("SQ-2026-0012")], build.OFFICE_NAME,
        build.ISSUES, build.shipped(),
    )  # fmt: skip
    if notice is None:
        return None
    return draft_answer(notice, dossier, letter_id=7, office_name=build.OFFICE_NAME, at=build.NOW, secret=b"s")


def assert_designed(made: Draft, expected: Iterable[str]) -> None:
    """One recipient, the designed headers in their order, a body of one part: by the parser and byte by byte."""
    message = message_from_bytes(made.content, policy=SMTP)
    assert [name for name in HEADERS if name in message] == sorted(message.keys(), key=HEADERS.index)
    assert [one.addr_spec for one in message["To"].addresses] == [made.recipient]
    assert [one.addr_spec for one in message["From"].addresses] == [build.OFFICE.address]
    assert made.recipient in expected
    assert message.get_content_type() == "text/plain"
    assert message.defects == []
    head, _, body = made.content.partition(b"\r\n\r\n")
    assert made.content.isascii()
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n", made.content)
    starts = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert starts == [*message.keys()]
    assert max(map(len, made.content.split(b"\r\n"))) <= 998
    assert all(re.fullmatch(rb"[A-Za-z0-9+/]*={0,2}", line) for line in body.split(b"\r\n"))


@pytest.mark.parametrize("place", PLACES)
def test_nothing_gets_out_of_its_place(place: str, tmp_path: Path) -> None:
    """Fifty payloads in each field, in names, addresses, file names, parameters: the answer is as it was designed."""
    answered = 0
    asked_for = {VICTIM} if place in ("From", "Reply-To") else {"a@example.org"} if place == "local part" else set()
    for payload in PAYLOADS:
        made = answer(PLACES[place](raw(payload)), tmp_path)
        if made is not None:
            answered += 1
            assert_designed(made, {SENDER, "b@example.org"} | asked_for)
    assert answered or place in ("local part", "domain")


def test_what_the_server_is_told_is_the_mail_and_one_recipient(tmp_path: Path) -> None:
    """With payloads everywhere the dialogue holds one MAIL, RCPT and DATA, and the mail goes over byte for byte."""
    places = ["Subject", "file name", "reference in brackets", "display name"]
    made = [answer(PLACES[place](raw(payload)), tmp_path) for place in places for payload in PAYLOADS[28:36]]
    with ScriptedSmtp() as server:
        for draft in made:
            if draft is None:  # that name makes the sender doubtful
                continue
            server.commands.clear()
            server.mails.clear()
            mail = OutgoingMail(
                id=1, state=outgoing(1).state, cause=draft.cause, kind=draft.kind, recipient=draft.recipient,
                subject=draft.subject, message_id=draft.message_id, content=draft.content, attempts=0,
                created_at=build.NOW,
            )  # fmt: skip
            assert post(server).send(mail, lambda: None).outcome is SendOutcome.SENT
            assert server.mails == [draft.content]
            verbs = [command.split(" ")[0].upper() for command in server.commands]
            assert [verb for verb in verbs if verb != "QUIT"] == ["EHLO", "AUTH", "MAIL", "RCPT", "DATA"]


def post(server: ScriptedSmtp) -> SmtpPost:
    """The office's way to that server."""
    office = build.OFFICE.address
    return SmtpPost(
        host="127.0.0.1", port=server.port, sender=office, username=office, password="pw", security="none", timeout=5
    )


SMUGGLED = b"\r\nMAIL FROM:<tougao@example.cn>\r\nRCPT TO:<victim@example.net>\r\nDATA\r\nsecond\r\n"


@pytest.mark.parametrize(
    "end", [b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\r.\r\n", b"\n.\r\n", b"\r\n.\r", b"\r\n.\n", b"\n\r.\r\n"]
)
def test_no_end_of_a_mail_is_smuggled(end: bytes) -> None:
    """Whatever a server may take for the final dot is stuffed, and no lone CR or LF goes over (RFC 5321, 2.3.8)."""
    mail = replace(outgoing(1), content=b"Subject: x\r\n\r\nfirst" + end + SMUGGLED)
    with ScriptedSmtp() as server:
        assert post(server).send(mail, lambda: None).outcome is SendOutcome.SENT
    (got,) = server.mails
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", got)
    assert b"\r\n.\r\n" not in got
    assert b"\r\n..\r\n" in got


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nDATA", "a@example.org\nDATA", "a@example.org> <b@example.org",
        "a@example.org>,<b@example.org",
        "a@example.org, b@example.org", "a@example.org SIZE=1", "<a@example.org>", "A <a@example.org>", "", "a",
        "王@example.org", "a@例子.cn", "a@example.org\0", "a@b@example.org", '"a b"@example.org',
    ],
)  # fmt: skip
def test_a_recipient_that_is_no_plain_address_is_never_said(address: str) -> None:
    """Such a mail is refused before RCPT, whoever put it into the outbox."""
    with ScriptedSmtp() as server:
        result = post(server).send(replace(outgoing(1), recipient=address), lambda: pytest.fail("it was sent"))
    assert result.outcome is SendOutcome.REFUSED
    assert not [command for command in server.commands if command.upper().startswith(("RCPT", "DATA"))]
