"""The numbers of submissions as people write them: found again in a subject or text, by the office's own pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize

MOST = 20
"""So many numbers of one text are looked at."""
LONGEST = 100_000
"""So many characters of a text are."""

SEAL = r"[0-9a-hjkmnp-tv-z]{6}"
"""What may follow a number as its signed mark: Crockford's base32, in which no letter looks like another."""

_FIELD = re.compile(r"\{(year|n)[^{}]*\}")
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d\u2014]")


@dataclass(frozen=True, slots=True)
class Found:
    """A number in its own writing, and what follows it as a signed mark, lower-case, "" for nothing."""

    number: str
    seal: str = ""


def numbers_in(text: str, pattern: str) -> tuple[Found, ...]:
    """The numbers of this pattern (`SQ-{year}-{n:04}`) that stand in a text, each once, in their order.

    Case, width and kind of dash do not count, nor zeros before the running number.
    """
    plain = _DASHES.sub("-", normalize("NFKC", text[:LONGEST])).lower()
    found: dict[Found, None] = {}
    for match in _finder(pattern).finditer(plain):
        given = match.groupdict()
        year, running = int(given.get("year") or 0), int(given["n"])
        found[Found(pattern.format(year=year, n=running), given["seal"] or "")] = None
        if len(found) == MOST:
            break
    return tuple(found)


@cache
def _finder(pattern: str) -> re.Pattern[str]:
    parts = {"year": r"(?P<year>\d{4})", "n": r"(?P<n>\d{1,9})"}
    written: list[str] = []
    end = 0
    for field in _FIELD.finditer(pattern):
        written += [_literal(pattern[end : field.start()]), parts[field[1]]]
        end = field.end()
    written.append(_literal(pattern[end:]))
    return re.compile(rf"(?<![a-z0-9]){''.join(written)}(?:-(?P<seal>{SEAL})(?![a-z0-9]))?(?!\d)")


def _literal(text: str) -> str:
    """Letters as they are; a dash may be missing, or stand among blanks."""
    return "".join(r"[ ]?[-_.]?[ ]?" if char in "-_." else re.escape(char.lower()) for char in text)
