"""Which words a language must give for telling articles from what is enclosed with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One kind of document that goes with an article and is none.

    `names` stand within its file's name. `signs` stand within its text: `enough` of them, in a text of no more than
    `longest` characters, make a document one whatever it is called.
    """

    names: tuple[str, ...]
    signs: tuple[str, ...] = ()
    enough: int = 2
    longest: int = 600


@dataclass(frozen=True, slots=True)
class ArticlePhrases:
    """See `mailbot.manuscript.articles` for what each decides."""

    enclosures: tuple[Enclosure, ...]
    revised: tuple[str, ...]  # within a file's name: of two copies of one article this is the later one
    plain_names: tuple[str, ...]  # words within names of photographs that say nothing of what they belong to
    captions: str = r"(?!)"  # a pattern of how a line begins that is the caption of the picture above or below it
