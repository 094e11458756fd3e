"""A letter's work folder while strangers' files are read in it: lent to the reading process, and taken back.

Where that process is `nobody`, the folder becomes sticky and open to all for that time (its parents stay closed: the
process is put into it), and the received files readable: it may read them and make new ones, not change or remove them.
What it made belongs to us afterwards, so that no name in the store ever leads to a file of `nobody`.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

MOST = 20_000
"""So many names may be in the folder; whatever made more broke its bounds."""


class WorkFolder:
    """An open work folder. `fd` is its descriptor; a context manager that closes it."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._ours = _names(self.fd)
        self._root = os.geteuid() == 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.fd)

    def lend(self) -> None:
        """Let `nobody` read and make files here; nothing is to be done where we are not root ourselves."""
        if self._root:
            for name in self._ours:
                os.chmod(name, 0o644, dir_fd=self.fd)
            os.fchmod(self.fd, 0o1733)

    def take_back(self, *, keep: bool) -> bool:
        """Own again what is new here, or remove it; whether all of it was plain files, and not too many."""
        if self._root:
            os.fchmod(self.fd, 0o700)
        new = sorted(_names(self.fd) - self._ours)
        good = len(new) <= MOST
        for name in new:
            if not (keep and good and self._own(name)):
                self._remove(name)
                good = good and not keep
        if keep:
            self._ours |= set(new)
        return good

    def add(self, name: str, source: Path) -> None:
        """Put a copy of a plain file here under a name that is not taken; OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with open_plain(source) as original, os.fdopen(os.open(name, flags, 0o600, dir_fd=self.fd), "wb") as copy:
            shutil.copyfileobj(original, copy, 1 << 20)
        self._ours.add(name)

    def _own(self, name: str) -> bool:
        """Make a plain file ours and nobody else's; False where it is something else."""
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self.fd)
        except OSError:
            return False
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                return False
            if self._root:
                os.fchown(descriptor, 0, 0)
            os.fchmod(descriptor, 0o600)
            return True
        finally:
            os.close(descriptor)

    def _remove(self, name: str) -> None:
        try:
            os.unlink(name, dir_fd=self.fd)
        except IsADirectoryError:
            shutil.rmtree(name, ignore_errors=True, dir_fd=self.fd)
        except FileNotFoundError:
            pass


def open_plain(path: Path, folder: int | None = None) -> BinaryIO:
    """A plain file for reading, its path taken from `folder` where one is given; OSError for links, pipes, folders."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a plain file", str(path))
    return os.fdopen(descriptor, "rb")


def _names(folder: int) -> set[str]:
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries}
