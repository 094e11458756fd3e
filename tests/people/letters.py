"""The letters of the YAML files beside this one: read, and put together as mail programs do.

An entry: `from`, `subject`, `text`, `headers`, `files` (name: sort), `answers` (ours | theirs), `earlier` (submissions
of the same sender, unless `own: no`), `expect` (kind, or several where the design leaves it open; answered; trial), and
`why` where it is not plain. In a text "<<name>>" stands for an article, "[[style name]]" for a quoted mail. A file is
an article by its name ("name+" is a later version), or one of the sorts in `_SORTS`, or "txt name", "zip name",
"eml name".
"""

from __future__ import annotations

import io
import re
import zipfile
from base64 import encodebytes
from collections.abc import Callable, Iterator
from email.header import Header
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent

from docx import Document
from PIL import Image
from ruamel.yaml import YAML

HERE = Path(__file__).parent
OFFICE = "tougao@example.org"
OURS, THEIRS = "<1.answer@mailbot.example.org>", "<20261120093000.1a2b@example.org>"

Entry = dict[str, Any]


@cache
def sections(name: str) -> dict[str, list[str]]:
    """The lines below each "== name" of a text file."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            lines = found[line[3:]] = []
        elif not line.startswith("#"):
            lines.append(line)
    return found


def entries() -> Iterator[tuple[str, Entry]]:
    """Every letter, with file and number as its name."""
    for path in sorted(HERE.glob("*.yaml")):
        for number, entry in enumerate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")), 1):
            yield f"{path.stem} {number}", entry


def article(name: str) -> list[str]:
    """The lines of an article: title, unit, paragraphs, author. "name+" is a later version of it."""
    lines = [line for line in sections("articles.txt")[name.rstrip("+")] if line]
    if name.endswith("+"):
        lines[2] = lines[2].replace("。", "，这是大家都看在眼里的。", 1)
        lines.insert(-1, "今年以来，这一做法又在周边三个地方试行，效果同样不错，来参观的人一批接着一批。")
    return lines


# --- Files ------------------------------------------------------------------------------------------------------------


@cache
def _docx(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def _photo(name: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((640, 480), 20 + len(name)).convert("RGB").save(out, "JPEG", quality=60)
    return out.getvalue()


@cache
def _form() -> bytes:
    return _docx("作者信息表", "姓名：", "单位：", "联系电话：", "邮寄地址：")


@cache
def _zip(name: str, content: bytes, *, locked: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    packed = bytearray(out.getvalue())
    if locked:  # the flag "encrypted" (APPNOTE 4.4.4) in both headers of its only member
        packed[6] |= 1
        packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


_SORTS: dict[str, Callable[[str], bytes]] = {
    "photo": _photo,
    "form": lambda name: _form(),
    "sheet": lambda name: b"name,address\r\n",
    "broken": lambda name: b"PK\x03\x04" + bytes(range(256)) * 8,
    "encrypted": lambda name: _zip("a.docx", b"x" * 900, locked=True),
    "empty": lambda name: b"",
}


def file(name: str, sort: str) -> bytes:
    """The bytes of a file of this sort."""
    packing, _, inner = sort.rpartition(" ")
    if packing == "txt":
        return "\r\n".join(article(inner)).encode("gb18030")
    if packing == "zip":
        return _zip(f"1.{'jpg' if inner == 'photo' else 'docx'}", file(name, inner))
    if packing == "eml":
        within = {"from": "沈某 <shen@example.com>", "subject": "投稿", "text": "见附件", "files": {"1.docx": inner}}
        return as_bytes(within, 0)
    return _SORTS[sort](name) if sort in _SORTS else _docx(*article(sort))


# --- Texts ------------------------------------------------------------------------------------------------------------


def quoted(style: str, name: str, about: str) -> list[str]:
    """A mail as this program quotes it below an answer; `about` is the number that ours bears."""
    subject, *lines = sections("quoted.txt")[name]
    lines = [line.replace("SQ-2026-0012", about) for line in lines]
    subject = subject.removeprefix("Subject: ").replace("SQ-2026-0012", about)
    who, address = ("何广田", "hgt@example.cn") if name == "mine" else ("社区工作通讯编辑部", OFFICE)
    marked = [f"> {line}".rstrip() for line in lines]
    return {
        "qq": [
            "", "------------------ 原始邮件 ------------------", f'发件人: "{who}" <{address}>;',
            "发送时间: 2026年11月22日(星期天) 上午9:30", '收件人: "h"<h@example.cn>;', f"主题: {subject}", "", *lines,
        ],
        "foxmail": [
            "", "", f"发件人： {who}", "发送时间： 2026-11-22 09:30", "收件人： h", f"主题： {subject}", *lines,
        ],
        "outlook": [
            "", "________________________________", f"发件人: {who} <{address}>", "发送时间: 2026年11月22日 9:30",
            "收件人: h@example.cn", f"主题: {subject}", "", *lines,
        ],
        "163": ["", f'在 2026-11-22 09:30:12，"{who}" <{address}> 写道：', "", *marked],
        "apple": ["", f"在 2026年11月22日，09:30，{who} <{address}> 写道：", "", *marked],
        "gmail": ["", f"{who} <{address}> 于2026年11月22日周日 09:30写道：", "", *marked],
        ">": ["", *marked],
    }[style]  # fmt: skip


def text_of(entry: Entry) -> str:
    """The text of a letter, with the articles and quotations that it names."""
    about = next((one["number"] for one in entry.get("earlier", ())), "SQ-2026-0012")
    lines: list[str] = []
    for line in entry["text"].splitlines():
        if found := re.fullmatch(r"<<(.+)>>", line):
            lines += article(found[1])
        elif found := re.fullmatch(r"\[\[(\S+) (\S+)\]\]", line):
            lines += quoted(found[1], found[2], about)
        else:
            lines.append(line)
    return "\n".join(lines)


# --- Letters ----------------------------------------------------------------------------------------------------------


def as_bytes(entry: Entry, number: int) -> bytes:
    """The letter as bytes; the number chooses among the ways in which mail programs write it."""
    charset = ("utf-8", "gb18030")[number % 2]
    name, _, address = entry["from"].rpartition("<")
    head = [
        f"From: {_word(name.strip(), charset)} <{address.rstrip('>')}>",
        f"To: {OFFICE}",
        f"Subject: {_word(entry['subject'], charset)}",
        "Date: Mon, 23 Nov 2026 09:30:00 +0800",
        f"Message-ID: <{number}.people@example.cn>",
        "MIME-Version: 1.0",
    ]
    if answers := entry.get("answers"):
        head.append(f"In-Reply-To: {OURS if answers == 'ours' else THEIRS}")
    head += [f"{key}: {value}" for key, value in entry.get("headers", {}).items()]
    text = _text(text_of(entry), charset, number // 2 % 3)
    files = [_attached(name, file(name, sort), charset, number) for name, sort in entry.get("files", {}).items()]
    body = _multipart("mixed", [text, *files]) if files else text
    return "\r\n".join(head).encode() + b"\r\n" + body


def _word(text: str, charset: str) -> str:
    return text if text.isascii() else Header(text, charset, maxlinelen=10_000).encode(maxlinelen=0)


def _leaf(head: str, content: bytes) -> bytes:
    body = encodebytes(content).replace(b"\n", b"\r\n")
    return f"{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + body


def _text(text: str, charset: str, form: int) -> bytes:
    plain = _leaf(f"Content-Type: text/plain; charset={charset}", text.encode(charset))
    if form == 0:
        return plain
    rows = "".join(f"<div>{escape(line) or '<br>'}</div>\n" for line in text.split("\n"))
    page = _leaf(f"Content-Type: text/html; charset={charset}", f"<html><body>{rows}</body></html>".encode(charset))
    return page if form == 1 else _multipart("alternative", [plain, page])


def _attached(name: str, content: bytes, charset: str, number: int) -> bytes:
    kind = "message/rfc822" if name.endswith(".eml") else "application/octet-stream"
    shown = f"filename*=utf-8''{percent(name)}" if number % 5 == 0 else f'filename="{_word(name, charset)}"'
    head = f"Content-Type: {kind}\r\nContent-Disposition: attachment; {shown}"
    if kind == "message/rfc822":
        return head.encode() + b"\r\n\r\n" + content
    return _leaf(head, content)


def _multipart(kind: str, parts: list[bytes]) -> bytes:
    line = f"--=_{kind}".encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=_{kind}"\r\n\r\n'.encode() + body + line + b"--\r\n"
