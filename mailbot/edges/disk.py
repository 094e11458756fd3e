"""Files made durable: faults in mailbot's words, folders whose names survive a power cut, plain files only."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from mailbot.errors import StorageFull, Transient

PIECE = 1 << 20
"""How many bytes are held in memory at a time."""

READ_ONLY = 0o444

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO})

Sync = Callable[[int], None]
"""Makes what is behind a file descriptor durable: os.fsync."""


@contextmanager
def faults(doing: str) -> Iterator[None]:
    """Any OSError as StorageFull (no room, read-only, not ours, broken disk) or another Transient."""
    try:
        yield
    except OSError as fault:
        said = fault.strerror or type(fault).__name__
        kind = StorageFull if fault.errno in _NO_ROOM else Transient
        raise kind(f"{doing}: {said}") from fault


def sync_folder(path: Path, sync: Sync) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def write_new(path: Path, content: bytes, sync: Sync) -> None:
    """Make a read-only file that was not there, durable but for its name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(descriptor, READ_ONLY)
        sync(descriptor)


def link_or_copy(source: Path, target: Path) -> bool:
    """The same bytes under a second name; True for a hard link, False where this disk allows only a copy."""
    try:
        os.link(source, target, follow_symlinks=False)
        return True
    except FileNotFoundError:
        raise
    except OSError:  # another file system, none that knows hard links, or too many of them
        with open_plain(source) as original, target.open("xb") as copy:
            while piece := original.read(PIECE):
                copy.write(piece)
        return False


def open_plain(path: Path) -> FileIO:
    """A plain file for reading; OSError for links, pipes, folders."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a plain file", str(path))
    return FileIO(descriptor, "rb")


def digest(file: FileIO) -> tuple[str, int]:
    """SHA-256 in hex and size of what is left to read."""
    total, so_far = 0, hashlib.sha256()
    while piece := file.read(PIECE):
        so_far.update(piece)
        total += len(piece)
    return so_far.hexdigest(), total


def seal(path: Path, sync: Sync) -> tuple[str, int]:
    """Make a plain file read-only and durable; answers its SHA-256 and size."""
    with open_plain(path) as file:
        found = digest(file)
        os.fchmod(file.fileno(), READ_ONLY)
        sync(file.fileno())
    return found


class Folders:
    """Makes folders below one root, each with a name that survives a power cut."""

    def __init__(self, root: Path, sync: Sync) -> None:
        self._root, self._sync = root, sync
        self._durable: set[Path] = set()

    def make(self, path: Path) -> Path:
        """The folder, made with its parents where it is missing. What another process removed is made again."""
        if path in self._durable and path.is_dir():
            return path
        path.mkdir(parents=True, exist_ok=True)
        for each in (path, *path.parents):
            if each == self._root:
                break
            sync_folder(each.parent, self._sync)
        self._durable.add(path)
        return path
