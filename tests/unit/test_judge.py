"""The judge: kinds, severities, doubts, what is answered."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailbot.model import (
    MACHINE_KINDS,
    Byline,
    File,
    FileProblem,
    Finding,
    Judgement,
    Kind,
    Manuscript,
    Mark,
    NoticeKind,
    Outcome,
    Verdict,
)
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, NoParams
from mailbot.rulebook.judge import BY_KIND, judge
from mailbot.rulebook.load import Rulebook
from tests.unit.dossiers import (
    LANGUAGE,
    UNIT,
    a_dossier,
    a_letter,
    a_picture,
    a_rulebook,
    an_article,
    signed,
    the_shipped_rulebook,
)

SHIPPED = the_shipped_rulebook()


def failed(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings if finding.outcome is Outcome.FAILED]


def of_article(manuscript: Manuscript) -> Judgement:
    return judge(a_dossier(manuscript), SHIPPED)


def with_severity(severity: str, mode: str = "on") -> Rulebook:
    """One rule that asks for a title."""
    return a_rulebook(
        "rules:\n"
        f"  - {{id: title, title: t, check: has_title, otherwise: {severity}, mode: {mode}, cites: c, advice: a}}\n"
    )


def test_a_good_article_is_acknowledged_and_every_finding_is_kept() -> None:
    """The shipped rules pass a good article; also what passed or was skipped is there, with the version."""
    judgement = of_article(an_article())
    assert (judgement.verdict, judgement.answer) == (Verdict.ACKNOWLEDGE, NoticeKind.ACKNOWLEDGEMENT)
    assert judgement.rulebook == SHIPPED.version
    (article,) = judgement.articles
    assert (article.unit, article.unit_complete, article.issue, article.late) == (UNIT, True, "2026-06", False)
    assert failed(judgement.findings) + failed(article.findings) == []
    outcomes = {finding.rule: finding.outcome for finding in article.findings}
    assert outcomes["unit-named"] is Outcome.PASSED
    assert outcomes["originals-enclosed"] is Outcome.SKIPPED
    assert "forbidden-words" not in outcomes


@pytest.mark.parametrize(
    ("manuscript", "rules"),
    [
        (an_article(byline=Byline()), ["unit-named"]),
        (an_article(byline=signed(unit="民政局")), ["unit-complete"]),
        (an_article(byline=signed(("张三", ""), unit=UNIT)), ["author-unit"]),
        (an_article(byline=signed(("张三", ""), ("李四", ""))), ["unit-named", "author-unit"]),
        (an_article(pictures=(a_picture(),)), ["originals-enclosed"]),
        (Manuscript(source="a.docx", file=0, problem=FileProblem.ENCRYPTED), ["manuscript-readable"]),
        (an_article(byline=Byline(), pictures=(a_picture(),)), ["originals-enclosed", "unit-named"]),
    ],
)
def test_clauses_3a_3b_1b_return_the_article_with_every_fault(manuscript: Manuscript, rules: list[str]) -> None:
    """What the call asks for and is missing gives a return that lists exactly that, all at once."""
    judgement = of_article(manuscript)
    assert (judgement.verdict, judgement.answer) == (Verdict.RETURN, NoticeKind.RETURN)
    assert failed(judgement.articles[0].findings) == rules


@pytest.mark.parametrize(
    ("manuscript", "rule"),
    [
        (an_article(title=None), "has-title"),
        (an_article(characters=10), "length"),
        (an_article(text="股票"), "topic"),
    ],
)
def test_clauses_1a_and_2_are_remarks(manuscript: Manuscript, rule: str) -> None:
    """A short article, one without a title, one off the topic is acknowledged with a remark."""
    judgement = of_article(replace(manuscript, title=manuscript.title and "股票"))
    assert judgement.verdict is Verdict.ACKNOWLEDGE
    assert rule in failed(judgement.articles[0].findings)


@pytest.mark.parametrize(
    ("problem", "detail", "verdict"),
    [
        (FileProblem.MACRO, "template", Verdict.HOLD),
        (FileProblem.BOMB, "members", Verdict.RETURN),
        (FileProblem.UNSUPPORTED, "rar", Verdict.RETURN),
        (FileProblem.MISNAMED, "program", Verdict.RETURN),
    ],
)
def test_what_follows_from_a_file_with_a_problem(problem: FileProblem, detail: str, verdict: Verdict) -> None:
    """What would run is left to an editor, what cannot be used is asked for again; each is named in the findings."""
    file = File(name="图.x", media_type="x/y", bytes=1, sha256="", where="", problem=problem, detail=detail)
    found = judge(a_dossier(an_article(file=1), letter=a_letter(files=(file,))), SHIPPED)
    assert found.verdict is verdict
    said = [finding.message for finding in found.findings if finding.outcome is Outcome.FAILED]
    assert [LANGUAGE.rules.problem(problem, detail) in message for message in said] == [True]


def test_an_article_with_macros_is_read_and_left_to_an_editor() -> None:
    """Its text is judged as any other's; an editor learns of the macros before opening it."""
    file = File(name="a.docm", media_type="x/y", bytes=1, sha256="", where="a", problem=FileProblem.MACRO)
    found = judge(a_dossier(an_article(file=0), letter=a_letter(files=(file,))), SHIPPED)
    assert (found.verdict, found.answer) == (Verdict.HOLD, NoticeKind.HELD)
    assert not [one.rule for one in found.articles[0].findings if one.outcome is Outcome.FAILED]


