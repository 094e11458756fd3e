"""To which issue and column an article goes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from mailbot.model import Address, Outcome
from mailbot.rulebook.judge import judge
from mailbot.rulebook.models import Column, Issue, Routes
from mailbot.rulebook.routing import Asked, Route, names, route
from tests.unit.dossiers import LANGUAGE, SHANGHAI, UNIT, a_dossier, a_letter, a_rulebook, an_article, signed


def an_issue(id: str, opens: tuple[int, int], closes: tuple[int, int], **more: Any) -> Issue:
    return Issue(id=id, name=id, opens=date(2026, *opens), closes=date(2026, *closes), **more)


ISSUES = (
    an_issue("one", (1, 1), (1, 31), grace=timedelta(days=2)),
    an_issue("two", (2, 1), (2, 28)),
    an_issue("three", (3, 10), (3, 31)),
    an_issue("wushe", (1, 10), (2, 10), special=True, grace=timedelta(days=1), routes=Routes(subject=("五社 联动",))),
)


def way(arrived: datetime, subject: str, title: str | None, issues: tuple[Issue, ...], **more: str) -> Route:
    """The way of an article with this subject and title."""
    return route(Asked(arrived, subject, title or "", **more), issues, LANGUAGE.rules)


def sent(month: int, day: int, subject: str = "投稿", title: str = "题", hour: int = 12) -> Route:
    return way(datetime(2026, month, day, hour, tzinfo=SHANGHAI), subject, title, ISSUES)


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (1, 1, Route("one")),
        (1, 31, Route("one")),
        (2, 1, Route("one", late=True)),
        (2, 2, Route("one", late=True)),
        (2, 3, Route("two")),
        (2, 28, Route("two")),
        (3, 5, Route("three", late=True)),
        (3, 31, Route("three")),
        (4, 1, Route()),
    ],
)
def test_the_day_of_arrival_decides(month: int, day: int, expected: Route) -> None:
    """First and last day belong to an issue, its grace too but late; a gap goes to the next one, late; then none."""
    assert sent(month, day) == expected


def test_before_the_first_issue_there_is_none() -> None:
    """An article that comes before anything is open stays unassigned and is not late."""
    assert way(datetime(2025, 12, 31, tzinfo=UTC), "", None, ISSUES) == Route()


def test_the_offices_day_counts() -> None:
    """A letter of 31 December 17:00 UTC came on 1 January in Shanghai."""
    arrived = datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert way(arrived.astimezone(SHANGHAI), "", None, ISSUES).issue == "one"


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (1, 9, Route("one")),
        (1, 10, Route("wushe")),
        (2, 10, Route("wushe")),
        (2, 11, Route("wushe", late=True)),
        (2, 12, Route("two", late=True)),
    ],
)
def test_a_special_issue_takes_what_names_it(month: int, day: int, expected: Route) -> None:
    """While open it goes first, blanks and width do not matter; afterwards its articles go to the regular one, late."""
    assert sent(month, day, subject="投稿【五社联动】") == expected


def test_a_column_is_found_by_its_words() -> None:
    """The first column that a word names, in the subject or the title."""
    columns = (Column(id="case", routes=Routes(title=("案例",))), Column(id="talk", routes=Routes(subject=("观点",))))
    issues = (an_issue("one", (1, 1), (1, 31), columns=columns),)
    arrived = datetime(2026, 1, 5, tzinfo=SHANGHAI)
    assert way(arrived, "投稿 观点", "某案例", issues).column == "case"
    assert way(arrived, "投稿 观点", None, issues).column == "talk"
    assert way(arrived, "投稿", "题", issues).column is None


JANUARY = datetime(2026, 1, 15, 12, tzinfo=SHANGHAI)


def to_column(subject: str = "投稿", title: str = "题", **more: str) -> str | None:
    """The column of an article that arrives while issue one is open."""
    columns = (
        Column(id="案例"),
        Column(id="exp", name="经验交流"),
        Column(id="school", routes=Routes(units=("大学", "学院"))),
        Column(id="near", routes=Routes(senders=("example.gov.cn", "li@example.org"))),
        Column(id="aged", routes=Routes(text=("养老",), title=("养老",))),
        Column(id="aged-here", routes=Routes(text=("助餐",), units=("江苏省",), all=True)),
        Column(id="new-year", routes=Routes(opens=date(2026, 1, 1), closes=date(2026, 1, 3))),
    )
    return way(JANUARY, subject, title, (an_issue("one", (1, 1), (1, 31), columns=columns),), **more).column


@pytest.mark.parametrize(
    ("subject", "letter", "column"),
    [
        ("投稿【案例】幸福社区", "", "案例"),
        ("投稿-经验交流-幸福社区", "", "exp"),
        ("【经验交流专栏】投稿：幸福社区", "", "exp"),
        ("投稿：exp", "", "exp"),
        ("投稿：幸福社区的案例", "", None),
        ("投稿", "老师好：\n附件请查收。\n栏目：案例\n电话：13800000000", "案例"),
        ("投稿", "拟投栏目： 【经验交流】", "exp"),
        ("投稿", "栏目：人物", None),
    ],
)
def test_a_column_can_be_asked_for_by_its_name(subject: str, letter: str, column: str | None) -> None:
    """A part of the subject or a labelled line that is its name is enough; the same word within others is not."""
    assert to_column(subject, letter=letter) == column


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"unit": "示例大学社会学院"}, "school"),
        ({"sender": "wang@mail.example.gov.cn"}, "near"),
        ({"sender": "LI@example.org"}, "near"),
        ({"sender": "wang@example.org"}, None),
        ({"text": "社区 养 老 服务"}, "aged"),
        ({"text": "社区助餐"}, None),
        ({"text": "社区助餐", "unit": UNIT}, "aged-here"),
        ({"text": "栏目：案例\n社区养老"}, "案例"),
        ({"text": "养老", "unit": "示例学院"}, "school"),
    ],
)
def test_columns_by_unit_sender_and_text(more: dict[str, str], column: str | None) -> None:
    """Any group is enough, or with `all` each; what asks for a column goes there, else the first in the file."""
    assert to_column(**more) == column


def test_a_column_may_have_days_of_its_own() -> None:
    """Routes that only say days take all that arrives then, and nothing outside of them."""
    column = Column(id="new-year", routes=Routes(opens=date(2026, 1, 14), closes=date(2026, 1, 15)))
    issues = (an_issue("one", (1, 1), (1, 31), columns=(column,)),)
    assert way(JANUARY, "投稿", "题", issues).column == "new-year"
    assert way(JANUARY + timedelta(days=1), "投稿", "题", issues).column is None


def test_a_special_issue_is_found_by_its_name() -> None:
    """A subject that names it needs no routes; a short name must be a part of its own."""
    issues = (
        *ISSUES,
        Issue(id="jy", name="“基层治理”特辑", opens=date(2026, 1, 1), closes=date(2026, 3, 1), special=True),
        Issue(id="cj", name="春节", opens=date(2026, 1, 1), closes=date(2026, 3, 1), special=True),
    )
    assert way(JANUARY, "投稿：“基层治理”特辑 幸福社区", None, issues).issue == "jy"
    assert way(JANUARY, "投稿《基层治理特辑》幸福社区", None, issues).issue == "jy"
    assert way(JANUARY, "投稿【jy】幸福社区", None, issues).issue == "jy"
    assert way(JANUARY, "投稿【春节】幸福社区", None, issues).issue == "cj"
    assert way(JANUARY, "投稿：幸福社区的春节活动", None, issues).issue == "one"


@pytest.mark.parametrize(
    ("name", "subject", "named"),
    [
        ("2月特刊", "投稿：2月特刊 幸福社区", True),
        ("2月特刊", "投稿：12月特刊 幸福社区", False),
        ("二月特刊", "投稿：十二月特刊 幸福社区", False),
        ("第12期专刊", "投稿-第12期专刊-幸福社区", True),
        ("第12期专刊", "投稿-第1-2期专刊-幸福社区", False),
        ("三社联动专刊2", "投稿：三社联动专刊21", False),
        ("三社联动专刊", "投稿：“三社联动”·专刊 幸福社区", True),
        ("AI专题征文", "投稿：ＡＩ 专题征文", True),
    ],
)
def test_a_name_that_only_looks_like_a_special_issue_s(name: str, subject: str, named: bool) -> None:
    """Numbers in a name are whole ones; marks and blanks between its words do not matter."""
    special = Issue(id="sp", name=name, opens=date(2026, 1, 1), closes=date(2026, 3, 1), special=True)
    assert way(JANUARY, subject, None, (*ISSUES, special)).issue == ("sp" if named else "one")


@pytest.mark.parametrize(
    ("subject", "named"),
    [
        ("投稿：AI进社区", True),
        ("投稿：ａｉ 进社区", True),
        ("投稿：Wei Hai 的社区", False),
        ("投稿：Email社区", False),
    ],
)
def test_a_route_s_latin_word_is_a_word_of_its_own(subject: str, named: bool) -> None:
    """A word in Latin letters is not found within another one, nor across a blank between two."""
    special = Issue(
        id="sp",
        name="人工智能专刊",
        opens=date(2026, 1, 1),
        closes=date(2026, 3, 1),
        special=True,
        routes=Routes(subject=("AI",)),
    )
    assert way(JANUARY, subject, None, (*ISSUES, special)).issue == ("sp" if named else "one")


def test_routes_that_make_no_sense_are_refused() -> None:
    """Days the wrong way round, and `all` of nothing."""
    with pytest.raises(ValueError, match="before it opens"):
        Routes(opens=date(2026, 1, 2), closes=date(2026, 1, 1))
    with pytest.raises(ValueError, match="gives none"):
        Routes(all=True)


def test_a_rule_can_be_for_special_issues_only() -> None:
    """`when: {special: ...}` looks at the issue that the article goes to."""
    rules = """\
