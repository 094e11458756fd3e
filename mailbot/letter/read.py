"""The bytes of a letter -> `Letter`, its files taken out to disk under names of our own.

    file -> skeleton -> MIME tree -> texts  -> text, cloud links
                                  -> files  -> work/f001, f002, ... with SHA-256
         -> header block -> sender, subject, date ... -> marks

No content makes it raise: what the mail package cannot read is read by its header block and its plain bytes alone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.languages import Language
from mailbot.letter import cloud, headers, html, marks, media, skeleton, texts
from mailbot.letter.charsets import clean, decode
from mailbot.letter.headers import MAX_BLOCK, Headers, split_headers
from mailbot.letter.parts import Part, Tree, read_tree
from mailbot.model import Address, File, FileProblem, Letter, Role

MAX_FILES = 1000
MAX_TEXT = 2 * 1024 * 1024  # bytes of all texts of a letter that are read
MAX_FORWARDED = 3  # letters within letters that are opened
_KNOWN = frozenset(
    (
        "from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "content-type",
        "mime-version", "reply-to", "sender", "delivered-to", "x-mailer", "list-id", "in-reply-to", "references",
        "x-original-to", "resent-from", "dkim-signature",
    )
)  # fmt: skip
_META = re.compile(rb"""<meta[^>]{1,200}charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)


@dataclass(slots=True)
class _Found:
    """What is gathered from the leaves of a letter and of the letters that it forwards."""

    work: Path
    files: list[File] = field(default_factory=list)
    pages: list[html.Page] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    left: int = MAX_TEXT

    def defect(self, remark: str) -> None:
        if remark not in self.defects:
            self.defects.append(remark)


def read_letter(raw: Path, work: Path, language: Language) -> Letter:
    """Parse the letter in `raw` and take its files out into `work`, which is made if it is not there.

    Raises only what the disk raises (OSError) and MemoryError.
    """
    work.mkdir(parents=True, exist_ok=True)
    with raw.open("rb") as file:
        block = file.read(MAX_BLOCK)
    fields = split_headers(block)
    if not any(name in _KNOWN for name, _ in fields.fields):
        return _letter(fields, _Found(work), "", None, language, readable=False)
    found, tree, text = _Found(work), None, ""
    try:
        tree = read_tree(raw)
        text = _take(tree, found, inside=None, depth=0)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - the mail package raises nearly everything on real mails
        found.defect(f"read without its structure: {type(error).__name__}")
        text = text or _plain_reading(raw, block)
    return _letter(fields, found, text, tree, language, readable=True)


def _letter(
    fields: Headers, found: _Found, text: str, tree: Tree | None, language: Language, *, readable: bool
) -> Letter:
    senders = headers.addresses(fields.raw("from")) or headers.addresses(fields.raw("sender"))
    sender = senders[0] if senders else None
    subject = fields.text("subject")
    traits = marks.Traits(
        headers=fields,
        sender=sender,
        subject=subject,
        text=text,
        types=tree.types if tree else frozenset(),
        reports=tree.reports if tree else frozenset(),
        files=sum(not file.inline for file in found.files),
    )
    message_id = (headers.message_ids(fields.text("message-id")) or ("",))[0]
    sent_at = headers.date(fields.text("date"))
    return Letter(
        message_id=message_id,
        in_reply_to=headers.message_ids(fields.text("in-reply-to")),
        references=headers.message_ids(" ".join(fields.all("references"))),
        subject=subject,
        sender=sender,
        reply_to=_addresses(fields, "reply-to"),
        recipients=_addresses(fields, "to", "cc", "delivered-to", "x-original-to"),
        sent_at=sent_at,
        text=text,
        files=tuple(found.files),
        cloud_files=cloud.find(found.pages, texts.new_text(text, language.letters), language.letters),
        marks=marks.find(traits, language.letters),
        fingerprint=_fingerprint(message_id, sender, fields.text("date"), text, found.files),
        defects=(*(tree.defects if tree else ()), *found.defects),
        readable=readable,
    )


