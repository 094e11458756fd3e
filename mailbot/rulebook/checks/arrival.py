"""The letter arrived in time: before a deadline, in an hour of the day, on a day of the week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from mailbot.quantities import Days, Duration
from mailbot.rulebook.checking import Answer, Check, Demand, LetterFacts, Params, failed, passed
from mailbot.rulebook.models import Hours, Moment
from mailbot.yamlfile import Hinted

SHOWN = "%Y-%m-%d %H:%M"


class Times(Params):
    """All conditions that are given must hold; all times are those of the office's zone."""

    after: Moment | None = Field(
        default=None, description="not before this moment or day: 2026-11-01 08:00, 2026-11-01"
    )
    before: Moment | None = Field(
        default=None, description="not after this moment, or this day to its end: 2026-11-30 18:00, 2026-11-30"
    )
    grace: Duration | None = Field(default=None, description="with before: how long after that is still in time, 3d")
    daily: Hours | None = Field(default=None, description="between these hours, whatever the day: 09:00-17:30")
    days: Days | None = Field(default=None, description="on these days of the week: [monday, tuesday]")
    on_time: bool = Field(
        default=False, description="whether what comes after the closing of its issue (issues.yaml) is too late"
    )

    @model_validator(mode="after")
    def _can_be_met(self) -> Times:
        if self.grace is not None and self.before is None:
            raise Hinted("has a grace and no deadline", "give `before`, or remove `grace`")
        given = (self.after, self.before, self.daily, self.days)
        if all(one is None for one in given) and not self.on_time:
            raise Hinted("sets no time", "give after, before, daily, days or on_time")
        if self.after is not None and self.before is not None and _start(self.after) >= _end(self.before):
            raise Hinted("can never be met: `after` is not before `before`", "exchange or mend the two")
        return self


def run(facts: LetterFacts, params: Times) -> Answer:
    """Fail with the moment of arrival and the first limit that it breaks."""
    arrived = facts.dossier.arrived_at.astimezone(ZoneInfo(facts.dossier.office.timezone)).replace(tzinfo=None)
    broken = _broken(facts, params, arrived)
    shown = arrived.strftime(SHOWN)
    return failed(broken, shown) if broken else passed(shown)


def _broken(facts: LetterFacts, params: Times, arrived: datetime) -> str:
    say, shown = facts.phrases.say, arrived.strftime(SHOWN)
    if params.after is not None and arrived < _start(params.after):
        return say("arrival.early", arrived=shown, limit=_shown(params.after))
    if params.before is not None and arrived >= _end(params.before) + (params.grace or timedelta(0)):
        return say("arrival.late", arrived=shown, limit=_shown(params.before))
    if params.days is not None and arrived.weekday() not in params.days:
        names = facts.listed([say(f"arrival.day_{day}") for day in params.days])
        return say("arrival.wrong_day", arrived=shown, day=say(f"arrival.day_{arrived.weekday()}"), days=names)
    if params.daily is not None and not params.daily.holds(arrived.hour * 60 + arrived.minute):
        return say("arrival.wrong_hour", arrived=shown, hours=str(params.daily))
    if params.on_time and facts.way.late:
        return say("arrival.after_issue", arrived=shown)
    return ""


def _start(moment: date) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time())


def _end(moment: date) -> datetime:
    """The first moment that is too late: a deadline of 18:00 lasts to the end of that minute."""
    if isinstance(moment, datetime):
        return moment + timedelta(minutes=1)
    return datetime.combine(moment, datetime.min.time()) + timedelta(days=1)


def _shown(moment: date) -> str:
    return moment.strftime(SHOWN) if isinstance(moment, datetime) else moment.isoformat()


def demands(params: Times) -> tuple[Demand, ...]:
    """The first and the last day on which a letter may come, as numbers such as 20261130."""
    last = _end(params.before) + (params.grace or timedelta(0)) - timedelta(minutes=1) if params.before else None
    return (
        Demand(
            of=("day of arrival",),
            least=_as_number(_start(params.after)) if params.after else None,
            most=_as_number(last) if last else None,
        ),
    )


def _as_number(moment: datetime) -> float:
    return float(f"{moment:%Y%m%d}")


CHECK = Check("arrival", "letter", Times, run, demands=demands)
