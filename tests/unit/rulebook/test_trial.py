"""Two rulebooks over the same dossiers: what differs, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from mailbot import codec
from mailbot.model import (
    Byline,
    Dossier,
    Judgement,
    Kind,
    Manuscript,
    Mode,
    NoticeKind,
    Outcome,
    Severity,
    Submission,
    SubmissionState,
    Verdict,
)
from mailbot.ports import StoredDossier
from mailbot.rulebook import backtest as backtest_module
from mailbot.rulebook.backtest import Report, backtest
from mailbot.rulebook.judge import Known, judge
from mailbot.rulebook.load import Rulebook
from mailbot.rulebook.trial import Change, FindingChange, Said, compare
from tests.unit.dossiers import a_dossier, a_letter, a_rulebook, an_article

TITLE = "{{id: title, title: t, check: has_title, otherwise: {severity}, mode: {mode}}}"
PREFIX = "{id: prefix, title: t, check: subject_prefix, with: {words: 投稿}, otherwise: return}"
LENGTH = "{{id: length, title: t, check: length, with: {{min: {least}}}, otherwise: return}}"
UNTITLED = an_article(title=None)
ISSUE = "issues:\n  - {{id: {id}, name: n, opens: 2026-11-01, closes: 2026-11-30}}\n"


def rules(*entries: str, **files: str) -> Rulebook:
    """A rulebook of these rules."""
    return a_rulebook("rules:\n" + "".join(f"  - {entry}\n" for entry in entries), **files)


def title(severity: str = "return", mode: str = "on") -> str:
    """A rule that asks for a title."""
    return TITLE.format(severity=severity, mode=mode)


def stored(dossiers: Sequence[Dossier], by: Rulebook) -> Iterator[StoredDossier]:
    """As the ledger gives them out, judged by these rules."""
    for index, dossier in enumerate(dossiers, 1):
        judgement = judge(dossier, by)
        made = tuple(a_submission(f"SQ-{index}-{number}", number) for number in range(len(judgement.articles)))
        yield StoredDossier(
            letter=index,
            arrived_at=dossier.arrived_at,
            judged_at=dossier.arrived_at,
            rulebook=by.version,
            submissions=made,
            dossier=codec.dump(dossier),
            judgement=codec.dump(judgement),
        )


def a_submission(number: str, article: int) -> Submission:
    """The submission of one article."""
    return Submission(
        id=1,
        number=number,
        letter=1,
        article=article,
        state=SubmissionState.READY,
        revision=1,
        issue=None,
        column=None,
        title="",
        unit="",
        authors=(),
    )


def tried(dossiers: Sequence[Dossier], was: Rulebook, now: Rulebook, judged_by: Rulebook | None = None) -> Report:
    """The report over these dossiers."""
    return backtest(stored(dossiers, judged_by or was), was, now, name=lambda one: f"L-{one.letter}")


# --- two judgements ---------------------------------------------------------------------------------------------------


def compared(dossier: Dossier, was: Rulebook, now: Rulebook) -> object:
    """What differs for one dossier."""
    titles = [manuscript.title or "" for manuscript in dossier.manuscripts]
    return compare(judge(dossier, was), judge(dossier, now), titles)


def test_the_same_rules_say_the_same() -> None:
    """Where nothing differs there is nothing to tell, also when a rule that passes is new, gone or renamed."""
    assert compared(a_dossier(UNTITLED), rules(title()), rules(title())) is None
    assert compared(a_dossier(an_article()), rules(title(), PREFIX), rules(LENGTH.format(least=1), PREFIX)) is None


def test_what_differs_for_an_article_is_told_with_its_messages() -> None:
    """Verdict and answer from what to what, and each rule that says something else."""
    found = compared(a_dossier(an_article(characters=1200)), rules(PREFIX), rules(LENGTH.format(least=2000), PREFIX))
    assert found is not None
    assert (found.was, found.now) == (Verdict.ACKNOWLEDGE, Verdict.RETURN)  # type: ignore[attr-defined]
    assert found.changes == (  # type: ignore[attr-defined]
        Change("verdict", Verdict.ACKNOWLEDGE, Verdict.RETURN),
        Change("answer", NoticeKind.ACKNOWLEDGEMENT, NoticeKind.RETURN),
    )
    (article,) = found.articles  # type: ignore[attr-defined]
    said = Said(Outcome.FAILED, Severity.RETURN, Mode.ON, "正文 1200 字，少于 2000 字")
    assert article.findings == (FindingChange("length", None, said),)
    assert article.title == "幸福社区的故事"


def test_another_limit_is_another_remark_and_no_other_decision() -> None:
    """A rule that fails before and after, and says another number, is told as a remark."""
    was, now = (rules(LENGTH.format(least=least).replace("return", "note")) for least in (2000, 3000))
    found = compared(a_dossier(an_article(characters=1200)), was, now)
    assert found is not None
    assert not found.decides  # type: ignore[attr-defined]
    ((change,),) = [article.findings for article in found.articles]  # type: ignore[attr-defined]
    assert ("2000" in change.was.message, "3000" in change.now.message) == (True, True)


def test_a_rule_that_is_gone_is_told_where_it_failed() -> None:
    """What a contributor was told and would be told no more is a difference."""
    found = compared(a_dossier(UNTITLED), rules(title("note"), PREFIX), rules(PREFIX))
    assert found is not None
    (change,) = found.articles[0].findings  # type: ignore[attr-defined]
    assert (change.rule, change.was.outcome, change.now) == ("title", Outcome.FAILED, None)


def test_another_issue_is_another_decision() -> None:
    """An edit of issues.yaml shows: issue and being late are results of judging."""
    was, now = (rules(PREFIX, issues=ISSUE.format(id=id)) for id in ("a", "b"))
    found = compared(a_dossier(an_article()), was, now)
    assert found is not None
    assert found.decides  # type: ignore[attr-defined]
    assert found.articles[0].changes == (Change("issue", "a", "b"),)  # type: ignore[attr-defined]


def test_another_list_of_units_is_another_decision() -> None:
    """An edit of units.yaml shows: whether a name is full is a result of judging."""
    dossier = a_dossier(an_article(byline=Byline(unit="示例社工")))
    was, now = rules(PREFIX), rules(PREFIX, units="units:\n  - name: 示例社工\n")
    found = compared(dossier, was, now)
    assert found is not None
    assert found.articles[0].changes == (Change("unit_complete", False, True),)  # type: ignore[attr-defined]


# --- many dossiers ----------------------------------------------------------------------------------------------------


def test_letters_articles_and_verdicts_are_counted() -> None:
    """From what to what, letters and articles each, also what stays."""
    dossiers = [a_dossier(an_article(), UNTITLED), a_dossier(an_article()), a_dossier(kind=Kind.INQUIRY)]
    report = tried(dossiers, rules(PREFIX), rules(title(), PREFIX))
    assert (report.letters, report.judged, report.articles) == (3, 2, 3)
    assert report.kinds == {"inquiry": 1}
    assert report.of_articles == {
        (Verdict.ACKNOWLEDGE, Verdict.ACKNOWLEDGE): 2,
        (Verdict.ACKNOWLEDGE, Verdict.RETURN): 1,
    }
    assert report.of_letters[Verdict.ACKNOWLEDGE, Verdict.RETURN] == 1
    (entry,) = report.decided
    assert (entry.name, entry.numbers, entry.given) == ("L-1", ("SQ-1-0", "SQ-1-1"), Verdict.ACKNOWLEDGE)
    assert [article.index for article in entry.trial.articles] == [1]


def test_each_rule_is_counted() -> None:
    """New, removed, changed and unchanged rules, each with how often it fails before and after."""
    dossiers = [a_dossier(an_article(characters=count)) for count in (100, 1200, 3000)]
    was = rules(title(), LENGTH.format(least=500), PREFIX)
    now = rules(
        LENGTH.format(least=2000), PREFIX, "{id: short, title: t, check: length, with: {max: 2000}, otherwise: note}"
    )
    report = tried(dossiers, was, now)
    told = {rule.id: rule.status for rule in report.rules.values()}
    assert told == {"length": "changed", "prefix": "same", "short": "new", "title": "removed"}
    length = report.rules["length"]
    assert (length.failed_before, length.fails, length.newly_failing, length.no_longer_failing) == (1, 2, 1, 0)
    assert report.rules["short"].count(None, Outcome.FAILED) == 1
    assert report.rules["title"].count(Outcome.PASSED, None) == 3


def test_rules_that_are_the_same_are_asked_once_and_say_the_same() -> None:
    """What is taken over from the other judgement is what judging would give, also for several articles."""
    dossier = a_dossier(an_article(), UNTITLED, letter=a_letter(subject="x"))
    was, now = rules(title(), PREFIX, LENGTH.format(least=1)), rules(LENGTH.format(least=9000), PREFIX, title())
    known = Known(judge(dossier, was), frozenset({"title", "prefix"}))
    assert judge(dossier, now, known) == judge(dossier, now)


@pytest.mark.parametrize("edit", ["units", "issues", "expression"])
def test_what_a_rule_sees_is_part_of_it(edit: str) -> None:
    """With other units or issues, or another expression, a rule is asked anew."""
    files = {"units": "units:\n  - name: 示例社工\n", "issues": ISSUE.format(id="a")}
    size = "{{id: size, title: t, expect: 'article.characters > {}', otherwise: return}}"
    named = "{id: named, title: t, check: unit_complete, otherwise: return}"
    was = rules(size.format(100), named)
    now = rules(
        size.format(5000 if edit == "expression" else 100), named, **{edit: files[edit]} if edit in files else {}
    )
    report = tried([a_dossier(an_article(byline=Byline(unit="示例社工")))], was, now)
    expected = {
        "units": (Verdict.RETURN, Verdict.ACKNOWLEDGE),
        "issues": (Verdict.RETURN, Verdict.RETURN),
        "expression": (Verdict.RETURN, Verdict.RETURN),
    }
    assert report.of_letters == {expected[edit]: 1}
    assert report.rules["size"].status == ("changed" if edit == "expression" else "same")
    assert report.rules["size"].newly_failing == (edit == "expression")
    assert len(report.decided) == (edit != "expression")


def test_a_rule_that_moved_to_another_place_is_the_same() -> None:
    """Only what a rule asks for and what follows counts, not its line."""
    report = tried([], rules(title(), PREFIX), rules(PREFIX, title()))
    assert [rule.status for rule in report.rules.values()] == ["same", "same"]


def test_a_shadow_rule_says_what_it_would_do() -> None:
    """It changes no verdict, and how many it would make severer is counted."""
    dossiers = [a_dossier(UNTITLED), a_dossier(UNTITLED, letter=a_letter(subject="x")), a_dossier(an_article())]
    report = tried(dossiers, rules(PREFIX), rules(PREFIX, title("return", "shadow")))
    assert not report.decided
    assert len(report.remarked) == 2
    assert report.rules["title"].fails == 2
    assert report.rules["title"].would == {(Verdict.ACKNOWLEDGE, Verdict.RETURN): 1}  # the other is returned anyway


def test_what_was_judged_by_the_rules_in_force_is_taken_as_it_was() -> None:
    """The stored judgement of the very version in force stands; any other letter is judged again by it."""
    dossiers = [a_dossier(UNTITLED)]
    now = rules(title("reject"))
    assert tried(dossiers, rules(title()), now).taken == 1
    older = tried(dossiers, rules(title()), now, judged_by=rules(PREFIX))
    assert (older.taken, older.otherwise) == (0, 1)
    (entry,) = older.decided
    assert (entry.given, entry.trial.was, entry.trial.now) == (Verdict.ACKNOWLEDGE, Verdict.RETURN, Verdict.REJECT)


def test_a_dossier_that_cannot_be_read_is_told_and_passed_over() -> None:
    """One of another program's shape is counted with the reason; the others are judged."""
    good, broken = stored([a_dossier(UNTITLED)] * 2, rules(PREFIX))
    broken = replace(broken, dossier='{"kind": "submission"}')
    report = backtest([broken, good], rules(PREFIX), rules(title()), name=lambda one: f"L-{one.letter}")
    assert (report.letters, report.judged, report.unreadable, len(report.decided)) == (2, 1, 1, 1)
    assert report.unread[0].startswith("L-2: ")


def test_memory_is_bounded_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more changed letters than are kept the number is told."""
    monkeypatch.setattr(backtest_module, "MOST_LETTERS", 2)
    report = tried([a_dossier(UNTITLED)] * 5, rules(PREFIX), rules(title()))
    assert (len(report.decided), report.more_decided) == (2, 3)
    report = tried([a_dossier(UNTITLED)] * 5, rules(PREFIX), rules(title("note")))
    assert (len(report.remarked), report.more_remarked) == (2, 3)


def test_judging_touches_no_dossier() -> None:
    """What is stored is the same before and after."""
    given = list(stored([a_dossier(UNTITLED, Manuscript(source="b"))], rules(PREFIX)))
    before = [(one.dossier, one.judgement) for one in given]
    backtest(given, rules(PREFIX), rules(title()), name=str)
    assert [(one.dossier, one.judgement) for one in given] == before
    assert codec.load(Judgement, given[0].judgement).rulebook == rules(PREFIX).version
