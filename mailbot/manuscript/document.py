"""What a format's reader makes of one document, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailbot.model import FileProblem, Look, Page


class Unreadable(Exception):
    """The document cannot be read; `problem` is what its contributor is told, `detail` more of it in one word."""

    def __init__(self, problem: FileProblem, detail: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.detail = detail


class NeedsOffice(Exception):
    """Our reader is not sure of this document: an office program has to convert it to .docx.

    `otherwise` says what to do where there is no such program: a document that is good enough, or a problem.
    """

    def __init__(self, otherwise: Document | Unreadable) -> None:
        super().__init__("an office program is needed")
        self.otherwise = otherwise


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as read. `level` is 0 for the title, 1 and more for headings, None for plain text.

    `row` numbers the rows of the document's tables from 1 and is 0 outside them; `cell` is its place in the row, from
    0. `caption` paragraphs are styled as such.
    """

    text: str
    level: int | None = None
    look: Look | None = None
    row: int = 0
    cell: int = 0
    caption: bool = False


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture in a document; its bytes are read when asked for, so that only one is in memory at a time.

    `read` raises Unreadable when the picture is damaged or over its bounds. `after` is the number of paragraphs that
    stand before it (one that it stands in does not count), None where the format does not tell.
    """

    name: str
    read: Callable[[], bytes]
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text in reading order, each thing once; `margins` are the lines of its headers and footers.

    `active` says what in it would run when it is opened: "macro", "template" (one loaded from elsewhere), "program"
    (an embedded executable), "" for nothing.
    """

    paragraphs: tuple[Paragraph, ...]
    margins: tuple[str, ...] = ()
    pictures: tuple[Embedded, ...] = ()
    active: str = ""
    page: Page | None = None
