"""A reading child that a letter can break: a subject with `poison WORD` hangs, aborts, or eats memory."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from mailbot.languages import Language
from mailbot.manuscript.sandbox import child
from mailbot.model import Letter


def _read(raw: Path, work: Path, language: Language) -> Letter:
    letter = child.real_work().letter(raw, work, language)
    _, poisoned, word = letter.subject.partition("poison ")
    if not poisoned:
        return letter
    if word == "hang":
        time.sleep(600)
    if word == "memory":
        hoard = []
        while True:
            hoard.append(bytearray(1 << 24))
    os.abort()


def main(arguments: list[str]) -> None:
    """Serve like the real child."""
    child.main(arguments, replace(child.real_work(), letter=_read))
