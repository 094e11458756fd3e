"""The reader without a child: the same functions, called here. For tests; a stranger's letter needs the sandbox."""

from __future__ import annotations

from pathlib import Path

from mailbot.languages import load
from mailbot.letter.read import read_letter
from mailbot.manuscript.read import read_manuscripts
from mailbot.model import Letter, Reading


class InProcessReader:
    """`ports.Reader` in this process, without limits."""

    def __init__(self, *, language: str) -> None:
        self._language = load(language)

    def expect(self, raw: Path, work: Path) -> None:
        """It is read when it is asked for."""

    def letter(self, raw: Path, work: Path) -> Letter:
        """Parse the letter and take its files out into `work`."""
        return read_letter(raw, work, self._language)

    def manuscripts(self, letter: Letter, work: Path) -> Reading:
        """Read the manuscripts among the letter's files and in its text."""
        return read_manuscripts(letter, work, self._language)

    def close(self) -> None:
        """There is nothing to end."""
