"""The signs that a machine or a list wrote a letter.

Names and values of headers are compared in one case: a guard that answers "precedence: bulk" answers for ever. A
certain mark decides the kind alone; the others only say "perhaps", and do not keep a manuscript from being filed
(RFC 3834 section 2 says when not to answer).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.languages.letters import LetterPhrases
from mailbot.letter.headers import Headers
from mailbot.letter.texts import begins, plain_form, says, split_subject
from mailbot.model import Address, Kind, Mark

_NEAR = 600  # characters of the text in which a machine says what it is
_BOUNCERS = frozenset(("mailer-daemon", "mailerdaemon", "maildaemon", "mail-daemon"))
_POSTMASTERS = frozenset(("postmaster", "mmdf", "mail-delivery-subsystem"))
_SILENT_SENDERS = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "bounce", "bounces")
_REPORTS = {"disposition-notification": Kind.RECEIPT, "delivery-status": Kind.BOUNCE}


@dataclass(frozen=True, slots=True)
class Traits:
    """What the marks are read from. `types` are the media types of all parts, `reports` the report-types among them."""

    headers: Headers
    sender: Address | None
    subject: str
    text: str
    types: frozenset[str] = frozenset()
    reports: frozenset[str] = frozenset()
    files: int = 0


def find(traits: Traits, phrases: LetterPhrases) -> tuple[Mark, ...]:
    """All marks of a letter, certain ones first."""
    found = [
        *_report_marks(traits),
        *_header_marks(traits.headers),
        *_sender_marks(traits, phrases),
        *_phrase_marks(traits, phrases),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda mark: not mark.certain))


def _report_marks(traits: Traits) -> Iterable[Mark]:
    """RFC 6522: a report, wherever it stands in the letter."""
    for report, kind in _REPORTS.items():
        if report in traits.reports or f"message/{report}" in traits.types:
            yield Mark(kind=kind, reason=f"it carries a {report} report")
    if "multipart/report" in traits.types and not traits.reports & _REPORTS.keys():
        bounce = bool(traits.sender and _local(traits.sender) in _BOUNCERS | _POSTMASTERS)
        yield Mark(kind=Kind.BOUNCE if bounce else Kind.AUTOMATIC, reason="it is a multipart/report")


def _header_marks(headers: Headers) -> Iterable[Mark]:
    submitted = _value(headers, "auto-submitted")
    if submitted and submitted != "no":
        yield Mark(kind=Kind.AUTOMATIC, reason=f"Auto-Submitted: {submitted}", certain=submitted != "auto-generated")
    if "x-failed-recipients" in headers:
        yield Mark(kind=Kind.BOUNCE, reason="X-Failed-Recipients")
    for name in ("x-autoreply", "x-autorespond", "x-autoresponse"):
        if name in headers and _value(headers, name) not in ("no", "false", "0"):
            yield Mark(kind=Kind.AUTOMATIC, reason=name)
    if _value(headers, "x-auto-response-suppress") not in ("", "none"):
        yield Mark(kind=Kind.AUTOMATIC, reason="X-Auto-Response-Suppress", certain=False)
    precedence = _value(headers, "precedence")
    if precedence in ("auto_reply", "auto-reply"):
        yield Mark(kind=Kind.AUTOMATIC, reason=f"Precedence: {precedence}")
    elif precedence in ("bulk", "list", "junk"):
        yield Mark(kind=Kind.BULK, reason=f"Precedence: {precedence}", certain=False)
    for name in ("list-id", "list-unsubscribe"):
        if name in headers:
            yield Mark(kind=Kind.BULK, reason=name, certain=False)
    if headers.raw("return-path").replace(b" ", b"") == b"<>":
        yield Mark(kind=Kind.AUTOMATIC, reason="empty Return-Path", certain=False)


def _sender_marks(traits: Traits, phrases: LetterPhrases) -> Iterable[Mark]:
    if traits.sender is None:
        return
    local, domain = _local(traits.sender), traits.sender.address.rpartition("@")[2]
    if local in _BOUNCERS:
        yield Mark(kind=Kind.BOUNCE, reason=f"its sender is {local}")
    elif local in _POSTMASTERS:
        yield Mark(kind=Kind.BOUNCE, reason=f"its sender is {local}", certain=False)
    elif local.startswith(_SILENT_SENDERS):
        yield Mark(kind=Kind.AUTOMATIC, reason=f"its sender is {local}", certain=False)
    if phrase := begins(traits.subject, phrases.provider_subjects):
        certain = domain in phrases.provider_domains
        yield Mark(kind=Kind.AUTOMATIC, reason=f"a notice of the mail provider: {phrase}", certain=certain)


def _phrase_marks(traits: Traits, phrases: LetterPhrases) -> Iterable[Mark]:
    """A reply of a person to such a letter ("Re: 自动回复") is a person's: the phrase must begin the subject."""
    rest, reply, forward = split_subject(traits.subject, phrases)
    if reply or forward:
        return
    near = traits.text[:_NEAR]
    said = says(near, phrases.automatic_bodies)
    headed = begins(rest, phrases.automatic_subjects)
    if headed or said:
        answers = any(name in traits.headers for name in ("in-reply-to", "references"))
        certain = bool(said) or (answers and not traits.files)
        yield Mark(kind=Kind.AUTOMATIC, reason=f"an automatic answer: {said or headed}", certain=certain)
    bounced, why = begins(rest, phrases.bounce_subjects), says(near, phrases.bounce_bodies)
    if bounced:
        postmaster = traits.sender is None or _local(traits.sender) in _BOUNCERS | _POSTMASTERS
        yield Mark(kind=Kind.BOUNCE, reason=f"a bounce: {bounced}", certain=bool(why) or postmaster)
    elif why and traits.sender and _local(traits.sender) in _BOUNCERS | _POSTMASTERS:
        yield Mark(kind=Kind.BOUNCE, reason=f"a bounce: {why}")
    if plain_form(rest).startswith(tuple(f"{stem}:" for stem in phrases.receipt_subjects)):
        yield Mark(kind=Kind.RECEIPT, reason="a receipt by its subject", certain=False)


def _local(sender: Address) -> str:
    return sender.address.rpartition("@")[0].lower()


def _value(headers: Headers, name: str) -> str:
    """The first word of a header's value, without comments and parameters."""
    words = headers.text(name).replace(";", " ").replace("(", " ").split()
    return words[0].lower() if words else ""
