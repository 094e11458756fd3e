"""When the next mail may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.notices.brakes import (
    DAY,
    HOUR,
    a_days_worth,
    holds_back,
    is_last,
    next_send,
    next_to_contributor,
    reserve,
    tried_in_vain,
)
from mailbot.quantities import Rate

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAUSE = timedelta(seconds=5)


def ago(**spans: float) -> datetime:
    """A moment before now."""
    return NOW - timedelta(**spans)


CASES = [
    ("nothing sent yet", [], 30, 200, NOW),
    ("long ago", [ago(minutes=5)], 30, 200, NOW),
    ("pause not over", [ago(seconds=2)], 30, 200, NOW + timedelta(seconds=3)),
    ("hour full", [ago(minutes=50), ago(minutes=20)], 2, 200, NOW + timedelta(minutes=10)),
    ("hour has room again", [ago(minutes=60), ago(minutes=20)], 2, 200, NOW),
    ("day full", [ago(hours=23), ago(hours=2)], 30, 2, NOW + timedelta(hours=1)),
    ("both full: the later one", [ago(hours=23), ago(minutes=1)], 1, 2, NOW + timedelta(hours=1)),
    ("over the cap after it was lowered", [ago(minutes=30), ago(minutes=20), ago(minutes=10)], 1, 9,
     NOW + timedelta(minutes=50)),
    ("caps lifted", [ago(seconds=9)] * 500, None, None, NOW),
    ("nothing may go", [], 0, 200, NOW + timedelta(hours=1)),
    ("clock was set back", [NOW + timedelta(days=300)], 1, 1, NOW),
]  # fmt: skip


@pytest.mark.parametrize(("why", "sent", "per_hour", "per_day", "expected"), CASES, ids=[case[0] for case in CASES])
def test_next_send(
    why: str, sent: list[datetime], per_hour: int | None, per_day: int | None, expected: datetime
) -> None:
    """Caps over any hour and any day, and the pause, whichever is latest."""
    assert next_send(NOW, sent, per_hour, per_day, PAUSE) == expected


@given(st.integers(1, 5), st.integers(1, 12), st.lists(st.integers(0, 3 * 3600), max_size=40))
def test_no_window_ever_holds_more_than_its_cap(per_hour: int, per_day: int, waits: list[int]) -> None:
    """However long a sender sleeps between tries, any hour and any day stay within their caps."""
    now, sent = NOW, []
    for wait in waits:
        now = next_send(now + timedelta(seconds=wait), sent, per_hour, per_day, PAUSE)
        sent.append(now)
    for window, cap in ((timedelta(hours=1), per_hour), (timedelta(days=1), per_day)):
        for start in sent:
            assert sum(start <= moment < start + window for moment in sent) <= cap


@pytest.mark.parametrize(("per_day", "kept"), [(None, 0), (200, 20), (1000, 100), (30, 5), (8, 4), (2, 1), (1, 0)])
def test_the_reserve_of_the_office(per_day: int | None, kept: int) -> None:
    """A tenth of the day's mails, at least five, at most half."""
    assert reserve(per_day) == kept


def test_contributors_leave_the_reserve_to_the_office() -> None:
    """Their mails stop where the reserve begins; the office's own use of it takes nothing of theirs."""
    sent = [ago(hours=23), *(ago(hours=2, seconds=-n) for n in range(24))]
    free = ago(hours=-1)
    assert next_to_contributor(NOW, sent, sent, None, 30, PAUSE) == free
    assert next_send(NOW, sent, None, 30, PAUSE) == NOW
    assert next_to_contributor(NOW, sent, sent[1:], None, 30, PAUSE) == NOW
    assert next_to_contributor(NOW, sent * 9, sent * 9, None, None, PAUSE) == NOW


def test_answers_per_correspondent() -> None:
    """The cap counts what is no receipt; receipts have one of their own, so that they make no loop; none lifts both."""
    district = {"acknowledgement": 30, "completed": 9, "return": 4}
    assert [holds_back("return", {"return": given}, 5) for given in (0, 4, 5, 6)] == [False, False, True, True]
    assert not holds_back("help", district, 5)
    assert holds_back("help", district | {"help": 1}, 5)
    assert not holds_back("acknowledgement", district, 5)
    assert holds_back("acknowledgement", district | {"completed": 10}, 5)
    assert not holds_back("acknowledgement", district | {"completed": 10}, 6)
    assert not holds_back("return", {"return": 10_000}, None)


def test_the_last_answer_says_so() -> None:
    """It is the one after which the next is held back, never a receipt."""
    given = {"acknowledgement": 9, "return": 3, "help": 1}
    assert is_last("status", given, 5)
    assert [is_last(kind, given, 5) for kind in ("acknowledgement", "completed")] == [False, False]
    assert [is_last("status", given, cap) for cap in (4, 6, None)] == [False, False, False]


@pytest.mark.parametrize(
    ("rate", "most"),
    [(Rate(50, HOUR), 150), (Rate(2, timedelta(minutes=1)), 360), (Rate(100, DAY), 100), (Rate(0, HOUR), 0)],
)
def test_a_slow_loop_is_a_burst_of_the_day(rate: Rate, most: int) -> None:
    """What the breaker allows in three hours is the most of a day."""
    assert a_days_worth(rate) == most


def test_a_mail_is_given_up_after_days_of_tries() -> None:
    """Not one that was held back for a week and tried but once since."""
    week_ago = ago(days=7)
    assert [tried_in_vain(week_ago, tries, NOW) for tries in (0, 19, 20)] == [False, False, True]
    assert not tried_in_vain(ago(days=4), 200, NOW)
