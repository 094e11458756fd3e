"""Which patterns a language must give for days that a text tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatePhrases:
    """Patterns over half-width text.

    Groups: `y` year, `m` month, `d` day, `f` the first of several days; `before` months back, by its words.
    """

    days: str
    """Any day, told by at least its number; a year or month may be missing."""
    months_before: Mapping[str, int]
    """Words for a month that is so many before the one in which it is written."""
    years_before: Mapping[str, int]
    """The same of years."""
    days_before: Mapping[str, int]
    """Words for a day that is so many days before the one on which it is written."""
    numerals: Mapping[str, int]
    """Numbers from 1 to 31 in words, and the digits of years."""
