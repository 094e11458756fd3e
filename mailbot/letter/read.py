"""The bytes of a letter -> `Letter`, its files taken out to disk under names of our own.

    file -> skeleton -> MIME tree -> texts  -> text, cloud links
                                  -> files  -> work/f001, f002, ... with SHA-256
         -> header block -> sender, subject, date ... -> marks

No content makes it raise: what the mail package cannot read is read without its nesting, and what cannot be read so by
its header block and its plain bytes alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from mailbot.languages import Language
from mailbot.letter import bounces, cloud, headers, marks
from mailbot.letter.headers import MAX_BLOCK, Headers, letter_fields, parameters, split_headers
from mailbot.letter.leaves import Gathered, open_forwarded, plain_reading, sender_of, take
from mailbot.letter.parts import Tree, read_tree
from mailbot.letter.texts import new_text, own_text, split_subject
from mailbot.model import Address, File, Forwarded, Kind, Letter

MAX_AUTHENTICATION = 20  # fields about the sender that are kept


@dataclass(frozen=True, slots=True)
class Opened:
    """What was taken out of a letter that lay in a file: its files, the letter itself first, then those within it."""

    files: tuple[File, ...] = ()
    forwarded: tuple[Forwarded, ...] = ()


def read_letter(raw: Path, work: Path, language: Language, *, prefix: str = "f") -> Letter:
    """Parse the letter in `raw` and take its files out into `work`, which is made if it is not there.

    The files' plain names begin with `prefix`. Raises only what the disk raises (OSError) and MemoryError.
    """
    work.mkdir(parents=True, exist_ok=True)
    with raw.open("rb") as file:
        block = file.read(MAX_BLOCK)
    fields = split_headers(block)
    found = Gathered(work, prefix, language.letters)
    if not letter_fields(fields):
        return _letter(fields, found, "", None, language, readable=False)
    tree, text = None, ""
    try:
        tree = read_tree(raw)
        text = take(tree, found)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's bytes; the letter is kept whatever is in them
        found.defect(f"read without its structure: {type(error).__name__}")
        text = text or plain_reading(raw, block)
    return _letter(fields, found, text, tree, language, readable=True)


def open_enclosed_letter(path: Path, work: Path, language: Language, *, name: str, prefix: str) -> Opened:
    """The letter in the file `path`, which stands among the files as `name` (an .eml out of an archive): what it holds.

    Its files are taken out into `work` under plain names that begin with `prefix`, and have `inside` set. Nothing is
    `Opened` of what is no letter. Raises only what the disk raises (OSError) and MemoryError.
    """
    work.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        fields = split_headers(file.read(MAX_BLOCK))
    if letter_fields(fields) < 2:
        return Opened()
    found = Gathered(work, prefix, language.letters)
    open_forwarded(path, name, found, depth=1)
    return Opened(tuple(found.files), tuple(found.forwarded))


def _letter(
    fields: Headers, found: Gathered, text: str, tree: Tree | None, language: Language, *, readable: bool
) -> Letter:
    sender = sender_of(fields)
    subject = fields.text("subject")
    report = bounces.look(tree)
    traits = marks.Traits(
        headers=fields,
        sender=sender,
        subject=subject,
        text=text,
        types=tree.types if tree else frozenset(),
        reports=tree.reports if tree else frozenset(),
        files=sum(not file.inline for file in found.files),
        delivered=report.delivered,
        calendar=_calendar(tree),
    )
    signs = marks.find(traits, language.letters)
    recipients = _addresses(fields, "to", "cc", "delivered-to", "x-original-to")
    bounce = None
    if any(sign.kind is Kind.BOUNCE for sign in signs):
        bounce = bounces.read(report, fields, text, recipients, language.letters, sender=_bare(sender))
    message_id = (headers.message_ids(fields.text("message-id")) or ("",))[0]
    sent_at = headers.date(fields.text("date"))
    within = [new_text(letter.text, language.letters) for letter in found.forwarded]
    linked = "\n".join((own_text(subject, text, language.letters), *within))
    passed_on = split_subject(subject, language.letters)[2]
    return Letter(
        message_id=message_id,
        in_reply_to=headers.message_ids(fields.text("in-reply-to")),
        references=headers.message_ids(" ".join(fields.all("references"))),
        subject=subject,
        sender=sender,
        reply_to=_addresses(fields, "reply-to"),
        contested=_contested(fields),
        recipients=recipients,
        sent_at=sent_at,
        text=text,
        files=tuple(found.files),
        cloud_files=cloud.find(found.pages, linked, language.letters, sent_at=sent_at, whole=passed_on),
        marks=signs,
        fingerprint=_fingerprint(message_id, sender, fields.text("date"), text, found.files),
        defects=(*(tree.defects if tree else ()), *found.defects),
        readable=readable,
        forwarded=tuple(found.forwarded),
        bounce=bounce,
        authentication=tuple(fields.all("authentication-results")[:MAX_AUTHENTICATION]),
    )


def _bare(sender: Address | None) -> str:
    return sender.address if sender else ""


def _calendar(tree: Tree | None) -> str:
    """The method of the first calendar among the parts (RFC 5546 section 1.4), "" for none."""
    parts = [part for part in tree.parts if part.media_type == "text/calendar"] if tree else []
    methods = (parameters(part.headers.raw("content-type"))[1].get("method", "") for part in parts)
    return next((method.lower() for method in methods if method), "")


def _addresses(fields: Headers, *names: str) -> tuple[Address, ...]:
    """All mailboxes of these headers, each address once."""
    found = {one.address: one for name in reversed(names) for one in reversed(headers.addresses(fields.raw(name)))}
    return tuple(reversed(found.values()))


def _contested(fields: Headers) -> tuple[str, ...]:
    """Which of the headers that an answer goes by name no one mailbox, or one for this and one for that program."""
    sender = "from" if "from" in fields else "sender"
    return tuple(
        origin for origin, name in (("From", sender), ("Reply-To", "reply-to")) if headers.contested(fields, name)
    )


def _fingerprint(message_id: str, sender: Address | None, date: str, text: str, files: list[File]) -> str:
    """The identity that survives other bytes for the same letter."""
    words = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
    own = sorted(file.sha256 for file in files if file.inside is None)
    lines = (message_id, sender.address if sender else "", date, words, *own)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
