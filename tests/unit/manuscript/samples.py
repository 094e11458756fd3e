"""Documents and pictures made for the tests, by the libraries that people's programs resemble."""

from __future__ import annotations

import random
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
