"""How long to wait after faults: a value, computed from their number."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

FIRST = timedelta(minutes=2)
LONGEST = timedelta(minutes=30)
REFUSED_FIRST, REFUSED_LONGEST = timedelta(minutes=15), timedelta(hours=2)
"""After a refused login: providers lock an account that is tried too often with a wrong password."""
JITTER = 0.2
"""The part of a pause that chance may take away, so that several programs do not come at once."""


def delay(
    faults: int,
    first: timedelta = FIRST,
    *,
    refused: bool = False,
    chance: Callable[[], float] = random.random,
) -> timedelta:
    """The pause after `faults` faults in a row, of which there is at least one: `first`, then doubled, up to LONGEST.

    `refused` says that the last one was a refused login or "Unsafe Login"; `chance` gives numbers in [0, 1).
    """
    longest = LONGEST
    if refused:
        first, longest = max(first, REFUSED_FIRST), REFUSED_LONGEST
    pause = min(max(first, longest), first * (1 << min(max(faults - 1, 0), 20)))
    return pause * (1 - JITTER * chance())
