"""What can go wrong, by what is to be done about it.

Which of the three a fault is, is decided at the edge where it happens; what follows from it, in one place
(`mailbot.process`, `mailbot.outgoing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width


class MailbotError(Exception):
    """The root of all errors that mailbot raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a person has to mend: what is wrong, where, and what would be right.

    `line` and `column` count from 1; `excerpt` is the line itself. Any of them is None when there is none.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        lines = [f"{where}: {self.message}" if where else self.message]
        if self.excerpt is not None:
            lines.append(f"    {self.excerpt}")
            if self.column is not None:
                lines.append(f"    {_blank(self.excerpt[: self.column - 1])}^")
        if self.hint:
            lines.append(f"    {self.hint}")
        return "\n".join(lines)


def _blank(text: str) -> str:
    """As much white as the text is wide in a terminal: East Asian wide characters take two columns (UAX #11)."""
    return "".join(c if c == "\t" else "  " if east_asian_width(c) in "WF" else " " for c in text)


class UserError(MailbotError):
    """Somebody's mistake in a file or an argument: a list of problems, shown without a traceback."""

    def __init__(self, problems: Problem | str | Sequence[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Transient(MailbotError):
    """It may work later: the same step is tried again after a pause."""


class Permanent(MailbotError):
    """It will not work by itself: a person has to look."""


class NetworkLost(Transient):
    """The server cannot be reached, or the connection broke."""


class LoginRefused(Transient):
    """The server refused address and password (or authorization code): a person has to mend it; tried again slowly."""


class UnsafeLogin(Transient):
    """The provider took the login and refuses the folder ("Unsafe Login"): it wants an ID, or a person."""


class FolderRefused(Transient):
    """The server does not open this folder: it is not there, or closed to us; the other folders go on."""


class StorageFull(Transient):
    """The disk is full or read-only: fetching stops until there is room."""


class WorkLost(Transient):
    """What was taken out of a letter is gone from its work folder, or changed: the letter has to be read again."""


class ReaderDied(Transient):
    """The reading child died, hung, or broke its limits on one letter (design section 3: three tries, then parked)."""


class WorkerBusy(MailbotError):
    """Another worker holds this ledger; the message says who."""


class LedgerTooNew(MailbotError):
    """The ledger was written by a newer mailbot."""
