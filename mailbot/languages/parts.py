"""Which words and marks a language must give for finding the parts of an article: abstract, keywords, headings, …"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numbering:
    """One way to number headings: `pattern` matches the beginning of a line, its first group is the number.

    `style` is how admins name it. `run_in`: the heading may be the first sentence of a paragraph. `bare`: it has no
    mark behind it, so that a quantity looks the same.
    """

    style: str
    pattern: str
    run_in: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True, eq=False)  # one a language: known by identity, patterns are kept for each
class PartPhrases:
    """See `mailbot.rulebook.anatomy` for what each decides."""

    labels: Mapping[str, tuple[str, ...]]  # canonical name -> how the part is labelled
    names: Mapping[str, str]  # canonical name -> what the part is called in messages
    other_labels: tuple[str, ...]  # labels of lines that are of no part with a name, but end the part before
    heading_starts: tuple[Numbering, ...]  # the first that matches counts
    heading_firsts: str  # a class of characters, without brackets: one of them each number of a heading begins with
    numerals: Mapping[str, int]  # numbers that are not written in digits
    no_heading: str  # a pattern: what makes a bare number a quantity ("3 years")
    strong_separators: str  # between keywords; blanks part them only where there is none of these
    sentence_ends: tuple[str, ...]  # a line that ends so is running text, however short
    negations: tuple[str, ...]  # words right before a statement that turn it round
    denials: tuple[str, ...]  # what right behind a statement denies it; half-width, small letters, without blanks
