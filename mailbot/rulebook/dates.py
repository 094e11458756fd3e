"""The days that a text tells, the year and month filled in by the day on which it arrived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from mailbot.languages.dates import DatePhrases
from mailbot.rulebook.widths import half_width

MOST = 50
"""So many days of a text are looked at."""


@dataclass(frozen=True, slots=True)
class Told:
    """A day, and the words that tell it."""

    day: date
    words: str


def days_told(text: str, arrived: date, phrases: DatePhrases) -> list[Told]:
    """Each day that the text tells, in its order; what is no day (the 30th of February) is left out."""
    text = half_width(text)
    found = []
    for number, match in enumerate(_pattern(phrases.days).finditer(text)):
        if number >= MOST:
            break
        day = _day({key: value for key, value in match.groupdict().items() if value}, arrived, phrases)
        if day is not None:
            found.append((match.start(), Told(day, match[0].strip(" ,"))))
    found += _relative(text, arrived, phrases)
    return [told for _, told in sorted(found, key=lambda pair: pair[0])]


def _relative(text: str, arrived: date, phrases: DatePhrases) -> Iterator[tuple[int, Told]]:
    for word, days in phrases.days_before.items():
        if (at := text.find(word)) >= 0:
            yield at, Told(arrived - timedelta(days=days), word.strip(" ,"))


def _day(groups: dict[str, str], arrived: date, phrases: DatePhrases) -> date | None:
    """The day of a match: what it does not tell is filled in so that it lies nearest to the arrival.

    Of several days the last one; where that is still to come and the first is over, the arrival.
    """
    told = {key.rstrip("0123456789"): value for key, value in groups.items()}
    last = _dated(told, told["d"], arrived, phrases)
    first = _dated(told, told["f"], arrived, phrases) if "f" in told else last
    return arrived if first is not None and last is not None and first <= arrived < last else last


def _dated(told: dict[str, str], number: str, arrived: date, phrases: DatePhrases) -> date | None:
    day = _number(number, phrases)
    if "y" in told and "m" in told:
        year, month = _year(told["y"], arrived, phrases), _number(told["m"], phrases)
        return _date(year, month, day)
    if "m" in told:
        month = _number(told["m"], phrases)
        years = (_date(arrived.year + n, month, day) for n in (-1, 0, 1))
        return min((one for one in years if one), key=lambda one: abs(one - arrived), default=None)
    months = arrived.year * 12 + arrived.month - 1
    if "before" in told:
        months -= phrases.months_before[told["before"]]
        return _date(months // 12, months % 12 + 1, day)
    latest = (_date((months - n) // 12, (months - n) % 12 + 1, day) for n in (0, 1, 2))
    return next((one for one in latest if one and one <= arrived), None)


def _year(text: str, arrived: date, phrases: DatePhrases) -> int:
    if text in phrases.years_before:
        return arrived.year - phrases.years_before[text]
    return int("".join(str(_number(character, phrases)) for character in text))


def _number(text: str, phrases: DatePhrases) -> int:
    return int(text) if text.isdecimal() else phrases.numerals[text]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # there is no such day
        return None


@cache
def _pattern(days: str) -> re.Pattern[str]:
    return re.compile(days)
