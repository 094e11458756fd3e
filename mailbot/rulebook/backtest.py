"""Stored dossiers under two rulebooks: what would change, rule by rule and letter by letter. Pure.

The history facts (earlier submissions, limits of a sender) are those frozen in each dossier: nothing is asked anew.
Memory does not grow with the number of dossiers: only letters for which something changes are kept, so many at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.codec import load
from mailbot.model import Dossier, Finding, Judgement, Mode, Outcome, Severity, Verdict
from mailbot.ports import StoredDossier
from mailbot.rulebook.judge import SEVEREST, VERDICT_OF, Case, Known, is_judged_by_rules, judge
from mailbot.rulebook.load import Rule, Rulebook
from mailbot.rulebook.trial import LetterTrial, compare

MOST_LETTERS = 2000
"""Changed letters that are kept, of those with another decision and of those with other remarks each."""
MOST_UNREAD = 20

Matrix = Counter[tuple[Verdict, Verdict]]
"""How many went from one verdict to another, or stayed."""
_ABSENT = None


@dataclass(frozen=True, slots=True)
class LetterEntry:
    """A letter for which something changes; `numbers` are those of its articles, "" for one without."""

    name: str
    numbers: tuple[str, ...]
    arrived_at: datetime
    sender: str
    subject: str
    given: Verdict
    """The verdict that was given at its time."""
    trial: LetterTrial


@dataclass(slots=True)
class RuleTrial:
    """One rule over all dossiers. `was` and `now` are None where that rulebook has no such rule."""

    id: str
    was: Rule | None
    now: Rule | None
    outcomes: Counter[tuple[Outcome | None, Outcome | None]] = field(default_factory=Counter)
    would: Matrix = field(default_factory=Counter)
    """Of a new shadow rule: the verdicts of articles (or letters) that it would make severer, if it acted."""

    @property
    def status(self) -> str:
        """`new`, `removed`, `changed` or `same`."""
        if self.was is None or self.now is None:
            return "new" if self.was is None else "removed"
        return "same" if _meant(self.was) == _meant(self.now) else "changed"

    def count(self, was: Outcome | None, now: Outcome | None) -> int:
        """How often it went from one outcome to another."""
        return self.outcomes[was, now]

    @property
    def failed_before(self) -> int:
        """How often it fails under the rules in force."""
        return sum(count for (was, _), count in self.outcomes.items() if was is Outcome.FAILED)

    @property
    def fails(self) -> int:
        """How often it fails under the new rules."""
        return sum(count for (_, now), count in self.outcomes.items() if now is Outcome.FAILED)

    @property
    def newly_failing(self) -> int:
        """Fails now and did not."""
        return sum(
            count for (was, now), count in self.outcomes.items() if now is Outcome.FAILED and was is not Outcome.FAILED
        )

    @property
    def no_longer_failing(self) -> int:
        """Failed and does no more."""
        return self.failed_before - (self.fails - self.newly_failing)

    @property
    def errors(self) -> int:
        """How often it could not judge under the new rules."""
        return sum(count for (_, now), count in self.outcomes.items() if now is Outcome.ERROR)


def _meant(rule: Rule) -> tuple[object, ...]:
    """What a rule asks for and what follows, wherever it stands."""
    asked = (rule.check.name, rule.expect, rule.params, dict(rule.by_issue), dict(rule.by_column), rule.when)
    return *asked, rule.otherwise, rule.mode, rule.title, rule.cites, rule.says, rule.advice


def _see_alike(was: Rulebook, now: Rulebook) -> bool:
    """Whether rules of both see the same: it depends on units and issues, too."""
    return (was.units, was.issues) == (now.units, now.issues)


def _alike(was: Rulebook, now: Rulebook) -> frozenset[str]:
    """The rules that say the same of any dossier by both rulebooks: they and all that they see are the same."""
    if not _see_alike(was, now):
        return frozenset()
    before = {rule.id: _meant(rule) for rule in was.rules}
    alike = frozenset(rule.id for rule in now.rules if before.get(rule.id) == _meant(rule))
    deciding = {rule.id for rule in (*was.rules, *now.rules) if rule.check.stands_for_article}
    return alike if deciding <= alike else frozenset()  # such a rule has a say in whether others are asked


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rulebooks, and what of one holds for the other."""

    was: Rulebook
    now: Rulebook
    alike: frozenset[str]
    """The rules that say the same of any dossier by both."""
    same_sight: bool
    """Whether the rules of both see the same."""

    @classmethod
    def of(cls, was: Rulebook, now: Rulebook) -> Pair:
        """Of any two."""
        return cls(was, now, _alike(was, now), _see_alike(was, now))

    def judge(self, dossier: Dossier, given: Judgement | None = None) -> tuple[Judgement, Judgement]:
        """What each says, as if it were asked alone; `given` is the first one's judgement, if that is known."""
        case = None if given is not None else Case.of(dossier, self.was)
        old = given or judge(dossier, self.was, case=case)
        return old, judge(dossier, self.now, Known(old, self.alike), case if self.same_sight else None)


