"""The system's clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime


class SystemClock:
    """`ports.Clock` over the real time; `stop` wakes whoever waits."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, seconds: float) -> bool:
        return self.stop.wait(seconds)
