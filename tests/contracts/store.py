"""What every store must do: run on the folder and on its temporary twin."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.errors import Permanent, WorkLost
from mailbot.model import File, Filing, RawMessage, Role
from mailbot.ports import Store

ARRIVED = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # the first of November in Shanghai
LETTER = b"Subject: \xe7\xa8\xbf\r\n\r\ntext\r\n"
FOLDER = "issues/2026-11/SQ-2026-0001 某市民政局 社区新路"
DOCX, PHOTO = b"PK docx", b"\xff\xd8 photo"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def keep(store: Store, content: bytes = LETTER, arrived: datetime = ARRIVED) -> RawMessage:
    """Keep a letter as the poll does."""
    spool = store.spool()
    spool.write(content)
    raw = store.keep(spool, arrived, len(content))
    store.sync()
    return raw


def taken_out(store: Store, raw: RawMessage, name: str, content: bytes, role: Role, where: str) -> File:
    """A file of the letter, put into its work folder as the reading child does."""
    (store.work(raw) / where).write_bytes(content)
    return File(name=name, media_type="application/x", bytes=len(content), sha256=sha(content), where=where, role=role)


def filing(store: Store, raw: RawMessage, **changes: object) -> Filing:
    """A submission with a manuscript, two photos whose names differ in case only, and a file that was refused."""
    files = (
        taken_out(store, raw, "社区: 新路.docx", DOCX, Role.MANUSCRIPT, "0"),
        taken_out(store, raw, "图.jpg", PHOTO, Role.ORIGINAL, "1"),
        taken_out(store, raw, "图.JPG", PHOTO + b"2", Role.PICTURE, "2"),
        taken_out(store, raw, "../../x", b"", Role.OTHER, "3"),
        File(name="a.exe", media_type="application/x", bytes=9, sha256=sha(b"?"), where="", role=Role.REFUSED),
    )
    values: dict[str, object] = {
        "number": "SQ-2026-0001",
        "revision": 1,
        "folder": FOLDER,
        "raw": raw,
        "files": files,
        "text": "正文",
        "facts": {"unit": "某市民政局"},
    }
    return Filing(**(values | changes))  # type: ignore[arg-type]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class StoreContract:
    """Subclasses give the fixture `store`, empty."""

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """An empty store."""
        raise NotImplementedError

    def test_keeps_a_letter_by_month_of_arrival(self, store: Store) -> None:
        """A letter lies under the month of its arrival in the office's zone, named by its bytes, read-only."""
        spool = store.spool()
        for piece in (LETTER[:5], bytearray(LETTER[5:9]), memoryview(LETTER)[9:]):
            spool.write(piece)
        assert spool.bytes == len(LETTER)
        raw = store.keep(spool, ARRIVED, 99, complete=False)
        store.sync()
        assert raw == RawMessage(
            sha256=sha(LETTER),
            path=f"letters/2026/11/{sha(LETTER)}.eml",
            bytes=len(LETTER),
            announced=99,
            arrived_at=ARRIVED,
            complete=False,
        )
        assert store.letter(raw) == store.root / raw.path
        assert store.letter(raw).read_bytes() == LETTER
        assert store.letter(raw).stat().st_mode & 0o222 == 0
        assert list(store.letters()) == [(raw.path, sha(LETTER))]

    def test_same_bytes_are_kept_once(self, store: Store) -> None:
        """The same bytes again, even with another date of arrival, are the letter that is there."""
        first = keep(store)
        assert keep(store).path == first.path
        assert keep(store, arrived=datetime(2027, 3, 1, tzinfo=UTC)).path == first.path
        assert len(list(store.letters())) == 1

    def test_spool_begins_anew(self, store: Store) -> None:
        """A spool that was restarted holds only what came after."""
        spool = store.spool()
        spool.write(b"half of a let")
        spool.restart()
        assert spool.bytes == 0
        spool.write(LETTER)
        assert store.keep(spool, ARRIVED, 1).sha256 == sha(LETTER)

    def test_discarded_spool_leaves_nothing(self, store: Store) -> None:
        """What was discarded is nowhere, and discarding again, or after keeping, does no harm."""
        spool = store.spool()
        spool.write(b"x")
        spool.discard()
        spool.discard()
        assert tree(store.root) == {}
        kept = store.spool()
        kept.write(LETTER)
        raw = store.keep(kept, ARRIVED, 1)
        kept.discard()
        assert tree(store.root) == {raw.path: LETTER}

    def test_files_a_revision(self, store: Store) -> None:
        """A revision holds the received bytes by role under safe names, the letter, the text and a manifest."""
        raw = keep(store)
        stored = store.file(filing(store, raw))
        there = tree(store.root / FOLDER)
        manifest = json.loads(there.pop("r1/manifest.json"))
        assert there == {
            "r1/manuscripts/社区： 新路.docx": DOCX,
            "r1/pictures/图.jpg": PHOTO,
            "r1/pictures/图 (2).JPG": PHOTO + b"2",
            "r1/other/／..／x": b"",
            "r1/letter.eml": LETTER,
            "r1/text.txt": "正文".encode(),
        }
        assert {line.path: (line.sha256, line.bytes) for line in stored} == {
            path.removeprefix("r1/"): (sha(content), len(content)) for path, content in there.items()
        }
        assert {line.path: (line.role, line.source) for line in stored}["pictures/图 (2).JPG"] == ("picture", "图.JPG")
        assert manifest["number"] == "SQ-2026-0001"
        assert manifest["facts"] == {"unit": "某市民政局"}
        assert manifest["letter"]["sha256"] == raw.sha256
        assert store.manifest(FOLDER, 1) == stored
        assert list(store.revisions()) == [(FOLDER, 1)]
        assert store.check_revision(FOLDER, 1) == []

    def test_filing_twice_changes_nothing(self, store: Store) -> None:
        """The same filing again answers the same and touches no file, also without the work folder."""
        raw = keep(store)
        wanted = filing(store, raw)
        stored, before = store.file(wanted), tree(store.root / FOLDER)
        store.drop_work(raw)
        assert store.file(wanted) == stored
        assert tree(store.root / FOLDER) == before

    def test_what_is_filed_never_changes(self, store: Store) -> None:
        """Other bytes for a revision that is there are refused and leave it as it was."""
        raw = keep(store)
        store.file(filing(store, raw))
        before = tree(store.root / FOLDER)
        with pytest.raises(Permanent, match="already"):
            store.file(filing(store, raw, text="另一篇"))
        assert tree(store.root / FOLDER) == before

    def test_revisions_stand_side_by_side(self, store: Store) -> None:
        """A second revision leaves the first alone; submissions in every kind of place are found."""
        raw = keep(store)
        other = "issues/2026-11/incomplete/SQ-2026-0002"
        for folder, revision in ((FOLDER, 1), (FOLDER, 2), (other, 1), ("issues/held/SQ-2026-0003", 12)):
            store.file(filing(store, raw, folder=folder, revision=revision))
        assert sorted(store.revisions()) == sorted(
            [(FOLDER, 1), (FOLDER, 2), (other, 1), ("issues/held/SQ-2026-0003", 12)]
        )

    def test_what_stays_lies_on_the_disk_once(self, store: Store) -> None:
        """A file of the revision before is linked, not copied, unless somebody changed it there."""
        raw = keep(store)
        store.file(filing(store, raw))
        first, second = (store.root / FOLDER / f"r{number}" / "pictures" for number in (1, 2))
        changed = first / "图 (2).JPG"
        changed.chmod(0o600)
        changed.write_bytes(b"somebody's")
        store.drop_work(raw)
        store.file(filing(store, raw, revision=2))
        assert (first / "图.jpg").stat().st_ino == (second / "图.jpg").stat().st_ino
        assert store.check_revision(FOLDER, 2) == []
        assert (second / changed.name).read_bytes() == PHOTO + b"2"

    def test_lost_work_is_told(self, store: Store) -> None:
        """Bytes that are gone from the work folder, changed in it, or lie outside of it are never filed."""
        raw = keep(store)
        wanted = filing(store, raw)
        (store.work(raw) / "1").write_bytes(b"changed")
        with pytest.raises(WorkLost, match="other bytes"):
            store.file(wanted)
        (store.work(raw) / "0").unlink()
        with pytest.raises(WorkLost, match="any more"):
            store.file(wanted)
        outside = File(name="x", media_type="", bytes=1, sha256="", where="../x")
        with pytest.raises(WorkLost, match="no name"):
            store.file(filing(store, raw, files=(outside,)))
        assert list(store.revisions()) == []
        assert not any("/r1/" in path or "/.r1" in path for path in tree(store.root))

    def test_work_folder(self, store: Store) -> None:
        """A work folder is private, made at need, and goes away with what is in it, once or twice."""
        raw = keep(store)
        work = store.work(raw)
        assert store.work(raw) == work
        assert work.stat().st_mode & 0o777 == 0o700
        (work / "deep").mkdir()
        (work / "deep/file").write_bytes(b"x")
        store.drop_work(raw)
        store.drop_work(raw)
        assert not work.exists()

    def test_moves_a_submission_once(self, store: Store) -> None:
        """A move can be repeated; what is nowhere, or would be covered, is refused."""
        raw = keep(store)
        store.file(filing(store, raw))
        new = "issues/held/SQ-2026-0001 某市民政局 社区新路"
        store.move(FOLDER, new)
        store.move(FOLDER, new)
        store.move(new, new)
        assert list(store.revisions()) == [(new, 1)]
        assert store.check_revision(new, 1) == []
        with pytest.raises(Permanent, match="not in the store"):
            store.move("issues/a/b", "issues/a/c")
        store.file(filing(store, raw))
        with pytest.raises(Permanent, match="already"):
            store.move(FOLDER, new)

    def test_tells_what_is_wrong_with_a_revision(self, store: Store) -> None:
        """Missing, added and changed files are named, and so is a manifest that cannot be read."""
        raw = keep(store)
        store.file(filing(store, raw))
        base = store.root / FOLDER / "r1"
        (base / "manuscripts/社区： 新路.docx").unlink()
        (base / "other/new").write_bytes(b"x")
        (base / "text.txt").unlink()
        (base / "text.txt").write_text("anders")
        assert store.check_revision(FOLDER, 1) == [
            f"{FOLDER}/r1/manuscripts/社区： 新路.docx is missing",
            f"{FOLDER}/r1/other/new is in no manifest",
            f"{FOLDER}/r1/text.txt is not as it was filed",
        ]
        (base / "manifest.json").unlink()
        (base / "manifest.json").write_text('{"files": 3}')
        assert "cannot be read" in store.check_revision(FOLDER, 1)[0]
        assert "has no" in store.check_revision(FOLDER, 2)[0]

    def test_changed_letter_is_seen(self, store: Store) -> None:
        """The hash of a letter is that of its bytes as they are now."""
        raw = keep(store)
        store.letter(raw).unlink()
        store.letter(raw).write_bytes(b"other")
        assert list(store.letters()) == [(raw.path, sha(b"other"))]

    def test_paths_stay_below_the_root(self, store: Store) -> None:
        """No path leads out of the storage folder."""
        for path in ("../x", "/etc/passwd", "issues/../../x", ""):
            with pytest.raises(ValueError, match="below the storage"):
                store.move(path, "issues/x")

    def test_knows_its_room(self, store: Store) -> None:
        """There is room, files can be made, and trying it leaves nothing behind."""
        assert store.free_bytes() > 0
        assert store.writable()
        assert tree(store.root) == {}
