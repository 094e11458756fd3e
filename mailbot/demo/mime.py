"""Builds mails byte by byte, as Chinese mail programs do: their charsets, boundaries and ways to write names."""

from __future__ import annotations

import hashlib
import html
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Client:
    """How one mail program writes: `label` is the charset it claims, `codec` the one it uses."""

    mailer: str
    label: str
    codec: str
    boundary: str
    rfc2231: bool = False  # how file names are written; RFC 2047 words in quotes otherwise
    alternative: bool = True  # an HTML part beside the plain one
    extra: tuple[str, ...] = ()


CLIENTS = {
    "foxmail": Client(
        "Foxmail 7.2.25.331[cn]", "utf-8", "utf-8", "----=_001_NextPart{n}_=----", extra=("X-Has-Attach: yes",)
    ),
    "163": Client(
        "Coremail Webmail Server Version XT5.0.14 build 20260325 Copyright (c) 2002-2026 www.mailtech.cn 163com",
        "gb2312",  # claimed, although the bytes go beyond it
        "gbk",
        "----=_Part_{n}_1234567.1790000000000",
    ),
    "qq": Client("QQMail 2.x", "gb18030", "gb18030", "----=_NextPart_{n}", extra=("X-QQ-mid: webmail812t",)),
    "phone": Client("iPhone Mail (23B85)", "utf-8", "utf-8", "Apple-Mail-{n}", rfc2231=True, alternative=False),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME part: header lines and an encoded body."""

    headers: list[str] = field(default_factory=list)
    body: bytes = b""

    def dump(self) -> bytes:
        return "".join(f"{line}\r\n" for line in self.headers).encode("ascii") + CRLF + self.body


def words(text: str, client: Client) -> str:
    """Text as RFC 2047 encoded words in the client's charset, folded; plain where it is ASCII."""
    if text.isascii():
        return text
    pieces = [text[start : start + 12] for start in range(0, len(text), 12)]
    return "\r\n ".join(f"=?{client.label}?B?{_base64(piece.encode(client.codec))}?=" for piece in pieces)


def text_part(text: str, client: Client, subtype: str = "plain") -> Part:
    """A text part in the client's charset, base64."""
    headers = [f'Content-Type: text/{subtype}; charset="{client.label}"', "Content-Transfer-Encoding: base64"]
    return Part(headers, _lines(text.replace("\n", "\r\n").encode(client.codec, "xmlcharrefreplace")))


def html_of(text: str, client: Client) -> str:
    """The plain text as the HTML that a mail program makes of it."""
    lines = "".join(f"<div>{html.escape(line) or '<br>'}</div>\n" for line in text.splitlines())
    meta = f'<meta http-equiv="content-type" content="text/html; charset={client.label}">'
    return f"<html><head>{meta}</head><body>\n{lines}</body></html>\n"


def written(text: str, client: Client, markup: str | None = None) -> Part:
    """What was typed: plain and HTML, or plain alone on a phone; `markup` replaces the HTML made of the text."""
    plain = text_part(text, client)
    if not client.alternative and markup is None:
        return plain
    return multipart("alternative", [plain, text_part(markup or html_of(text, client), client, "html")], client)


def attached(file: Attachment, client: Client) -> Part:
    """An attachment with its name written in the client's way."""
    disposition = "inline" if file.inline else "attachment"
    if client.rfc2231:
        name = f"filename*={client.label}''{quote(file.name, safe='')}"
        headers = [f"Content-Type: {file.media_type}", f"Content-Disposition: {disposition};\r\n\t{name}"]
    else:
        name = words(file.name, client)
        headers = [
            f'Content-Type: {file.media_type};\r\n\tname="{name}"',
            f'Content-Disposition: {disposition};\r\n\tfilename="{name}"',
        ]
    return Part([*headers, "Content-Transfer-Encoding: base64"], _lines(file.content))


def multipart(subtype: str, parts: Sequence[Part], client: Client, parameters: str = "") -> Part:
    """Several parts under the client's kind of boundary, which its content decides."""
    dumped = [part.dump() for part in parts]
    number = int.from_bytes(hashlib.sha256(b"".join(dumped)).digest()[:5]) % 10**11
    boundary = client.boundary.format(n=number)
    body = b"".join(f"--{boundary}\r\n".encode() + part + CRLF for part in dumped) + f"--{boundary}--\r\n".encode()
    return Part([f'Content-Type: multipart/{subtype};{parameters}\r\n\tboundary="{boundary}"'], body)


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def _lines(raw: bytes) -> bytes:
    """Base64 in lines of 76."""
    encoded = b64encode(raw)
    return b"".join(encoded[start : start + 76] + CRLF for start in range(0, len(encoded), 76))