rules:
  - {id: a, title: t, check: has_title, when: {special: true}, otherwise: note}
  - {id: b, title: t, check: has_title, when: {special: false}, otherwise: note}
"""
    issues = """\
issues:
  - {id: x, name: 第 1 期, opens: 2026-11-01, closes: 2026-11-30}
  - id: s
    name: 养老专辑
    opens: 2026-11-01
    closes: 2026-11-30
    special: true
    routes: {senders: example.org, text: 养老, all: true}
"""
    book = a_rulebook(rules, issues=issues)
    outcomes = {}
    for text in ("养老", "治理"):
        article = an_article(text=text, byline=signed(unit=UNIT))
        letter = a_letter(sender=Address(address="li@example.org"))
        (judged,) = judge(a_dossier(article, letter=letter), book).articles
        outcomes[judged.issue] = [finding.outcome for finding in judged.findings]
    assert outcomes == {"s": [Outcome.PASSED, Outcome.SKIPPED], "x": [Outcome.SKIPPED, Outcome.PASSED]}


def test_a_route_may_ask_how_often_its_words_stand_in_the_text() -> None:
    """All of them count together; once is enough where nothing is said."""
    often = Routes(text=("老旧小区", "电梯"), times=3)
    assert not names(often, Asked(arrived=datetime(2026, 1, 5, tzinfo=UTC), text="老旧小区加装电梯"))
    assert names(often, Asked(arrived=datetime(2026, 1, 5, tzinfo=UTC), text="老旧小区加装电梯，老 旧小区变样"))
    with pytest.raises(ValidationError, match="how often"):
        Routes(times=3, title=("老旧小区",))