def test_an_infected_manuscript_is_rejected() -> None:
    """Dangerous content is not accepted, whichever file holds it."""
    file = File(name="a.doc", media_type="x/y", bytes=1, sha256="", where="", problem=FileProblem.INFECTED)
    article = Manuscript(source="a.doc", file=0, problem=FileProblem.INFECTED)
    judgement = judge(a_dossier(article, letter=a_letter(files=(file,))), SHIPPED)
    assert (judgement.verdict, judgement.answer) == (Verdict.REJECT, NoticeKind.REJECTION)


def test_a_missing_prefix_is_a_remark_on_the_letter() -> None:
    """The subject is a recommendation: pointed out, never more."""
    judgement = judge(a_dossier(an_article(), letter=a_letter(subject="稿件")), SHIPPED)
    assert judgement.verdict is Verdict.ACKNOWLEDGE
    assert failed(judgement.findings) == ["subject-prefix"]


@pytest.mark.parametrize(
    ("severity", "verdict", "answer"),
    [
        ("note", Verdict.ACKNOWLEDGE, NoticeKind.ACKNOWLEDGEMENT),
        ("return", Verdict.RETURN, NoticeKind.RETURN),
        ("hold", Verdict.HOLD, NoticeKind.HELD),
        ("reject", Verdict.REJECT, NoticeKind.REJECTION),
    ],
)
def test_a_severity_gives_its_verdict_and_answer(severity: str, verdict: Verdict, answer: NoticeKind) -> None:
    """Each severity of a failed rule gives one verdict with one kind of answer."""
    judgement = judge(a_dossier(an_article(title=None)), with_severity(severity))
    assert (judgement.verdict, judgement.answer) == (verdict, answer)
    (finding,) = judgement.articles[0].findings
    assert (finding.title, finding.cites, finding.advice, finding.severity) == ("t", "c", "a", severity)


def test_the_severest_article_decides_for_the_letter() -> None:
    """Two articles keep their own verdicts, the letter has the severer one."""
    judgement = judge(a_dossier(an_article(), an_article(byline=Byline())), SHIPPED)
    assert [article.verdict for article in judgement.articles] == [Verdict.ACKNOWLEDGE, Verdict.RETURN]
    assert judgement.verdict is Verdict.RETURN


def test_a_failed_rule_of_the_letter_counts_for_each_article() -> None:
    """What is wrong with the letter is wrong with all that it carries."""
    rules = a_rulebook("rules:\n  - {id: s, title: t, check: subject_prefix, with: {words: 投稿}, otherwise: return}")
    judgement = judge(a_dossier(an_article(), letter=a_letter(subject="x")), rules)
    assert judgement.articles[0].verdict is Verdict.RETURN


@pytest.mark.parametrize("mode", ["shadow", "off"])
def test_only_rules_that_are_on_act(mode: str) -> None:
    """A shadow rule is reported and changes nothing, one that is off is not even judged."""
    judgement = judge(a_dossier(an_article(title=None)), with_severity("reject", mode))
    assert judgement.verdict is Verdict.ACKNOWLEDGE
    assert failed(judgement.articles[0].findings) == (["title"] if mode == "shadow" else [])


@pytest.mark.parametrize(("mode", "verdict"), [("on", Verdict.HOLD), ("shadow", Verdict.ACKNOWLEDGE)])
def test_a_rule_that_raises_is_an_error_for_an_editor(mode: str, verdict: Verdict) -> None:
    """A check that breaks on a letter is a finding and holds the article, and never rejects it."""

    def breaks(facts: ArticleFacts, params: NoParams) -> Answer:
        raise ZeroDivisionError("x")

    rulebook = with_severity("reject", mode)
    broken = replace(rulebook.rules[0], check=Check("breaks", "article", NoParams, breaks))
    judgement = judge(a_dossier(an_article()), replace(rulebook, rules=(broken,)))
    assert judgement.verdict is verdict
    (finding,) = judgement.articles[0].findings
    assert (finding.outcome, finding.evidence) == (Outcome.ERROR, "ZeroDivisionError: x")


