"""A clock that only moves when it is told to, or waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FixedClock:
    """`ports.Clock` that stands still; waiting moves it on at once."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def wait(self, seconds: float) -> bool:
        self._now += timedelta(seconds=seconds)
        return False

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by
