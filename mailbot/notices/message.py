"""From words to the bytes of a mail (RFC 5322, CRLF): only designed headers, one recipient, nothing of a stranger's.

Message-IDs are made from the mail's own cause with the installation's secret: composing it again gives the same one,
so a double is recognisable, and nobody can guess one to pose as an answer to ours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import date, datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from mailbot.model import Dossier, Draft, Letter, MailCause, Notice
from mailbot.notices.facts import clean

MOST_REFERENCES = 20
_ID = re.compile(r"<?([A-Za-z0-9!#$%&'*+/=^_`{|}~.:-]{1,200}@[A-Za-z0-9!#$%&'*+/=^_`{|}~.:\[\]-]{1,200})>?")
_WORD_BYTES = 39
"""Octets in one encoded-word: with base64, frame and `Subject: ` a line stays within 76 (RFC 2047 section 2)."""


class _Wire(EmailPolicy):
    """The stdlib's SMTP policy, but for the places where it folds wrongly.

    In Python 3.11 it turns long Message-IDs in References into encoded-words, loses white space between encoded-words,
    and writes display names in Q encoding, of which NetEase makes underscores.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in ("Message-ID", "In-Reply-To", "References"):
            return _line(name, "\r\n ".join(str(value).split()))
        if name == "Subject":
            return _line(name, encoded(str(value)))
        if name in ("From", "To"):
            who = value.addresses[0]  # type: ignore[attr-defined]  # an AddressHeader, not a plain str
            words = encoded(who.display_name)
            return _line(name, f"{words}\r\n <{who.addr_spec}>" if words else who.addr_spec)
        return super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n", max_line_length=78)


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii")


def encoded(value: str) -> str:
    """A header's text as base64 encoded-words of whole characters, folded; plain where it is short plain ASCII."""
    if len(value) <= 60 and re.fullmatch(r"[A-Za-z0-9 -]*", value):
        return value
    words, piece = [], b""
    for char in value:
        octets = char.encode("utf-8", "replace")
        if len(piece) + len(octets) > _WORD_BYTES:
            words.append(piece)
            piece = b""
        piece += octets
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode('ascii')}?=" for word in words)


def make_id(secret: bytes, domain: str, *parts: str) -> str:
    """The Message-ID of a mail of ours: the same for the same parts, not to be guessed without the secret."""
    digest = hmac.new(secret, "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def thread(letter: Letter) -> tuple[str | None, tuple[str, ...]]:
    """In-Reply-To and References of an answer (RFC 5322 section 3.6.4); at most 20, the first and the last ones.

    A Message-ID that breaks the grammar is left out: it comes from a stranger and goes into our header.
    """
    parent = next(iter(_ids([letter.message_id])), None)
    earlier = _ids(letter.references) or (_ids(letter.in_reply_to) if len(letter.in_reply_to) == 1 else [])
    chain = [known for known in dict.fromkeys(earlier) if known != parent] + ([parent] if parent else [])
    if len(chain) > MOST_REFERENCES:
        chain = [chain[0], *chain[-(MOST_REFERENCES - 1) :]]
    return parent, tuple(chain)


def _ids(raw: Iterable[str]) -> list[str]:
    found = (_ID.fullmatch(value.strip()) for value in raw)
    return [f"<{match[1]}>" for match in found if match is not None]


def draft_answer(
    notice: Notice,
    dossier: Dossier,
    *,
    letter_id: int,
    office_name: str,
    at: datetime,
    secret: bytes,
    submission: int | None = None,
) -> Draft:
    """The one automatic answer to a letter, ready for the outbox. `submission` is the one it is listed with."""
    cause_id = str(letter_id)
    message_id = make_id(secret, _domain(dossier.office.address), MailCause.ANSWER.value, cause_id)
    message = _reply(notice, dossier, office_name, at, message_id)
    return _draft(message, MailCause.ANSWER, cause_id, notice.kind.value, notice.to, submission)


def draft_correction(
    notice: Notice, dossier: Dossier, *, submission: int, cause_id: str, office_name: str, at: datetime, secret: bytes
) -> Draft:
    """What corrects the answer to a letter, in the letter's thread. `cause_id` tells one correction of it from another.

    It is marked as an answer, for it is the program that writes it, about a letter that came.
    """
    parts = (MailCause.CORRECTION.value, str(submission), cause_id)
    message = _reply(notice, dossier, office_name, at, make_id(secret, _domain(dossier.office.address), *parts))
    return _draft(message, MailCause.CORRECTION, cause_id, notice.kind.value, notice.to, submission)


def _reply(notice: Notice, dossier: Dossier, office_name: str, at: datetime, message_id: str) -> EmailMessage:
    message = _message(notice.subject, dossier.office.address, office_name, notice.to, at, message_id)
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    parent, references = thread(dossier.letter)
    if parent is not None:
        message["In-Reply-To"] = parent
    if references:
        message["References"] = " ".join(references)
    _set_text(message, notice.text)
    return message


def draft_digest(
    subject: str,
    text: str,
    html: str,
    *,
    editor: str,
    day: date,
    office_address: str,
    office_name: str,
    at: datetime,
    secret: bytes,
    by_hand: datetime | None = None,
) -> Draft:
    """One editor's digest of one day: text and HTML of the same content. `by_hand`: when somebody asked for it."""
    cause_id = f"{(by_hand or day).isoformat()}:{editor}"
    message_id = make_id(secret, _domain(office_address), MailCause.DIGEST.value, cause_id)
    message = _message(subject, office_address, office_name, editor, at, message_id)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    _set_text(message, text)
    message.add_alternative(html, subtype="html", charset="utf-8", cte="base64")
    return _draft(message, MailCause.DIGEST, cause_id, "digest", editor, None)


def draft_alarm(
    subject: str,
    text: str,
    *,
    admin: str,
    about: str,
    office_address: str,
    office_name: str,
    at: datetime,
    secret: bytes,
) -> Draft:
    """What an admin has to know; `about` is the same for the same trouble, so that it is told once."""
    cause_id = f"{about}:{admin}"
    message_id = make_id(secret, _domain(office_address), MailCause.ALARM.value, cause_id)
    message = _message(subject, office_address, office_name, admin, at, message_id)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    _set_text(message, text)
    return _draft(message, MailCause.ALARM, cause_id, "alarm", admin, None)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _message(subject: str, office: str, office_name: str, to: str, at: datetime, message_id: str) -> EmailMessage:
    message = EmailMessage(policy=_WIRE)
    message["From"] = HeaderAddress(display_name=clean(office_name), addr_spec=office)
    message["To"] = HeaderAddress(addr_spec=to)
    message["Subject"] = clean(subject, 200)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    return message


def _set_text(message: EmailMessage, text: str) -> None:
    """Base64 carries lines of any length and 8-bit-less servers, and programs wrap the text to the reader's screen."""
    message.set_content(text, charset="utf-8", cte="base64")


def _draft(message: EmailMessage, cause: MailCause, cause_id: str, kind: str, to: str, submission: int | None) -> Draft:
    return Draft(
        cause=cause,
        cause_id=cause_id,
        kind=kind,
        recipient=to,
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        content=message.as_bytes(),
        submission=submission,
    )
