"""Which phrases a language must give for understanding letters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LetterPhrases:
    """Phrases in letters; see `mailbot.letter.kinds` for what each decides."""
