"""Archives made to break who opens them: each costs little time and little disk, and what it is, is told."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailbot.manuscript.archives.unpack import Budget, Unpacked, unpack
from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.sniff import CONTAINERS, FileType, sniff
from mailbot.model import FileProblem
from tests.unit.manuscript.packed import rar4, rar5, winmail
from tests.unit.manuscript.test_archives import renamed, run, tarred, zipped

MB = 1 << 20
SECONDS = 2.0
BYTES = 65 * MB
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def cheap(tmp_path: Path) -> Iterator[Callable[..., Unpacked]]:
    """Opens an archive, and sees to it that no more than SECONDS and BYTES are used for it."""

    def opened(data: bytes | Path, kind: FileType, budget: Budget | None = None) -> Unpacked:
        path = data if isinstance(data, Path) else tmp_path / "archive"
        if isinstance(data, bytes):
            path.write_bytes(data)
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        start = time.process_time()
        found = unpack(path, kind, work, f"{time.monotonic_ns()}-", budget or Budget())
        assert time.process_time() - start < SECONDS
        assert sum(one.stat().st_size for one in work.iterdir()) < BYTES
        assert sum(file.bytes for file in found.files) < BYTES
        return found

    yield opened


def told(found: Unpacked) -> tuple[FileProblem | None, str]:
    return found.problem, found.detail


def test_zeros_in_a_zip(cheap: Callable[..., Unpacked]) -> None:
    """100 MB of zeros in 100 KB end at the first 64 MB; what came before them stays."""
    found = cheap(zipped({"稿.txt": b"text", "0": bytes(100 * MB)}), FileType.ZIP)
    assert told(found) == (FileProblem.BOMB, "ratio")
    assert [file.name for file in found.files] == ["稿.txt"]


def test_zeros_behind_gzip(cheap: Callable[..., Unpacked]) -> None:
    """A single compressed file of zeros ends at the same place, and so does a tar of them."""
    assert told(cheap(gzip.compress(bytes(100 * MB), 1), FileType.GZIP)) == (FileProblem.BOMB, "ratio")


def test_zeros_in_a_7z(cheap: Callable[..., Unpacked], tmp_path: Path) -> None:
    """100 MB of zeros in a .7z end there, too."""
    with (tmp_path / "zeros").open("wb") as file:
        file.truncate(100 * MB)
    run(tmp_path, "7z", "a", "-mx=1", "-mmt=1", "bomb.7z", "zeros")
    assert (tmp_path / "bomb.7z").stat().st_size < MB
    assert told(cheap(tmp_path / "bomb.7z", FileType.SEVENZIP)) == (FileProblem.BOMB, "ratio")


def test_holes_in_a_tar(cheap: Callable[..., Unpacked], tmp_path: Path) -> None:
    """A sparse file of 10 GB with one byte at its end is not written."""
    with (tmp_path / "holes").open("wb") as file:
        file.seek(10_000 * MB)
        file.write(b"x")
    run(tmp_path, "tar", "-cSf", "bomb.tar", "holes")
    assert told(cheap(tmp_path / "bomb.tar", FileType.TAR)) == (FileProblem.BOMB, "ratio")


def test_what_is_passed_over_counts(cheap: Callable[..., Unpacked]) -> None:
    """Zeros hidden in a file that would not be kept are not unpacked behind the bounds either."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
        info = tarfile.TarInfo("__MACOSX/._x")
        info.size = 100 * MB
        tar.addfile(info, io.BytesIO(bytes(100 * MB)))
    assert told(cheap(out.getvalue(), FileType.TAR)) == (FileProblem.BOMB, "ratio")


def test_a_claim_of_ten_gigabytes(cheap: Callable[..., Unpacked]) -> None:
    """A size that only stands in the header is not believed."""
    info = tarfile.TarInfo("稿.txt")
    info.size = 10_000 * MB
    found = cheap(info.tobuf() + b"text" * 200, FileType.TAR)
    assert told(found) == (FileProblem.DAMAGED, "")
    assert [file.bytes for file in found.files] == [0]


