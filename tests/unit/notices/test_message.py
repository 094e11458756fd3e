"""The bytes of mails: designed headers only, one recipient, threads that hold."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mailbot.model import Address, Draft, Letter, MailCause, Notice, NoticeKind
from mailbot.notices.message import MOST_REFERENCES, draft_answer, draft_digest, encoded, thread
from tests.unit.notices import build

SECRET = b"installation"
NOTICE = Notice(
    kind=NoticeKind.RETURN,
    to="wangxiaoli@example.org",
    subject="【SQ-2026-0012】来稿已收到，请补充材料",
    text="您好！\n\n.点在行首\n" + "长" * 2000 + "\n",
)


def draft(letter: Letter = build.LETTER, notice: Notice = NOTICE, office_name: str = build.OFFICE_NAME) -> Draft:
    """The answer to a letter."""
    return draft_answer(
        notice, build.dossier(letter), letter_id=7, office_name=office_name, at=build.NOW, secret=SECRET, submission=12
    )


def parsed(content: bytes) -> EmailMessage:
    """The mail as a mail program reads it."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_answer_has_its_designed_headers() -> None:
    """From the account, to one address, marked as automatic, in the letter's thread, the number in the subject."""
    made = draft()
    message = parsed(made.content)
    assert {name: str(value) for name, value in message.items()} == {
        "From": f"{build.OFFICE_NAME} <tougao@example.cn>",
        "To": "wangxiaoli@example.org",
        "Subject": NOTICE.subject,
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        "Message-ID": made.message_id,
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "In-Reply-To": build.LETTER.message_id,
        "References": build.LETTER.message_id,
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
        "MIME-Version": "1.0",
    }
    assert message.get_content().replace("\r\n", "\n") == NOTICE.text
    assert (made.cause, made.cause_id, made.kind, made.submission) == (MailCause.ANSWER, "7", "return", 12)


def test_the_bytes_are_fit_for_the_wire() -> None:
    """ASCII, CRLF only, no line over 76 octets but those of Message-IDs, encoded-words within 75."""
    content = draft().content
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?B\?.*?\?=", content))


def test_the_message_id_is_fixed_by_the_cause() -> None:
    """Composing again gives the same one; another letter or installation another; the domain is the account's."""
    first = draft().message_id
    assert draft(replace(build.LETTER, subject="x")).message_id == first
    other = draft_answer(NOTICE, build.dossier(), letter_id=8, office_name="O", at=build.NOW, secret=SECRET).message_id
    foreign = draft_answer(
        NOTICE, build.dossier(), letter_id=7, office_name="O", at=build.NOW, secret=b"another"
    ).message_id
    assert len({first, other, foreign}) == 3
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.cn>", first)


def test_references_follow_the_standard() -> None:
    """The parent's References, else its one In-Reply-To, then the parent (RFC 5322 section 3.6.4)."""
    parent = "<p@x>"
    assert thread(Letter(message_id=parent)) == (parent, (parent,))
    assert thread(Letter(message_id=parent, references=("<a@x>", "b@x"))) == (parent, ("<a@x>", "<b@x>", parent))
    assert thread(Letter(message_id=parent, in_reply_to=("<a@x>",))) == (parent, ("<a@x>", parent))
    assert thread(Letter(message_id=parent, in_reply_to=("<a@x>", "<b@x>"))) == (parent, (parent,))
    assert thread(Letter(references=("<a@x>",))) == (None, ("<a@x>",))
    assert thread(Letter(message_id=parent, references=(parent, "<a@x>", parent)))[1] == ("<a@x>", parent)


def test_references_are_bounded_and_never_encoded() -> None:
    """A thread of thousands keeps its first and last ones; long Message-IDs stay as they are."""
    long = tuple(f"<{number}.{'x' * 150}@mail.example.org>" for number in range(5000))
    letter = replace(build.LETTER, references=long)
    _, references = thread(letter)
    assert len(references) == MOST_REFERENCES
    assert references[0] == long[0]
    assert references[-2:] == (long[-1], build.LETTER.message_id)
    raw = draft(letter).content
    assert long[-1].encode() in raw
    assert str(parsed(raw)["References"]).split() == list(references)


