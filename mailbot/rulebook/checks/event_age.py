"""What the article reports is not too old when the letter arrives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from mailbot import languages
from mailbot.model import Manuscript
from mailbot.quantities import Duration
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.dates import Told, days_told
from mailbot.rulebook.pictures import period

LEAD = 300
"""So many characters below the title are the lead."""
LONGEST = 20_000
"""So many characters of an article are looked into."""


class Age(Params):
    """How old the event may be, and where its day is told."""

    within: Duration = Field(
        description="the event is at most so old at the arrival, counted from the end of its day, such as 48h or 3d"
    )
    where: Literal["lead", "title", "anywhere"] = Field(
        default="lead",
        description="where its day is told: lead (the first 300 characters below the title), title, or anywhere",
    )
    unknown: Literal["skips", "fails"] = Field(
        default="skips", description="what an article does that tells no day, or only that it was the other day"
    )


def run(facts: ArticleFacts, params: Age) -> Answer:
    """Fail with the day told, its age and the limit."""
    dossier, say = facts.dossier, facts.phrases.say
    arrived = dossier.arrived_at.astimezone(ZoneInfo(dossier.office.timezone))
    phrases = languages.load(dossier.office.language).dates
    told = days_told(_where(facts.manuscript, params.where), arrived.date(), phrases)
    if not told:
        message = say("event_age.unknown")
        return failed(message) if params.unknown == "fails" else skipped(message)
    event = max((one for one in told if one.day <= arrived.date()), key=lambda one: one.day, default=told[0])
    age = arrived - _end(event, arrived)
    evidence = f"{event.words} = {event.day.isoformat()}"
    if age <= params.within:
        return passed(evidence)
    old, limit = _shown(facts, age, params.within)
    return failed(say("event_age.failed", day=event.day.isoformat(), words=event.words, age=old, limit=limit), evidence)


def _where(manuscript: Manuscript, where: str) -> str:
    title, text = manuscript.title or "", manuscript.text[:LONGEST]
    if where == "title":
        return title
    if where == "anywhere":
        return f"{title}\n{text}"
    above, found, below = text.partition(title) if title else ("", "", text)
    return (below if found and len(above) < LEAD else text)[:LEAD]


def _end(event: Told, arrived: datetime) -> datetime:
    return datetime.combine(event.day, datetime.min.time(), arrived.tzinfo) + timedelta(days=1)


def _shown(facts: ArticleFacts, age: timedelta, limit: timedelta) -> tuple[str, str]:
    """Age and limit in one unit: days where the limit is in days and the age far above it, hours where it can be."""
    day, hour = timedelta(days=1), timedelta(hours=1)
    if limit % day == timedelta(0) and age > limit * 2:
        return period(facts, age // day * day), period(facts, limit)
    if limit % hour != timedelta(0):
        return period(facts, age // hour * hour), period(facts, limit)
    say = facts.phrases.say
    return say("period.hours", count=age // hour), say("period.hours", count=limit // hour)


CHECK = Check("event_age", "article", Age, run)
