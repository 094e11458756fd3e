"""Brakes that do not depend on knowing who a letter is from: caps by time, pauses, answers per correspondent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mailbot.model import NoticeKind
from mailbot.quantities import Rate

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RECEIPTS = frozenset({NoticeKind.ACKNOWLEDGEMENT.value, NoticeKind.COMPLETED.value})
"""What tells that an article is complete: one for each, not counted among the answers to an address."""
MOST_RECEIPTS = 40
LEAST_RESERVE = 5
SLOW = 3 * HOUR
GIVE_UP = timedelta(days=5)
TRIES = 20


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


def reserve(per_day: int | None) -> int:
    """How many of a day's mails are kept for digest, alarms and transcripts: a tenth, at least 5, at most half.

    A tenth of the usual 200 are 20: several editors' digests, every alarm of a bad day and some transcripts.
    """
    return 0 if per_day is None else min(per_day // 2, max(LEAST_RESERVE, per_day // 10))


def next_to_contributor(
    now: datetime,
    sent_times: Sequence[datetime],
    to_contributors: Sequence[datetime],
    per_hour: int | None,
    per_day: int | None,
    pause: timedelta,
) -> datetime:
    """As `next_send`, for a mail to a contributor: all these together (ascending) leave the day's reserve alone."""
    free = next_send(now, sent_times, per_hour, per_day, pause)
    if per_day is None:
        return free
    return max(free, next_send(now, to_contributors, None, per_day - reserve(per_day), pause))


def holds_back(kind: str, given: Mapping[str, int], per_correspondent: int | None) -> bool:
    """Whether one more answer of this kind is too many for an address that got so many of each within the period.

    Receipts for good articles are free, as a district office may send ten in an hour: up to MOST_RECEIPTS, or eight
    times the cap where that is more. Nobody writes that many, but two machines that send each other articles do.
    """
    if per_correspondent is None:
        return False
    receipts = sum(count for name, count in given.items() if name in RECEIPTS)
    if kind in RECEIPTS:
        return receipts >= max(MOST_RECEIPTS, 8 * per_correspondent)
    return sum(given.values()) - receipts >= per_correspondent


def is_last(kind: str, given: Mapping[str, int], per_correspondent: int | None) -> bool:
    """Whether an answer of this kind is the last that the address gets within the period: it says so."""
    if per_correspondent is None or kind in RECEIPTS:
        return False
    return sum(count for name, count in given.items() if name not in RECEIPTS) == per_correspondent - 1


def a_days_worth(breaker: Rate) -> int:
    """More answers than this within a day are abnormal, too: what the breaker allows in three hours (or its period).

    A loop of letters that answer ours goes as slowly as mails are polled and sent, so that no single hour tells it.
    """
    return breaker.count * max(1, round(SLOW / breaker.period))


def tried_in_vain(created_at: datetime, attempts: int, now: datetime) -> bool:
    """Whether to give a mail up that was refused for now `attempts` times: after five days, and not before 20 tries.

    As long as RFC 5321 section 4.5.4.1 wants a mail to be tried. One that was held back for a week has not been.
    """
    return now - created_at > GIVE_UP and attempts >= TRIES