@pytest.mark.parametrize("kind", sorted(MACHINE_KINDS))
def test_machines_are_ignored(kind: Kind) -> None:
    """Whatever a machine sends is ignored and not answered, and no rule is asked."""
    judgement = judge(a_dossier(an_article(), kind=kind), SHIPPED)
    assert (judgement.verdict, judgement.answer, judgement.articles) == (Verdict.IGNORE, None, ())


@pytest.mark.parametrize(
    ("kind", "verdict", "answer"),
    [
        (Kind.CONVERSATION, Verdict.IGNORE, None),
        (Kind.INQUIRY, Verdict.SERVE, NoticeKind.HELP),
        (Kind.OTHER, Verdict.HOLD, None),
        (Kind.UNREADABLE, Verdict.HOLD, None),
    ],
)
def test_other_kinds_have_their_fixed_verdict(kind: Kind, verdict: Verdict, answer: NoticeKind | None) -> None:
    """The table of the design: who asks is helped, what cannot be told is held without an answer."""
    judgement = judge(a_dossier(kind=kind), SHIPPED)
    assert (judgement.verdict, judgement.answer) == (verdict, answer)
    assert judgement.reasons


def test_every_kind_has_a_verdict() -> None:
    """No kind of letter falls through."""
    assert set(BY_KIND) == set(Kind) - {Kind.SUBMISSION, Kind.REPLY, Kind.WITHDRAWAL}


DOUBT = Mark(kind=Kind.AUTOMATIC, reason="Precedence: bulk", certain=False)


@pytest.mark.parametrize("kind", [Kind.SUBMISSION, Kind.INQUIRY])
def test_doubt_about_the_sender_is_held_without_an_answer(kind: Kind) -> None:
    """A letter from a person that looks like a machine's is held, says why, and nobody is answered."""
    judgement = judge(a_dossier(an_article(), letter=a_letter(marks=(DOUBT,)), kind=kind), SHIPPED)
    assert (judgement.verdict, judgement.answer) == (Verdict.HOLD, None)
    assert "Precedence: bulk" in judgement.reasons[0]
    assert all(article.verdict is Verdict.HOLD for article in judgement.articles)


def test_doubt_holds_also_what_would_be_rejected() -> None:
    """Whose letter is doubtful is not rejected by a program either."""
    dossier = a_dossier(an_article(title=None), letter=a_letter(marks=(DOUBT,)))
    assert judge(dossier, with_severity("reject")).articles[0].verdict is Verdict.HOLD


def test_a_letter_without_sender_or_body_is_held() -> None:
    """Nobody to answer, or only a header kept: an editor looks."""
    assert judge(a_dossier(an_article(), letter=a_letter(sender=None)), SHIPPED).answer is None
    too_large = judge(a_dossier(complete=False, announced=2**30), SHIPPED)
    assert (too_large.verdict, too_large.answer) == (Verdict.HOLD, None)
    assert str(2**30) in too_large.reasons[0]


def test_a_forgotten_manuscript_is_asked_for() -> None:
    """A letter that means to submit and carries nothing is returned; without that rule it is held."""
    for dossier in (a_dossier(), a_dossier(Manuscript(source="body"))):
        judgement = judge(dossier, SHIPPED)
        assert (judgement.verdict, judgement.answer) == (Verdict.RETURN, NoticeKind.RETURN)
        assert failed(judgement.findings) == ["manuscript-enclosed"]
        assert not any(failed(article.findings) for article in judgement.articles)
        assert judge(dossier, with_severity("note")).verdict is Verdict.HOLD


def test_an_empty_document_is_told_as_such() -> None:
    """A document without anything in it is returned for that alone, beside a good one too."""
    judgement = judge(a_dossier(an_article(), Manuscript(source="b.docx", file=1)), SHIPPED)
    good, empty = judgement.articles
    assert (good.verdict, empty.verdict) == (Verdict.ACKNOWLEDGE, Verdict.RETURN)
    assert failed(judgement.findings) + failed(empty.findings) == ["manuscript-readable"]


def test_a_trial_is_reported_and_served() -> None:
    """A trial keeps the verdicts of its articles, and counts as served."""
    judgement = judge(a_dossier(an_article(byline=Byline()), trial=True), SHIPPED)
    assert (judgement.verdict, judgement.answer) == (Verdict.SERVE, NoticeKind.TRIAL)
    assert judgement.articles[0].verdict is Verdict.RETURN


