"""When the next mail may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.notices.brakes import next_send, too_many_answers

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


def test_answers_per_correspondent() -> None:
    """The cap counts answers already given; none lifts it."""
    assert [too_many_answers(given, 5) for given in (0, 4, 5, 6)] == [False, False, True, True]
    assert not too_many_answers(10_000, None)
