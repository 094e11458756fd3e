"""Letters as bytes, as the programs of contributors write them."""

from __future__ import annotations

import base64
from pathlib import Path

from mailbot.languages import load
from mailbot.letter.read import read_letter
from mailbot.model import Letter

ZH = load("zh-CN")
HEAD = (
    b"From: =?gb18030?B?1cXI/Q==?= <zhangsan@example.cn>\r\nTo: tougao@example.org\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0800\r\nMessage-ID: <1@example.cn>\r\nMIME-Version: 1.0\r\n"
)
DOCX = b"PK\x03\x04" + b"\0" * 22 + b"\x11\0\0\0word/document.xml" + bytes(range(256)) * 8


def simple(text: str, subject: str = "", more: str = "", charset: str = "utf-8") -> bytes:
    """A letter of one plain text."""
    head = f"Subject: {subject}\r\n{more}Content-Type: text/plain; charset={charset}\r\n"
    return HEAD + head.encode() + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + text.encode(charset)


def leaf(head: str | bytes, content: bytes, *, wrap: bool = True) -> bytes:
    """A part, base64 unless `wrap` is False."""
    head = head.encode() if isinstance(head, str) else head
    if not wrap:
        return head + b"\r\n\r\n" + content
    body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body


def multipart(kind: str, *parts: bytes, boundary: str = "=_b", close: bool = True) -> bytes:
    """A multipart from its Content-Type on."""
    line = b"--" + boundary.encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    end = line + b"--\r\n" if close else b""
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body + end


def letter(*parts: bytes, subject: str = "x", kind: str = "mixed", more: str = "", close: bool = True) -> bytes:
    """A letter of several parts."""
    return HEAD + f"Subject: {subject}\r\n{more}".encode() + multipart(kind, *parts, close=close)


def read(raw: bytes, folder: Path) -> Letter:
    """Read these bytes with a work folder below `folder`."""
    path = folder / "letter.eml"
    path.write_bytes(raw)
    return read_letter(path, folder / "work", ZH)


def taken(folder: Path, found: Letter, number: int = 0) -> bytes:
    """The bytes of one of its files."""
    return (folder / "work" / found.files[number].where).read_bytes()


def docx_part(name: str = 'filename="a.docx"', kind: str = "application/octet-stream") -> bytes:
    """A document as a part."""
    return leaf(f"Content-Type: {kind}\r\nContent-Disposition: attachment; {name}", DOCX)
