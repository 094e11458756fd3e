"""Running the examples of rules: does each come out as it says? Pure but for mail files, which somebody hands in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from mailbot.errors import MailbotError, Problem
from mailbot.model import Dossier, Finding, Judgement, Outcome
from mailbot.rulebook.judge import try_rule
from mailbot.rulebook.load import Example, Rule, Rulebook
from mailbot.rulebook.routing import Route
from mailbot.rulebook.sampledossier import ARRIVED, dossier_of
from mailbot.rulebook.samples import ZONE, Facts

Mails = Callable[[str], Dossier]
"""Reads the mail file at a path below the rules folder; MailbotError or OSError when it cannot."""

WORST_FIRST = (Outcome.ERROR, Outcome.FAILED, Outcome.PASSED, Outcome.SKIPPED)
"""Of several articles of one letter the first of these counts."""
LONGEST = 200
"""Characters of evidence that are shown."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one example; `got` is None where the rule was not asked at all, and `message` says why."""

    rule: Rule
    example: Example
    got: Outcome | None
    message: str
    evidence: str = ""

    @property
    def good(self) -> bool:
        """Whether it came out as it says."""
        return self.got is self.example.wanted

    def problem(self) -> Problem:
        """What is to be told where it did not."""
        example, wanted = self.example, self.example.wanted.value
        name = f"example {example.number} under `{example.group}` of the rule `{self.rule.id}`"
        why = f": {self.message}" if self.message else ""
        seen = f" (seen: {self.evidence[:LONGEST]})" if self.evidence else ""
        hint = "mend the example, or the rule"
        if self.got is Outcome.SKIPPED:
            said = f"{name} is skipped, which counts as neither passed nor failed{why}"
            hint = "let the example say what the rule needs to apply: what its `when` asks for, and what it looks at"
        elif self.got is None:
            said = f"{name} could not be tried{why}"
        else:
            said = f"{name} should have {wanted}, and it {_came_out(self.got)}{why}{seen}"
        return Problem(said, self.rule.file, example.line, example.column, example.excerpt, hint)


def _came_out(got: Outcome) -> str:
    return "could not be judged" if got is Outcome.ERROR else got.value


def try_examples(rulebook: Rulebook, mails: Mails | None = None, rules: Iterable[Rule] | None = None) -> list[Tried]:
    """Each example of the rules (default: of all), in their order; mail files only where somebody reads them."""
    return [
        _try(rule, example, rulebook, mails)
        for rule in (rulebook.rules if rules is None else rules)
        for example in rule.examples
        if example.facts.mail is None or mails is not None
    ]


def _try(rule: Rule, example: Example, rulebook: Rulebook, mails: Mails | None) -> Tried:
    facts = example.facts
    if facts.mail is None:
        facts, way = _forced(facts, rulebook)
        return _weighed(rule, example, try_rule(rule, dossier_of(facts), rulebook, way), "")
    assert mails is not None, "left out by the caller"
    try:
        dossier = mails(facts.mail)
    except OSError as error:
        return Tried(rule, example, None, f"{facts.mail}: {error.strerror or error}")
    except MailbotError as error:
        return Tried(rule, example, None, f"{facts.mail}: {error}")
    dossier = replace(dossier, arrived_at=arriving(dossier, facts.arrived))
    why_none = f"the letter is taken for: {dossier.kind.value} ({'; '.join(dossier.kind_reasons)})"
    return _weighed(rule, example, try_rule(rule, dossier, rulebook), why_none)


def arriving(dossier: Dossier, moment: datetime | None) -> datetime:
    """When a mail file counts as arrived: as said, else when it was sent, so that it comes out the same on any day."""
    return (moment or dossier.letter.sent_at or ARRIVED).astimezone(ZoneInfo(dossier.office.timezone))


def outcome_of(judgement: Judgement, rule: str) -> Outcome | None:
    """What a rule said of a letter, by its id: of several articles the worst."""
    findings = (*judgement.findings, *(finding for article in judgement.articles for finding in article.findings))
    said = {finding.outcome for finding in findings if finding.rule == rule}
    return next((outcome for outcome in WORST_FIRST if outcome in said), None)


def _weighed(rule: Rule, example: Example, findings: tuple[Finding, ...], why_none: str) -> Tried:
    """Of several articles one that fails decides; where none does, one that passes."""
    for outcome in WORST_FIRST:
        finding = next((finding for finding in findings if finding.outcome is outcome), None)
        if finding is not None:
            return Tried(rule, example, outcome, finding.message, finding.evidence)
    return Tried(rule, example, None, why_none or "there is no article in it")


def _forced(facts: Facts, rulebook: Rulebook) -> tuple[Facts, Route | None]:
    """The way that an example asks for; it arrives on the first day of such an issue unless it says when."""
    if facts.issue is None and facts.column is None:
        return facts, None
    having = (one for one in rulebook.issues if any(column.id == facts.column for column in one.columns))
    issue = rulebook.issue(facts.issue) if facts.issue is not None else next(having, None)
    if issue is None:
        return facts, Route(facts.issue, facts.column)
    if facts.arrived is None:
        opening = datetime.combine(issue.opens, time(10), ZoneInfo(ZONE))
        facts = facts.model_copy(update={"arrived": opening})
    return facts, Route(issue.id, facts.column)
