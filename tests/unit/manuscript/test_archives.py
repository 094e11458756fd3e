"""Archives as people make them, and what is taken out of each."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.manuscript.archives.unpack import Budget, Unpacked, unpack
from mailbot.manuscript.sniff import FileType, sniff
from mailbot.model import FileProblem, Role
from tests.unit.manuscript.packed import rar4, rar5, rar5_locked
from tests.unit.manuscript.samples import article, photo

NAME = "稿件 一.txt"
TEXT = "社区的事情由居民商量着办。".encode() * 40
WHERE = "a"


def take(folder: Path, data: bytes, kind: FileType, *, name: str = "", budget: Budget | None = None) -> Unpacked:
    """What the archive holds, told by its bytes to be of that kind."""
    path = folder / "archive"
    path.write_bytes(data)
    assert sniff(path, name) is kind
    work = folder / "work"
    work.mkdir()
    return unpack(path, kind, work, WHERE, budget or Budget(), name)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


def renamed(package: bytes, old: bytes, new: bytes, *, flag: bool | None = None) -> bytes:
    """The zip with a name of the same length in its place, and the flag that says UTF-8 set or not."""
    assert len(old) == len(new)
    changed = bytearray(package.replace(old, new))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = changed.find(mark)
        while flag is not None and start >= 0:
            changed[start + at + 1] = changed[start + at + 1] & ~8 | 8 * flag
            start = changed.find(mark, start + 1)
    return bytes(changed)


def run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)


def by_program(folder: Path, *command: str) -> bytes:
    """What a program packs of a folder with one text in it; the archive's name is the command's `{}`."""
    (folder / NAME).write_bytes(TEXT)
    archive = folder / "made"
    run(folder, *(str(archive) if part == "{}" else part for part in command), NAME)
    return next(folder.glob("made*")).read_bytes()


def tarred(mode: str, name: str = NAME, **more: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **more) as tar:  # type: ignore[call-overload]
        info = tarfile.TarInfo(name)
        info.size = len(TEXT)
        tar.addfile(info, io.BytesIO(TEXT))
    return out.getvalue()


MAKERS: dict[str, tuple[FileType, Callable[[Path], bytes]]] = {
    "zip stored": (FileType.ZIP, lambda _: zipped({NAME: TEXT}, zipfile.ZIP_STORED)),
    "zip": (FileType.ZIP, lambda _: zipped({NAME: TEXT})),
    "zip bzip2": (FileType.ZIP, lambda _: zipped({NAME: TEXT}, zipfile.ZIP_BZIP2)),
    "zip lzma": (FileType.ZIP, lambda _: zipped({NAME: TEXT}, zipfile.ZIP_LZMA)),
    "zip by Info-ZIP": (FileType.ZIP, lambda folder: by_program(folder, "zip", "-q", "{}")),
    "zip by 7z": (FileType.ZIP, lambda folder: by_program(folder, "7z", "a", "-tzip", "{}")),
    "7z": (FileType.SEVENZIP, lambda folder: by_program(folder, "7z", "a", "-t7z", "{}")),
    "7z by PPMd": (FileType.SEVENZIP, lambda folder: by_program(folder, "7z", "a", "-t7z", "-m0=PPMd", "{}")),
    "rar 5": (FileType.RAR, lambda _: rar5({NAME: TEXT})),
    "rar 4, GBK": (FileType.RAR, lambda _: rar4({NAME.encode("gb18030"): TEXT})),
    "tar": (FileType.TAR, lambda _: tarred("w")),
    "tar, GBK": (FileType.TAR, lambda _: tarred("w", format=tarfile.GNU_FORMAT, encoding="gb18030")),
    "tar.gz": (FileType.TAR, lambda _: tarred("w:gz")),
    "tar.bz2": (FileType.TAR, lambda _: tarred("w:bz2")),
    "tar.xz": (FileType.TAR, lambda _: tarred("w:xz")),
}


@pytest.mark.parametrize("made", MAKERS)
def test_every_way_of_packing(tmp_path: Path, made: str) -> None:
    """A member comes out with its name, size, media type and hash, under a plain name of ours."""
    kind, make = MAKERS[made]
    found = take(tmp_path, make(tmp_path), kind)
    assert (found.problem, found.detail) == (None, "")
    [file] = found.files
    assert (file.name, file.bytes, file.media_type, file.role) == (NAME, len(TEXT), "text/plain", Role.OTHER)
    assert file.where == "a001"
    written = (tmp_path / "work" / file.where).read_bytes()
    assert written == TEXT
    assert file.sha256 == hashlib.sha256(TEXT).hexdigest()


GBK = "图片\\社區.jpg"  # the second byte of 社區's 區 and others may be a backslash in GBK


@pytest.mark.parametrize("flag", [False, True])
def test_gbk_names_with_and_without_the_flag(tmp_path: Path, flag: bool) -> None:
    """GBK bytes are read as such, also where the archive says that they are UTF-8, which zipfile takes for a fault."""
    raw = "社区活动照片.jpg".encode("gb18030")
    package = renamed(zipped({"x" * len(raw): photo(1)}), b"x" * len(raw), raw, flag=flag)
    [file] = take(tmp_path, package, FileType.ZIP).files
    assert (file.name, file.media_type, file.role) == ("社区活动照片.jpg", "image/jpeg", Role.PICTURE)


def test_a_backslash_within_a_gbk_character_parts_nothing(tmp_path: Path) -> None:
    """Windows' separator parts folders; the same byte as the second half of a character does not."""
    raw = "文件夹\\誠信.txt".encode("gbk")
    assert raw.count(b"\\") == 2
    [file] = take(tmp_path, renamed(zipped({"x" * len(raw): TEXT}), b"x" * len(raw), raw), FileType.ZIP).files
    assert file.name == "誠信.txt"


