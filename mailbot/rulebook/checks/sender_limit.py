"""The same address sends not more articles than the call allows, in a time or for an issue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from mailbot.model import Earlier, SubmissionState
from mailbot.quantities import Duration
from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.models import one_or_more
from mailbot.yamlfile import Hinted

_S = SubmissionState

LOOKS_BACK = timedelta(days=366)
"""How far back the frozen history goes."""

MOST = 100
"""How many earlier submissions the frozen history tells of."""

_PERIOD: dict[str, Callable[[date], object]] = {
    "day": lambda day: day,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "year": lambda day: day.year,
}


class Limit(Params):
    """So many articles, and in what."""

    count: int = Field(ge=1, le=MOST, description="how many articles an address may send")
    per: Literal["issue", "day", "week", "month", "year"] | None = Field(
        default=None, description="for each issue, or in each day, week (from Monday), month or year of the calendar"
    )
    within: Duration | None = Field(default=None, description="instead of `per`: in any such time, such as 30d")
    ignore: Annotated[tuple[SubmissionState, ...], BeforeValidator(one_or_more)] = Field(
        default=(_S.INCOMPLETE, _S.REVISE, _S.REJECTED, _S.WITHDRAWN, _S.DECLINED),
        description="states in which an earlier submission does not count",
    )

    @model_validator(mode="after")
    def _says_in_what(self) -> Limit:
        if (self.per is None) == (self.within is None):
            raise Hinted("needs either `per` or `within`", "write for example per: month, or within: 30d")
        if self.within is not None and not timedelta(0) < self.within <= LOOKS_BACK:
            raise Hinted("looks further back than the office remembers", "`within` is at most 366d")
        return self


def run(facts: LetterFacts, params: Limit) -> Answer:
    """Fail with the limit and how many there are with those of this letter."""
    if params.per == "issue" and facts.way.issue is None:
        return skipped(facts.phrases.say("sender_limit.no_issue"))
    history = facts.dossier.history
    again = {one.number for one in history.earlier if one.article is not None} | {history.answers_ours}
    counted = {
        one.number: one
        for one in history.earlier
        if one.own and one.state not in params.ignore and one.number not in again and _falls_in(one, facts, params)
    }
    count = len(counted) + len(facts.dossier.manuscripts)
    evidence = f"{facts.listed(list(counted))} + {len(facts.dossier.manuscripts)}" if counted else str(count)
    if count <= params.count:
        return passed(evidence)
    return failed(_said(facts, params, count), evidence)


def _falls_in(one: Earlier, facts: LetterFacts, params: Limit) -> bool:
    """Whether an earlier submission is of the issue or the time that this letter is of."""
    dossier = facts.dossier
    if params.within is not None:
        return dossier.arrived_at - one.arrived_at < params.within
    if params.per == "issue":
        return one.issue == facts.way.issue
    zone, period = ZoneInfo(dossier.office.timezone), _PERIOD[params.per or ""]
    then, now = (arrival.astimezone(zone).date() for arrival in (one.arrived_at, dossier.arrived_at))
    return period(then) == period(now)


def _said(facts: LetterFacts, params: Limit, count: int) -> str:
    say = facts.phrases.say
    if params.within is None:
        return say(f"sender_limit.{params.per}", limit=params.count, count=count)
    hours = params.within / timedelta(hours=1)
    case, amount = ("days", hours / 24) if hours % 24 == 0 else ("hours", hours)
    return say(f"sender_limit.{case}", limit=params.count, count=count, amount=f"{amount:g}")


CHECK = Check("sender_limit", "letter", Limit, run)
