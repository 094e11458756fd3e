"""What a file is by its first bytes; its name only tells where there is no signature, and what would run.

The order: what runs when it is opened (by name or bytes), then the table of signatures, then packages and containers
by a look into them, then text.
"""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile

from mailbot.manuscript.active import runs
from mailbot.manuscript.compound import root_names
from mailbot.manuscript.packages import open_package


class FileType(StrEnum):
    """What the bytes are; DOCUMENTS may hold an article, CONTAINERS hold files."""

    EMPTY = "empty"
    DOCX = "docx"
    ODT = "odt"
    OLE = "ole"  # Word's .doc, and .wps as WPS writes it
    ENCRYPTED = "encrypted"  # an Office file with a password
    PDF = "pdf"
    RTF = "rtf"
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    MHTML = "mhtml"
    MESSAGE = "message"  # a letter kept as a file, .eml
    IMAGE = "image"
    MEDIA = "media"  # film or sound
    ZIP = "zip"
    RAR = "rar"
    SEVENZIP = "7z"
    TAR = "tar"  # also when compressed
    GZIP = "gzip"  # one file, compressed by gzip, bzip2 or xz
    TNEF = "tnef"  # Outlook's winmail.dat
    PROGRAM = "program"
    OFFICE = "office"  # a spreadsheet, slides, a letter of Outlook
    BROKEN_ZIP = "broken_zip"
    UNKNOWN = "unknown"


TEXTS = frozenset({FileType.TEXT, FileType.MARKDOWN, FileType.HTML, FileType.MHTML})
DOCUMENTS = TEXTS | {FileType.DOCX, FileType.ODT, FileType.OLE, FileType.ENCRYPTED, FileType.PDF, FileType.RTF}
CONTAINERS = frozenset(
    {FileType.ZIP, FileType.RAR, FileType.SEVENZIP, FileType.TAR, FileType.GZIP, FileType.TNEF},
)

_HEAD = 8192
_SIGNATURES: tuple[tuple[int, bytes, FileType], ...] = (
    (0, b"{\\rtf", FileType.RTF),
    (0, b"\xff\xd8\xff", FileType.IMAGE),
    (0, b"\x89PNG\r\n\x1a\n", FileType.IMAGE),
    (0, b"GIF8", FileType.IMAGE),
    (0, b"II*\0", FileType.IMAGE),
    (0, b"MM\0*", FileType.IMAGE),
    (8, b"WEBP", FileType.IMAGE),
    (4, b"ftypheic", FileType.IMAGE),
    (4, b"ftypheix", FileType.IMAGE),
    (4, b"ftypheim", FileType.IMAGE),
    (4, b"ftypheis", FileType.IMAGE),
    (4, b"ftyphevc", FileType.IMAGE),
    (4, b"ftyphevx", FileType.IMAGE),
    (4, b"ftypmif1", FileType.IMAGE),
    (4, b"ftypmsf1", FileType.IMAGE),
    (4, b"ftypavif", FileType.IMAGE),
    (4, b"ftypavis", FileType.IMAGE),
    (4, b"ftyp", FileType.MEDIA),  # .mp4, .mov, .m4a, .3gp
    (4, b"moov", FileType.MEDIA),
    (4, b"mdat", FileType.MEDIA),
    (8, b"WAVE", FileType.MEDIA),
    (8, b"AVI ", FileType.MEDIA),
    (0, b"ID3", FileType.MEDIA),
    (0, b"\xff\xfb", FileType.MEDIA),  # .mp3 without a tag
    (0, b"\xff\xf3", FileType.MEDIA),
    (0, b"OggS", FileType.MEDIA),
    (0, b"fLaC", FileType.MEDIA),
    (0, b"FLV\1", FileType.MEDIA),
    (0, b"\x1aE\xdf\xa3", FileType.MEDIA),  # .mkv, .webm
    (0, b"\0\0\1\xba", FileType.MEDIA),  # .mpg
    (0, b"0&\xb2u\x8ef\xcf\x11", FileType.MEDIA),  # .wmv, .wma
    (0, b"#!AMR", FileType.MEDIA),
    (0, b"#!SILK", FileType.MEDIA),
    (1, b"#!SILK", FileType.MEDIA),  # a voice message of WeChat
    (0, b"Rar!\x1a\x07", FileType.RAR),
    (0, b"7z\xbc\xaf\x27\x1c", FileType.SEVENZIP),
    (257, b"ustar", FileType.TAR),
    (0, b'x\x9f>"', FileType.TNEF),
    (0, b"\x7fELF", FileType.PROGRAM),
    (0, b"\xfe\xed\xfa\xce", FileType.PROGRAM),  # Mach-O
    (0, b"\xfe\xed\xfa\xcf", FileType.PROGRAM),
    (0, b"\xce\xfa\xed\xfe", FileType.PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", FileType.PROGRAM),
    (0, b"\xca\xfe\xba\xbe", FileType.PROGRAM),
    (0, b"dex\n", FileType.PROGRAM),
    (0, b"#!", FileType.PROGRAM),
)
_ZIPS = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
_TEXTS = {
    ".txt": FileType.TEXT,
    ".text": FileType.TEXT,
    ".md": FileType.MARKDOWN,
    ".markdown": FileType.MARKDOWN,
    ".html": FileType.HTML,
    ".htm": FileType.HTML,
    ".xhtml": FileType.HTML,
    ".shtml": FileType.HTML,
    ".mht": FileType.MHTML,
    ".mhtml": FileType.MHTML,
}
_PROSE_NAMES = frozenset(("", ".doc", ".wps", ".docx", ".rtf"))
"""Names under which a text without a signature may be an article all the same."""
_WORD_NAMES = frozenset(("", ".doc", ".docx", ".dot", ".wps", ".wpt"))

_PAGE = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<html)", re.IGNORECASE | re.DOTALL
)
_HEADER_LINES = re.compile(rb"(?:[!-9;-~]{1,100}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2}")
_MIME = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_RELATED = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_NOT_TEXT = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_HAN = re.compile(r"[\u3400-\u9fff\u3001\u3002\uff00-\uff5e]")


