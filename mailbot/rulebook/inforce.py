"""What is in force of a folder that an admin edits: the newest good state of it, also across restarts (promise 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from mailbot.errors import Problem, UserError
from mailbot.rulebook.load import version_of

T = TypeVar("T")


class Kept(Protocol):
    """The two methods of the ledger that are needed."""

    def keep_files(self, kind: str, version: str, files: Mapping[str, str], at: datetime) -> None:
        """Keep a good set of files."""
        ...

    def kept_files(self, kind: str, version: str | None = None) -> tuple[str, dict[str, str]] | None:
        """The newest good set, or that of a version."""
        ...


class InForce(Generic[T]):
    """The files of a folder, loaded; a broken state of the folder changes nothing but `problems`.

    `read` reads the folder (name -> text), `load` makes something of it; both raise UserError for a person's mistakes.
    `kept` makes it of files that were good once, where less is to be asked of them than of edited ones.
    The files are few and small, so they are read at each `refresh` and compared: no edit is missed, whatever its time.
    """

    def __init__(
        self,
        kind: str,
        folder: Path,
        read: Callable[[Path], dict[str, str]],
        load: Callable[[Mapping[str, str]], T],
        ledger: Kept,
        *,
        kept: Callable[[Mapping[str, str]], T] | None = None,
    ) -> None:
        self.problems: tuple[Problem, ...] = ()
        """What is wrong in the folder now; empty when what is in force is what stands there."""
        self.version = ""
        self._kind = kind
        self._folder = folder
        self._read = read
        self._load = load
        self._ledger = ledger
        self._load_kept = kept or load
        self._seen: dict[str, str] | None = None
        self._loaded: T | None = None

    def refresh(self, now: datetime) -> T:
        """What is in force now. UserError only when there has never been a good one."""
        files: dict[str, str] | None = None
        try:
            files = self._read(self._folder)
            if files != self._seen or self._loaded is None:
                self._take(files, self._load(files), now)
        except UserError as error:
            self._fall_back(error)
        self._seen = files
        assert self._loaded is not None
        return self._loaded

    def current(self) -> T:
        """What the last `refresh` gave."""
        assert self._loaded is not None, "refresh comes first"
        return self._loaded

    def _take(self, files: dict[str, str], loaded: T, now: datetime) -> None:
        version = version_of(files)
        kept = self._ledger.kept_files(self._kind)
        if kept is None or kept[0] != version:
            self._ledger.keep_files(self._kind, version, files, now)
        self._loaded, self.version, self.problems = loaded, version, ()

    def _fall_back(self, error: UserError) -> None:
        self.problems = error.problems
        if self._loaded is not None:
            return
        kept = self._ledger.kept_files(self._kind)
        if kept is None:
            raise error
        try:
            self._loaded = self._load_kept(kept[1])
        except UserError:  # kept by a program whose checks were others
            raise error from None
        self.version = kept[0]
