"""One file a document format; a new one is a module with `read(path) -> Document` and a line in `READERS`.

A reader raises `Unreadable` with the problem, and is bounded by itself: size of parts, ratio, number of entries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mailbot.manuscript.document import Document
from mailbot.manuscript.formats import doc, docx, html, odt, pdf, rtf, text
from mailbot.manuscript.sniff import FileType

READERS: Mapping[FileType, Callable[[Path], Document]] = {
    FileType.DOCX: docx.read,
    FileType.ODT: odt.read,
    FileType.OLE: doc.read,
    FileType.RTF: rtf.read,
    FileType.PDF: pdf.read,
    FileType.TEXT: text.read,
    FileType.MARKDOWN: text.read_markdown,
    FileType.HTML: html.read,
    FileType.MHTML: html.read_archive,
}
