"""Text in half-width forms, for searching: `normalize` alone would take most of a judgement's time."""

from __future__ import annotations

import re
from unicodedata import normalize

_LETTERS = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_MARKS = (*((chr(ord(mark) + 0xFEE0), mark) for mark in "!(),-./:;?[]+"), ("\u3000", " "))


def half_width(text: str) -> str:
    """The text as NFKC has it, as far as digits, Latin letters and common marks go."""
    if _LETTERS.search(text):
        return normalize("NFKC", text)
    for wide, narrow in _MARKS:
        text = text.replace(wide, narrow)
    return text


def cuts(text: str, start: int, end: int) -> bool:
    """Whether what stands there is torn out of a longer word or number in Latin letters and digits."""
    return _joined(text[start - 1 : start + 1]) or _joined(text[end - 1 : end + 1])


def _joined(pair: str) -> bool:
    return len(pair) == 2 and pair.isascii() and pair.isalnum()
