"""To which issue and column an article goes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mailbot.rulebook.models import Column, Issue, Routes
from mailbot.rulebook.routing import Route, route
from tests.unit.dossiers import SHANGHAI


def an_issue(id: str, opens: tuple[int, int], closes: tuple[int, int], **more: Any) -> Issue:
    return Issue(id=id, name=id, opens=date(2026, *opens), closes=date(2026, *closes), **more)


ISSUES = (
    an_issue("one", (1, 1), (1, 31), grace=timedelta(days=2)),
    an_issue("two", (2, 1), (2, 28)),
    an_issue("three", (3, 10), (3, 31)),
    an_issue("wushe", (1, 10), (2, 10), special=True, grace=timedelta(days=1), routes=Routes(subject=("五社 联动",))),
)


def sent(month: int, day: int, subject: str = "投稿", title: str = "题", hour: int = 12) -> Route:
    return route(datetime(2026, month, day, hour, tzinfo=SHANGHAI), "Asia/Shanghai", subject, title, ISSUES)


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
    assert route(datetime(2025, 12, 31, tzinfo=UTC), "UTC", "", None, ISSUES) == Route()


def test_the_offices_day_counts() -> None:
    """A letter of 31 December 17:00 UTC came on 1 January in Shanghai."""
    arrived = datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert route(arrived, "Asia/Shanghai", "", None, ISSUES).issue == "one"


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
    assert route(arrived, "Asia/Shanghai", "投稿 观点", "某案例", issues).column == "case"
    assert route(arrived, "Asia/Shanghai", "投稿 观点", None, issues).column == "talk"
    assert route(arrived, "Asia/Shanghai", "投稿", "题", issues).column is None
