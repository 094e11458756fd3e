"""Brakes that do not depend on knowing who a letter is from: caps by time, pauses, answers per correspondent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def next_send(
    now: datetime, sent_times: Sequence[datetime], per_hour: int | None, per_day: int | None, pause: timedelta
) -> datetime:
    """When the next mail may go: `now`, or the moment at which every cap has room again and the pause is over.

    `sent_times` ascend. Caps count any 60 minutes and any 24 hours, so no calendar trick doubles them; None lifts a
    cap, 0 lets nothing out before a day has gone. A time later than `now` (the clock was set back) is not counted:
    else a wrong clock could silence the office for good.
    """
    past = [moment for moment in sent_times if moment <= now]
    earliest = now
    if past:
        earliest = max(earliest, past[-1] + pause)
    for cap, window in ((per_hour, HOUR), (per_day, DAY)):
        if cap is None:
            continue
        if cap <= 0:
            earliest = max(earliest, now + window)
        elif len(past) >= cap:
            earliest = max(earliest, past[-cap] + window)
    return earliest


def too_many_answers(answers: int, per_correspondent: int | None) -> bool:
    """Whether one more answer to an address that got `answers` of them within the window would pass the cap."""
    return per_correspondent is not None and answers >= per_correspondent
