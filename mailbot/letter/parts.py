"""A letter's MIME tree: which leaves it has, in order, and the bytes of each. The only user of mail-parser.

mail-parser says of a skeleton that is not in order what is wrong with it; its object goes no further. Bytes and names
are taken from the parts of the standard library, because mail-parser decodes attachments through charsets.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.errors import MissingHeaderBodySeparatorDefect
from email.feedparser import BytesFeedParser
from email.message import Message
from pathlib import Path
from typing import cast

from mailbot.letter import flat, skeleton
from mailbot.letter.charsets import one_line
from mailbot.letter.headers import MAX_NAME, Headers, file_name, headers_of, parameters
from mailbot.letter.skeleton import Skeleton, TooMuch

MAX_LINES = 1_500_000  # lines of a skeleton, or of a letter read the plain way: the parser holds each as a string
MAX_PLAIN = 24 * 1024 * 1024  # bytes of a letter that is read the plain way: the parser takes six times as much
MAX_PARTS = 50_000
MAX_DEFECTS = 50
MAX_REMARKED = 2000  # parts of a letter that is given to mail-parser; it takes half a millisecond for each
MAX_WORK = 30_000_000  # lines times multiparts: the parser holds each line against all that are open
_TEXTS = frozenset(("text/plain", "text/html", "text/enriched", "text/richtext"))
_VERSIONS = _TEXTS | {"text/x-amp-html", "text/watch-html"}


_LONG_BOUNDARY = re.compile(rb"boundary\s{0,3}=\s{0,3}[^;\s]{1024}", re.IGNORECASE)
_MULTIPART = re.compile(rb"multipart/", re.IGNORECASE)


class _Message(Message):
    """A part whose enclosed letters are leaves: they are kept byte for byte, and parsed as letters of their own."""

    def get_content_type(self) -> str:
        found = super().get_content_type()
        return "application/octet-stream" if found.startswith("message/") else found


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf. `body` is its body in the skeleton; `group` is one number for all versions of one text.

    `cid` is its Content-ID. `attached` says that its disposition is "attachment", whatever else shows it in the text.
    """

    headers: Headers
    media_type: str
    charset: str
    encoding: str
    name: str
    body: bytes
    group: int
    is_text: bool
    inline: bool
    attached: bool = False
    cid: str = ""


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
    """Parse the letter in this file. Raises TooMuch where even its skeleton is too large.

    The mail package raises nearly everything on real letters: those are read without their nesting.
    """
    bones = skeleton.make(raw)
    try:
        return _nested(raw, bones)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - the mail package raises nearly everything on real mails
        return _flat(bones, f"read without its structure: {type(error).__name__}")


def _nested(raw: Path, bones: Skeleton) -> Tree:
    """The letter as the parser of the standard library sees it."""
    message = _parse(bones.data)
    if bones.spans and not _comes_back(bones, message):
        if raw.stat().st_size > MAX_PLAIN:
            raise TooMuch("its large parts lie where no body is")
        bones = Skeleton(raw, raw.read_bytes())
        message = _parse(bones.data)
    defects = _defects(message)
    types: set[str] = set()
    reports: set[str] = set()
    parts = tuple(_leaves(message, types, reports))
    return Tree(bones, parts, frozenset(types), frozenset(reports), defects)


def _flat(bones: Skeleton, remark: str) -> Tree:
    """The letter as a row of parts; neighbouring texts of two types are taken for versions of one."""
    parts: list[Part] = []
    types: set[str] = set()
    reports: set[str] = set()
    preamble = b""
    for (headers, body), number in zip(flat.sections(bones.data), range(MAX_PARTS), strict=False):
        declared, found = parameters(headers.raw("content-type"))
        declared = declared if "/" in declared else "text/plain"
        types.add(declared)
        if declared.startswith("multipart/"):
            reports.add(found.get("report-type", "").lower())
            preamble = preamble or body
            continue
        part = _part(headers, body, declared, found, number, "")
        last = parts[-1] if parts else None
        if last and last.is_text and part.is_text and last.media_type != part.media_type:
            part = replace(part, group=last.group)
        parts.append(part)
    if not parts:  # no boundary of its own: it can only be shown
        parts = [_part(Headers(()), preamble, "text/plain", {}, 0, "")]
    return Tree(bones, tuple(parts), frozenset(types), frozenset(reports - {""}), (remark,))


def _parse(data: bytes) -> Message:
    lines = data.count(b"\n") + data.count(b"\r")
    if lines > 2 * MAX_LINES:
        raise TooMuch("it has too many lines")
    if lines > MAX_LINES // 100 and lines * len(_MULTIPART.findall(data)) > MAX_WORK:
        raise TooMuch("it has too many parts within parts")
    if _LONG_BOUNDARY.search(data):  # the parser makes a pattern of each
        raise TooMuch("it has too long a boundary")
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
            default = number if group is None else group
            yield _part(headers, _body(part), declared, found, default, container)


def _body(part: Message) -> bytes:
    """The bytes of a leaf as they stand in the letter."""
    del part["content-transfer-encoding"]
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _part(headers: Headers, body: bytes, declared: str, found: Mapping[str, str], group: int, container: str) -> Part:
    name = file_name(headers)
    disposition = parameters(headers.raw("content-disposition"))[0]
    encoding = (headers.text("content-transfer-encoding").lower().split() or [""])[0]
    if declared.startswith("multipart/"):  # without its boundary: what it holds can only be shown
        declared, encoding = "text/plain", ""
    version = container == "multipart/alternative"
    texts = _VERSIONS if version else _TEXTS
    return Part(
        headers=headers,
        media_type=declared,
        charset=found.get("charset", ""),
        encoding=encoding.rstrip(";"),
        name=name,
        body=body,
        group=group,
        is_text=declared in texts and disposition != "attachment" and (version or not name),
        inline=disposition == "inline" or container == "multipart/related" or "content-id" in headers,
        attached=disposition == "attachment",
        cid=headers.text("content-id").strip("<> ")[:MAX_NAME],
    )
