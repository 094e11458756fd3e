"""The call for papers as contributors are told it: out of the rules in force, never out of a text beside them. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mailbot.model import Mode, Office, Severity
from mailbot.notices.facts import AskFact, CallFacts, OpenIssueFact, clean
from mailbot.rulebook.load import Rule, Rulebook
from mailbot.rulebook.models import Issue

LONGEST = 300
"""Characters of one requirement."""
MOST_RULES = 60
MOST_ISSUES = 12
_UNTOLD = "off"


def call_of(rulebook: Rulebook, office: Office, at: datetime) -> CallFacts:
    """What the acting rules ask for, and which issues take articles at this time.

    A rule is told by its `help`, else by title and advice. One that has neither help nor advice is the editors' matter
    and not told; so is one with `help: off`. A rule that only remarks is advice, any other is a condition.
    """
    names = _names(rulebook)
    acting = [rule for rule in rulebook.rules if rule.mode is Mode.ON and rule.help != _UNTOLD]
    told = [rule for rule in acting if rule.help or rule.advice][:MOST_RULES]
    asks = [(rule.otherwise, _ask(rule, names)) for rule in told]
    return CallFacts(
        address=clean(office.address),
        musts=tuple(ask for severity, ask in asks if severity is not Severity.NOTE),
        shoulds=tuple(ask for severity, ask in asks if severity is Severity.NOTE),
        issues=_open(rulebook.issues, at, ZoneInfo(office.timezone)),
    )


def _ask(rule: Rule, names: dict[str, str]) -> AskFact:
    only = (*rule.when.issues, *rule.when.columns)
    return AskFact(
        text=clean(rule.help or rule.title, LONGEST),
        how="" if rule.help else clean(rule.advice, LONGEST),
        clause=clean(rule.cites),
        only=tuple(clean(names.get(one, one)) for one in only),
    )


def _names(rulebook: Rulebook) -> dict[str, str]:
    """Of issues and columns, by id."""
    return rulebook.column_names | rulebook.issue_names


def _open(issues: tuple[Issue, ...], at: datetime, zone: ZoneInfo) -> tuple[OpenIssueFact, ...]:
    """Those that are open on this day, the one that closes first at the top; where none is, the next one to open."""
    today = at.astimezone(zone).date()
    coming = sorted((one for one in issues if one.closes >= today), key=lambda one: (one.closes, one.id))
    now = [one for one in coming if one.opens <= today]
    regular = [one for one in coming if not one.special]
    if not any(not one.special for one in now) and regular:
        now.append(min(regular, key=lambda one: one.opens))
    return tuple(
        OpenIssueFact(
            name=clean(one.name),
            closes=one.closes,
            special=one.special,
            columns=tuple(clean(column.name or column.id) for column in one.columns),
        )
        for one in now[:MOST_ISSUES]
    )