@dataclass(slots=True)
class Report:
    """What a back-test found. `letters` are all that were judged at their time; `judged` those that rules judge."""

    was: str
    now: str
    rules: dict[str, RuleTrial]
    letters: int = 0
    judged: int = 0
    articles: int = 0
    taken: int = 0
    """Of `judged` those whose stored judgement was given under the very rules in force: it stands for them."""
    otherwise: int = 0
    """Of `judged` those that were decided otherwise at their time than the rules in force would."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Letters that no rules are held against, by kind."""
    unread: list[str] = field(default_factory=list)
    """Why the first stored dossiers that this program cannot read any more cannot be read."""
    unreadable: int = 0
    of_letters: Matrix = field(default_factory=Counter)
    of_articles: Matrix = field(default_factory=Counter)
    decided: list[LetterEntry] = field(default_factory=list)
    """Letters with another verdict, answer, issue, column or unit, in the order of arrival."""
    remarked: list[LetterEntry] = field(default_factory=list)
    """Letters for which only findings differ."""
    more_decided: int = 0
    more_remarked: int = 0

    @property
    def same_rules(self) -> bool:
        """Whether both rulebooks are the same."""
        return self.was == self.now


def backtest(
    dossiers: Iterable[StoredDossier], was: Rulebook, now: Rulebook, *, name: Callable[[StoredDossier], str]
) -> Report:
    """Judge all dossiers by both rulebooks; `name` says how a person calls a letter, asked only for changed ones."""
    ids = dict.fromkeys(rule.id for rulebook in (now, was) for rule in rulebook.rules)
    before, after = ({rule.id: rule for rule in rulebook.rules} for rulebook in (was, now))
    report = Report(was.version, now.version, {id: RuleTrial(id, before.get(id), after.get(id)) for id in ids})
    trial = _Trial(report, Pair.of(was, now), name)
    for stored in dossiers:
        trial.hold(stored)
    return report


@dataclass(frozen=True, slots=True)
class _Trial:
    """Two rulebooks, and the report that grows with each dossier."""

    report: Report
    pair: Pair
    name: Callable[[StoredDossier], str]

    def hold(self, stored: StoredDossier) -> None:
        """Judge one dossier by both."""
        report = self.report
        report.letters += 1
        same = stored.rulebook == self.pair.was.version
        given: Judgement | _Given
        try:
            dossier = load(Dossier, stored.dossier)
            given = load(Judgement, stored.judgement) if same else load(_Given, stored.judgement)
        except ValueError as error:
            report.unreadable += 1
            if len(report.unread) < MOST_UNREAD:
                report.unread.append(f"{self.name(stored)}: {error}")
            return
        if not is_judged_by_rules(dossier):
            report.kinds[dossier.kind] += 1
            return
        report.judged += 1
        report.articles += len(dossier.manuscripts)
        old, new = self.pair.judge(dossier, given if isinstance(given, Judgement) else None)
        report.taken += same
        report.otherwise += _verdicts(old) != _verdicts(given)
        _count(report, old, new)
        found = compare(old, new, [manuscript.title or "" for manuscript in dossier.manuscripts])
        if found is not None:
            _keep(report, stored, dossier, given.verdict, found, self.name)


@dataclass(frozen=True, slots=True)
class _GivenArticle:
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Given:
    """As much of a stored judgement as is needed where it does not stand for the rules in force."""

    verdict: Verdict
    articles: tuple[_GivenArticle, ...]


def _verdicts(judgement: Judgement | _Given) -> tuple[Verdict, ...]:
    return (judgement.verdict, *(article.verdict for article in judgement.articles))


def _count(report: Report, old: Judgement, new: Judgement) -> None:
    report.of_letters[old.verdict, new.verdict] += 1
    _count_findings(report, old.findings, new.findings, new.verdict)
    for before, after in zip(old.articles, new.articles, strict=True):
        report.of_articles[before.verdict, after.verdict] += 1
        _count_findings(report, before.findings, after.findings, after.verdict)


def _count_findings(report: Report, old: tuple[Finding, ...], new: tuple[Finding, ...], verdict: Verdict) -> None:
    before = {finding.rule: finding.outcome for finding in old}
    for finding in new:
        tally = report.rules[finding.rule]
        tally.outcomes[before.pop(finding.rule, _ABSENT), finding.outcome] += 1
        if finding.mode is Mode.SHADOW and finding.outcome is Outcome.FAILED:
            _would(tally, finding.severity, verdict)
    for rule, outcome in before.items():
        if rule in report.rules:
            report.rules[rule].outcomes[outcome, _ABSENT] += 1


def _would(tally: RuleTrial, severity: Severity, verdict: Verdict) -> None:
    asked = VERDICT_OF[severity]
    if verdict in SEVEREST and SEVEREST.index(asked) > SEVEREST.index(verdict):
        tally.would[verdict, asked] += 1


def _keep(
    report: Report,
    stored: StoredDossier,
    dossier: Dossier,
    given: Verdict,
    found: LetterTrial,
    name: Callable[[StoredDossier], str],
) -> None:
    kept = report.decided if found.decides else report.remarked
    if len(kept) >= MOST_LETTERS:
        if found.decides:
            report.more_decided += 1
        else:
            report.more_remarked += 1
        return
    numbers = {one.article: one.number for one in stored.submissions}
    letter = dossier.letter
    kept.append(
        LetterEntry(
            name=name(stored),
            numbers=tuple(numbers.get(index, "") for index in range(len(dossier.manuscripts))),
            arrived_at=dossier.arrived_at,
            sender=letter.sender.address if letter.sender else "",
            subject=letter.subject,
            given=given,
            trial=found,
        )
    )
