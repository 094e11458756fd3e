"""What the rules make of the history that is frozen in a dossier."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from mailbot.model import Dossier, Earlier, History, Outcome
from mailbot.rulebook.checking import Answer, ArticleFacts, LetterFacts
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.judge import judge
from mailbot.rulebook.routing import Route
from mailbot.rulebook.units import KnownNames, Units
from tests.unit.dossiers import LANGUAGE, SHANGHAI, a_dossier, a_rulebook, an_article, fails

NOW = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
"""A Monday; the arrival of the sample dossier."""

ISSUE = Route("2026-12", None)


def before(days: float = 3, **changes: Any) -> Earlier:
    """An own submission of the same text, some days ago."""
    facts: dict[str, Any] = {
        "number": "SQ-2026-0007",
        "arrived_at": (NOW - timedelta(days=days)).astimezone(UTC),
        "state": "ready",
        "issue": "2026-12",
        "title": "幸福社区的故事",
        "article": 0,
        "likeness": 100,
    }
    return Earlier(**facts | changes)


def known(*earlier: Earlier, answers: str | None = None, articles: int = 1) -> Dossier:
    """A letter with this history."""
    history = History(answers_ours=answers, earlier=earlier)
    return a_dossier(*(an_article(file=n) for n in range(articles)), history=history)


def sent_before(dossier: Dossier, article: int = 0, **params: Any) -> Answer:
    """What `not_sent_before` says of one article."""
    check = CHECKS["not_sent_before"]
    units = Units(KnownNames.of(()), LANGUAGE.units)
    facts = ArticleFacts(dossier, units, LANGUAGE.rules, dossier.manuscripts[article])
    return check.run(facts, check.params.model_validate(params))


def limit(dossier: Dossier, way: Route = ISSUE, **params: Any) -> Answer:
    """What `sender_limit` says of a letter."""
    check = CHECKS["sender_limit"]
    facts = LetterFacts(dossier, Units(KnownNames.of(()), LANGUAGE.units), LANGUAGE.rules, way=way)
    return check.run(facts, check.params.model_validate(params))


def own(number: int, days: float, **changes: Any) -> Earlier:
    """Another own submission, of another text."""
    return before(days, number=f"SQ-2026-{number:04}", **{"article": None, "likeness": 0} | changes)


# --- not_sent_before -------------------------------------------------------------------------------------------------


def test_a_text_that_was_sent_before_is_told_with_number_day_and_title():
    """The day is that of the office's calendar."""
    answer = sent_before(known(before(days=3.3)))

    assert fails(answer, "《幸福社区的故事》2026 年 11 月 20 日已经投过，编号 SQ-2026-0007")
    assert answer.evidence == "SQ-2026-0007 2026-11-19T18:48:00+00:00 ready 100%"
    assert fails(sent_before(known(before(title=""))), "这篇文章 2026 年 11 月 20 日已经投过，编号 SQ-2026-0007")


def test_a_stranger_learns_nothing_of_others():
    """Neither number nor day nor title; the editors see them in the evidence."""
    answer = sent_before(known(before(own=False, likeness=91)))

    assert answer.message == "这篇文章与本编辑部已收到的另一篇来稿相同或大部分相同"
    assert "SQ-2026-0007" in answer.evidence
    assert "91%" in answer.evidence


@pytest.mark.parametrize("state", ["incomplete", "revise", "rejected", "withdrawn"])
def test_what_was_given_back_may_be_sent_again(state: str):
    """Who completes an article that was returned sends it again; an admin may see that otherwise."""
    assert sent_before(known(before(state=state))).outcome is Outcome.PASSED
    assert fails(sent_before(known(before(state=state)), ignore=[]))


@pytest.mark.parametrize("state", ["ready", "held", "accepted", "published", "declined"])
def test_what_the_office_has_or_declined_may_not(state: str):
    """Whatever became of it else."""
    assert fails(sent_before(known(before(state=state))))
    assert sent_before(known(before(state=state)), ignore=state).outcome is Outcome.PASSED


def test_an_answer_to_our_mail_is_not_sent_before():
    """It is about that very submission."""
    assert sent_before(known(before(), answers="SQ-2026-0007")).outcome is Outcome.PASSED
    assert fails(sent_before(known(before(), answers="SQ-2026-0001")))


def test_likeness_age_and_sender_decide():
    """Each as the admin sets it; the first moment within still counts."""
    half = known(before(likeness=60))
    assert sent_before(half).outcome is Outcome.PASSED
    assert sent_before(half).evidence.endswith("60%")
    assert fails(sent_before(half, likeness=60))
    old = known(before(days=400))
    assert fails(sent_before(old))
    assert fails(sent_before(old, within="400d"))
    assert sent_before(old, within="399d").outcome is Outcome.PASSED
    others = known(before(own=False))
    assert sent_before(others, own_only=True).outcome is Outcome.PASSED


def test_the_own_one_is_told_before_a_strangers():
    """Also when the stranger's is more alike."""
    other = before(number="SQ-2026-0001", own=False)

    assert fails(sent_before(known(other, before(likeness=85))), "SQ-2026-0007")


