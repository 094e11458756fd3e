"""The store on a real folder: the contract, deaths between its steps, and disks that refuse."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailbot.edges import disk
from mailbot.edges.store import FolderStore
from mailbot.errors import StorageFull, Transient, WorkLost
from mailbot.model import File
from mailbot.steps import Step
from mailbot.testing.store import TemporaryStore
from tests.contracts.store import ARRIVED, FOLDER, LETTER, StoreContract, filing, keep, sha, tree

ZONE = ZoneInfo("Asia/Shanghai")


class TestFolderStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> FolderStore:
        """The real store."""
        return FolderStore(tmp_path / "storage", ZONE)


class TestTemporaryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[TemporaryStore]:
        """Its twin."""
        store = TemporaryStore()
        yield store
        store.close()


class Killed(BaseException):
    """Stands for the end of the process."""


def dying_at(step: Step):
    """An `at` that does not come back from one step."""

    def at(reached: Step) -> None:
        if reached is step:
            raise Killed

    return at


@pytest.mark.parametrize("step", [Step.LETTER_SYNCED, Step.LETTER_STORED])
def test_killed_while_keeping(tmp_path, step):
    """A worker that dies while keeping a letter leaves no half of it; the next one keeps it once."""
    with pytest.raises(Killed):
        keep(FolderStore(tmp_path, ZONE, dying_at(step)))
    store = FolderStore(tmp_path, ZONE)
    store.clean()
    assert set(tree(tmp_path).values()) <= {LETTER}
    raw = keep(store)
    assert tree(tmp_path) == {raw.path: LETTER}


@pytest.mark.parametrize("step", [Step.FILING_WRITTEN, Step.FILING_RENAMED])
def test_killed_while_filing(tmp_path, step):
    """A worker that dies while filing leaves a whole revision or none; the next one files it once."""
    dying = FolderStore(tmp_path, ZONE, dying_at(step))
    raw = keep(dying)
    with pytest.raises(Killed):
        dying.file(filing(dying, raw))
    store = FolderStore(tmp_path, ZONE)
    store.clean(busy={raw.sha256})
    assert len(list(store.revisions())) == (step is Step.FILING_RENAMED)
    store.file(filing(store, raw))
    assert list(store.revisions()) == [(FOLDER, 1)]
    assert store.check_revision(FOLDER, 1) == []
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["r1"]


def test_clean_removes_what_a_dead_worker_left(tmp_path):
    """Half letters and work folders of letters that are filed go; those of unfinished letters stay."""
    dead = FolderStore(tmp_path, ZONE)
    dead.spool().write(b"half")
    busy, done = keep(dead, b"busy"), keep(dead, b"done")
    dead.work(busy)
    dead.work(done)
    store = FolderStore(tmp_path, ZONE)
    store.clean(busy={busy.sha256})
    assert list((tmp_path / "letters/.arriving").iterdir()) == []
    assert [path.name for path in (tmp_path / "work").iterdir()] == [busy.sha256]


def test_nothing_has_its_name_before_it_is_durable(tmp_path):
    """Each file and each folder of a revision is fsynced before the revision has its name."""
    synced = []

    def sync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        os.fsync(descriptor)

    before_rename = []
    store = FolderStore(tmp_path, ZONE, lambda step: before_rename.append((step, list(synced))), sync)
    raw = keep(store)
    store.file(filing(store, raw))
    at_rename = set(dict(before_rename)[Step.FILING_WRITTEN])
    assert {path.name for path in (tmp_path / FOLDER / "r1").rglob("*")} - {"letter.eml"} <= at_rename
    assert len(dict(before_rename)[Step.LETTER_SYNCED]) >= 1
    assert synced[-1] == Path(FOLDER).name


def test_damaged_letter_is_mended_by_the_next_copy(tmp_path):
    """A kept letter that lost bytes on disk is replaced when the same letter comes again."""
    store = FolderStore(tmp_path, ZONE)
    raw = keep(store)
    store.letter(raw).unlink()
    store.letter(raw).write_bytes(LETTER[:3])
    assert keep(store).path == raw.path
    assert store.letter(raw).read_bytes() == LETTER


def test_several_submissions_share_a_file(tmp_path):
    """Two articles of one letter each hold the file that belongs to both."""
    store = FolderStore(tmp_path, ZONE)
    raw = keep(store)
    first = filing(store, raw)
    store.file(first)
    store.file(replace(first, folder="issues/2026-11/SQ-2026-0002", number="SQ-2026-0002"))
    store.drop_work(raw)
    assert store.check_revision(FOLDER, 1) == store.check_revision("issues/2026-11/SQ-2026-0002", 1) == []


def test_copies_where_there_are_no_hard_links(tmp_path, monkeypatch):
    """On a disk without hard links the bytes are copied, and verified all the same."""

    def refuse(*args: object, **more: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    store = FolderStore(tmp_path, ZONE)
    raw = keep(store)
    store.file(filing(store, raw))
    assert store.check_revision(FOLDER, 1) == []
    assert (tmp_path / FOLDER / "r1/letter.eml").stat().st_nlink == 1


def test_links_in_the_work_folder_are_not_followed(tmp_path):
    """A link that a broken reader left in the work folder is not filed, and what it points to is untouched."""
    store = FolderStore(tmp_path, ZONE)
    raw = keep(store)
    secret = tmp_path / "secret"
    secret.write_bytes(b"x")
    secret.chmod(0o600)
    (store.work(raw) / "0").symlink_to(secret)
    planted = File(name="a", media_type="", bytes=1, sha256=sha(b"x"), where="0")
    with pytest.raises(Transient):
        store.file(filing(store, raw, files=(planted,)))
    assert secret.stat().st_mode & 0o777 == 0o600
    assert list(store.revisions()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for 256 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_full_disk_while_fetching(small_disk):
    """A letter that finds no room raises StorageFull, leaves nothing, and is kept once there is room."""
    store = FolderStore(small_disk, ZONE)
    (small_disk / "ballast").write_bytes(bytes(200 << 10))
    letter = os.urandom(120 << 10)
    for _ in range(2):
        spool = store.spool()
        with pytest.raises(StorageFull, match="No space left"):
            spool.write(letter)
            store.keep(spool, ARRIVED, len(letter))
        spool.discard()
    assert list(store.letters()) == []
    assert list((small_disk / "letters/.arriving").iterdir()) == []
    (small_disk / "ballast").unlink()
    raw = keep(store, letter)
    assert list(store.letters()) == [(raw.path, sha(letter))]


def test_full_disk_while_filing(small_disk):
    """A revision that finds no room leaves nothing half done, and is filed once there is room."""
    store = FolderStore(small_disk, ZONE)
    raw = keep(store)
    wanted = filing(store, raw, text="字" * 20_000)
    ballast = (small_disk / "ballast").open("wb", buffering=0)
    with pytest.raises(OSError, match="No space left"):
        while True:
            ballast.write(bytes(4096))
    ballast.close()
    with pytest.raises(StorageFull, match="SQ-2026-0001 cannot be filed: No space left"):
        store.file(wanted)
    assert not store.writable()
    assert list(store.revisions()) == []
    (small_disk / "ballast").unlink()
    assert store.writable()
    store.file(wanted)
    assert store.check_revision(FOLDER, 1) == []


def test_read_only_disk(small_disk):
    """On a read-only disk nothing can be written and all can be read."""
    store = FolderStore(small_disk, ZONE)
    raw = keep(store)
    wanted = filing(store, raw)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert not store.writable()
    with pytest.raises(StorageFull, match="Read-only"):
        store.spool()
    with pytest.raises(StorageFull, match="Read-only"):
        store.file(wanted)
    assert list(store.letters()) == [(raw.path, raw.sha256)]


def test_other_faults_are_passing_ones():
    """What is neither lack of room nor of rights is a fault that may pass."""
    with pytest.raises(Transient, match="doing: File too large") as caught, disk.faults("doing"):
        raise OSError(27, "File too large")
    assert not isinstance(caught.value, StorageFull | WorkLost)
