"""The mailboxes of the benchmark: letters with one .docx, or one and photographs, put into a Maildir as files.

Every attachment is another one, so that a program which loses or mixes one up is found by its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from PIL import Image

WORDS = (
    "社区", "居民", "议事", "楼门", "停车", "电梯", "照明", "协商", "党员", "网格", "物业", "老人", "食堂",
    "志愿", "邻里", "花园",
    "分类", "巡查", "调解", "清单", "走访", "培训", "书屋", "义诊", "热线", "提案", "公示", "监督",
    "反馈", "回访", "绿地", "凉亭",
)  # fmt: skip
"""Of what no two letters are made alike: the same text would be a duplicate."""


@dataclass(frozen=True, slots=True)
class Workload:
    """`count` letters with a .docx and `photos` JPEGs of about `photo_bytes` each."""

    name: str
    title: str
    count: int
    photos: int
    photo_bytes: int
    docx_bytes: int


WORKLOADS = {
    "S": Workload("S", "1,000 letters of 50 KB", 1000, 0, 0, 37_000),
    "M": Workload("M", "200 letters of 4 MB", 200, 2, 1_450_000, 37_000),
    "L": Workload("L", "4 letters of 50 MB", 4, 6, 6_000_000, 37_000),
}


def fill(workload: Workload, maildir: Path, owner: tuple[int, int]) -> set[str]:
    """Write the letters into `maildir`; the SHA-256 of every attachment."""
    for name in ("new", "cur", "tmp"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
        os.chown(maildir / name, *owner)
    os.chown(maildir, *owner)
    dice = random.Random(workload.name)
    photo = _photo(dice, workload.photo_bytes) if workload.photos else b""
    wanted: set[str] = set()
    for number in range(workload.count):
        files = list(_files(workload, number, dice, photo))
        wanted |= {hashlib.sha256(content).hexdigest() for _, content in files}
        path = maildir / "new" / f"{1_700_000_000 + number}.M{number}P1.bench"
        path.write_bytes(_letter(number, files))
        os.chown(path, *owner)
    return wanted


def _files(workload: Workload, number: int, dice: random.Random, photo: bytes) -> Iterator[tuple[str, bytes]]:
    yield f"article-{number}.docx", _docx(number, dice, workload.docx_bytes)
    for one in range(workload.photos):
        yield f"photo-{number}-{one}.jpg", photo + dice.randbytes(64)  # bytes after the end of a JPEG are harmless


def _docx(number: int, dice: random.Random, size: int) -> bytes:
    """A real .docx; an embedded picture of noise brings it to about `size` bytes."""
    document = Document()
    document.add_heading(f"楼门口的议事会（{number}）", level=0)
    document.add_paragraph("● 青川省云溪市河东区柳林街道办事处")
    for line in range(12):
        document.add_paragraph(f"{line}. {''.join(dice.choices(WORDS, k=22))}。")
    out = io.BytesIO()
    document.save(out)
    missing = size - len(out.getvalue())
    if missing > 0:
        import zipfile

        with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as package:
            package.writestr("customXml/filler.bin", dice.randbytes(missing))
    return out.getvalue()


def _photo(dice: random.Random, size: int) -> bytes:
    """A JPEG of noise of about `size` bytes."""
    side = int((size / 1.05) ** 0.5)
    image = Image.frombytes("RGB", (side, side), dice.randbytes(side * side * 3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()


def _letter(number: int, files: list[tuple[str, bytes]]) -> bytes:
    lines = [
        f"From: contributor{number % 50}@example.org",
        "To: tougao@example.cn",
        f"Subject: =?utf-8?B?{base64.b64encode(f'投稿：楼门口的议事会{number}'.encode()).decode()}?=",
        "Date: Mon, 23 Nov 2026 09:30:00 +0800",
        f"Message-ID: <bench-{number}@example.org>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="=_bench"',
        "",
        "--=_bench",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "编辑部老师好，现报送稿件一篇，请查收。",
    ]
    out = io.BytesIO()
    out.write("\r\n".join(lines).encode() + b"\r\n")
    for name, content in files:
        out.write(
            f'--=_bench\r\nContent-Type: application/octet-stream; name="{name}"\r\n'
            f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode()
        )
        out.write(base64.encodebytes(content).replace(b"\n", b"\r\n"))
    out.write(b"--=_bench--\r\n")
    return out.getvalue()
