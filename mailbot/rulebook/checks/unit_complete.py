"""The name of the submitting unit is full (clause 3a)."""

from __future__ import annotations

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.units import plain


class Names(Params):
    """Which names count as full."""

    listed: bool = Field(
        default=False,
        description="true: only full names that stand in units.yaml, as where it lists all that there are",
    )


def run(facts: ArticleFacts, params: Names) -> Answer:
    """Fail saying what is missing (place, kind of organisation), what it is short for, or that it is not listed."""
    name, fullness = facts.submitter.name, facts.submitter.fullness
    if name is None:
        return skipped(facts.phrases.say("skipped.no_unit"))
    known = facts.units.known
    if params.listed and fullness.fault != "short" and plain(name) not in known.full:
        meant = known.like(plain(name))
        said = facts.phrases.say("unit_complete.unlisted", unit=name)
        return failed(said + (facts.phrases.say("unit.meant", better=meant) if meant else ""), name)
    if fullness.full:
        return passed(name, facts.phrases.say("unit.slip", better=fullness.better) if fullness.better else "")
    said = facts.phrases.say(f"unit_complete.{fullness.fault}", unit=name, better=fullness.better)
    asked = fullness.better and fullness.fault != "short"
    return failed(said + (facts.phrases.say("unit.meant", better=fullness.better) if asked else ""), name)


CHECK = Check("unit_complete", "article", Names, run, wordless=True)
