"""Which words a language must give for how articles are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookPhrases:
    """What its printers call sizes and fonts."""

    sizes: Mapping[str, float]
    """Names of sizes -> points."""
    fonts: tuple[tuple[str, ...], ...]
    """Names of one font each, in lower case: programs store it under any of them."""
