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
    Severity,
    Verdict,
)
from mailbot.rulebook.checking import Answer, ArticleFacts, LetterFacts, is_stub, is_unread, skipped
from mailbot.rulebook.expressions import Unjudgeable
from mailbot.rulebook.load import Rule, Rulebook
from mailbot.rulebook.models import When
from mailbot.rulebook.routing import Asked, Route, route
from mailbot.rulebook.units import Units, submitter

SEVEREST = (Verdict.ACKNOWLEDGE, Verdict.RETURN, Verdict.HOLD, Verdict.REJECT)
"""Verdicts on articles, from mild to severe."""

BY_KIND: dict[Kind, tuple[Verdict, NoticeKind | None, str]] = {
    **dict.fromkeys(MACHINE_KINDS, (Verdict.IGNORE, None, "machine")),
    Kind.CONVERSATION: (Verdict.IGNORE, None, "conversation"),
    Kind.INQUIRY: (Verdict.SERVE, NoticeKind.HELP, "inquiry"),
    Kind.OTHER: (Verdict.HOLD, None, "other"),
    Kind.UNREADABLE: (Verdict.HOLD, None, "unreadable"),
    Kind.REPLY: (Verdict.HOLD, None, "reply"),
    Kind.WITHDRAWAL: (Verdict.HOLD, None, "request"),
    Kind.STATUS_QUERY: (Verdict.HOLD, None, "request"),
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


def judge(dossier: Dossier, rulebook: Rulebook, known: Known | None = None) -> Judgement:
    """What the rulebook says of a dossier. A letter that lay there before the first start is judged, not answered."""
    judgement = _judge(dossier, rulebook, known)
    if dossier.adopted and judgement.answer is not None:
        reason = _why(dossier, "adopted")
        return replace(judgement, answer=None, reasons=(*judgement.reasons, reason))
    return judgement


def is_judged_by_rules(dossier: Dossier) -> bool:
    """Whether rules are held against the letter; for all others the table of kinds decides."""
    return dossier.kind is Kind.SUBMISSION or (dossier.kind is Kind.REPLY and bool(dossier.manuscripts))


def _judge(dossier: Dossier, rulebook: Rulebook, known: Known | None) -> Judgement:
    if is_judged_by_rules(dossier):
        return _Court(dossier, rulebook, known=known).judge()
    verdict, answer, reason = BY_KIND[dossier.kind]
    doubt = doubts(dossier)
    if answer is not None and doubt:
        return Judgement(verdict=Verdict.HOLD, rulebook=rulebook.version, reasons=doubt)
    return Judgement(verdict=verdict, rulebook=rulebook.version, answer=answer, reasons=(_why(dossier, reason),))


def findings_of(dossier: Dossier, rulebook: Rulebook, way: Route | None = None) -> tuple[Finding, ...]:
    """All that the rules say of a submission and its articles; nothing for a letter that is no submission.

    `way` is where the articles go, if not where the issues send them.
    """
    if not is_judged_by_rules(dossier):
        return ()
    judgement = _Court(dossier, rulebook, way).judge()
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
    if not dossier.complete:
        reasons.append(_why(dossier, "too_large", bytes=dossier.announced))
    if dossier.too_old and not dossier.adopted:
        reasons.append(_why(dossier, "too_old"))
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class _Court:
    """One dossier before one rulebook."""

    dossier: Dossier
    rulebook: Rulebook
    forced: Route | None = None
    known: Known | None = None

    def judge(self) -> Judgement:
        language = languages.load(self.dossier.office.language)
        units = Units(self.rulebook.known_names, language.units)
        doubt = doubts(self.dossier)
        ways = [self._way(manuscript, units, language) for manuscript in self.dossier.manuscripts]
        way = ways[0] if ways else self._way(None, units, language)
        facts = LetterFacts(self.dossier, units, language.rules, way=way, issues=self.rulebook.issues)
        findings = self._of_letter(facts)
        floor = Verdict.HOLD if doubt else verdict_of(findings)
        stands = self._stands_for_article(findings)
        articles = tuple(
            self._of_article(
                index, way, units, language, floor, doubtful=bool(doubt), stands=stands and is_stub(manuscript)
            )
            for index, (manuscript, way) in enumerate(zip(self.dossier.manuscripts, ways, strict=True))
        )
        verdict = severest([floor, *(article.verdict for article in articles)])
        reasons = doubt
        if not articles and not doubt and verdict is Verdict.ACKNOWLEDGE:
            verdict, reasons = Verdict.HOLD, (_why(self.dossier, "no_manuscript"),)
        answer = None if doubt else NOTICE_OF[verdict]
        if self.dossier.trial and not doubt:
            verdict, answer, reasons = Verdict.SERVE, NoticeKind.TRIAL, (_why(self.dossier, "trial"),)
        return Judgement(
            verdict=verdict,
            rulebook=self.rulebook.version,
            articles=articles,
            findings=findings,
            answer=answer,
            reasons=reasons,
        )

    def _way(self, manuscript: Manuscript | None, units: Units, language: Language) -> Route:
        if self.forced is not None:
            return self.forced
        dossier, letter = self.dossier, self.dossier.letter
        unit = submitter(manuscript.byline, units).name if manuscript is not None else None
        asked = Asked(
            dossier.arrived_at.astimezone(ZoneInfo(dossier.office.timezone)),
            subject=letter.subject,
            title=manuscript.known_as if manuscript is not None else "",
            text=manuscript.text if manuscript is not None else "",
            unit=unit or "",
            sender=letter.sender.address if letter.sender else "",
            letter=letter.text,
        )
        return route(asked, self.rulebook.issues, language.rules)

    def _of_letter(self, facts: LetterFacts) -> tuple[Finding, ...]:
        said = self.known.said(None) if self.known else {}
        return tuple(
            said[rule.id] if rule.id in said else _finding(rule, _of_rule(rule, facts), facts)
            for rule in self.rulebook.of_letters
        )

    def _stands_for_article(self, findings: Iterable[Finding]) -> bool:
        """Whether a rule in force says that what the letter encloses is the work itself."""
        rules = {rule.id for rule in self.rulebook.of_letters if rule.check.stands_for_article and rule.mode is Mode.ON}
        return any(finding.rule in rules and finding.outcome is Outcome.PASSED for finding in findings)

    def _of_article(
        self,
        index: int,
        way: Route,
        units: Units,
        language: Language,
        floor: Verdict,
        *,
        doubtful: bool,
        stands: bool,
    ) -> ArticleJudgement:
        manuscript = self.dossier.manuscripts[index]
        unit = submitter(manuscript.byline, units)
        issues = self.rulebook.issues
        facts = ArticleFacts(self.dossier, units, language.rules, manuscript, unit, way=way, issues=issues)
        said = self.known.said(index) if self.known else {}
        findings = tuple(
            said[rule.id] if rule.id in said else _finding(rule, _of_article_rule(rule, facts, stands=stands), facts)
            for rule in self.rulebook.of_articles
        )
        verdict = severest([floor, verdict_of(findings)])
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
    if is_unread(facts.manuscript) and not rule.check.unread and not (stands and rule.check.wordless):
        return skipped(facts.phrases.say("skipped.wordless" if stands else "skipped.unreadable"))
    pictures = rule.when.pictures
    if pictures is not None and pictures != bool(facts.manuscript.pictures):
        return skipped(facts.phrases.say("skipped.when"))
    return _of_rule(rule, facts)


def _of_rule(rule: Rule, facts: LetterFacts) -> Answer:
    return _ask(rule, facts) if _applies(rule.when, facts) else skipped(facts.phrases.say("skipped.when"))


def _applies(when: When, facts: LetterFacts) -> bool:
    """Whether it goes the way that the rule is for: a letter goes that of its first article."""
    way = facts.way
    if when.special is not None and when.special != any(one.special for one in facts.issues if one.id == way.issue):
        return False
    return (not when.issues or way.issue in when.issues) and (not when.columns or way.column in when.columns)


def _ask(rule: Rule, facts: LetterFacts) -> Answer:
    try:
        if rule.condition is not None and not rule.condition.holds(facts):
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
        message=answer.message,
        advice=rule.advice,
        evidence=answer.evidence,
    )