def test_archives_in_archives_share_their_bounds(cheap: Callable[..., Unpacked], tmp_path: Path) -> None:
    """What each of sixteen archives may bring, they may not bring together."""
    budget = Budget(bytes=60 * MB)
    each = zipped({"0": bytes(20 * MB)})
    outer = cheap(zipped({f"{n}.zip": each for n in range(16)}), FileType.ZIP, budget)
    assert told(outer) == (None, "")
    inner = [cheap(tmp_path / "work" / file.where, FileType.ZIP, budget) for file in outer.files]
    assert [told(found) for found in inner] == [(None, "")] * 2 + [(FileProblem.TOO_LARGE, "bytes")] * 14


def huge(entries: int, *, claim: int, honest64: bool) -> bytes:
    """A zip with the same entry many times in its directory, and a record at its end that claims something else."""
    package = zipped({"a": b"a"})
    start, end = package.find(b"PK\1\2"), package.find(b"PK\5\6")
    directory = package[start:end] * entries
    out = package[:start] + directory
    if honest64:
        out += struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, len(directory), start)
        out += struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    size = min(len(directory), 0xFFFFFFFF)
    return out + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, claim, claim, 47 * claim if honest64 else size, start, 0)


@pytest.mark.parametrize(("claim", "honest64"), [(0xFFFF, True), (1, True), (1, False)])
def test_a_million_entries(cheap: Callable[..., Unpacked], tmp_path: Path, claim: int, honest64: bool) -> None:
    """A directory of a million entries is refused unread, also where one of its two records says that there is one."""
    path = tmp_path / "archive"
    path.write_bytes(huge(1_000_000, claim=claim, honest64=honest64))
    start = time.process_time()
    with pytest.raises(Unreadable) as refused:
        sniff(path, "a.zip")
    assert time.process_time() - start < 0.5
    assert (refused.value.problem, refused.value.detail) == (FileProblem.BOMB, "members")
    assert told(cheap(path, FileType.ZIP)) == (FileProblem.BOMB, "members")


def test_more_members_than_anybody_sends(cheap: Callable[..., Unpacked]) -> None:
    """The first two hundred come out, and it is told that there were more."""
    found = cheap(zipped({f"{n}.txt": b"text" for n in range(300)}), FileType.ZIP)
    assert told(found) == (FileProblem.BOMB, "members")
    assert len(found.files) == 200


@pytest.mark.parametrize("lie", [1, 5_000_000_00])
def test_sizes_that_lie(cheap: Callable[..., Unpacked], lie: int) -> None:
    """A member is as large as its bytes, whatever the directory says."""
    data = b"0123456789" * 5000
    package = zipped({"a.txt": data}).replace(struct.pack("<L", len(data)), struct.pack("<L", lie))
    assert [(file.bytes, file.problem) for file in cheap(package, FileType.ZIP).files] == [(len(data), None)]


def test_members_that_share_their_bytes(cheap: Callable[..., Unpacked]) -> None:
    """Two hundred entries that all point to the same 4 MB of zeros count each time."""
    package = zipped({"0": bytes(4 * MB)})
    start, end = package.find(b"PK\1\2"), package.find(b"PK\5\6")
    directory = package[start:end] * 150
    record = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 150, 150, len(directory), start, 0)
    found = cheap(package[:start] + directory + record, FileType.ZIP)
    assert told(found) == (FileProblem.BOMB, "ratio")
    assert len(found.files) == 16


def test_an_honest_archive_that_is_too_large(cheap: Callable[..., Unpacked]) -> None:
    """Photographs over the bound are too many bytes and no bomb."""
    found = cheap(
        zipped({f"{n}.jpg": bytes([n]) * MB for n in range(4)}, zipfile.ZIP_STORED), FileType.ZIP, Budget(bytes=3 * MB)
    )
    assert told(found) == (FileProblem.TOO_LARGE, "bytes")
    assert len(found.files) == 3


