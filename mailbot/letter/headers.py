"""Headers out of their raw bytes: RFC 2047 words, RFC 2231 parameters, addresses, dates, Message-IDs.

The mail package of the standard library decodes each encoded word alone and drops what it cannot decode; Chinese
mailers cut words inside a character, label GBK as gb2312 and send raw 8-bit bytes. So headers are read here.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from mailbot.letter.charsets import clean, decode, one_line
from mailbot.model import Address
from mailbot.names import last_part

MAX_BLOCK = 256 * 1024  # bytes of one header block that are looked at
MAX_VALUE = 64 * 1024  # bytes of one header value
MAX_IDS = 50  # Message-IDs kept of References and In-Reply-To
MAX_ADDRESSES = 200
MAX_PARAMETERS = 200
MAX_NAME = 1024  # characters of a file name or display name
MAX_CERTAIN = 4096  # characters of an address header that is looked through for other ways to read it

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_FOLD = re.compile(rb"\r\n|\r|\n")
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,20}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63}){1,10}"
)
_LIKE_AN_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{0,64}@[^\s<>()\[\],;:\"@]{1,255}\.[^\s<>()\[\],;:\"@]{1,63}")
_BRACKETED = re.compile(r"<([^<>]{0,400}@[^<>]{0,400})")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,480}>")
_PARAMETER = re.compile(r"\s*([^\s=;*]{1,80})(\*\d{1,3})?(\*)?\s*=\s*")
_PERCENT = re.compile("%[89A-Fa-f][0-9A-Fa-f]")
_EARLIEST, _LATEST = 1970, 2199


@dataclass(frozen=True, slots=True)
class Headers:
    """The header fields of a letter or part in order: lower-case name, raw value unfolded."""

    fields: tuple[tuple[str, bytes], ...]

    def __contains__(self, name: str) -> bool:
        return any(field == name for field, _ in self.fields)

    def raw(self, name: str) -> bytes:
        """The raw value of the first field of this (lower-case) name, empty when there is none."""
        return next((value for field, value in self.fields if field == name), b"")

    def all(self, name: str) -> list[str]:
        """The decoded values of all fields of this name, each on one line."""
        return [decode_words(decode(value)) for field, value in self.fields if field == name]

    def text(self, name: str) -> str:
        """The decoded value of the first field of this name, on one line."""
        return decode_words(decode(self.raw(name)))


def split_headers(block: bytes) -> Headers:
    """The fields of the header block that `block` begins with; lines that are no field are passed over."""
    fields: list[tuple[str, list[bytes]]] = []
    for line in _lines(block):
        if not line:
            break
        if line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif field := _FIELD.match(line):
            fields.append((field[1].decode("ascii").lower(), [field[2]]))
    return Headers(tuple((name, b" ".join(map(bytes.strip, lines))[:MAX_VALUE]) for name, lines in fields))


_OF_LETTERS = frozenset(
    (
        "from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "content-type",
        "mime-version", "reply-to", "sender", "delivered-to", "x-mailer", "list-id", "in-reply-to", "references",
        "x-original-to", "resent-from", "dkim-signature",
    )
)  # fmt: skip


def letter_fields(headers: Headers) -> int:
    """How many of the fields that letters have stand there."""
    return len(_OF_LETTERS.intersection(name for name, _ in headers.fields))


def _lines(block: bytes) -> Iterator[bytes]:
    """Its lines one by one: mostly only the first few of a large block are wanted."""
    start = 0
    for fold in _FOLD.finditer(block, 0, MAX_BLOCK):
        yield block[start : fold.start()]
        start = fold.end()
    yield block[start:MAX_BLOCK]


def headers_of(items: Iterable[tuple[str, str]]) -> Headers:
    """The fields of a part that the standard library has split: values are str with surrogate escapes."""
    fields = []
    for name, value in items:
        lines = _FOLD.split(str(value)[:MAX_VALUE].encode("ascii", "surrogateescape"))
        fields.append((name.lower(), b" ".join(line.strip() for line in lines)))
    return Headers(tuple(fields))


# --- RFC 2047 ---------------------------------------------------------------------------------------------------------


def decode_words(text: str) -> str:
    """The text with its encoded words (RFC 2047) decoded, on one line.

    Neighbours of one charset are joined as bytes first: mailers cut them inside a character, or inside a base64 quad.
    """
    if "=?" not in text:
        return one_line(text[:MAX_VALUE])
    out: list[str] = []
    last, run = 0, _Run()
    for word in _WORD.finditer(text[:MAX_VALUE]):
        gap = text[last : word.start()]
        charset = word[1].lower().partition("*")[0]
        if gap.strip() or charset != run.charset:
            out.append(run.text())
            out.append(gap if gap.strip() or not run.charset else "")
            run = _Run(charset)
        run.add(word[2].lower(), word[3])
        last = word.end()
    return one_line("".join((*out, run.text(), text[last:MAX_VALUE])))


class _Run:
    """Adjacent encoded words of one charset."""

    def __init__(self, charset: str = "") -> None:
        self.charset = charset
        self._raw = bytearray()
        self._quads = ""  # base64 that may go on in the next word

    def add(self, encoding: str, body: str) -> None:
        body = body.strip()
        if encoding == "b":
            self._quads += body
            if body.endswith("=") or len(self._quads) % 4 == 0:
                self._flush()
            return
        self._flush()
        self._raw += binascii.a2b_qp(body.replace(" ", "_").encode("utf-8", "replace"), header=True)

    def _flush(self) -> None:
        quads, self._quads = self._quads, ""
        for piece in re.findall(r"[^=]+", quads):
            self._raw += _base64(piece)

    def text(self) -> str:
        self._flush()
        return decode(bytes(self._raw), self.charset) if self._raw else ""


def _base64(text: str) -> bytes:
    """The bytes of base64 that may lack its padding or have one character too many."""
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + "=" * (-len(kept) % 4))


# --- RFC 2231 and what stands in its place ---------------------------------------------------------------------------


@lru_cache(maxsize=16)  # the same header is asked for its value, its parameters and the name among them
def parameters(raw: bytes) -> tuple[str, Mapping[str, str]]:
    """The value and the decoded parameters of a structured header (RFC 2045 section 5.1, RFC 2231).

    A name may also come as raw 8-bit bytes, as encoded words in or out of quotes, or without a closing quote.
    """
    value, _, rest = decode(raw[:MAX_VALUE]).partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, index, extended, text in _split_parameters(rest):
        if index is None and not extended:
            plain.setdefault(name, decode_words(text))
        else:
            pieces.setdefault(name, []).append((index or 0, extended, text))
    found = {**plain, **{name: _join_2231(parts) for name, parts in pieces.items()}}
    return one_line(value).lower(), MappingProxyType(found)


def _split_parameters(text: str) -> Iterator[tuple[str, int | None, bool, str]]:
    """(name, RFC 2231 index, extended, value) of each parameter, bounded."""
    at = 0
    for _ in range(MAX_PARAMETERS):
        while at < len(text) and text[at] in "; \t":
            at += 1
        match = _PARAMETER.match(text, at)
        if not match:
            end = text.find(";", at)
            if end < 0:
                return
            at = end
            continue
        value, at = _parameter_value(text, match.end())
        yield match[1].lower(), int(match[2][1:]) if match[2] else None, bool(match[3]), value


def _parameter_value(text: str, at: int) -> tuple[str, int]:
    """The value that begins there, without quotes, and where it ends."""
    if text[at : at + 1] != '"':
        word = _WORD.match(text, at)  # an encoded word out of quotes may hold ';'
        end = text.find(";", word.end() if word else at)
        end = len(text) if end < 0 else end
        return text[at:end].strip(), end
    end = at + 1
    while end < len(text) and text[end] != '"':
        end += 2 if text[end] == "\\" and text[end + 1 : end + 2] in ('"', "\\") else 1
    quoted = re.sub(r'\\(["\\])', r"\1", text[at + 1 : end])
    after = text.find(";", end)
    return quoted, len(text) if after < 0 else after


def _join_2231(parts: list[tuple[int, bool, str]]) -> str:
    """One value out of its continuations (RFC 2231 section 3 and 4.1), joined as bytes."""
    parts.sort(key=lambda part: part[0])
    raw, charset = bytearray(), ""
    for number, (_, extended, text) in enumerate(parts):
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        encoded = _encoded(text, charset)
        raw += unquote_to_bytes(encoded) if extended else encoded
    return decode_words(decode(bytes(raw), charset))


def _encoded(text: str, charset: str) -> bytes:
    """Raw characters among percent-encoded ones in their own charset again."""
    try:
        return text.encode(charset or "utf-8", "replace") if not text.isascii() else text.encode("ascii")
    except (LookupError, ValueError):  # unknown, or no charset of texts
        return text.encode("utf-8", "replace")


def file_name(headers: Headers) -> str:
    """The name that the sender gave a part: the last part of a path, "" when there is none."""
    for header, keys in (("content-disposition", ("filename", "name")), ("content-type", ("name", "filename"))):
        _, found = parameters(headers.raw(header))
        for key in keys:
            if name := name_of(found.get(key, "")):
                return name
    return ""


def name_of(path: str) -> str:
    """The last part of a sender's path as `last_part` shows it; "" where nothing is left of it.

    Names that are percent-encoded throughout, as browsers do it, are decoded.
    """
    if path.isascii() and len(_PERCENT.findall(path)) >= 3:
        raw = unquote_to_bytes(path[: 9 * MAX_NAME])
        path = path if raw.isascii() else decode(raw)
    return last_part(path)


# --- Addresses, dates, Message-IDs -----------------------------------------------------------------------------------


def address(text: str) -> str:
    """The address when the text is exactly one (RFC 5321 section 4.1.2, dot-atom only), lower-case in its domain."""
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        return ""
    local, _, domain = text.rpartition("@")
    return "" if domain.endswith("-") or "-." in domain or ".-" in domain else f"{local}@{domain.lower()}"


def addresses(raw: bytes) -> list[Address]:
    """The mailboxes of an address header (RFC 5322 section 3.4) that have a usable address."""
    found = []
    for piece in _mailboxes(decode(raw[:MAX_VALUE])):
        if mailbox := _mailbox(piece):
            found.append(mailbox)
        if len(found) >= MAX_ADDRESSES:
            break
    return found


def contested(fields: Headers, name: str) -> bool:
    """Whether programs may read other mailboxes than one and the same out of a header (RFC 5322 section 3.4).

    So it is where it stands there twice with different addresses, names several, or holds anything like a second one
    out of quotes and comments, for our reading or for that of the standard library (CVE-2023-27043).
    """
    text = ", ".join(decode(value) for field, value in fields.fields if field == name)
    if len(text) > MAX_CERTAIN:
        return True
    ours = {one.address.lower() for one in addresses(text.encode())}
    library = " ".join(value for _, value in getaddresses([text]))
    plain = _outside(text)
    seen = [*_LIKE_AN_ADDRESS.findall(f"{plain} {library}"), *_BRACKETED.findall(plain)]
    theirs = {one.strip("' \t").lower().removeprefix("mailto:") for one in seen}
    return len(ours | theirs) > 1 or (not ours and bool(theirs))


def _outside(text: str) -> str:
    """The text without its quoted strings and (nested) comments; what has no end is no such thing."""
    kept, start, depth, quoted, escaped = "", 0, 0, False, False
    for at, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif char == '"' and not depth:
            kept, start = (kept, at + 1) if quoted else (kept + text[start:at], at)
            quoted = not quoted
        elif not quoted and char == "(":
            kept, start = (kept, start) if depth else (kept + text[start:at], at)
            depth += 1
        elif depth and char == ")":
            depth -= 1
            start = start if depth else at + 1
    return kept + text[start:]


def _mailboxes(text: str) -> Iterator[str]:
    """The text cut at commas and semicolons outside of quotes, comments and angle brackets."""
    start, closing = 0, ""
    pairs = {'"': '"', "<": ">", "(": ")"}
    for at, char in enumerate(text):
        if closing:
            if char == closing:
                closing = ""
        elif char in pairs and text.find(pairs[char], at + 1, at + MAX_NAME) > 0:
            closing = pairs[char]
        elif char in ",;，；":
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _mailbox(piece: str) -> Address | None:
    before, bracket, after = piece.rpartition("<")
    if bracket:
        inner = address(_COMMENT.sub("", after.partition(">")[0]).strip().removeprefix("mailto:"))
        return Address(address=inner, name=_display(before)) if inner else None
    bare, _, comment = piece.partition("(")
    words = bare.replace(":", " ").split()
    for word in reversed(words):
        if inner := address(word.strip("'\"")):
            others = " ".join(other for other in words if other is not word)
            return Address(address=inner, name=_display(comment.rpartition(")")[0] or others))
    return None


def _display(text: str) -> str:
    quoted = text.strip()
    if len(quoted) > 1 and quoted[0] == quoted[-1] == '"':
        quoted = re.sub(r"\\(.)", r"\1", quoted[1:-1])
    return decode_words(quoted).strip("\"' ")[:MAX_NAME]


def date(text: str) -> datetime | None:
    """The moment of a Date header, aware; one without a zone is taken as UTC; None for what is no date."""
    try:
        found = parsedate_to_datetime(clean(text)[:200])
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        offset = found.utcoffset()
        if offset is None or abs(offset.total_seconds()) >= 86400 or not _EARLIEST <= found.year <= _LATEST:
            return None
        found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found


def message_ids(text: str) -> tuple[str, ...]:
    """The Message-IDs in a header, each once with its angle brackets, in order; of many the last ones."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[-MAX_IDS:]
