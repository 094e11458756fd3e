"""The store as a folder: every raw letter by month, every submission by issue (design, "The store").

Whatever has its name here is whole: it was written under a dot-name in the same folder, fsynced, then renamed. A death
in between leaves only dot-names, which `clean` and the next filing remove.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from mailbot.edges import disk
from mailbot.edges.manifest import MANIFEST, Plan, decode, plan
from mailbot.errors import MailbotError, Permanent, Transient, WorkLost
from mailbot.model import Filing, RawMessage, StoredFile
from mailbot.ports import Spool
from mailbot.steps import At, Step, unhindered

_BUFFER = 1 << 18
_ARRIVING = ".arriving"
_PROBE = ".writable."
_REVISION = re.compile(r"r([1-9][0-9]{0,5})")
_DEEPEST = 3  # issues/<issue>/incomplete/<submission>


class FileSpool:
    """A letter's file while it is being written, hashed on the way (ports.Spool)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open()

    def _open(self) -> None:
        with disk.faults("a letter cannot be written"):
            self.path = self._folder / secrets.token_hex(12)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.fdopen(os.open(self.path, flags, 0o600), "wb", _BUFFER)
        self._hash = hashlib.sha256()
        self._bytes = 0

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        with disk.faults("a letter cannot be written"):
            self._file.write(piece)
        self._hash.update(piece)
        self._bytes += len(piece)

    def restart(self) -> None:
        self.discard()
        self._open()

    def discard(self) -> None:
        with suppress(OSError):  # a full disk refuses what is still in the buffer; it is thrown away anyhow
            self._file.close()
        with suppress(OSError):  # gone, or on a disk that became read-only; `clean` removes it at the next start
            self.path.unlink()

    def finish(self, sync: disk.Sync) -> str:
        """Make the bytes durable and read-only; answers their SHA-256. What cannot be finished is discarded."""
        try:
            self._file.flush()
            os.fchmod(self._file.fileno(), disk.READ_ONLY)
            sync(self._file.fileno())
            self._file.close()
        except OSError:
            self.discard()
            raise
        return self._hash.hexdigest()

    @property
    def bytes(self) -> int:
        return self._bytes


