"""Manuscripts and photos for the sample letters: .docx (python-docx), .odt by its standard, drawn pictures (Pillow)."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

ORIGINAL = (1600, 1200)
EMBEDDED = (640, 480)
ODT = "application/vnd.oasis.opendocument.text"


@dataclass(frozen=True, slots=True)
class Article:
    """One sample article; a line of `text` is a paragraph, or a heading where it begins with `## `."""

    title: str
    byline: str
    text: str
    closing: str
    pictures: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip()]

    @property
    def plain(self) -> str:
        """The whole article as lines of text."""
        lines = [self.title, self.byline, *(line.removeprefix("## ") for line in self.paragraphs), self.closing]
        return "\n".join(line for line in lines if line)


def photo(scene: str, size: tuple[int, int] = ORIGINAL) -> bytes:
    """A JPEG of a drawn scene: the same name gives the same picture, another name a clearly other one."""
    from PIL import Image, ImageDraw, ImageFilter

    dice = random.Random(scene)
    width, height = ORIGINAL

    def colour(low: int, high: int) -> tuple[int, int, int]:
        return dice.randint(low, high), dice.randint(low, high), dice.randint(low, high)

    image = Image.new("RGB", ORIGINAL, colour(90, 220))
    draw = ImageDraw.Draw(image)
    for _ in range(5):  # walls and roofs: large and of very different brightness, so that scenes differ as a whole
        left, top = dice.randrange(-200, width - 200), dice.randrange(-200, height - 200)
        box = (left, top, left + dice.randrange(300, 900), top + dice.randrange(300, 800))
        draw.rectangle(box, fill=colour(0, 90) if dice.random() < 0.5 else colour(170, 255))
    for _ in range(14):  # people
        x, y, tall = dice.randrange(width), dice.randrange(height // 2, height), dice.randrange(60, 160)
        draw.ellipse((x - tall // 4, y - tall, x + tall // 4, y - tall // 2), fill=colour(120, 230))
        draw.rectangle((x - tall // 3, y - tall // 2, x + tall // 3, y + tall), fill=colour(20, 200))
    for _ in range(400):  # windows, leaves, tiles
        x, y = dice.randrange(width), dice.randrange(height)
        draw.rectangle((x, y, x + dice.randrange(4, 24), y + dice.randrange(4, 24)), fill=colour(60, 250))
    image = image.filter(ImageFilter.GaussianBlur(1)).resize(size)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88 if size == ORIGINAL else 70)
    return out.getvalue()


def docx(article: Article) -> bytes:
    """The article as an office would send it, its pictures in the text as smaller copies."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    document = Document()
    document.add_heading(article.title, level=1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if article.byline:
        document.add_paragraph(article.byline).alignment = WD_ALIGN_PARAGRAPH.CENTER
    waiting = list(article.pictures)
    for line in article.paragraphs:
        if line.startswith("## "):
            document.add_heading(line.removeprefix("## "), level=2)
            continue
        document.add_paragraph(line).paragraph_format.first_line_indent = Pt(24)
        if waiting:
            document.add_picture(io.BytesIO(photo(waiting.pop(0), EMBEDDED)), width=Cm(14))
    document.add_paragraph(article.closing)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def odt(article: Article) -> bytes:
    """The article, without its pictures, as an .odt (ODF 1.2, part 3)."""
    names = ("office", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    lines = [f'<text:h text:outline-level="1">{escape(article.title)}</text:h>']
    for line in (article.byline, *article.paragraphs, article.closing):
        heading = line.startswith("## ")
        tag, level = ("h", ' text:outline-level="2"') if heading else ("p", "")
        lines.append(f"<text:{tag}{level}>{escape(line.removeprefix('## '))}</text:{tag}>")
    content = f"<office:body><office:text>{''.join(lines)}</office:text></office:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", ODT, zipfile.ZIP_STORED)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        package.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
            f"{content}</office:document-content>",
        )
    return out.getvalue()
