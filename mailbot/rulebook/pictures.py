"""Limits that pictures are held against, enclosed ones and those in an article alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Self
from unicodedata import normalize
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from mailbot import languages
from mailbot.quantities import Duration, Size
from mailbot.rulebook.checking import MOST_NAMED, Answer, Demand, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.files import Formats, alike, size_shown
from mailbot.rulebook.models import Day
from mailbot.yamlfile import Hinted

SCREENS = frozenset({640, 720, 750, 800, 828, 1080, 1125, 1170, 1179, 1206, 1242, 1260, 1284, 1290, 1320, 1440})
"""The widths in pixels of telephones' screens."""
MONITORS = frozenset({(1280, 720), (1366, 768), (1440, 900), (1536, 864), (1600, 900), (1680, 1050), (1920, 1080)})
TALL = 1.6
"""A telephone's screen is at least so many times as high as wide."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: `name` as people are told it, sides in pixels (0 where they could not be read), size in bytes."""

    name: str
    width: int
    height: int
    bytes: int
    format: str
    taken_at: str = ""
    number: int = 0


class PictureLimits(Params):
    """The limits themselves are within them; pixels are those of the picture as it is to be looked at."""

    min_count: int | None = Field(default=None, ge=1, description="so many pictures at least")
    max_count: int | None = Field(default=None, ge=0, description="so many pictures at most; 0 for none at all")
    min_width: int | None = Field(default=None, ge=1, description="each is at least so many pixels wide")
    min_height: int | None = Field(default=None, ge=1, description="each is at least so many pixels high")
    shorter_side: int | None = Field(default=None, ge=1, description="the shorter side has at least so many pixels")
    longer_side: int | None = Field(default=None, ge=1, description="the longer side has at least so many pixels")
    shape: Literal["landscape", "portrait"] | None = Field(
        default=None, description="each is landscape (wider than high) or portrait (higher than wide)"
    )
    min_megapixels: float | None = Field(
        default=None, gt=0, description="width times height is at least so many million pixels, such as 5"
    )
    min_bytes: Size | None = Field(default=None, description="each file has at least so much, such as 1MiB")
    max_bytes: Size | None = Field(default=None, description="each file has at most so much, such as 20MiB")
    formats: Formats = Field(default=(), description="only these formats, such as [jpg, png]; by what the files are")
    not_screenshot: bool = Field(
        default=False, description="whether pictures of a screen are wrong, as far as can be seen"
    )
    taken_within: Duration | None = Field(
        default=None,
        description="each was taken at most so long before the arrival, such as 90d (camera's date)",
    )
    taken_after: Day | None = Field(
        default=None, description="each was taken on this day or later, such as 2026-01-01 (camera's date)"
    )
    undated: Literal["passes", "fails"] = Field(
        default="passes",
        description="with taken_within or taken_after: what a picture does that does not tell when it was taken",
    )

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        asked = self.model_dump(exclude={"undated", "of", "smallest"}, exclude_defaults=True)
        if not asked:
            raise Hinted("sets no limit", "give min_count, min_width, formats or another one")
        for low, high in (("min_count", "max_count"), ("min_bytes", "max_bytes")):
            if None not in (getattr(self, low), getattr(self, high)) and getattr(self, low) > getattr(self, high):
                raise Hinted(f"can never be met: {low} is more than {high}", "exchange or mend the two")
        if self.max_count == 0 and len(asked) > 1:
            raise Hinted("allows no picture and asks more of it", "keep `max_count: 0` alone, or remove it")
        return self


def judged(facts: LetterFacts, shots: Sequence[Shot], limits: PictureLimits) -> Answer:
    """Fail with the number of pictures, and with each wrong one, its pixels and what is wrong with it."""
    say, count = facts.phrases.say, len(shots)
    if not shots and limits.min_count is None:
        return passed("0") if limits.max_count is not None else skipped(say("pictures.none"))
    said = []
    if limits.min_count is not None and count < limits.min_count:
        said.append(say("pictures.few" if count else "pictures.zero", count=count, limit=limits.min_count))
    if limits.max_count is not None and count > limits.max_count:
        said.append(say("pictures.many", count=count, limit=limits.max_count))
    told = [(shot, faults) for shot in shots if (faults := list(_faults(facts, shot, limits)))]
    if told:
        which = say("readable_files.and").join(_shown(facts, shot, faults) for shot, faults in told[:MOST_NAMED])
        which += "…" if len(told) > MOST_NAMED else ""
        said.append(say("pictures.failed", count=len(told), which=which))
    evidence = facts.listed([f"{shot.name} {pixels(shot)}" for shot in shots])
    return failed(say("readable_files.and").join(said), evidence) if said else passed(evidence)


