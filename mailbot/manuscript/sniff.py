"""What a file is by its first bytes, never by its name."""

from __future__ import annotations

import mmap
from enum import StrEnum
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from mailbot.manuscript.packages import open_package


class FileType(StrEnum):
    """What the bytes are; DOCUMENT types may hold an article."""

    EMPTY = "empty"
    DOCX = "docx"
    ODT = "odt"
    OLE = "ole"  # .doc, .wps, and older spreadsheets
    ENCRYPTED = "encrypted"  # an Office file with a password
    PDF = "pdf"
    RTF = "rtf"
    IMAGE = "image"
    ARCHIVE = "archive"
    PROGRAM = "program"
    OFFICE = "office"  # a spreadsheet or slides
    BROKEN_ZIP = "broken_zip"
    UNKNOWN = "unknown"


DOCUMENTS = frozenset({FileType.DOCX, FileType.ODT, FileType.OLE, FileType.ENCRYPTED, FileType.PDF, FileType.RTF})

_MAGIC: tuple[tuple[bytes, FileType], ...] = (
    (b"%PDF-", FileType.PDF),
    (b"{\\rtf", FileType.RTF),
    (b"\xff\xd8\xff", FileType.IMAGE),
    (b"\x89PNG\r\n\x1a\n", FileType.IMAGE),
    (b"GIF8", FileType.IMAGE),
    (b"II*\0", FileType.IMAGE),
    (b"MM\0*", FileType.IMAGE),
    (b"Rar!\x1a\x07", FileType.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileType.ARCHIVE),
    (b"\x1f\x8b", FileType.ARCHIVE),
    (b"BZh", FileType.ARCHIVE),
    (b"\xfd7zXZ\0", FileType.ARCHIVE),
    (b"MZ", FileType.PROGRAM),
    (b"\x7fELF", FileType.PROGRAM),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream's name, [MS-OFFCRYPTO] 2.3.4.4
_HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})


def sniff(path: Path, name: str = "") -> FileType:
    """What the file is; text has no signature: there its `name` tells. `document.Unreadable` for a bomb."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return FileType.EMPTY
    if head.startswith(b"PK"):
        return _zip(path)
    if head.startswith(_OLE):
        return _ole(path)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return _other(head)


def _other(head: bytes) -> FileType:
    bitmap = head.startswith(b"BM") and head[6:10] == bytes(4)
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    heif = head[4:8] == b"ftyp" and head[8:12] in _HEIF
    if bitmap or webp or heif:
        return FileType.IMAGE
    return FileType.ARCHIVE if head[257:262] == b"ustar" else FileType.UNKNOWN


def _ole(path: Path) -> FileType:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return FileType.ENCRYPTED if data.find(_ENCRYPTED) >= 0 else FileType.OLE


def _zip(path: Path) -> FileType:
    try:
        with open_package(path) as package:
            return _package(package)
    except BadZipFile:
        return FileType.BROKEN_ZIP


def _package(package: ZipFile) -> FileType:
    names = set(package.namelist())
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return FileType.DOCX
        if any(name.startswith(("xl/", "ppt/")) for name in names):
            return FileType.OFFICE
    if "mimetype" in names and "content.xml" in names:
        kind = package.open("mimetype").read(200)
        return FileType.ODT if b"opendocument.text" in kind else FileType.OFFICE
    return FileType.ARCHIVE
