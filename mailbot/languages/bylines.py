"""Which data a language must give for reading bylines and names of units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BylinePhrases:
    """Labels, endings, posts and surnames; see `mailbot.manuscript.byline` for what each decides."""
