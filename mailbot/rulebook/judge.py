"""The judge: a dossier and a rulebook in, a Judgement out. No clock, no network, no disk (promise 9).

All findings are kept, also those that passed, so that any verdict can be explained later. The kind of the letter
decides what is judged at all (the table below, design section 4); its rules and those of its articles decide the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from mailbot import languages
from mailbot.languages import Language
from mailbot.lifecycle import WITHDRAWABLE
from mailbot.model import (
    MACHINE_KINDS,
    ArticleJudgement,
    Dossier,
    Finding,
    Judgement,
    Kind,
    Manuscript,
    Mode,
    NoticeKind,
    Outcome,
    Revises,
    Severity,
    SubmissionState,
    Verdict,
)
from mailbot.rulebook.checking import Answer, ArticleFacts, LetterFacts, is_stub, is_unread, skipped
from mailbot.rulebook.expressions import Unjudgeable
from mailbot.rulebook.forged import forged
from mailbot.rulebook.load import Rule, Rulebook
from mailbot.rulebook.models import Issue, When
from mailbot.rulebook.routing import Asked, Route, route
from mailbot.rulebook.units import Units, submitter
from mailbot.sketch import ALIKE

_S = SubmissionState

SEVEREST = (Verdict.ACKNOWLEDGE, Verdict.RETURN, Verdict.HOLD, Verdict.REJECT)
"""Verdicts on articles, from mild to severe."""

BY_KIND: dict[Kind, tuple[Verdict, NoticeKind | None, str]] = {
    **dict.fromkeys(MACHINE_KINDS, (Verdict.IGNORE, None, "machine")),
    Kind.CONVERSATION: (Verdict.IGNORE, None, "conversation"),
    Kind.INQUIRY: (Verdict.SERVE, NoticeKind.HELP, "inquiry"),
    Kind.OTHER: (Verdict.HOLD, None, "other"),
    Kind.UNREADABLE: (Verdict.HOLD, None, "unreadable"),
    Kind.STATUS_QUERY: (Verdict.SERVE, NoticeKind.STATUS, "status"),
    Kind.COMMAND: (Verdict.HOLD, None, "request"),
}
"""What follows for letters that are not judged by rules: verdict, notice, and which reason the language gives."""

NOTICE_OF: dict[Verdict, NoticeKind] = {
    Verdict.ACKNOWLEDGE: NoticeKind.ACKNOWLEDGEMENT,
    Verdict.RETURN: NoticeKind.RETURN,
    Verdict.HOLD: NoticeKind.HELD,
    Verdict.REJECT: NoticeKind.REJECTION,
}

VERDICT_OF = {
    Severity.NOTE: Verdict.ACKNOWLEDGE,
    Severity.RETURN: Verdict.RETURN,
    Severity.HOLD: Verdict.HOLD,
    Severity.REJECT: Verdict.REJECT,
}
"""What a failed rule asks for."""


@dataclass(frozen=True, slots=True)
class Case:
    """What units and issues of a rulebook make of a dossier: what its rules look at.

    It serves each rulebook in which both are the same.
    """

    doubts: tuple[str, ...]
    letter: LetterFacts
    articles: tuple[ArticleFacts, ...]

    @classmethod
    def of(cls, dossier: Dossier, rulebook: Rulebook, way: Route | None = None) -> Case:
        """`way` is where the articles go, if not where the issues send them."""
        language = languages.load(dossier.office.language)
        units, issues = Units(rulebook.known_names, language.units), rulebook.issues
        submitters = [submitter(manuscript.byline, units, dossier.letter.subject) for manuscript in dossier.manuscripts]
        revises = dossier.revises or (None,) * len(dossier.manuscripts)
        articles = tuple(
            ArticleFacts(
                dossier,
                units,
                language.rules,
                manuscript,
                unit,
                way=way or _stays(old) or _way(dossier, manuscript, unit.name or "", issues, language),
                issues=issues,
            )
            for manuscript, unit, old in zip(dossier.manuscripts, submitters, revises, strict=True)
        )
        first = articles[0].way if articles else way or _way(dossier, None, "", issues, language)
        return cls(doubts(dossier), LetterFacts(dossier, units, language.rules, way=first, issues=issues), articles)


def _stays(revises: Revises | None) -> Route | None:
    """The way of a submission that lacked nothing: it keeps its issue whatever day a later letter comes."""
    if revises is None or revises.issue is None or revises.state in (_S.INCOMPLETE, _S.REJECTED):
        return None
    return Route(revises.issue, revises.column)


def _way(
    dossier: Dossier, manuscript: Manuscript | None, unit: str, issues: tuple[Issue, ...], language: Language
) -> Route:
    letter = dossier.letter
    asked = Asked(
        dossier.arrived_at.astimezone(ZoneInfo(dossier.office.timezone)),
        subject=letter.subject,
        title=manuscript.known_as if manuscript is not None else "",
        text=manuscript.text if manuscript is not None else "",
        unit=unit,
        sender=letter.sender.address if letter.sender else "",
        letter=letter.text,
    )
    return route(asked, issues, language.rules)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a dossier already: its `judgement` by another rulebook, in which these `rules` are the same.

    Rules are pure and see nothing but the dossier, units and issues: where all three are the same they say the same.
    """

    judgement: Judgement
    rules: frozenset[str]

    def said(self, article: int | None) -> dict[str, Finding]:
        """What those rules say of the letter (None) or one of its articles, by their ids."""
        one = self.judgement if article is None else self.judgement.articles[article]
        return {finding.rule: finding for finding in one.findings if finding.rule in self.rules}


