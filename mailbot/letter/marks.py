"""The signs that a machine or a list wrote a letter.

Names and values of headers are compared in one case: a guard that answers "precedence: bulk" answers for ever. A
certain mark decides the kind alone; the others only say "perhaps", and do not keep a manuscript from being filed
(RFC 3834 section 2 and RFC 5230 section 4.6 say when not to answer).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailbot.languages.letters import LetterPhrases
from mailbot.letter.headers import Headers
from mailbot.letter.texts import begins, new_text, plain_form, says, split_subject
from mailbot.model import Address, Kind, Mark

_NEAR = 600  # characters of the text in which a machine says what it is
_BOUNCERS = frozenset(("mailerdaemon", "maildaemon", "maildeliverysystem", "maildeliverysubsystem"))
_POSTMASTERS = frozenset(("postmaster", "mmdf", "mdaemon"))
_EXCHANGE = "microsoftexchange"  # and 32 hexadecimal digits
_SILENT_SENDERS = ("noreply", "donotreply", "bounce", "autoreply", "autoresponder", "autoanswer", "unattended")
_LISTS = ("listserv", "majordomo", "mailman")
_REPORTS = {
    "disposition-notification": Kind.RECEIPT,
    "delivery-status": Kind.BOUNCE,
    "global-delivery-status": Kind.BOUNCE,
    "global-disposition-notification": Kind.RECEIPT,
    "feedback-report": Kind.AUTOMATIC,
}
_ANSWERING = (
    "x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponse", "x-auto-response", "x-autoresponder",
    "x-autoreply-from", "x-mail-autoreply", "x-mail-auto-reply", "x-vacation", "x-amazon-auto-reply",
)  # fmt: skip
_LIST_FIELDS = (
    "list-id", "list-unsubscribe", "list-subscribe", "list-post", "list-help", "list-owner", "list-archive",
    "list-unsubscribe-post", "mailing-list", "x-mailing-list", "x-mailman-version", "x-listname",
)  # fmt: skip
_QUOTES = ("“", "‘", "「", "『", "《", '"')
_SEPARATORS = (":", "]", "】", ")", "」", "》")


@dataclass(frozen=True, slots=True)
class Traits:
    """What the marks are read from. `types` are the media types of all parts, `reports` the report-types among them.

    `delivered`: it carries a delivery report, and that tells of no failure. `calendar` is the method of a calendar
    part (RFC 5546 section 1.4), in lower case.
    """

    headers: Headers
    sender: Address | None
    subject: str
    text: str
    types: frozenset[str] = frozenset()
    reports: frozenset[str] = frozenset()
    files: int = 0
    delivered: bool = False
    calendar: str = ""


def find(traits: Traits, phrases: LetterPhrases) -> tuple[Mark, ...]:
    """All marks of a letter, certain ones first.

    A delivery report that tells only of success is a receipt, whoever sends it (RFC 3464 section 2.3.3).
    """
    found = [
        *_report_marks(traits, phrases),
        *_header_marks(traits.headers),
        *_list_marks(traits),
        *_sender_marks(traits, phrases),
        *_phrase_marks(traits, phrases),
    ]
    if traits.delivered:
        found = [replace(mark, kind=Kind.RECEIPT) if mark.kind is Kind.BOUNCE else mark for mark in found]
    return tuple(sorted(dict.fromkeys(found), key=lambda mark: not mark.certain))


def _report_marks(traits: Traits, phrases: LetterPhrases) -> Iterable[Mark]:
    """RFC 6522: a report, wherever it stands in the letter."""
    for report, kind in _REPORTS.items():
        if report in traits.reports or f"message/{report}" in traits.types:
            yield Mark(kind=kind, reason=f"it carries a {report} report")
    if "multipart/report" in traits.types and not traits.reports & _REPORTS.keys():
        bounce = _brings_back(traits, phrases) or begins(traits.subject, phrases.bounce_subjects)
        yield Mark(kind=Kind.BOUNCE if bounce else Kind.AUTOMATIC, reason="it is a multipart/report")
    if traits.calendar in ("reply", "counter", "declinecounter", "refresh"):
        yield Mark(kind=Kind.AUTOMATIC, reason=f"a calendar's answer: {traits.calendar}")


def _header_marks(headers: Headers) -> Iterable[Mark]:
    submitted = _value(headers, "auto-submitted")
    if submitted and submitted != "no":
        yield Mark(kind=Kind.AUTOMATIC, reason=f"Auto-Submitted: {submitted}", certain=submitted != "auto-generated")
    if "x-failed-recipients" in headers:
        yield Mark(kind=Kind.BOUNCE, reason="X-Failed-Recipients")
    for name in _ANSWERING:
        if name in headers and _value(headers, name) not in ("no", "false", "0"):
            yield Mark(kind=Kind.AUTOMATIC, reason=name)
    if _value(headers, "x-auto-response-suppress") not in ("", "none"):
        yield Mark(kind=Kind.AUTOMATIC, reason="X-Auto-Response-Suppress", certain=False)
    for name in ("precedence", "x-precedence"):
        precedence = _value(headers, name)
        if precedence in ("auto_reply", "auto-reply", "autoreply"):
            yield Mark(kind=Kind.AUTOMATIC, reason=f"Precedence: {precedence}")
        elif precedence in ("bulk", "list", "junk"):
            yield Mark(kind=Kind.BULK, reason=f"Precedence: {precedence}", certain=False)
    for name in ("x-loop", "x-autogenerated", "x-auto-generated"):
        if name in headers:
            yield Mark(kind=Kind.AUTOMATIC, reason=name, certain=_value(headers, name) == "reply")
    path = headers.raw("return-path").replace(b" ", b"").strip(b"<>").lower()
    if "return-path" in headers and not path:
        yield Mark(kind=Kind.AUTOMATIC, reason="empty Return-Path", certain=False)
    elif path.startswith(b"mailer-daemon"):
        yield Mark(kind=Kind.BOUNCE, reason="Return-Path: mailer-daemon", certain=False)


def _list_marks(traits: Traits) -> Iterable[Mark]:
    """RFC 2369, RFC 2919, and the senders that RFC 5230 section 4.6 names."""
    for name in _LIST_FIELDS:
        if name in traits.headers:
            yield Mark(kind=Kind.BULK, reason=name, certain=False)
    local = traits.sender.address.rpartition("@")[0].lower() if traits.sender else ""
    if local.startswith(("owner-", *_LISTS)) or local.endswith(("-request", "-owner", "-bounces")):
        yield Mark(kind=Kind.BULK, reason=f"its sender is {local}", certain=False)


def _sender_marks(traits: Traits, phrases: LetterPhrases) -> Iterable[Mark]:
    if traits.sender is None:
        return
    local, domain = _local(traits.sender), traits.sender.address.rpartition("@")[2]
    if local in _BOUNCERS or (local.startswith(_EXCHANGE) and len(local) > len(_EXCHANGE) + 8):
        yield Mark(kind=Kind.BOUNCE, reason=f"its sender is {local}")
    elif local in _POSTMASTERS or plain_form(traits.sender.name) in phrases.machines.senders:
        yield Mark(kind=Kind.BOUNCE, reason=f"its sender is {traits.sender.name or local}", certain=False)
    elif local.startswith(_SILENT_SENDERS):
        yield Mark(kind=Kind.AUTOMATIC, reason=f"its sender is {local}", certain=False)
    of_provider = any(domain == one or domain.endswith(f".{one}") for one in phrases.provider_domains)
    if phrase := begins(traits.subject, phrases.provider_subjects):
        yield Mark(kind=Kind.AUTOMATIC, reason=f"a notice of the mail provider: {phrase}", certain=of_provider)
    elif of_provider and (phrase := begins(traits.subject, phrases.machines.provider_notices)):
        yield Mark(kind=Kind.AUTOMATIC, reason=f"a notice of the mail provider: {phrase}")


def _phrase_marks(traits: Traits, phrases: LetterPhrases) -> Iterable[Mark]:
    """A reply of a person to such a letter ("Re: 自动回复") is a person's: the phrase must begin the subject.

    Nor does it count what a letter quotes.
    """
    rest, reply, forward = split_subject(traits.subject, phrases)
    if reply or forward:
        return
    near = new_text(traits.text[: 4 * _NEAR], phrases)[:_NEAR]
    yield from _answer_marks(traits, phrases, rest, near)
    bounced, why = begins(rest, phrases.bounce_subjects), says(near, phrases.bounce_bodies)
    brings_back = traits.sender is None or _brings_back(traits, phrases)
    if bounced and (why or brings_back or not traits.files):
        certain = bool(why) or brings_back or "multipart/report" in traits.types
        yield Mark(kind=Kind.BOUNCE, reason=f"a bounce: {bounced}", certain=certain)
    elif why and (brings_back or "precedence" in traits.headers):
        certain = brings_back and traits.sender is not None
        yield Mark(kind=Kind.BOUNCE, reason=f"a bounce: {why}", certain=certain)
    read = says(near, phrases.machines.read_bodies)
    if (stem := _headed(rest, phrases.receipt_subjects)) and (read or not traits.files):
        yield Mark(kind=Kind.RECEIPT, reason=f"a receipt: {stem}", certain=bool(read))


def _answer_marks(traits: Traits, phrases: LetterPhrases, subject: str, near: str) -> Iterable[Mark]:
    """Answers of machines by what they say: vacations, tickets, challenges, calendars."""
    said = _said_plainly(near, phrases.automatic_bodies)
    headed = _headed(subject, phrases.automatic_subjects)
    answers = any(name in traits.headers for name in ("in-reply-to", "references"))
    if headed or said:
        opens = begins(near.lstrip(" \t\n,，。.!！"), phrases.automatic_bodies)
        certain = bool(opens or (said and headed)) or (answers and bool(headed) and not traits.files)
        yield Mark(kind=Kind.AUTOMATIC, reason=f"an automatic answer: {said or headed}", certain=certain)
    if traits.files:
        return
    machines = phrases.machines
    for what, phrase in (
        ("a system of tickets", says(near, machines.acknowledgements)),
        ("a challenge", says(near, machines.challenges)),
        ("a calendar's answer", _headed(subject, machines.calendar_subjects)),
    ):
        if phrase:
            yield Mark(kind=Kind.AUTOMATIC, reason=f"{what}: {phrase}", certain=False)


def _said_plainly(text: str, phrases: Iterable[str]) -> str:
    """The first of the phrases that stands in the text, but not after a quotation mark: then somebody cites it."""
    plain = plain_form(text)
    return next((one for one in phrases if one in plain and not plain.partition(one)[0].endswith(_QUOTES)), "")


def _headed(subject: str, stems: Iterable[str]) -> str:
    """The stem that a subject is, or begins with before a colon or the like: "自动回复机器人进社区" is an article."""
    plain = plain_form(subject).lstrip("[【「(")
    return next(
        (stem for stem in stems if plain == stem or plain.startswith(tuple(f"{stem}{end}" for end in _SEPARATORS))), ""
    )


def _brings_back(traits: Traits, phrases: LetterPhrases) -> bool:
    """Whether its sender is one that brings mails back."""
    if traits.sender is None:
        return False
    local = _local(traits.sender)
    known = local in _BOUNCERS | _POSTMASTERS or local.startswith(_EXCHANGE)
    return known or plain_form(traits.sender.name) in phrases.machines.senders


def _local(sender: Address) -> str:
    """The part before the @, without what machines put between its words."""
    return sender.address.rpartition("@")[0].lower().translate({ord(char): None for char in "-_."})


def _value(headers: Headers, name: str) -> str:
    """The first word of a header's value, without comments and parameters."""
    words = headers.text(name).replace(";", " ").replace("(", " ").split()
    return words[0].lower() if words else ""