def test_each_article_is_asked_for_itself():
    """What resembles the second is nothing to the first, even where they are equal."""
    twins = known(before(article=1), articles=2)
    twins = replace(twins, manuscripts=(twins.manuscripts[0], replace(twins.manuscripts[0])))

    assert sent_before(twins).outcome is Outcome.PASSED
    assert fails(sent_before(twins, article=1))


def test_a_short_text_is_not_compared():
    """A caption has no sketch."""
    dossier = a_dossier(an_article(text="社区居民在议事会上讨论停车问题。"))

    assert sent_before(dossier).outcome is Outcome.SKIPPED


# --- sender_limit ----------------------------------------------------------------------------------------------------


def test_the_articles_of_this_letter_count():
    """Even without any history."""
    assert limit(known(articles=2), count=2, per="month").outcome is Outcome.PASSED
    assert fails(limit(known(articles=3), count=2, per="month"), "每月最多投 2 篇，加上这封信本月已有 3 篇")


@pytest.mark.parametrize(
    ("params", "days", "counts"),
    [
        ({"per": "day"}, 0.4, True),  # half past midnight
        ({"per": "day"}, 0.5, False),  # the evening before
        ({"per": "week"}, 0.4, True),  # the letter arrived on a Monday
        ({"per": "week"}, 0.5, False),
        ({"per": "month"}, 22, True),
        ({"per": "month"}, 23, False),
        ({"per": "year"}, 300, True),
        ({"per": "year"}, 330, False),
        ({"within": "30d"}, 29.9, True),
        ({"within": "30d"}, 30, False),
        ({"within": "2h"}, 0.08, True),
        ({"per": "issue"}, 100, True),
    ],
)
def test_what_falls_in_the_time_counts(params: dict[str, str], days: float, counts: bool):
    """In the office's calendar, not in UTC."""
    assert fails(limit(known(own(1, days)), count=1, **params)) is counts


def test_an_issue_counts_its_own():
    """What goes to another issue, or to none, is not of it."""
    assert (
        limit(known(own(1, 2, issue="2026-11"), own(2, 2, issue=None)), count=1, per="issue").outcome is Outcome.PASSED
    )
    assert fails(limit(known(own(1, 2)), count=1, per="issue"), "每期最多投 1 篇，加上这封信已有 2 篇")
    assert limit(known(own(1, 2)), Route(), count=1, per="issue").outcome is Outcome.SKIPPED


def test_the_message_tells_the_time():
    """In days, or in hours where it is no number of days."""
    history = known(own(1, 0.04), own(2, 0.05))

    assert fails(limit(history, count=2, within="14d"), "14 天内最多投 2 篇，加上这封信已有 3 篇")
    assert fails(limit(history, count=2, within="36h"), "36 小时内最多投 2 篇")
    assert limit(history, count=2, within="36h").evidence == "SQ-2026-0001、SQ-2026-0002 + 1"


@pytest.mark.parametrize(
    "earlier",
    [
        own(1, 2, own=False),
        *(own(1, 2, state=state) for state in ("incomplete", "revise", "rejected", "withdrawn", "declined")),
        before(),
    ],
    ids=["others'", "incomplete", "revise", "rejected", "withdrawn", "declined", "sent again"],
)
def test_what_does_not_count(earlier: Earlier):
    """Others' articles, those that were given back, and the same one once more."""
    assert limit(known(earlier), count=1, per="month").outcome is Outcome.PASSED


def test_an_answer_to_our_mail_counts_once():
    """The submission that it is about is not another one."""
    assert limit(known(own(1, 2), answers="SQ-2026-0001"), count=1, per="month").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"count": 1}, "either"),
        ({"count": 1, "per": "day", "within": "2d"}, "either"),
        ({"count": 1, "within": "2y"}, "duration"),
        ({"count": 1, "within": "400d"}, "further back"),
        ({"count": 0, "per": "day"}, "greater than or equal to 1"),
        ({"count": 101, "per": "day"}, "less than or equal to 100"),
    ],
)
def test_a_limit_that_says_nothing_is_refused(params: dict[str, Any], said: str):
    """Neither a time nor an issue, both, or further back than the history goes."""
    with pytest.raises(ValidationError, match=said):
        CHECKS["sender_limit"].params.model_validate(params)


# --- together --------------------------------------------------------------------------------------------------------

RULES = """
rules:
  - id: once
    title: 不重复投稿
    check: not_sent_before
    otherwise: reject
  - id: few
    title: 每期一篇
    check: sender_limit
    with: {count: 1, per: issue}
    otherwise: return
"""

ISSUES = "issues:\n  - {id: 2026-12, name: 十二月号, opens: 2026-11-01, closes: 2026-11-30}\n"


def test_both_rules_judge_a_letter():
    """As an admin writes them, over a dossier with its frozen history; a look-alike is held whatever a rule asks."""
    rulebook = a_rulebook(RULES, issues=ISSUES)
    said = judge(known(before(), own(8, 5)), rulebook)

    (of_letter,), ((of_article,),) = said.findings, [article.findings for article in said.articles]
    assert (said.verdict, of_article.rule, of_article.outcome) == ("hold", "once", Outcome.FAILED)
    assert (of_letter.rule, of_letter.outcome, of_letter.evidence) == ("few", Outcome.FAILED, "SQ-2026-0008 + 1")
    assert judge(known(), rulebook).verdict == "acknowledge"