def judge(dossier: Dossier, rulebook: Rulebook, known: Known | None = None, case: Case | None = None) -> Judgement:
    """What the rulebook says of a dossier. A letter that lay there before the first start is judged, not answered.

    `known` and `case` save work and change nothing.
    """
    judgement = _judge(dossier, rulebook, known, case)
    if dossier.adopted and judgement.answer is not None:
        reason = _why(dossier, "adopted")
        return replace(judgement, answer=None, reasons=(*judgement.reasons, reason))
    return judgement


def is_judged_by_rules(dossier: Dossier) -> bool:
    """Whether rules are held against the letter; for all others the table of kinds decides."""
    return dossier.kind in (Kind.SUBMISSION, Kind.REPLY) and not dossier.repeats


def _judge(dossier: Dossier, rulebook: Rulebook, known: Known | None, case: Case | None) -> Judgement:
    if is_judged_by_rules(dossier):
        return _Court(dossier, rulebook, case or Case.of(dossier, rulebook), known).judge()
    doubt = doubts(dossier)
    if dossier.repeats:
        judgement = _repeated(dossier, rulebook)
    elif dossier.kind is Kind.WITHDRAWAL:
        judgement = _withdrawal(dossier, rulebook)
    else:
        verdict, answer, reason = BY_KIND[dossier.kind]
        judgement = Judgement(
            verdict=verdict, rulebook=rulebook.version, answer=answer, reasons=(_why(dossier, reason),)
        )
    if judgement.answer is not None and doubt:
        return Judgement(verdict=Verdict.HOLD, rulebook=rulebook.version, reasons=doubt)
    return judgement


def _repeated(dossier: Dossier, rulebook: Rulebook) -> Judgement:
    """The same files once more: no new number, and one short answer for all such letters of some days."""
    told = any(one.told for one in dossier.history.earlier if one.number in dossier.repeats)
    return Judgement(
        verdict=Verdict.SERVE,
        rulebook=rulebook.version,
        answer=None if told else NoticeKind.STATUS,
        reasons=(_why(dossier, "repeats", numbers=_listed(dossier.repeats)),),
    )


def _withdrawal(dossier: Dossier, rulebook: Rulebook) -> Judgement:
    """Served only for the address of record, and only while no editor has accepted it."""
    meant = {one.number: one for one in dossier.history.earlier if one.number in dossier.about}
    states = {one.state for one in meant.values()}
    numbers = _listed(meant)
    if not meant or len(meant) < len(dossier.about) or not all(one.own for one in meant.values()):
        verdict, answer, reason = Verdict.HOLD, None, _why(dossier, "withdrawal_unknown")
    elif states & {_S.ACCEPTED, _S.PUBLISHED}:
        verdict, answer, reason = Verdict.HOLD, NoticeKind.HELD, _why(dossier, "withdrawal_late", numbers=numbers)
    elif states <= WITHDRAWABLE:
        verdict, answer, reason = Verdict.SERVE, NoticeKind.WITHDRAWN, _why(dossier, "withdrawal", numbers=numbers)
    else:  # refused or taken back already
        verdict, answer, reason = Verdict.SERVE, NoticeKind.STATUS, _why(dossier, "withdrawal_over", numbers=numbers)
    taken = tuple(meant) if answer is NoticeKind.WITHDRAWN else ()
    return Judgement(verdict=verdict, rulebook=rulebook.version, answer=answer, reasons=(reason,), withdrawn=taken)