def test_the_unicode_path_field_wins(tmp_path: Path) -> None:
    """Where a zip carries the name a second time in Unicode, made of this name, that is the one."""
    field = "稿件.txt".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        info = zipfile.ZipInfo("????.txt")
        info.extra = struct.pack("<HHBL", 0x7075, 5 + len(field), 1, zlib.crc32(b"????.txt")) + field
        package.writestr(info, TEXT)
    assert [file.name for file in take(tmp_path, out.getvalue(), FileType.ZIP).files] == ["稿件.txt"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("/etc/cron.d/x", "x"),
        ("c:\\Windows\\win.ini", "win.ini"),
        ("照片\u202egpj.docx", "照片gpj.docx"),
        ("一\x07二\n三.txt", "一二 三.txt"),
        ("..", "a001.jpg"),
        ("稿" * 300 + ".docx", "稿" * 250 + ".docx"),
    ],
)
def test_a_strangers_path_is_only_shown(tmp_path: Path, path: str, shown: str) -> None:
    """The last part of a path is shown, clean and bounded; nothing is ever written where it says."""
    [file] = take(tmp_path, zipped({path: photo(1)}), FileType.ZIP).files
    assert file.name == shown
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["a001", "archive", "work"]


def test_the_same_name_twice_is_two_files(tmp_path: Path) -> None:
    """Files of one name, in two folders or the same, are both kept."""
    with pytest.warns(UserWarning, match="Duplicate"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for path, data in (("a/图.txt", b"1"), ("b/图.txt", b"2"), ("b/图.txt", b"3")):
                package.writestr(path, data)
    files = take(tmp_path, out.getvalue(), FileType.ZIP).files
    assert [(file.name, file.where) for file in files] == [("图.txt", "a001"), ("图.txt", "a002"), ("图.txt", "a003")]


def test_what_systems_put_beside_files_is_left_out(tmp_path: Path) -> None:
    """Folders, macOS's second files, Windows' thumbnails, Word's lock files are no files of a letter."""
    noise = ("图/", "__MACOSX/._稿.txt", "图/.DS_Store", "Thumbs.db", "desktop.ini", "~$稿件.docx", "._稿.txt")
    found = take(tmp_path, zipped({**dict.fromkeys(noise, b"noise"), "稿.txt": TEXT}), FileType.ZIP)
    assert [file.name for file in found.files] == ["稿.txt"]


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    """A link in a zip or a tar is passed over, and so is a device."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, kind in (("s", tarfile.SYMTYPE), ("h", tarfile.LNKTYPE), ("d", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    assert take(tmp_path, out.getvalue(), FileType.TAR) == Unpacked(problem=FileProblem.EMPTY)

    other = tmp_path / "other"
    other.mkdir()
    (other / "link").symlink_to("/etc/passwd")
    run(other, "zip", "-q", "-y", "links.zip", "link")
    (tmp_path / "zip").mkdir()
    assert take(tmp_path / "zip", (other / "links.zip").read_bytes(), FileType.ZIP).files == ()


LOCKED: dict[str, tuple[FileType, Callable[[Path], bytes], int]] = {
    "zip": (FileType.ZIP, lambda folder: by_program(folder, "zip", "-q", "-P", "secret", "{}"), 1),
    "zip, AES": (
        FileType.ZIP,
        lambda folder: by_program(folder, "7z", "a", "-tzip", "-mem=AES256", "-psecret", "{}"),
        1,
    ),
    "7z": (FileType.SEVENZIP, lambda folder: by_program(folder, "7z", "a", "-psecret", "{}"), 1),
    "7z, names too": (FileType.SEVENZIP, lambda folder: by_program(folder, "7z", "a", "-psecret", "-mhe=on", "{}"), 0),
    "rar 5": (FileType.RAR, lambda _: rar5({"a.txt": TEXT}, locked=True), 1),
    "rar 5, names too": (FileType.RAR, lambda _: rar5_locked(), 0),
    "rar 4": (FileType.RAR, lambda _: rar4({b"a.txt": TEXT}, file_flags=4), 1),
    "rar 4, names too": (FileType.RAR, lambda _: rar4({b"a.txt": TEXT}, flags=0x80), 0),
}


@pytest.mark.parametrize("made", LOCKED)
def test_a_password(tmp_path: Path, made: str) -> None:
    """An archive with a password is told as such, and its files where their names can be seen."""
    kind, make, seen = LOCKED[made]
    found = take(tmp_path, make(tmp_path), kind)
    assert found.problem is FileProblem.ENCRYPTED
    assert [(file.problem, file.where) for file in found.files] == [(FileProblem.ENCRYPTED, "")] * seen


def test_one_locked_file_locks_only_itself(tmp_path: Path) -> None:
    """Of a zip with a password on one file the others are taken out."""
    (tmp_path / "open.txt").write_bytes(TEXT)
    (tmp_path / "locked.txt").write_bytes(TEXT)
    run(tmp_path, "zip", "-q", "-P", "secret", "made.zip", "locked.txt")
    run(tmp_path, "zip", "-q", "made.zip", "open.txt")
    found = take(tmp_path, (tmp_path / "made.zip").read_bytes(), FileType.ZIP)
    assert found.problem is None
    assert [(file.name, file.problem) for file in found.files] == [
        ("locked.txt", FileProblem.ENCRYPTED),
        ("open.txt", None),
    ]


def test_one_broken_file_costs_only_itself(tmp_path: Path) -> None:
    """A member whose bytes were changed is damaged; the others come out."""
    package = bytearray(zipped({"a.txt": b"first" * 99, "b.txt": b"second" * 99}, zipfile.ZIP_STORED))
    package[package.find(b"firstfirst")] ^= 1
    found = take(tmp_path, bytes(package), FileType.ZIP)
    assert found.problem is None
    assert [(file.name, file.problem, file.where) for file in found.files] == [
        ("a.txt", FileProblem.DAMAGED, ""),
        ("b.txt", None, "a002"),
    ]


@pytest.mark.parametrize("made", ["7z", "rar 5", "tar.gz", "tar"])
def test_an_archive_that_was_cut_off(tmp_path: Path, made: str) -> None:
    """What is not all there is damaged, and nothing of half a file stays."""
    kind, make = MAKERS[made]
    data = make(tmp_path)
    found = take(tmp_path, data[: 700 if made == "tar" else len(data) * 2 // 3], kind)
    assert found.problem is FileProblem.DAMAGED
    assert all(file.problem is FileProblem.DAMAGED and not file.where for file in found.files)
    assert list((tmp_path / "work").iterdir()) == []


def test_a_solid_rar_4(tmp_path: Path) -> None:
    """Of a RAR 4 whose files are packed as one, what can be read comes out, and a zip is asked for."""
    found = take(tmp_path, rar4({b"a.txt": TEXT, b"b.txt": TEXT}, flags=8, file_flags=0x10), FileType.RAR)
    assert (found.problem, found.detail) == (FileProblem.UNSUPPORTED, "rar")


def test_a_rar_of_old(tmp_path: Path) -> None:
    """What is older than RAR 3 and fails is not supported, rather than damaged."""
    found = take(tmp_path, rar4({b"a.txt": TEXT, b"b.txt": TEXT}, version=20)[:-60], FileType.RAR)
    assert (found.problem, found.detail) == (FileProblem.UNSUPPORTED, "rar")


def test_deflate64(tmp_path: Path) -> None:
    """In a zip, as Windows packs large files, it is told as not supported."""
    data = by_program(tmp_path, "7z", "a", "-tzip", "-mm=Deflate64", "{}")
    [file] = take(tmp_path, data, FileType.ZIP).files
    assert (file.problem, file.detail, file.where) == (FileProblem.UNSUPPORTED, "method", "")


@pytest.mark.parametrize("flags", [1, 3])
def test_a_part_of_several_is_asked_for_whole(tmp_path: Path, flags: int) -> None:
    """A volume of a RAR alone is damaged, in the way that a part is, even if what is in it can be read."""
    found = take(tmp_path, rar5({"a.txt": TEXT}, flags=flags), FileType.RAR)
    assert (found.problem, found.detail) == (FileProblem.DAMAGED, "volume")


@pytest.mark.parametrize(
    ("compress", "name", "shown"),
    [
        (gzip.compress, "稿.txt.gz", "稿.txt"),
        (bz2.compress, "稿.txt.bz2", "稿.txt"),
        (lzma.compress, "稿.txt.xz", "稿.txt"),
        (gzip.compress, "", "a001"),
    ],
)
def test_one_compressed_file(tmp_path: Path, compress: Callable[[bytes], bytes], name: str, shown: str) -> None:
    """A single compressed file has the archive's name without its ending."""
    [file] = take(tmp_path, compress(TEXT), FileType.GZIP, name=name).files
    assert (file.name, file.bytes) == (shown, len(TEXT))


def test_a_compressed_file_that_knows_its_name(tmp_path: Path) -> None:
    """The name that gzip keeps in the file is the one."""
    (tmp_path / NAME).write_bytes(TEXT)
    run(tmp_path, "gzip", "--name", NAME)
    [file] = take(tmp_path, (tmp_path / f"{NAME}.gz").read_bytes(), FileType.GZIP, name="x.gz").files
    assert file.name == NAME


def test_what_members_are(tmp_path: Path) -> None:
    """Documents, pictures, letters and archives in an archive have their media types and roles."""
    letter = b"From: a@example.cn\r\nSubject: x\r\n\r\ntext\r\n"
    files = {
        "稿.docx": article("题目"),
        "图.bin": photo(1),
        "信.eml": letter,
        "包.zip": zipped({"x.txt": b"x"}),
        "空.txt": b"",
    }
    found = take(tmp_path, zipped(files), FileType.ZIP)
    assert [(file.name, file.role, file.problem) for file in found.files] == [
        ("稿.docx", Role.OTHER, None),
        ("图.bin", Role.PICTURE, None),
        ("信.eml", Role.FORWARDED, None),
        ("包.zip", Role.ARCHIVE, None),
        ("空.txt", Role.OTHER, FileProblem.EMPTY),
    ]


def test_an_archive_with_nothing_in_it(tmp_path: Path) -> None:
    """An empty zip is empty."""
    assert take(tmp_path, zipped({}), FileType.ZIP).problem is FileProblem.EMPTY


def test_zip64_and_a_zip_behind_something_else(tmp_path: Path) -> None:
    """A zip with 64-bit records is read, and one that has other bytes before its first member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package, package.open("大.txt", "w", force_zip64=True) as file:
        file.write(TEXT)
    package = out.getvalue()
    assert [file.bytes for file in take(tmp_path, package, FileType.ZIP).files] == [len(TEXT)]
    other = tmp_path / "other"
    other.mkdir()
    (other / "archive").write_bytes(b"PK\3\4" + bytes(50) + package)
    found = unpack(other / "archive", FileType.ZIP, other, WHERE, Budget())
    assert [file.bytes for file in found.files] == [len(TEXT)]
