"""The pauses after faults."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot import backoff


@pytest.mark.parametrize(("faults", "minutes"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (6, 30), (10_000, 30)])
def test_pauses_double_up_to_half_an_hour(faults: int, minutes: int) -> None:
    """Two minutes, doubled with every fault in a row, never more than thirty."""
    assert backoff.delay(faults, chance=lambda: 0.0) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("faults", "minutes"), [(1, 15), (2, 30), (3, 60), (4, 120), (5, 120)])
def test_a_refused_login_is_tried_slowly(faults: int, minutes: int) -> None:
    """An account is not locked by our trying."""
    assert backoff.delay(faults, refused=True, chance=lambda: 0.0) == timedelta(minutes=minutes)


def test_chance_shortens_by_a_fifth_at_most() -> None:
    """Pauses are spread, and never longer than the limit."""
    assert backoff.delay(5, chance=lambda: 0.5) == timedelta(minutes=27)
    assert backoff.delay(5, chance=lambda: 0.999) > timedelta(minutes=24)


def test_an_interval_over_the_limit_stays() -> None:
    """Who polls every hour is not polled more often after a fault."""
    assert backoff.delay(3, timedelta(hours=1), chance=lambda: 0.0) == timedelta(hours=1)