def _listed(numbers: Iterable[str]) -> str:
    return ", ".join(numbers)


def findings_of(dossier: Dossier, rulebook: Rulebook, way: Route | None = None) -> tuple[Finding, ...]:
    """All that the rules say of a submission and its articles; nothing for a letter that is no submission.

    `way` is where the articles go, if not where the issues send them.
    """
    if not is_judged_by_rules(dossier):
        return ()
    judgement = _Court(dossier, rulebook, Case.of(dossier, rulebook, way)).judge()
    return (*judgement.findings, *(finding for article in judgement.articles for finding in article.findings))


def _why(dossier: Dossier, case: str, **values: object) -> str:
    """A reason in the office's words: editors read it in the digest."""
    return languages.load(dossier.office.language).rules.say(f"reason.{case}", **values)


def doubts(dossier: Dossier) -> tuple[str, ...]:
    """Why sender or nature of a letter from a person are doubtful: such a letter is held and not answered."""
    letter = dossier.letter
    reasons = [_why(dossier, "mark", kind=_why(dossier, mark.kind), sign=mark.reason) for mark in letter.marks]
    if letter.sender is None or not letter.sender.address:
        reasons.append(_why(dossier, "no_sender"))
    elif "From" in letter.contested:
        reasons.append(_why(dossier, "contested"))
    if sign := forged(letter.authentication, dossier.office.trusted_authserv):
        reasons.append(_why(dossier, "forged", sign=sign))
    if not dossier.complete:
        reasons.append(_why(dossier, "too_large", bytes=dossier.announced))
    if dossier.too_old and not dossier.adopted:
        reasons.append(_why(dossier, "too_old"))
    if dossier.passed_on:
        reasons.append(_why(dossier, "passed_on", who=_listed(dossier.passed_on)))
    return (*reasons, *_look_alikes(dossier))


def _look_alikes(dossier: Dossier) -> tuple[str, ...]:
    """Submissions that have much the same text and of which this is no revision: both are named to the editors."""
    if dossier.trial or not is_judged_by_rules(dossier):
        return ()
    alike = {one.number: one for one in dossier.history.earlier if one.article is not None and one.likeness >= ALIKE}
    return tuple(
        _why(dossier, "look_alike" if one.own else "look_alike_other", number=one.number, likeness=one.likeness)
        for one in alike.values()
        if one.state not in (_S.WITHDRAWN, _S.REJECTED)
    )


