"""What a language gives to teach those who write rules: a sample letter, and the words they try instead of keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A good submission about nothing in particular: what an example of a rule does not say is taken from here.

    `text` is repeated or cut to the length that an example asks for: each of its characters has to count as one.
    """

    subject: str
    sender: str
    address: str
    letter: str
    file: str
    title: str
    text: str
    unit: str
    byline: str
    """The line that names the unit; `{unit}` is filled in."""
    original: str
    """The file name of the original of picture `{number}`."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """`meant` gives the key words that a word of the language may stand for, the likeliest first."""

    sample: Sample
    meant: Mapping[str, tuple[str, ...]]
    descriptions: Mapping[str, str]
    """What each key of a rules file means: "rule.id", "check.length.min"; "*.min" for all others that end so."""
