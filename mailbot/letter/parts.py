"""A letter's MIME tree: which leaves it has, in order, and the bytes of each. The only user of mail-parser.

mail-parser says of a skeleton that is not in order what is wrong with it; its object goes no further. Bytes and names
are taken from the parts of the standard library, because mail-parser decodes attachments through charsets.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.errors import MissingHeaderBodySeparatorDefect
from email.feedparser import BytesFeedParser
from email.message import Message
from pathlib import Path
from typing import cast

from mailbot.letter import skeleton
from mailbot.letter.charsets import one_line
from mailbot.letter.headers import Headers, file_name, headers_of, parameters
from mailbot.letter.skeleton import MAX_KEPT, Skeleton, TooMuch

MAX_LINES = 1_500_000  # lines of a skeleton, or of a letter read the plain way: the parser holds each as a string
MAX_PARTS = 50_000
MAX_DEFECTS = 50
MAX_REMARKED = 2000  # parts of a letter that is given to mail-parser; it takes half a millisecond for each
_TEXTS = frozenset(("text/plain", "text/html"))


class _Message(Message):
    """A part whose enclosed letters are leaves: they are kept byte for byte, and parsed as letters of their own."""

    def get_content_type(self) -> str:
        found = super().get_content_type()
        return "application/octet-stream" if found.startswith("message/") else found


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf. `body` is its body in the skeleton; `group` is one number for all versions of one text."""

    headers: Headers
    media_type: str
    charset: str
    encoding: str
    name: str
    body: bytes
    group: int
    is_text: bool
    inline: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """What the parser made of a letter. `types` are the media types of all parts, containers too."""

    skeleton: Skeleton
    parts: tuple[Part, ...]
    types: frozenset[str]
    reports: frozenset[str]
    defects: tuple[str, ...]

    def content(self, part: Part) -> Iterator[bytes]:
        """The decoded content of a part, a piece at a time."""
        return skeleton.decoded(self.skeleton.pieces(part.body), part.encoding)


def read_tree(raw: Path) -> Tree:
    """Parse the letter in this file. Raises TooMuch, and whatever the mail package raises on a broken letter."""
    bones = skeleton.make(raw)
    message = _parse(bones.data)
    if bones.spans and not _comes_back(bones, message):
        if raw.stat().st_size > MAX_KEPT:
            raise TooMuch("its large parts lie where no body is")
        bones = Skeleton(raw, raw.read_bytes())
        message = _parse(bones.data)
    defects = _defects(message)
    types: set[str] = set()
    reports: set[str] = set()
    parts = tuple(_leaves(message, types, reports))
    return Tree(bones, parts, frozenset(types), frozenset(reports), defects)


def _parse(data: bytes) -> Message:
    if data.count(b"\n") + data.count(b"\r") > 2 * MAX_LINES:
        raise TooMuch("it has too many lines")
    message = _feed(data)
    if any(_runs_on(part) for part in message.walk()):
        message = _feed(_mend(data))
    return message


def _runs_on(part: Message) -> bool:
    return any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in part.defects)


def _feed(data: bytes) -> Message:
    parser = BytesFeedParser(_factory=_Message)
    for start in range(0, len(data), 65536):
        parser.feed(data[start : start + 65536])
    return parser.close()


def _mend(data: bytes) -> bytes:
    """Names with a line end inside their quotes, folded as they should be (seen from Coremail)."""
    lines = data.splitlines(keepends=True)
    field = open_quote = False
    for at, line in enumerate(lines):
        if field and open_quote and line[:1] not in b" \t\r\n" and not line.startswith(b"--"):
            lines[at] = b" " + line if b'"' in line[:2000] else line
        elif line[:1] not in b" \t":
            field, open_quote = line[:20].lower().startswith((b"content-type:", b"content-disposition:")), False
        open_quote ^= field and line[:4000].count(b'"') % 2 == 1
    return b"".join(lines)


def _comes_back(bones: Skeleton, message: Message) -> bool:
    """Whether every stretch that was left out is in exactly one body, or in what stands around the parts.

    A body without an empty line before it may begin where the cut made a header line unrecognisable: it does not count.
    """
    seen: list[int] = []
    for part in message.walk():
        is_body = not part.is_multipart() and not _runs_on(part)
        texts = [part.preamble, part.epilogue, part.get_payload() if is_body else None]
        for text in texts:
            if isinstance(text, str) and "@@" in text:
                seen += bones.markers(text.encode("ascii", "replace"))
    return sorted(seen) == list(range(len(bones.spans)))


def _defects(message: Message) -> tuple[str, ...]:
    """What mail-parser finds wrong with the letter, each once, in words.

    It builds on the parser of the standard library and takes longer than all else here: a letter that gave that one
    no cause for a remark is spared it.
    """
    if not any(part.defects for part in message.walk()):
        return ()
    import mailparser  # only the reading child needs it

    logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # it logs a line for each part it does not know
    if sum(1 for _ in message.walk()) > MAX_REMARKED:
        return ("it has too many parts for mail-parser",)
    try:
        remarks = mailparser.MailParser(message).defects
    except Exception as error:  # noqa: BLE001 - it raises all kinds of errors on real mails; its remarks are not vital
        return (f"mail-parser failed: {type(error).__name__}",)
    lines = [one_line(str(text))[:200] for remark in remarks for texts in remark.values() for text in texts]
    return tuple(dict.fromkeys(lines))[:MAX_DEFECTS]


def _leaves(message: Message, types: set[str], reports: set[str]) -> Iterator[Part]:
    """The leaves in the order of the letter; a container's type and report-type are noted on the way."""
    stack: list[tuple[Message, int | None, str]] = [(message, None, "")]
    for number in range(MAX_PARTS):
        if not stack:
            return
        part, group, container = stack.pop()
        headers = headers_of(part.raw_items())
        declared, found = parameters(headers.raw("content-type"))
        if "/" not in declared:
            declared = part.get_default_type()
        types.add(declared)
        if part.is_multipart():
            if declared == "multipart/report":
                reports.add(found.get("report-type", "").lower())
            inner = number if declared == "multipart/alternative" and group is None else group
            stack.extend((child, inner, declared) for child in reversed(cast("list[Message]", part.get_payload())))
        else:
            yield _part(part, headers, declared, found, number if group is None else group, container)


def _part(part: Message, headers: Headers, declared: str, found: Mapping[str, str], group: int, container: str) -> Part:
    name = file_name(headers)
    disposition = parameters(headers.raw("content-disposition"))[0]
    encoding = (headers.text("content-transfer-encoding").lower().split() or [""])[0]
    if declared.startswith("multipart/"):  # without its boundary: what it holds can only be shown
        declared, encoding = "text/plain", ""
    del part["content-transfer-encoding"]  # then get_payload gives the bytes as they stand in the letter
    body = part.get_payload(decode=True)
    return Part(
        headers=headers,
        media_type=declared,
        charset=found.get("charset", ""),
        encoding=encoding.rstrip(";"),
        name=name,
        body=body if isinstance(body, bytes) else b"",
        group=group,
        is_text=declared in _TEXTS and disposition != "attachment" and not name,
        inline=disposition == "inline" or container == "multipart/related" or "content-id" in headers,
    )