def test_the_time_is_over(cheap: Callable[..., Unpacked]) -> None:
    """Unpacking ends when the time does; what came out before stays."""
    clock = iter(range(100))
    budget = Budget(late=lambda: next(clock) >= 2)
    found = cheap(zipped(dict.fromkeys("abcd", b"text")), FileType.ZIP, budget)
    assert told(found) == (FileProblem.TOO_LARGE, "time")
    assert len(found.files) == 2


def test_lzma_that_asks_for_a_gigabyte(cheap: Callable[..., Unpacked]) -> None:
    """A member that wants more memory than it may have is told as too large."""
    package = zipped({"a.txt": b"text" * 999}, zipfile.ZIP_LZMA)
    at = package.find(struct.pack("<H", 5), 30 + 5) + 3
    found = cheap(package[:at] + struct.pack("<L", 1 << 30) + package[at + 4 :], FileType.ZIP)
    assert [(file.problem, file.detail) for file in found.files] == [(FileProblem.TOO_LARGE, "memory")]


# --- anything at all


def sealed(kind: str) -> bytes:
    files = {"稿件.txt": b"text " * 300, "b.txt": bytes(range(256)) * 8}
    return {
        "zip": lambda: zipped(files),
        "stored": lambda: zipped(files, zipfile.ZIP_STORED),
        "lzma": lambda: zipped(files, zipfile.ZIP_LZMA),
        "rar5": lambda: rar5(files),
        "rar4": lambda: rar4({name.encode("gbk"): data for name, data in files.items()}),
        "tar": lambda: tarred("w"),
        "tar.gz": lambda: tarred("w:gz"),
        "tar.xz": lambda: tarred("w:xz"),
        "gz": lambda: gzip.compress(b"text" * 999),
        "tnef": lambda: winmail([(b"a.txt", "稿件.txt", b"text" * 99)], body=b"body"),
    }[kind]()


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("seven")
    (folder / "稿件.txt").write_bytes(b"text " * 300)
    run(folder, "7z", "a", "a.7z", "稿件.txt")
    return (folder / "a.7z").read_bytes()


@FEW
@given(
    kind=st.sampled_from(["zip", "stored", "lzma", "rar5", "rar4", "tar", "tar.gz", "tar.xz", "gz", "tnef", "7z"]),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6),
    end=st.integers(0, 4000),
)
def test_broken_bytes_break_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    seven: bytes,
    kind: str,
    changes: list[tuple[int, int]],
    end: int,
) -> None:
    """Whatever bytes of a true archive are changed or missing: a result, or a problem with a name."""
    data = bytearray(seven if kind == "7z" else sealed(kind))
    for at, value in changes:
        data[at % len(data)] = value
    folder = tmp_path_factory.mktemp("broken")
    path = folder / "archive"
    path.write_bytes(data if end >= len(data) or end % 3 else data[:end])
    try:
        found_kind = sniff(path, "a.bin")
    except Unreadable:
        return
    if found_kind not in CONTAINERS:
        return
    found = unpack(path, found_kind, folder, "x", Budget())
    on_disk = {one.name for one in folder.iterdir()} - {"archive"}
    assert on_disk == {file.where for file in found.files if file.where}
    assert all((folder / file.where).stat().st_size == file.bytes for file in found.files if file.where)


@FEW
@given(raw=st.binary(min_size=1, max_size=400).filter(lambda raw: b"\0" not in raw), flag=st.booleans())
@example(raw=b"\xff\xfe/..\\", flag=True)
@example(raw="\ud800".encode("utf-8", "surrogatepass"), flag=True)
def test_any_name(tmp_path_factory: pytest.TempPathFactory, raw: bytes, flag: bool) -> None:
    """Whatever bytes a name is made of, it is shown without what a database or a person could not bear."""
    folder = tmp_path_factory.mktemp("names")
    path = folder / "archive"
    package = zipped({"\x7f" * len(raw): b"text"})
    path.write_bytes(renamed(package, b"\x7f" * len(raw), raw, flag=flag))
    found = unpack(path, FileType.ZIP, folder, "x", Budget())
    for file in found.files:
        assert file.name
        assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(char) for char in file.name}
        assert len(file.name) <= 255
        assert not set("/\\") & set(file.name)
