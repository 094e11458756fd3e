"""What may stand in the files of `rules/`: rules, units, issues (design section 6).

These models are the vocabulary of the admin: field names are the keys of the YAML files, descriptions are shown to him.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mailbot.model import Mode, Severity
from mailbot.quantities import Duration
from mailbot.yamlfile import Hinted

RESERVED_ISSUES = frozenset({"held", "incomplete", "rejected", "unassigned"})
"""Folders of the store beside those of the issues."""


def _identifier(value: str) -> str:
    if not re.fullmatch(r"\w[\w.-]{0,39}", value):
        raise Hinted(
            f"is no good name for reference: `{value}`", "use up to 40 letters, digits, hyphens, without blanks"
        )
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        if hour := re.fullmatch(r"(\d{4}-\d{2}-\d{2})[ T]+\d{1,2}:\d{2}", value.strip()):
            hint = f"write {hour[1]}; an hour stands in a rule: check: arrival, with: {{before: {value.strip()}}}"
            raise Hinted(f"must be a date without a time, not `{value}`", hint)
        parts = re.fullmatch(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?", value)
        right = f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}" if parts else "2026-11-30"
        raise Hinted(f"must be a date, not `{value}`", f"write it as {right}")
    if isinstance(value, int | float):
        raise Hinted(f"must be a date, not `{value}`", "write it as 2026-11-30")
    return value


def _moment(value: Any) -> Any:
    if isinstance(value, date):
        return value
    text = str(value).strip()
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:[ T]+(\d{1,2}):(\d{2}))?", text)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:  # there is no such day
        day = None
    if found is None or day is None or (found[2] and _minutes(found[2], found[3]) is None):
        raise Hinted(
            f"must be a moment, not `{value}`", "write it as 2026-11-30 18:00, or 2026-11-30 for the whole day"
        )
    if not found[2]:
        return day
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=_minutes(found[2], found[3]) or 0)


def _minutes(hours: str, minutes: str) -> int | None:
    """Minutes since midnight; 24:00 is the end of the day. None for what no clock shows."""
    total = int(hours) * 60 + int(minutes)
    return total if int(minutes) < 60 and total <= 24 * 60 else None


@dataclass(frozen=True, slots=True)
class Span:
    """From one hour of the day to another, in minutes since midnight; the first may be the later one: overnight."""

    start: int
    end: int

    def holds(self, minute: int) -> bool:
        """Whether a minute of the day lies in it; both ends do."""
        if self.start <= self.end:
            return self.start <= minute <= self.end
        return minute >= self.start or minute <= self.end

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


def _hours(value: Any) -> Any:
    if isinstance(value, Span):
        return value
    found = re.fullmatch(r"(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})", str(value).strip())
    start, end = (_minutes(found[1], found[2]), _minutes(found[3], found[4])) if found else (None, None)
    if start is None or end is None or start == end:
        raise Hinted(f"must be hours of the day, not `{value}`", _hours_hint(str(value).strip()))
    return Span(start, end)


def _hours_hint(value: str) -> str:
    if re.fullmatch(r"\d{1,2}:\d{2}", value):
        return f"write two times with a hyphen: 00:00-{value} for until then on every day"
    return "write two times with a hyphen, such as 09:00-17:30"


def one_or_more(value: Any) -> Any:
    """One word as a list of one; several in one text are a slip that would never be found."""
    if isinstance(value, str) and len(words := re.split(r"[\uff0c\u3001]\s*(?=\S)", value.strip())) > 1:
        right = ", ".join(words)
        raise Hinted(f"is one text, not several words: `{value}`", f"write a list: [{right}]")
    return (value,) if isinstance(value, str | int) else value


def _list(value: Any) -> Any:
    return () if value is None else value


def _group(value: Any) -> Any:
    return {} if value is None else value


Identifier = Annotated[str, AfterValidator(_identifier)]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[
    datetime | date,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([ T]+\d{1,2}:\d{2})?$"}),
]
"""A moment in the office's time zone, to the minute; or a whole day."""
Hours = Annotated[
    Span,
    BeforeValidator(_hours),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}\s*[-–—~]\s*\d{1,2}:\d{2}$"}),
]
"""From one hour of the day to another: 09:00-17:30."""
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(one_or_more)]
"""One word, or a list of them."""


