"""A clock of real time that runs ahead, for what happens later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailbot.edges.clock import SystemClock


class ClockAhead(SystemClock):
    """The real time and a fixed span more."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__()
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead
