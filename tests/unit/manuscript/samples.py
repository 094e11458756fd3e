"""Documents and pictures made for the tests, by the libraries that people's programs resemble."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import docx
from PIL import Image, ImageDraw

from mailbot.languages import load
from mailbot.manuscript.read import read_manuscripts
from mailbot.model import File, Letter, Reading


def photo(seed: int, width: int = 800, height: int = 600, *, kind: str = "JPEG", quality: int = 90) -> bytes:
    """A scene of coloured discs; another seed is another scene, another size the same scene shrunk."""
    dice = random.Random(seed)
    image = Image.new("RGB", (400, 300), (dice.randrange(256), 120, 90))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y, size = dice.randrange(400), dice.randrange(300), dice.randrange(30, 160)
        draw.ellipse((x, y, x + size, y + size), fill=(dice.randrange(256), dice.randrange(256), dice.randrange(256)))
    out = BytesIO()
    image.resize((width, height)).save(out, kind, quality=quality)
    return out.getvalue()


def article(title: str, head: Sequence[str] = (), pictures: Sequence[bytes] = (), end: Sequence[str] = ()) -> bytes:
    """A .docx with a title, lines under it, running text, pictures, and closing lines."""
    document = docx.Document()
    for line in (title, *head):
        document.add_paragraph(line)
    document.add_heading("一、主要做法", 1)
    dice = random.Random(title)  # another article has other words
    for _ in range(6):
        words = "".join(dice.choices("社区治理居民议事楼组网格志愿服务邻里协商", k=120))
        document.add_paragraph(f"{words}，居民的事情由居民商量着办。")
    for picture in pictures:
        document.add_picture(BytesIO(picture))
    for line in end:
        document.add_paragraph(line)
    return saved(document)


def saved(document: object) -> bytes:
    """A python-docx document as bytes."""
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def rewritten(package: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The package with each member passed through `change`."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def file(name: str, data: bytes, where: str) -> File:
    """The file as the letter's reader hands it over."""
    return File(name=name, media_type="application/octet-stream", bytes=len(data), sha256="", where=where)


def read(tmp_path: Path, files: dict[str, bytes], text: str = "请查收。") -> Reading:
    """The reading of a letter with these files."""
    made = []
    for number, (name, data) in enumerate(files.items()):
        (tmp_path / f"f{number}").write_bytes(data)
        made.append(file(name, data, f"f{number}"))
    return read_manuscripts(Letter(text=text, files=tuple(made)), tmp_path, load("zh-CN"))


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (OLE, [MS-CFB]) with these streams at its root, up to 60 KB: no program here writes a bare one.

    Each stream is filled up to 4,096 bytes, so that there are no small ones, which lie elsewhere.
    """
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    names = ["Root Entry", *streams]
    directory_sectors = -(-len(names) // 4)
    bodies = [data.ljust(4096, b"\0") for data in streams.values()]
    chains = [directory_sectors, *(-(-len(body) // 512) for body in bodies)]
    fat, starts = [table], []
    for length in chains:
        starts.append(len(fat))
        fat += [*range(len(fat) + 1, len(fat) + length), end]
    directory = b""
    for index, name in enumerate(names):
        wide = name.encode("utf-16-le")
        root = index == 0
        right = index + 1 if 0 < index < len(names) - 1 else free
        start, size = (end, 0) if root else (starts[index], len(bodies[index - 1]))
        directory += wide.ljust(64, b"\0") + struct.pack(
            "<HBB3L", len(wide) + 2, 5 if root else 2, 1, free, right, 1 if root and streams else free
        )
        directory += bytes(36) + struct.pack("<LQ", start, size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109L", 0, *[free] * 108)
    content = directory.ljust(directory_sectors * 512, b"\0")
    content += b"".join(body.ljust(-(-len(body) // 512) * 512, b"\0") for body in bodies)
    assert len(fat) <= 128, "one sector of FAT is all there is"
    return header + struct.pack("<128L", *fat, *[free] * (128 - len(fat))) + content
