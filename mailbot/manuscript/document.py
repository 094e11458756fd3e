"""What a format's reader makes of one document, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailbot.model import FileProblem


class Unreadable(Exception):
    """The document cannot be read; `problem` is what its contributor is told."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as read. `level` is 0 for the title, 1 and more for headings, None for plain text."""

    text: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture in a document; its bytes are read when asked for, so that only one is in memory at a time.

    `read` raises Unreadable when the picture is damaged or over its bounds.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text in reading order, each thing once; `margins` are the lines of its headers and footers."""

    paragraphs: tuple[Paragraph, ...]
    margins: tuple[str, ...] = ()
    pictures: tuple[Embedded, ...] = ()
    macros: bool = False
