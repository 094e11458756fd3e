"""The office does not have the same text already: by the history that was frozen when the letter was judged."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from mailbot.model import Earlier, SubmissionState
from mailbot.quantities import Duration
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.models import one_or_more
from mailbot.sketch import SHORTEST, letters_of

_S = SubmissionState

States = Annotated[tuple[SubmissionState, ...], BeforeValidator(one_or_more)]
"""One state of a submission, or a list of them."""


class Before(Params):
    """How much alike and how long ago an earlier submission is to be the same one."""

    within: Duration | None = Field(
        default=None, description="only what came in this time before counts, such as 180d; else it may be years ago"
    )
    likeness: int = Field(
        default=80, ge=50, le=100, description="from how many percent of the same text on two articles are the same"
    )
    own_only: bool = Field(default=False, description="true: only what the same address sent before counts")
    ignore: States = Field(
        default=(_S.INCOMPLETE, _S.REVISE, _S.REJECTED, _S.WITHDRAWN),
        description="states in which an earlier submission does not count: it may be sent again",
    )


def run(facts: ArticleFacts, params: Before) -> Answer:
    """Fail with number and day of the one most like it, if the same address sent it; a stranger learns nothing."""
    index = next(n for n, article in enumerate(facts.dossier.manuscripts) if article is facts.manuscript)
    alike = [one for one in facts.dossier.history.earlier if one.article == index]
    if not alike and _too_short(facts.manuscript.text):
        return skipped(facts.phrases.say("not_sent_before.short"))
    counted = [one for one in alike if _counts(one, facts, params)]
    evidence = facts.listed([f"{one.number} {one.arrived_at.isoformat()} {one.state} {one.likeness}%" for one in alike])
    if not counted:
        return passed(evidence)
    first = max(counted, key=lambda one: (one.own, one.likeness, one.arrived_at))
    if not first.own:
        return failed(facts.phrases.say("not_sent_before.other"), evidence)
    day = first.arrived_at.astimezone(ZoneInfo(facts.dossier.office.timezone)).date()
    case = "not_sent_before.failed" if first.title else "not_sent_before.untitled"
    return failed(facts.phrases.say(case, number=first.number, day=day, title=first.title), evidence)


def _too_short(text: str) -> bool:
    """Whether the text had no sketch; of a long one the letters are not counted."""
    return len(text) < 10 * SHORTEST and len(letters_of(text)) < SHORTEST


def _counts(one: Earlier, facts: ArticleFacts, params: Before) -> bool:
    """Whether it is the same article, and not the one that this letter answers for."""
    if one.number == facts.dossier.history.answers_ours or one.state in params.ignore:
        return False
    if params.within is not None and facts.dossier.arrived_at - one.arrived_at > params.within:
        return False
    return one.likeness >= params.likeness and (one.own or not params.own_only)


CHECK = Check("not_sent_before", "article", Before, run)