@dataclass(frozen=True, slots=True)
class _Court:
    """One dossier before one rulebook."""

    dossier: Dossier
    rulebook: Rulebook
    case: Case
    known: Known | None = None

    def judge(self) -> Judgement:
        doubt = self.case.doubts
        findings = self._of_letter(self.case.letter)
        floor = Verdict.HOLD if doubt else verdict_of(findings)
        stands = self._stands_for_article(findings)
        articles = tuple(
            self._of_article(index, facts, floor, doubtful=bool(doubt), stands=stands and is_stub(facts.manuscript))
            for index, facts in enumerate(self.case.articles)
        )
        verdict = severest(article.verdict for article in articles) if articles else floor
        reasons = (*doubt, *self._accepted())
        if not articles and not doubt and verdict is Verdict.ACKNOWLEDGE:
            verdict, reasons = Verdict.HOLD, (_why(self.dossier, "no_manuscript"),)
        answer = None if doubt else NOTICE_OF[verdict]
        if self.dossier.trial and not doubt:
            verdict, answer, reasons = Verdict.SERVE, NoticeKind.TRIAL, (_why(self.dossier, "trial"),)
        elif any(self.dossier.revises):
            answer = NoticeKind.COMPLETED if answer is NoticeKind.ACKNOWLEDGEMENT else answer
            numbers = _listed(one.number for one in self.dossier.revises if one is not None)
            reasons = (*reasons, _why(self.dossier, "revision", numbers=numbers))
        return Judgement(
            verdict=verdict,
            rulebook=self.rulebook.version,
            articles=articles,
            findings=findings,
            answer=answer,
            reasons=reasons,
        )

    def _accepted(self) -> tuple[str, ...]:
        """What is accepted is changed by nobody but an editor."""
        accepted = (one for one in self.dossier.revises if one is not None and one.state == _S.ACCEPTED)
        return tuple(_why(self.dossier, "accepted", number=one.number) for one in accepted)

    def _of_letter(self, facts: LetterFacts) -> tuple[Finding, ...]:
        said = self.known.said(None) if self.known else {}
        return tuple(
            said[rule.id] if rule.id in said else _finding(rule, _ask(rule, facts), facts)
            for rule in self.rulebook.of_letters
        )

    def _stands_for_article(self, findings: Iterable[Finding]) -> bool:
        """Whether a rule in force says that what the letter encloses is the work itself."""
        rules = {rule.id for rule in self.rulebook.of_letters if rule.check.stands_for_article and rule.mode is Mode.ON}
        return any(finding.rule in rules and finding.outcome is Outcome.PASSED for finding in findings)

    def _of_article(
        self, index: int, facts: ArticleFacts, floor: Verdict, *, doubtful: bool, stands: bool
    ) -> ArticleJudgement:
        manuscript, unit, way = facts.manuscript, facts.submitter, facts.way
        said = self.known.said(index) if self.known else {}
        findings = tuple(
            said[rule.id] if rule.id in said else _finding(rule, _of_article_rule(rule, facts, stands=stands), facts)
            for rule in self.rulebook.of_articles
        )
        old = self.dossier.revises[index] if self.dossier.revises else None
        accepted = old is not None and old.state == _S.ACCEPTED
        verdict = Verdict.HOLD if accepted else severest([floor, verdict_of(findings)])
        unread = is_unread(manuscript) and not stands
        unjudged = verdict is Verdict.ACKNOWLEDGE and unread  # nobody acknowledges what nobody read
        return ArticleJudgement(
            verdict=Verdict.HOLD if doubtful or unjudged else verdict,
            unit=unit.name,
            unit_complete=unit.fullness.full,
            authors=manuscript.byline.authors,
            issue=way.issue,
            column=way.column,
            late=way.late,
            findings=findings,
        )


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The severest that the acting rules ask for; a rule that could not judge asks for an editor."""
    acting = [finding for finding in findings if finding.mode is Mode.ON]
    asked = [VERDICT_OF[finding.severity] for finding in acting if finding.outcome is Outcome.FAILED]
    return severest([*asked, *(Verdict.HOLD for finding in acting if finding.outcome is Outcome.ERROR)])


def severest(verdicts: Iterable[Verdict]) -> Verdict:
    """The severest of these; acknowledge where there is none."""
    return max(verdicts, key=SEVEREST.index, default=Verdict.ACKNOWLEDGE)


def _of_article_rule(rule: Rule, facts: ArticleFacts, *, stands: bool) -> Answer:
    if is_unread(facts.manuscript) and not rule.check.unread:
        if not stands:
            return skipped(facts.phrases.say("skipped.unreadable"))
        if not rule.check.needs_no_text(rule.params_for(facts.way)):
            return skipped(facts.phrases.say("skipped.wordless"))
    return _ask(rule, facts)


def _applies(when: When, facts: LetterFacts) -> bool:
    way = facts.way
    if (
        when.pictures is not None
        and isinstance(facts, ArticleFacts)
        and when.pictures != bool(facts.manuscript.pictures)
    ):
        return False
    if when.special is not None and when.special != any(one.special for one in facts.issues if one.id == way.issue):
        return False
    return (not when.issues or way.issue in when.issues) and (not when.columns or way.column in when.columns)


def _ask(rule: Rule, facts: LetterFacts) -> Answer:
    try:
        holds = _applies(rule.when, facts) and (rule.condition is None or rule.condition.holds(facts))
        if not holds:
            return skipped(facts.phrases.say("skipped.when"))
        return rule.check.run(facts, rule.params_for(facts.way))
    except Unjudgeable as error:
        return Answer(Outcome.ERROR, facts.phrases.say("expect.error"), str(error))
    except Exception as error:  # noqa: BLE001 - a rule that raises is a finding for an editor, never a crash
        return Answer(Outcome.ERROR, facts.phrases.say("error"), f"{type(error).__name__}: {error}")


def _finding(rule: Rule, answer: Answer, facts: LetterFacts) -> Finding:
    return Finding(
        rule=rule.id,
        title=rule.title,
        cites=rule.cites,
        outcome=answer.outcome,
        severity=rule.otherwise,
        mode=rule.mode,
        message=rule.says if rule.says and answer.outcome is Outcome.FAILED else answer.message,
        advice=rule.advice,
        evidence=answer.evidence,
    )