def demanded(limits: PictureLimits, of: str, counted: str) -> tuple[Demand, ...]:
    """What the limits ask for, in the words by which other checks ask for the same."""
    return (
        Demand(of=(f"number of {counted}",), least=limits.min_count, most=limits.max_count),
        Demand(of=(f"bytes of {of}",), least=limits.min_bytes, most=limits.max_bytes),
        Demand(of=(f"format of {of}",), among=frozenset(limits.formats) or None),
    )


def pixels(shot: Shot) -> str:
    """Width and height, as people write them."""
    return f"{shot.width}×{shot.height}"


def _shown(facts: LetterFacts, shot: Shot, faults: list[str]) -> str:
    case = "pictures.numbered" if shot.number else "pictures.one"
    said = facts.listed(faults)
    return facts.phrases.say(case, name=shot.name, number=shot.number, pixels=pixels(shot), faults=said)


def _faults(facts: LetterFacts, shot: Shot, limits: PictureLimits) -> Iterator[str]:
    say = facts.phrases.say
    if shot.width:
        yield from _of_sides(facts, shot, limits)
    if limits.min_bytes is not None and shot.bytes < limits.min_bytes:
        yield say("pictures.bytes_small", **_sizes(shot.bytes, limits.min_bytes))
    if limits.max_bytes is not None and shot.bytes > limits.max_bytes:
        yield say("pictures.bytes_large", **_sizes(shot.bytes, limits.max_bytes))
    if limits.formats and shot.format and alike(shot.format) not in limits.formats:
        yield say("pictures.format", format=shot.format, formats=facts.listed(list(limits.formats)))
    if limits.not_screenshot and is_screenshot(shot, _screen_words(facts)):
        yield say("pictures.screenshot")
    if limits.taken_within is not None or limits.taken_after is not None:
        yield from _of_time(facts, shot, limits)


def _of_sides(facts: LetterFacts, shot: Shot, limits: PictureLimits) -> Iterator[str]:
    sides = (
        ("width", shot.width, limits.min_width),
        ("height", shot.height, limits.min_height),
        ("shorter", min(shot.width, shot.height), limits.shorter_side),
        ("longer", max(shot.width, shot.height), limits.longer_side),
    )
    for case, found, limit in sides:
        if limit is not None and found < limit:
            yield facts.phrases.say(f"pictures.{case}", pixels=found, limit=limit)
    wide, high = shot.width > shot.height, shot.height > shot.width
    if limits.shape is not None and not (wide if limits.shape == "landscape" else high):
        yield facts.phrases.say(f"pictures.{limits.shape}")
    area, least = shot.width * shot.height, limits.min_megapixels
    if least is not None and area < least * 1_000_000:
        myriads = {"megapixels": area // 10_000, "limit": f"{least * 100:g}"}  # as some languages count: 万
        yield facts.phrases.say("pictures.megapixels", real=f"{area / 1e6:.2g}", least=f"{least:g}", **myriads)


def _sizes(size: int, limit: int) -> dict[str, str]:
    return {"bytes": size_shown(size, limit), "limit": size_shown(limit, limit)}


def _of_time(facts: LetterFacts, shot: Shot, limits: PictureLimits) -> Iterator[str]:
    taken = _moment(shot.taken_at)
    if taken is None:
        if limits.undated == "fails":
            yield facts.phrases.say("pictures.undated")
        return
    within, after = limits.taken_within, limits.taken_after
    arrived = facts.dossier.arrived_at.astimezone(ZoneInfo(facts.dossier.office.timezone)).replace(tzinfo=None)
    if within is not None and arrived - taken > within:
        yield facts.phrases.say("pictures.old", taken=shot.taken_at[:10], limit=period(facts, within))
    if after is not None and taken.date() < after:
        yield facts.phrases.say("pictures.early", taken=shot.taken_at[:10], limit=after.isoformat())


def _moment(taken_at: str) -> datetime | None:
    try:
        return datetime.fromisoformat(taken_at).replace(tzinfo=None) if taken_at else None
    except ValueError:  # what cameras without a clock write
        return None


def period(facts: LetterFacts, length: timedelta) -> str:
    """A length of time in the office's words; up to two days are told in hours."""
    minutes = int(length.total_seconds()) // 60
    if minutes % 1440 == 0 and minutes > 2 * 1440:
        return facts.phrases.say("period.days", count=minutes // 1440)
    if minutes % 60 == 0:
        return facts.phrases.say("period.hours", count=minutes // 60)
    return facts.phrases.say("period.minutes", count=minutes)


def _screen_words(facts: LetterFacts) -> tuple[str, ...]:
    return languages.load(facts.dossier.office.language).files.screenshots


def is_screenshot(shot: Shot, words: Sequence[str]) -> bool:
    """Whether its name says so, or it is a PNG without a camera's date and exactly as large as a screen."""
    name = normalize("NFKC", shot.name).lower()
    if any(word in name for word in words):
        return True
    if alike(shot.format) != "png" or shot.taken_at:
        return False
    phone = shot.width in SCREENS and shot.height >= TALL * shot.width
    return phone or (shot.width, shot.height) in MONITORS