def _addresses(fields: Headers, *names: str) -> tuple[Address, ...]:
    """All mailboxes of these headers, each address once."""
    found = {one.address: one for name in reversed(names) for one in reversed(headers.addresses(fields.raw(name)))}
    return tuple(reversed(found.values()))


def _fingerprint(message_id: str, sender: Address | None, date: str, text: str, files: list[File]) -> str:
    """The identity that survives other bytes for the same letter."""
    words = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
    own = sorted(file.sha256 for file in files if file.inside is None)
    lines = (message_id, sender.address if sender else "", date, words, *own)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


# --- Leaves ----------------------------------------------------------------------------------------------------------


def _take(tree: Tree, found: _Found, inside: str | None, depth: int) -> str:
    """Take the files of a letter out, and answer its text."""
    versions: dict[int, list[tuple[str, str]]] = {}
    for part in tree.parts:
        if part.is_text:
            if depth == 0:
                versions.setdefault(part.group, []).append((part.media_type, _text(tree, part, found)))
        elif len(found.files) >= MAX_FILES:
            found.defect(f"it has more than {MAX_FILES} files")
        else:
            _take_file(tree, part, found, inside, depth)
    return "\n\n".join(filter(None, (_readable(group, found) for group in versions.values())))


def _text(tree: Tree, part: Part, found: _Found) -> str:
    """The text of a part as it stands, as far as there is room."""
    content = bytearray()
    for piece in tree.content(part):
        content += piece[: found.left - len(content)]
        if len(content) >= found.left:
            found.defect(f"its text is longer than {MAX_TEXT} bytes")
            break
    found.left -= len(content)
    cut = found.left == 0
    charset = part.charset
    if not charset and part.media_type == "text/html" and (meta := _META.search(content[:2048])):
        charset = meta[1].decode("ascii")
    return decode(bytes(content), charset, cut=cut)


def _readable(versions: list[tuple[str, str]], found: _Found) -> str:
    """One text out of its versions: the plain ones, or the pages as text where they are empty."""
    pages = [html.read_html(text) for kind, text in versions if kind == "text/html"]
    found.pages += pages
    plain = "\n".join(text for kind, text in versions if kind != "text/html")
    return html.tidy(plain) or html.tidy("\n".join(page.text for page in pages))


def _take_file(tree: Tree, part: Part, found: _Found, inside: str | None, depth: int) -> None:
    where = f"f{len(found.files) + 1:03}"
    taken = skeleton.extract(tree.content(part), found.work / where)
    kind = media.media_type(taken.head, part.name, part.media_type)
    name = part.name or _own_name(taken.head, kind, where)
    file = File(
        name=clean(name),
        media_type=kind,
        bytes=taken.size,
        sha256=taken.sha256,
        where=where,
        role=media.role(kind),
        inside=inside,
        problem=None if taken.size else FileProblem.EMPTY,
        inline=part.inline,
    )
    found.files.append(file)
    if file.role is Role.FORWARDED and depth < MAX_FORWARDED:
        _open_forwarded(found.work / where, file.name, found, depth + 1)


def _own_name(head: bytes, kind: str, where: str) -> str:
    """A name for a file that has none: the subject of a forwarded letter, else ours."""
    subject = split_headers(head).text("subject") if kind == "message/rfc822" else ""
    return re.sub(r'[\\/:*?"<>|]', "_", subject)[:80] + ".eml" if subject else where + media.extension(kind)


def _open_forwarded(path: Path, name: str, found: _Found, depth: int) -> None:
    """Take the files of a forwarded letter out, too."""
    try:
        _take(read_tree(path), found, name, depth)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - as for the letter itself; the forwarded letter is kept as a file
        found.defect(f"a forwarded letter was not opened: {type(error).__name__}")


def _plain_reading(raw: Path, block: bytes) -> str:
    """The text of a letter whose structure cannot be read: all that follows its header block, as it stands."""
    end = re.search(rb"\r?\n\r?\n", block)
    with raw.open("rb") as file:
        file.seek(end.end() if end else 0)
        return html.tidy(decode(file.read(MAX_TEXT), cut=True))
