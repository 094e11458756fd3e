"""How long to wait before the next poll: a pure value of the faults so far."""

from __future__ import annotations

from mailbot.errors import LoginRefused, Transient, UnsafeLogin

LONGEST = 30 * 60.0
"""The longest pause after faults of the network, in seconds."""
REFUSED_FIRST, REFUSED_LONGEST = 15 * 60.0, 2 * 60 * 60.0
"""After a refused login, in seconds: providers lock an account that is tried too often with a wrong password."""
JITTER = 0.2


def next_delay(poll_every: float, faults: int, fault: Transient | None, chance: float) -> float:
    """Seconds until the next poll after `faults` bad polls in a row, the last of which ended with `fault`.

    `chance` in [0, 1) spreads the pause by up to a fifth downwards, so that several programs do not come at once.
    Without a fault it is `poll_every`, as it is.
    """
    if faults <= 0 or fault is None:
        return poll_every
    first, longest = poll_every, max(LONGEST, poll_every)
    if isinstance(fault, LoginRefused | UnsafeLogin):
        first, longest = max(REFUSED_FIRST, poll_every), max(REFUSED_LONGEST, poll_every)
    pause = min(longest, first * 2.0 ** min(faults - 1, 20))
    return float(pause * (1 - JITTER * chance))