def test_conditions_decide_whether_a_rule_applies() -> None:
    """A rule for a column is skipped for others, one for pictures without them too."""
    rules = """\
rules:
  - {id: a, title: t, check: has_title, when: {columns: 案例}, otherwise: reject}
  - {id: b, title: t, check: has_title, when: {issues: [x]}, otherwise: reject}
  - {id: c, title: t, check: has_title, when: {pictures: false}, otherwise: reject}
"""
    issues = """\
issues:
  - id: x
    name: 第 1 期
    opens: 2026-11-01
    closes: 2026-11-30
    columns: [{id: 案例, routes: {subject: 案例}}]
"""
    dossier = a_dossier(an_article(title=None, pictures=(a_picture(),)))
    (article,) = judge(dossier, a_rulebook(rules, issues=issues)).articles
    assert [finding.outcome for finding in article.findings] == [Outcome.SKIPPED, Outcome.FAILED, Outcome.SKIPPED]


def test_rules_of_the_letter_may_be_for_some_issues_and_columns() -> None:
    """A letter goes the way of its first article."""
    rule = (
        "  - {{id: {id}, title: t, check: subject_prefix, with: {{words: 投稿}}, when: {{{when}}}, otherwise: return}}"
    )
    asked = {"a": "issues: A", "b": "issues: B", "c": "columns: 摄影", "d": "special: true", "e": "special: false"}
    issues = """issues:
  - {id: A, name: a, opens: 2026-11-01, closes: 2026-11-30, columns: [摄影, 案例]}
  - {id: B, name: b, opens: 2026-11-01, closes: 2026-11-30, special: true, routes: {subject: 议事}}
"""
    rulebook = a_rulebook(
        "rules:\n" + "\n".join(rule.format(id=id, when=when) for id, when in asked.items()), issues=issues
    )
    assert failed(judge(a_dossier(letter=a_letter(subject="请审阅")), rulebook).findings) == ["a", "e"]
    assert failed(judge(a_dossier(letter=a_letter(subject="议事")), rulebook).findings) == ["b", "d"]
    assert failed(judge(a_dossier(letter=a_letter(subject="摄影：早晨")), rulebook).findings) == ["a", "c", "e"]


def test_judging_again_gives_the_same() -> None:
    """The same dossier under the same rulebook has the same judgement (promise 9)."""
    dossier = a_dossier(an_article(byline=signed(("张三", "某学院"))), an_article())
    assert judge(dossier, SHIPPED) == judge(dossier, the_shipped_rulebook())


@pytest.mark.parametrize("kind", Kind)
def test_reasons_are_in_the_words_of_the_office(kind: Kind) -> None:
    """Editors read them in the digest: no sentence of the program's own is among them, whatever the kind and doubt."""
    marks = tuple(Mark(kind=machine, reason="X", certain=False) for machine in sorted(MACHINE_KINDS))
    doubtful = a_dossier(kind=kind, complete=False, too_old=True, letter=a_letter(sender=None, marks=marks))
    for dossier in (
        a_dossier(kind=kind),
        a_dossier(kind=kind, adopted=True),
        a_dossier(kind=kind, trial=True),
        doubtful,
    ):
        assert not [reason for reason in judge(dossier, SHIPPED).reasons if re.search("[a-z]{3}", reason)]


def test_a_rule_about_the_letter_goes_by_the_issue_and_column_of_its_article() -> None:
    """It is skipped for letters whose article goes elsewhere."""
    issues = "issues:\n  - {id: i1, name: 第1期, opens: 2026-11-01, closes: 2026-11-30, columns: [案例]}\n"
    rule = "rules:\n  - {id: a, title: t, check: subject_prefix, with: {words: 稿}, when: WHEN, otherwise: return}\n"

    def outcome(when: str, title: str) -> Outcome:
        book = a_rulebook(rule.replace("WHEN", when), issues=issues)
        return judge(a_dossier(an_article(), letter=a_letter(subject=title)), book).findings[0].outcome

    assert outcome("{columns: 案例}", "【案例】幸福社区") is Outcome.FAILED
    assert outcome("{columns: 案例}", "幸福社区") is Outcome.SKIPPED
    assert outcome("{issues: i1}", "幸福社区") is Outcome.FAILED


def test_a_rule_may_say_in_its_own_words_what_is_wrong() -> None:
    """`says` stands in the place of the check's words when the rule fails, and nowhere else."""
    rules = a_rulebook("rules:\n  - {id: title, title: t, check: has_title, otherwise: note, says: 请写标题}\n")
    (failing,) = judge(a_dossier(an_article(title=None)), rules).articles[0].findings
    (passing,) = judge(a_dossier(an_article()), rules).articles[0].findings
    assert (failing.message, passing.message) == ("请写标题", "")
