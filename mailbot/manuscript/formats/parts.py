"""The XML parts of a zipped document, read by expat as a stream: no tree is built, memory stays small."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.parsers import expat
from zipfile import BadZipFile

from mailbot.manuscript.document import Embedded, Unreadable
from mailbot.manuscript.packages import open_package, pieces
from mailbot.model import FileProblem

PART_BYTES = 32 << 20
PARAGRAPHS = 200_000
PICTURES = 500
PICTURE_BYTES = 64 << 20
BROKEN = (BadZipFile, KeyError, ValueError, NotImplementedError, EOFError, OSError, struct.error, expat.ExpatError)
"""What zipfile and expat raise for a damaged package; OSError for a member that lies before the file."""

DRAWINGS = (".emf", ".wmf", ".emz", ".wmz", ".svg", ".svm", ".pict")
"""Members so named are drawings (a diagram, a formula, a stamp): they have no pixels, and no original is asked for."""
WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
"""The namespaces of WordprocessingML: transitional and strict."""

Start = Callable[[str, dict[str, str]], None]


def parser_of(start: Start) -> expat.XMLParserType:
    """A parser that calls `start` with "namespace name" and attributes named alike; a DOCTYPE is refused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    return parser


def feed(parser: expat.XMLParserType, content: Iterable[bytes]) -> None:
    """All of a part; expat.ExpatError when it is damaged, Unreadable(BOMB) for a DOCTYPE."""
    for piece in content:
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def embedded(path: Path, member: str, after: int | None = None) -> Embedded:
    """The picture that is a member of the package at `path`, with the number of paragraphs before it."""

    def picture() -> bytes:
        try:
            with open_package(path) as package:
                return b"".join(pieces(package, package.getinfo(member), PICTURE_BYTES))
        except BROKEN:
            raise Unreadable(FileProblem.DAMAGED) from None

    return Embedded(posixpath.basename(member), picture, after)


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition(" ")[2]


def word_attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute of WordprocessingML, "" where it is not given."""
    return next((attributes[f"{space} {name}"] for space in WORD if f"{space} {name}" in attributes), "")


def leading_blanks(text: str) -> int:
    """How many ideographic spaces a paragraph begins with: many writers indent with them."""
    return len(text) - len(text.lstrip("\u3000"))


def is_drawing(member: str) -> bool:
    """Whether a picture in a package is no photograph, by its name."""
    return member.lower().endswith(DRAWINGS)


def _refuse_doctype(*_: object) -> None:
    raise Unreadable(FileProblem.BOMB)  # no writer of documents makes one; entities that grow need one