PAYLOADS = [
    "a\r\nBcc: victim@example.org", "a\nBcc: victim@example.org", "a\rBcc: victim@example.org",
    "a\r\n\r\nbody", "a\x00b", "a\x0bBcc: x@example.org", "a\x0cBcc: x@example.org", "a\x85Bcc: x@example.org",
    "a\u2028Bcc: x@example.org", "a\u2029Bcc: x@example.org", "=?utf-8?q?a=0d=0aBcc:_x@example.org?=",
    "=?utf-8?B?YQ0KQmNjOiB4QGV4YW1wbGUub3Jn?=", "a, victim@example.org", "<victim@example.org>",
    '"a" <victim@example.org>,', "a\r\n Bcc: folded@example.org", "a%0d%0aBcc: x@example.org", "a\\r\\nBcc: x",
    "a;victim@example.org", "a\ud800b", "\r\n.\r\nMAIL FROM:<x@example.org>", "a\t\r\nX-Injected: yes",
    "Bcc: victim@example.org", "a\x1b[2J", "a\u202ecb", "a" * 5000, "正" * 3000, "a\x7f", "()<>@,;:\\\"[]",
]  # fmt: skip
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "In-Reply-To",
    "References", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
}  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_of_a_stranger_reaches_a_header(payload: str) -> None:
    """Whatever stands in subject, names, Message-ID, References: one recipient, the designed headers, nothing else."""
    letter = replace(
        build.LETTER,
        message_id=payload,
        in_reply_to=(f"<{payload}@x>",),
        references=(payload, f"<{payload}@x>", "<good@x>"),
        subject=payload,
        sender=Address(address="wangxiaoli@example.org", name=payload),
    )
    made = draft(letter, replace(NOTICE, subject=payload), office_name=payload)
    message = parsed(made.content)
    assert set(message.keys()) <= HEADERS
    assert len(message.keys()) == len(set(message.keys()))
    assert [address.addr_spec for address in message["To"].addresses] == ["wangxiaoli@example.org"]
    assert [address.addr_spec for address in message["From"].addresses] == ["tougao@example.cn"]
    assert message.get_content().replace("\r\n", "\n") == NOTICE.text
    assert made.content.isascii()
    assert b"\n" not in made.content.replace(b"\r\n", b"")


@pytest.mark.parametrize("text", ["a b  c", "社区 abc 工作", "é" * 100, "𠮷" * 60, "", "a=?b?=", 'a "b" <c@d>'])
def test_encoded_words_keep_the_text(text: str) -> None:
    """What was encoded is decoded to the same text, also across words and beyond the BMP."""
    raw = f"Subject: {encoded(text)}\r\n\r\n".encode("ascii")
    assert str(parsed(raw)["Subject"]) == text


def test_a_long_address_stays_whole() -> None:
    """An address of the greatest length is neither folded nor encoded."""
    address = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.org"
    assert f"\r\nTo: {address}\r\n".encode() in draft(notice=replace(NOTICE, to=address)).content


def test_a_digest_is_text_and_html_of_one_mail() -> None:
    """multipart/alternative, marked as generated, with a Message-ID of its own for each editor and day."""
    one, other = (
        draft_digest(
            "来稿日报",
            "文字\n",
            "<p>网页</p>\n",
            editor=editor,
            day=build.NOW.date(),
            office_address="tougao@example.cn",
            office_name=build.OFFICE_NAME,
            at=build.NOW,
            secret=SECRET,
        )
        for editor in ("bianji@example.cn", "zhubian@example.cn")
    )
    message = parsed(one.content)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert one.cause_id == "2026-03-02:bianji@example.cn"
    assert one.message_id != other.message_id