class Entry(BaseModel):
    """A group of keys in a rules file: unknown ones are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class When(Entry):
    """To which articles a rule applies; all conditions that are given must hold. Else the rule is skipped."""

    pictures: bool | None = Field(
        default=None, description="only articles with (true) or without (false) embedded pictures"
    )
    issues: Words = Field(default=(), description="only articles for one of these issues (ids of issues.yaml)")
    columns: Words = Field(default=(), description="only articles for one of these columns")
    special: bool | None = Field(
        default=None, description="only articles for a special issue (true), or for none (false)"
    )
    if_: str | None = Field(
        default=None, alias="if", min_length=1, description="only where this expression is true, such as `issue.late`"
    )


class Examples(Entry):
    """Letters that must pass or fail, each a few facts or a mail file (`mailbot.rulebook.samples.Facts`)."""

    passes: Annotated[tuple[Any, ...], BeforeValidator(_list)] = Field(
        default=(), description="letters that the rule must accept: a few facts each, or a mail file"
    )
    fails: Annotated[tuple[Any, ...], BeforeValidator(_list)] = Field(
        default=(), description="letters that the rule must refuse"
    )


class RuleEntry(Entry):
    """One rule as it stands in the file."""

    id: Identifier = Field(description="short name, once in all files; never change it once it was in force")
    title: str = Field(min_length=1, description="what it asks for, in a few words; shown to contributors")
    cites: str = Field(default="", description="the clause of the call for papers")
    when: Annotated[When, BeforeValidator(_group)] = When()
    check: str | None = Field(default=None, description="the name of the check")
    expect: str | None = Field(
        default=None, description="an expression instead of a check, such as `article.keywords.size() >= 3`"
    )
    with_: Annotated[dict[str, Any], BeforeValidator(_group)] = Field(
        {}, alias="with", description="the check's details"
    )
    otherwise: Severity = Field(description="what follows when it fails")
    says: str = Field(
        default="", description="what contributors are told when it fails, instead of the words of the check"
    )
    advice: str = Field(default="", description="how to mend it; shown to contributors")
    help: str | None = Field(
        default=None,
        description="what the help text says of it, instead of title and advice; off: it says nothing of it",
    )
    examples: Annotated[Examples, BeforeValidator(_group)] = Examples()
    mode: Mode = Field(default=Mode.ON, description="on: it acts; shadow: it is only reported; off: it is not judged")


class Routes(Entry):
    """Which articles go here: any of the groups of words is enough, or with `all` each that is given."""

    subject: Words = Field(default=(), description="words in the letter's subject; any one is enough")
    title: Words = Field(default=(), description="words in the article's title; any one is enough")
    text: Words = Field(default=(), description="words in the article's text; any one is enough")
    times: int = Field(default=1, ge=1, le=100, description="of the words in text: so often all together, at least")
    units: Words = Field(default=(), description="words in the name of the submitting unit, such as its province")
    senders: Words = Field(default=(), description="domains (example.cn) or addresses that letters come from")
    all: bool = Field(default=False, description="true: each group that is given must fit; false: one is enough")
    opens: Day | None = Field(default=None, description="only what arrives on this day or later")
    closes: Day | None = Field(default=None, description="only what arrives on this day or before")

    @model_validator(mode="after")
    def _makes_sense(self) -> Routes:
        if self.opens and self.closes and self.closes < self.opens:
            raise Hinted(f"closes ({self.closes}) before it opens ({self.opens})", "exchange or mend the two dates")
        groups = (self.subject, self.title, self.text, self.units, self.senders)
        if self.times > 1 and not self.text:
            raise Hinted("says how often (times), but not which words of the text", "give text: [words]")
        if self.all and not any(groups):
            raise Hinted("asks for all groups and gives none", "give subject, title, text, units or senders")
        return self


class Column(Entry):
    """A column (栏目) of an issue. An article goes there that asks for it by its name, or that its routes name."""

    id: Identifier = Field(description="short name; it is also found in subjects, as the name is")
    name: str = Field(default="", description="as readers know it")
    routes: Annotated[Routes, BeforeValidator(_group)] = Field(
        default=Routes(), description="which articles go there without asking for it"
    )


def _column(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


class Issue(Entry):
    """One issue of the newsletter: articles that arrive from `opens` to `closes`, both days included, are for it."""

    id: Identifier = Field(description="short name; names the issue's folder")
    name: str = Field(min_length=1, description="as readers know it")
    running: Annotated[int, Field(ge=1)] | None = Field(default=None, description="number since the first issue ever")
    opens: Day = Field(description="first day of arrival")
    closes: Day = Field(description="last day of arrival")
    grace: Duration = Field(default=timedelta(0), description="how long after `closes` latecomers are still taken")
    special: bool = Field(default=False, description="a special issue takes only articles that its routes name")
    routes: Annotated[Routes, BeforeValidator(_group)] = Routes()
    columns: Annotated[tuple[Annotated[Column, BeforeValidator(_column)], ...], BeforeValidator(_list)] = Field(
        default=(), description="its columns: ids, or {id, name, routes}"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Issue:
        if self.id.lower() in RESERVED_ISSUES:
            raise Hinted(f"cannot have the id `{self.id}`", "the store has a folder of that name; choose another")
        if self.closes < self.opens:
            raise Hinted(f"closes ({self.closes}) before it opens ({self.opens})", "exchange or mend the two dates")
        return self


class Unit(Entry):
    """A unit whose name is known."""

    name: str = Field(min_length=1, description="the full name: accepted as it stands")
    short: Words = Field(default=(), description="short forms: not accepted, the full name is pointed out")
    region: str = Field(default="", description="where it belongs, for the editors")
