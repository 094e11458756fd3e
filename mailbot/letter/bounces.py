"""What a delivery report says: whom our mail did not reach, which mail, why, and whether for good.

    message/delivery-status (RFC 3464)  -> recipients, status, words     else the text, by the words of providers
    the enclosed mail, or its header    -> Message-ID, subject, To       else In-Reply-To, References, the text

`Bounce.hard` is what makes us fall silent toward an address, so it is only said where the reason is that there is no
such mailbox or domain. A full mailbox (5.2.2), a mail taken for spam or against a policy (5.7.x), a server that cannot
be reached are not: there is somebody whom a later mail may reach, and being silent would harm him. Where codes and
words differ, words of a refusal for now count first (providers say 550 for nearly everything), then the code where
it is exact (RFC 3463), then words of a refusal for good, then the class.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from mailbot.languages.letters import LetterPhrases
from mailbot.languages.machines import MachinePhrases
from mailbot.letter import headers
from mailbot.letter.charsets import one_line
from mailbot.letter.headers import Headers, letter_fields, split_headers
from mailbot.letter.parts import Part, Tree
from mailbot.letter.texts import plain_form, says
from mailbot.model import Address, Bounce

MAX_REPORT = 64 * 1024  # bytes of a part that are looked at
MAX_PARTS = 10
MAX_GROUPS = 100  # recipients of one report
MAX_WORDS = 300  # characters of the reason
_NEAR = 8000  # characters of the text in which a provider says what happened

_STATUSES = frozenset(("message/delivery-status", "message/global-delivery-status"))
_DISPOSITIONS = frozenset(("message/disposition-notification", "message/global-disposition-notification"))
_ORIGINALS = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers")
)
_DONE = frozenset(("delivered", "relayed", "expanded"))
_STATUS = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])[0-5]\d(?![\d.])")
_TOKEN = re.compile(r"\b[A-Z]{2}:[A-Z]{3}\b")  # NetEase's, for refusals of a sender: MI:SPB, DT:SPM
_GONE = frozenset(("1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.4", "4.310"))
"""There is no such mailbox, host or domain, or it takes no mail (RFC 3463, RFC 7505; 5.4.310 is Exchange's own)."""
_RULE = re.compile(r"[-=~*_]{4,}")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&*+/?^_{|}~.'-]{1,64}@[A-Za-z0-9.-]{1,255}")
_MESSAGE_ID = re.compile(r"^[>\s]{0,8}message-id:\s{0,4}(<[^<>\s]{1,480}>)", re.IGNORECASE | re.MULTILINE)
_MACHINES = ("postmaster", "mailer-daemon", "mail-daemon", "mailerdaemon", "abuse", "kefu", "support")


@dataclass(slots=True)
class Report:
    """What stands in a letter's reports and enclosed mails."""

    groups: list[Headers] = field(default_factory=list)
    originals: list[Headers] = field(default_factory=list)
    disposition: bool = False

    @property
    def delivered(self) -> bool:
        """Whether it tells of recipients, and of none whom the mail did not reach."""
        told = [action for action in map(_action, self.groups) if action]
        return bool(told) and all(action in _DONE for action in told)


def look(tree: Tree | None) -> Report:
    """The reports and enclosed mails of a letter, bounded."""
    report = Report()
    for part in islice((part for part in tree.parts if _matters(part)), MAX_PARTS) if tree else ():
        raw = _head(tree, part) if tree else b""
        if part.media_type in _STATUSES | _DISPOSITIONS:
            report.disposition = report.disposition or part.media_type in _DISPOSITIONS
            report.groups += islice(_groups(raw), MAX_GROUPS)
        else:
            fields = split_headers(raw.lstrip())
            if letter_fields(fields) >= 2:
                report.originals.append(fields)
    return report


def _matters(part: Part) -> bool:
    """A report, an enclosed mail, or what may be one: QQ gives the original as plain bytes."""
    return part.media_type in _STATUSES | _DISPOSITIONS | _ORIGINALS or part.media_type == "application/octet-stream"


def _head(tree: Tree, part: Part) -> bytes:
    kept = bytearray()
    for piece in tree.content(part):
        kept += piece
        if len(kept) >= MAX_REPORT:
            break
    return bytes(kept[:MAX_REPORT])


def _groups(raw: bytes) -> Iterator[Headers]:
    """The groups of fields of a report (RFC 3464 section 2.1), that of the mail first."""
    for block in re.split(rb"\n[ \t]*\r?\n|\r[ \t]*\r", raw):
        fields = split_headers(block.strip(b"\r\n"))
        if fields.fields:
            yield fields


# --- The bounce -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of some recipients."""

    recipients: tuple[str, ...]
    status: str
    words: str
    delayed: bool = False


def read(
    report: Report, fields: Headers, text: str, own: Iterable[Address], phrases: LetterPhrases, *, sender: str = ""
) -> Bounce:
    """What the letter of a machine says of a mail that did not arrive.

    `own` are the addresses to which the letter came: they are not those that were not reached, unless it says so in
    the fields of a report.
    """
    near = text[:_NEAR]
    told, quoted = _told(near, phrases.machines)
    no_recipients = {address.address.lower() for address in own} | {sender.lower()}
    said = _by_fields(report)
    if said is None or not (said.recipients and (said.words or said.status)):
        by_text = _by_text(told, report, fields, no_recipients, phrases.machines)
        said = _joined(said, by_text)
    return Bounce(
        recipients=said.recipients[:MAX_GROUPS],
        hard=_is_hard(said, told, phrases.machines),
        status=said.status,
        words=said.words,
        message_ids=_message_ids(report, fields, quoted),
        subject=_subject(report, told, quoted, phrases.machines),
    )


def _joined(fields: _Said | None, text: _Said) -> _Said:
    """The fields, and what they lack out of the text."""
    if fields is None:
        return text
    return _Said(
        fields.recipients or text.recipients,
        fields.status or text.status,
        fields.words or text.words,
        fields.delayed,
    )


def _by_fields(report: Report) -> _Said | None:
    """By the fields of RFC 3464: those recipients whom the mail did not reach; of all that is said the last reason."""
    recipients: list[str] = []
    statuses: list[str] = []
    words: list[str] = []
    delayed: list[bool] = []
    for group in report.groups:
        action = _action(group)
        if action in _DONE or not ({"final-recipient", "original-recipient", "x-actual-recipient"} & _names(group)):
            continue
        for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
            if address := _typed(group.text(name)):
                recipients.append(address)
        reason = one_line(group.text("diagnostic-code").partition(";")[2] or group.text("diagnostic-code"))
        words.append(reason or one_line(group.text("disposition") if report.disposition else ""))
        found = _STATUS.search(group.text("status")) or _STATUS.search(reason)
        statuses.append(found[0] if found else "")
        delayed.append(action == "delayed")
    if not delayed:
        return None
    return _Said(
        tuple(dict.fromkeys(recipients)),
        _last(statuses),
        _last(words)[:MAX_WORDS],
        all(delayed),
    )


def _action(group: Headers) -> str:
    """What was done for a recipient (RFC 3464 section 2.3.3), without comments."""
    return (group.text("action").lower().split() or [""])[0]


def _names(fields: Headers) -> set[str]:
    return {name for name, _ in fields.fields}


def _last(values: list[str]) -> str:
    return next((value for value in reversed(values) if value), "")


def _typed(value: str) -> str:
    """The address of "rfc822; somebody@example.cn"."""
    found = _ADDRESS.search(value.partition(";")[2] or value)
    return _usable(found[0]) if found else ""


def _usable(address: str) -> str:
    return headers.address(address.strip(".'/")).lower()


# --- By words ---------------------------------------------------------------------------------------------------------


def _told(text: str, phrases: MachinePhrases) -> tuple[str, str]:
    """The text above and below the line from which on the mail itself is shown."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if len(line) < 200 and says(line, phrases.originals) and not _ADDRESS.search(line):
            return "\n".join(lines[:number]), "\n".join(lines[number:])
    return text, ""


def _by_text(told: str, report: Report, fields: Headers, others: set[str], phrases: MachinePhrases) -> _Said:
    """By a provider's own words."""
    lines = [line.strip() for line in told.split("\n") if line.strip()]
    words = _labelled(lines, phrases.reason_labels) or _reason(lines, phrases)
    found = _STATUS.search(words) or _STATUS.search(told)
    recipients = _recipients(lines, fields, report, others, phrases)
    delayed = bool(says(told, phrases.delayed))
    return _Said(recipients, found[0] if found else "", words[:MAX_WORDS], delayed)


def _labelled(lines: list[str], labels: tuple[str, ...]) -> str:
    """What stands after the first of these labels, or on the line below one that stands alone."""
    plain = [plain_form(line[:40]) for line in lines]
    for label in labels:
        for number, line in enumerate(plain):
            if not line.startswith(label) or not line[len(label) :].startswith(":"):
                continue
            rest = re.split("[:：]", lines[number], maxsplit=1)[1].strip()
            below = lines[number + 1] if number + 1 < len(lines) else ""
            if rest or below:
                return one_line(rest or below)
        for number, line in enumerate(plain[:-1]):
            if line.rstrip(":") == label:
                return one_line(lines[number + 1])
    return ""


def _reason(lines: list[str], phrases: MachinePhrases) -> str:
    """The line that says why, with what follows it: one with a code, else one with the words of a refusal."""
    for number, line in enumerate(lines):
        if _STATUS.search(line) or (_CODE.search(line) and len(line) > 8):
            return one_line(_RULE.sub(" ", " ".join(lines[number : number + 3])))
    spoken = (line for line in lines if says(line[:400], (*phrases.for_good, *phrases.for_now, *phrases.delayed)))
    return one_line(next(spoken, ""))


def _recipients(
    lines: list[str], fields: Headers, report: Report, others: set[str], phrases: MachinePhrases
) -> tuple[str, ...]:
    """Whom the mail did not reach: as far as one of these tells it, in this order."""
    failed = _addresses(" ".join(fields.all("x-failed-recipients")), set())
    labelled = _addresses(_labelled(lines, phrases.recipient_labels), others)
    begun = [address for line in lines for address in _addresses(line, others)[:1] if _begins(line, address)]
    lead = next((number for number, line in enumerate(lines) if says(line, phrases.recipient_leads)), len(lines))
    below = _addresses("\n".join(lines[lead:]), others)
    anywhere = _addresses("\n".join(lines), others)
    sent_to = [one.address.lower() for original in report.originals for one in headers.addresses(original.raw("to"))]
    found = next((some for some in (failed, labelled, begun, below, sent_to, anywhere) if some), [])
    return tuple(dict.fromkeys(found))[:MAX_GROUPS]


def _begins(line: str, address: str) -> bool:
    """Whether the line begins with the address, whatever brackets and marks stand before it."""
    return line.lower().lstrip(" <\"'*-(·•>").startswith(address)


def _addresses(text: str, others: set[str]) -> list[str]:
    """The usable addresses of a text that are no machine's and none of the `others`."""
    found = [_usable(match[0]) for match in islice(_ADDRESS.finditer(text), MAX_GROUPS)]
    return [one for one in found if one and one not in others and not one.startswith(_MACHINES)]


# --- Whether for good -------------------------------------------------------------------------------------------------


def _is_hard(said: _Said, told: str, phrases: MachinePhrases) -> bool:
    words = said.words or told[:2000]
    if said.delayed or says(words, phrases.for_now):
        return False
    if said.status.startswith("5.") and said.status.partition(".")[2] in _GONE:
        return True
    if says(words, phrases.for_good):
        return not said.status.startswith("4.")
    if said.status or _TOKEN.search(words):
        return said.status == "5.0.0" and not _TOKEN.search(words)
    code = _CODE.search(words)
    return bool(code and code[0] in ("550", "551", "553"))


# --- Which mail -------------------------------------------------------------------------------------------------------


def _message_ids(report: Report, fields: Headers, quoted: str) -> tuple[str, ...]:
    """The Message-ID of the mail that is enclosed or shown; else what the letter says to answer.

    Not the references of the enclosed mail: an editor's own letter that came back may name a mail of ours there.
    """
    enclosed = [original.text("message-id") for original in report.originals]
    named = [group.text(name) for group in report.groups for name in ("original-message-id", "x-original-message-id")]
    found = headers.message_ids(" ".join((*enclosed, *named)))
    if found or report.originals:
        return found
    shown = _MESSAGE_ID.search(quoted)
    if shown:
        return (shown[1],)
    answered = headers.message_ids(fields.text("in-reply-to"))
    return answered or headers.message_ids(" ".join(fields.all("references")))[-1:]


def _subject(report: Report, told: str, quoted: str, phrases: MachinePhrases) -> str:
    """The subject of the mail, as it is enclosed, shown, or told."""
    for original in report.originals:
        if subject := original.text("subject"):
            return subject
    if shown := re.search(r"^[>\s]{0,8}subject:[ \t]{0,8}([^\n]{1,500})", quoted, re.IGNORECASE | re.MULTILINE):
        return headers.decode_words(shown[1].strip())
    lines = [line.strip() for line in told.split("\n") if line.strip()]
    return _labelled(lines, phrases.subject_labels)[:500]
