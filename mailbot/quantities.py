"""Quantities as people write them in YAML: durations, sizes, rates, percentages, hours, weekdays.

Each comes as a pydantic field type (`Duration`, `Size`, …); the number without a unit is refused, because nobody knows
which one was meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from mailbot.yamlfile import Hinted, suggestion

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_PERIODS = {"minute": 60, "hour": 3600, "day": 86400}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in each `period`."""

    count: int
    period: timedelta


def duration(value: Any) -> Any:
    """`2m`, `12h`, `7d` as a timedelta."""
    if isinstance(value, timedelta) or value is None:
        return value
    found = re.fullmatch(r"(\d{1,6})\s*([smhdw])", str(value).strip())
    if not found:
        raise Hinted(
            f"must be a duration, not `{value}`", "write a number with s, m, h, d or w, such as 30s, 2m, 12h, 7d"
        )
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def size(value: Any) -> Any:
    """`100MiB` as a number of bytes."""
    if value is None:
        return value
    found = re.fullmatch(r"(\d{1,9})\s*([KMG]?i?B)", str(value).strip())
    if not found or found[2] not in _BYTES:
        raise Hinted(f"must be a size, not `{value}`", "write a number with KiB, MiB or GiB, such as 100MiB")
    return int(found[1]) * _BYTES[found[2]]


def rate(value: Any) -> Any:
    """`5/day` as a Rate."""
    if isinstance(value, Rate) or value is None:
        return value
    found = re.fullmatch(r"(\d{1,6})\s*/\s*(minute|hour|day)", str(value).strip())
    if not found:
        raise Hinted(f"must be a rate, not `{value}`", "write a number and /minute, /hour or /day, such as 5/day")
    return Rate(int(found[1]), timedelta(seconds=_PERIODS[found[2]]))


def percentage(value: Any) -> Any:
    """`20%` as 0.2."""
    found = re.fullmatch(r"(\d{1,3})\s*%", str(value).strip())
    if value is not None and (not found or int(found[1]) > 100):
        raise Hinted(f"must be a percentage, not `{value}`", "write a number from 0 to 100 with %, such as 20%")
    return int(found[1]) / 100 if found else None


def hour(value: Any) -> Any:
    """`08:30` as a time of day."""
    if isinstance(value, time):
        return value
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", str(value).strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Hinted(f"must be a time of day, not `{value}`", "write hours and minutes, such as 08:30")
    return time(int(found[1]), int(found[2]))


def weekdays(value: Any) -> Any:
    """`daily`, or a list of names of days, as numbers (Monday is 0)."""
    if value == "daily":
        return tuple(range(7))
    if not isinstance(value, list | tuple) or not value:
        raise Hinted(f"must be `daily` or a list of days, not `{value}`", "write days: [monday, thursday]")
    return tuple(sorted({_weekday(day) for day in value}))


def _weekday(day: Any) -> int:
    name = str(day).strip().lower()
    found = [number for number, known in enumerate(WEEKDAYS) if name == known or (len(name) == 3 and known[:3] == name)]
    if isinstance(day, int) or not found:
        raise Hinted(f"has an unknown day `{day}`", suggestion(name, WEEKDAYS))
    return found[0]


Duration = Annotated[timedelta, BeforeValidator(duration)]
Size = Annotated[int, BeforeValidator(size)]
RateField = Annotated[Rate, BeforeValidator(rate)]
Percentage = Annotated[float, BeforeValidator(percentage)]
TimeOfDay = Annotated[time, BeforeValidator(hour)]
Days = Annotated[
    tuple[int, ...],
    BeforeValidator(weekdays),
    WithJsonSchema({"anyOf": [{"const": "daily"}, {"type": "array", "items": {"enum": list(WEEKDAYS)}}]}),
]