def sniff(path: Path, name: str = "") -> FileType:
    """What the file is, that is called `name`. `document.Unreadable` for a bomb."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return FileType.EMPTY
    if runs(name) or (head.startswith(b"MZ") and b"\0" in head[:64]):
        return FileType.PROGRAM
    for at, signature, kind in _SIGNATURES:
        if head.startswith(signature, at):
            return kind
    suffix = PurePosixPath(name).suffix.lower()
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return FileType.IMAGE
    if head.startswith(_ZIPS):
        return _zip(path)
    if head.startswith(_OLE):
        return _ole(path, suffix)
    if head.startswith(_COMPRESSED):
        return FileType.TAR if _is_tar(_unpacked_start(path)) else FileType.GZIP
    if b"%PDF-" in head[:1024]:
        return FileType.PDF
    return FileType.TAR if _is_tar(head) else _text(head, suffix)


# --- Text, which has no signature


def _text(head: bytes, suffix: str) -> FileType:
    text = _decoded(head)
    if text is None:
        return FileType.UNKNOWN
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if suffix == ".eml":
        return FileType.MESSAGE if _HEADER_LINES.match(bare) else FileType.UNKNOWN
    by_name = _TEXTS.get(suffix)
    if by_name is None and suffix not in _PROSE_NAMES:
        return FileType.UNKNOWN
    if _MIME.search(bare) and _RELATED.search(bare) and _HEADER_LINES.match(bare):
        return FileType.MHTML  # Word's "web page in one file", often called .doc
    if _PAGE.match(bare):
        return FileType.HTML
    if by_name:
        return by_name
    return FileType.TEXT if len(_HAN.findall(text)) > len(text) // 2 else FileType.UNKNOWN


def _decoded(head: bytes) -> str | None:
    """The beginning of a text, None when it is none; half a character at the end is no fault."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        charsets: tuple[str, ...] = ("utf-16",)
    else:
        charsets = ("utf-8-sig", "gb18030")
    for charset in charsets:
        for end in range(len(head), max(len(head) - 4, 0), -1):
            try:
                text = head[:end].decode(charset)
            except UnicodeDecodeError:
                continue
            return None if _NOT_TEXT.search(text) else text
    return None


# --- Packages and containers, by a look into them


def _zip(path: Path) -> FileType:
    try:
        with open_package(path) as package:
            return _package(package)
    except UnicodeDecodeError:
        return FileType.ZIP
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
        try:
            with package.open("mimetype") as file:
                kind = file.read(200)
        except (BadZipFile, EOFError, OSError, RuntimeError, ValueError, struct.error, zlib.error, lzma.LZMAError):
            return FileType.BROKEN_ZIP
        return FileType.ODT if b"opendocument.text" in kind else FileType.OFFICE
    if "AndroidManifest.xml" in names or "META-INF/MANIFEST.MF" in names:
        return FileType.PROGRAM
    return FileType.ZIP


def _unpacked_start(path: Path) -> bytes:
    """The first KiB of a compressed file, b"" where there is none; bzip2 gives nothing before a block of 900 kB."""
    with path.open("rb") as file:
        data = file.read(1 << 20)
    starts: dict[bytes, Callable[[], bytes]] = {
        _COMPRESSED[0]: lambda: zlib.decompressobj(31).decompress(data, 1024),
        _COMPRESSED[1]: lambda: bz2.BZ2Decompressor().decompress(data, 1024),
        _COMPRESSED[2]: lambda: lzma.LZMADecompressor(memlimit=128 << 20).decompress(data, 1024),
    }
    try:
        return next(start() for magic, start in starts.items() if data.startswith(magic))
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
        return b""


def _is_tar(head: bytes) -> bool:
    """Whether this is the header of a tar's member; the oldest form has no signature, but a sum (POSIX.1 ustar)."""
    if len(head) < 512 or head[257:262] == b"ustar":
        return head[257:262] == b"ustar"
    told = head[148:156].strip(b" \0")
    total = sum(head[:148]) + 8 * ord(" ") + sum(head[156:512])
    return head[0] != 0 and re.fullmatch(rb"[0-7]{1,7}", told) is not None and int(told, 8) == total


def _ole(path: Path, suffix: str) -> FileType:
    names = root_names(path)
    if "encryptedpackage" in names:  # [MS-OFFCRYPTO] 2.3.4.4
        return FileType.ENCRYPTED
    word = "worddocument" in names or (not names and suffix in _WORD_NAMES)  # then its reader says what is broken
    return FileType.OLE if word else FileType.OFFICE