class FolderStore:
    """ports.Store on a folder. `timezone` is the office's; `sync` makes a file descriptor durable."""

    def __init__(self, root: Path, timezone: ZoneInfo, at: At = unhindered, sync: disk.Sync = os.fsync) -> None:
        self._root = root.absolute()
        self._timezone, self._at, self._sync = timezone, at, sync
        self._folders = disk.Folders(self._root, sync)
        self._unsynced: set[Path] = set()
        self._months: set[Path] = set()
        self._naming = threading.Lock()  # letters are kept by several threads; only their names are given one by one

    @property
    def root(self) -> Path:
        return self._root

    def clean(self, busy: Collection[str] = ()) -> None:
        """At the worker's start: remove what a dead one left in the spool, and work folders but those of `busy`.

        `busy` are the SHA-256 of letters that are not filed yet.
        """
        with disk.faults("what a dead worker left cannot be removed"):
            for left in (*_listed(self._root / "letters" / _ARRIVING), *self._root.glob(f"{_PROBE}*")):
                left.unlink(missing_ok=True)
            for left in _listed(self._root / "work"):
                if left.is_dir() and left.name not in busy:
                    shutil.rmtree(left)

    # raw letters

    def spool(self) -> FileSpool:
        with disk.faults("a letter cannot be written"):
            return FileSpool(self._folders.make(self._root / "letters" / _ARRIVING))

    def keep(self, spool: Spool, arrived_at: datetime, announced: int, *, complete: bool = True) -> RawMessage:
        if not isinstance(spool, FileSpool):
            raise TypeError("only a spool of this store can be kept in it")
        with disk.faults("a letter cannot be kept"):
            sha256 = spool.finish(self._sync)
            self._at(Step.LETTER_SYNCED)
            with self._naming:
                month = self._folders.make(self._root / "letters" / self._month(arrived_at))
                path = self._kept_before(sha256, spool.bytes)
                if path is None:
                    path = spool.path.rename(month / f"{sha256}.eml")
                    self._months.add(month)
                else:
                    spool.discard()
                self._unsynced.add(path.parent)
            self._at(Step.LETTER_STORED)
        return RawMessage(
            sha256=sha256,
            path=path.relative_to(self._root).as_posix(),
            bytes=spool.bytes,
            announced=announced,
            arrived_at=arrived_at,
            complete=complete,
        )

    def _month(self, arrived_at: datetime) -> str:
        with suppress(OverflowError):  # a server may say year 1 or 9999
            arrived_at = arrived_at.astimezone(self._timezone)
        return f"{arrived_at.year:04}/{arrived_at.month:02}"

    def _kept_before(self, sha256: str, size: int) -> Path | None:
        """The same bytes under whatever month: a server that lists them anew may have changed their date."""
        self._months = self._months or set(_months(self._root / "letters"))
        for month in self._months:
            path = month / f"{sha256}.eml"
            with suppress(FileNotFoundError, NotADirectoryError):
                if path.stat().st_size == size:
                    return path
        return None

    def sync(self) -> None:
        with disk.faults("letters cannot be made durable"):
            while self._unsynced:
                folder = next(iter(self._unsynced))
                disk.sync_folder(folder, self._sync)
                self._unsynced.discard(folder)

    def letter(self, raw: RawMessage) -> Path:
        return self._below(raw.path)

    def letters(self) -> Iterator[tuple[str, str]]:
        for month in _months(self._root / "letters"):
            for path in _listed(month):
                yield path.relative_to(self._root).as_posix(), _digest(path)[0]

    # work folders

    def work(self, raw: RawMessage) -> Path:
        with disk.faults("a work folder cannot be made"):
            path = self._root / "work" / raw.sha256
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def drop_work(self, raw: RawMessage) -> None:
        with disk.faults("a work folder cannot be removed"), suppress(FileNotFoundError):
            shutil.rmtree(self._root / "work" / raw.sha256)

    # submissions

    def file(self, filing: Filing) -> tuple[StoredFile, ...]:
        planned = plan(filing)
        folder = self._below(filing.folder)
        target = folder / f"r{filing.revision}"
        with disk.faults(f"{filing.number} cannot be filed"):
            if not target.exists():
                self._folders.make(folder)
                for left in folder.glob(f".{target.name}.*"):
                    shutil.rmtree(left)
                self._write_aside(folder, target, planned, filing)
            disk.sync_folder(folder, self._sync)
        stored = self.manifest(filing.folder, filing.revision)
        if stored != planned.stored:
            raise Permanent(f"{filing.folder}/{target.name} is there already, with other files")
        return stored

    def _write_aside(self, folder: Path, target: Path, planned: Plan, filing: Filing) -> None:
        aside = folder / f".{target.name}.{secrets.token_hex(6)}"
        aside.mkdir()
        try:
            self._fill(aside, planned, filing.raw, self._before(filing))
            self._at(Step.FILING_WRITTEN)
            aside.rename(target)
        except (OSError, Transient):
            shutil.rmtree(aside, ignore_errors=True)  # on a full disk its room is needed
            raise
        self._at(Step.FILING_RENAMED)

    def _before(self, filing: Filing) -> dict[str, Path]:
        """The files of the revision before this one, by their SHA-256."""
        try:
            lines = self.manifest(filing.folder, filing.revision - 1)
        except MailbotError:  # the first has none before it, and what cannot be read is of no use here
            return {}
        base = self._below(filing.folder) / f"r{filing.revision - 1}"
        return {line.sha256: base / line.path for line in lines}

    def _fill(self, aside: Path, planned: Plan, raw: RawMessage, before: Mapping[str, Path]) -> None:
        for name in planned.folders:
            (aside / name).mkdir()
        for where, line in planned.taken:
            old = before.get(line.sha256)
            if old is None or not self._link(old, aside / line.path, line):
                self._take(self.work(raw), where, aside / line.path, line)
        if not disk.link_or_copy(self.letter(raw), aside / planned.letter):
            disk.seal(aside / planned.letter, self._sync)
        for path, content in planned.written.items():
            disk.write_new(aside / path, content, self._sync)
        for name in (*planned.folders, "."):
            disk.sync_folder(aside / name, self._sync)

    def _link(self, old: Path, target: Path, line: StoredFile) -> bool:
        """What stays from one revision to the next lies on the disk once; False where `old` is not what it was."""
        try:
            os.link(old, target, follow_symlinks=False)
        except OSError:
            return False
        if _digest(target) == (line.sha256, line.bytes):
            return True
        target.unlink()
        return False

    def _take(self, work: Path, where: str, target: Path, line: StoredFile) -> None:
        """Put a file of the work folder under `target`: only plain files, only the bytes that were announced."""
        if PurePosixPath(where).name != where or where == "..":
            raise WorkLost(f"{where!r} is no name of a file in a work folder")
        try:
            disk.link_or_copy(work / where, target)
        except FileNotFoundError:
            raise WorkLost(f"{where} is not in the work folder any more") from None
        if disk.seal(target, self._sync) != (line.sha256, line.bytes):
            raise WorkLost(f"{where} in the work folder has other bytes than it had when it was read")

    def move(self, old: str, new: str) -> None:
        source, target = self._below(old), self._below(new)
        if source == target:
            return
        with disk.faults(f"{old} cannot be moved"):
            if target.exists() and source.exists():
                raise Permanent(f"{old} cannot be moved: {new} is there already")
            if source.exists():
                self._folders.make(target.parent)
                source.rename(target)
            elif not target.exists():
                raise Permanent(f"{old} cannot be moved: it is not in the store")
            for folder in (target.parent, source.parent):
                if folder.is_dir():
                    disk.sync_folder(folder, self._sync)

    def revisions(self) -> Iterator[tuple[str, int]]:
        yield from self._revisions_below(self._root / "issues", 0)

    def _revisions_below(self, folder: Path, depth: int) -> Iterator[tuple[str, int]]:
        for child in _listed(folder):
            number = _REVISION.fullmatch(child.name)
            if number and depth >= 2:
                yield folder.relative_to(self._root).as_posix(), int(number[1])
            elif depth < _DEEPEST and child.is_dir() and not child.is_symlink():
                yield from self._revisions_below(child, depth + 1)

    def manifest(self, folder: str, revision: int) -> tuple[StoredFile, ...]:
        path = self._below(folder) / f"r{revision}" / MANIFEST
        try:
            with disk.open_plain(path) as file:
                return decode(file.readall())
        except FileNotFoundError:
            raise Permanent(f"{folder}/r{revision} has no {MANIFEST}") from None
        except ValueError as fault:
            raise Permanent(f"{folder}/r{revision}/{MANIFEST} cannot be read: {fault}") from fault
        except OSError as fault:
            raise Transient(f"{folder}/r{revision}/{MANIFEST} cannot be read: {fault.strerror}") from fault

    def check_revision(self, folder: str, revision: int) -> list[str]:
        try:
            listed = {line.path: line for line in self.manifest(folder, revision)}
        except MailbotError as fault:
            return [str(fault)]
        base = self._below(folder) / f"r{revision}"
        there = {
            path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_symlink() or not path.is_dir()
        }
        there.discard(MANIFEST)
        name = f"{folder}/r{revision}"
        return [
            *(f"{name}/{path} is missing" for path in sorted(listed.keys() - there)),
            *(f"{name}/{path} is in no manifest" for path in sorted(there - listed.keys())),
            *(
                f"{name}/{path} is not as it was filed"
                for path in sorted(listed.keys() & there)
                if _digest(base / path) != (listed[path].sha256, listed[path].bytes)
            ),
        ]

    # the disk

    def free_bytes(self) -> int:
        with disk.faults("the disk cannot be asked"):
            found = os.statvfs(self._existing())
        return found.f_bavail * found.f_frsize

    def writable(self) -> bool:
        probe = self._existing() / f"{_PROBE}{secrets.token_hex(6)}"
        try:
            disk.write_new(probe, b"?", self._sync)
        except OSError:
            return False
        finally:
            with suppress(OSError):  # what could not be made need not be removed
                probe.unlink(missing_ok=True)
        return True

    def _existing(self) -> Path:
        """The storage folder, or above it what there is before the first start."""
        return next(path for path in (self._root, *self._root.parents) if path.exists())

    def _below(self, relative: str) -> Path:
        """A path of ours below the root; anything that leads out of it is a bug."""
        path = PurePosixPath(relative)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{relative!r} does not lie below the storage folder")
        return self._root / path


def _listed(folder: Path) -> list[Path]:
    """What is in a folder, by name; dot-names too. Nothing where there is no folder."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _months(letters: Path) -> Iterator[Path]:
    for year in _listed(letters):
        if year.name != _ARRIVING:
            yield from _listed(year)


def _digest(path: Path) -> tuple[str, int]:
    """SHA-256 and size; ("", 0) for what cannot be read."""
    try:
        with disk.open_plain(path) as file:
            return disk.digest(file)
    except OSError:
        return "", 0
