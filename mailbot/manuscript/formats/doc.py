"""OLE compound files under a document's name: .doc and .wps by Word and WPS; what is none of them is told apart.

A reading is checked by another that knows nothing of the format's tables: runs of common Chinese characters that lie
in the stream as they are. Where the two differ, `NeedsOffice`: too little text is a fault, not an answer.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.manuscript.active import active_in_ole
from mailbot.manuscript.document import Document, Embedded, NeedsOffice, Paragraph, Unreadable
from mailbot.manuscript.formats import word97
from mailbot.model import FileProblem

if TYPE_CHECKING:
    import olefile

TEXT_BYTES = 24 << 20
PICTURE_BYTES = 80 << 20
"""Of the stream Data, which holds all pictures."""
PICTURES = 500
DOUBTFUL = "doubtful"

_OTHERS = ("Workbook", "Book", "PowerPoint Document", "VisioDocument", "__properties_version1.0")
_WORKS = ("CONTENTS", "MatOST", "MN0")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ODD = re.compile(r"[\ufffd\ue000-\uf8ff\ud800-\udfff\u3400-\u4dbf\u0080-\u009f]")
_WESTERN = re.compile(r"[\u00a1-\u00ff]")
# Pictures as Office keeps them ([MS-ODRAW] 2.2.23): instance, type, length, one or two 16-byte marks, a tag byte.
_BLIP = re.compile(rb"[\x1d\x1e\x1f\x29\x2a]\xf0")
_DIB = 0xF01F
_TWO_MARKS = frozenset({0x46B, 0x6E3, 0x6E1, 0x7A9, 0x6E5})
_STARTS = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"II*\0": "tiff", b"MM\0*": "tiff"}


def read(path: Path) -> Document:
    """The document; Unreadable for what is none, NeedsOffice where our reading is doubtful."""
    with _opened(path) as ole:
        return _Compound(path, ole).document()


@contextmanager
def _opened(path: Path) -> Iterator[olefile.OleFileIO]:
    import olefile

    with path.open("rb") as file:
        head = file.read(34)
    # [MS-CFB] 2.2: sectors of 512 or 4096 bytes; olefile would ask for memory for any size it is told.
    if head[30:34] not in (b"\x09\0\x06\0", b"\x0c\0\x06\0"):
        raise Unreadable(FileProblem.DAMAGED)
    try:
        with olefile.OleFileIO(path) as ole:
            yield ole
    # olefile has no error of its own for all that is wrong in a file: these are what its source lets through.
    except (OSError, ValueError, TypeError, LookupError, AttributeError, struct.error, RecursionError, OverflowError):
        raise Unreadable(FileProblem.DAMAGED) from None


class _Compound:
    def __init__(self, path: Path, ole: olefile.OleFileIO) -> None:
        self._path = path
        self._ole = ole

    def document(self) -> Document:
        self._refuse_others()
        word = self._stream("WordDocument", TEXT_BYTES)
        (kind,) = struct.unpack_from("<H", word)
        if kind in word97.WORD6:
            raise NeedsOffice(self._by_bytes(word))
        if kind != word97.WORD97:
            raise Unreadable(FileProblem.DAMAGED)
        table = word97.table_name(word)
        try:
            text = word97.read(word, self._stream(table, TEXT_BYTES))
        except (struct.error, ValueError, IndexError, OSError):
            raise NeedsOffice(Unreadable(FileProblem.DAMAGED, DOUBTFUL)) from None
        found = replace(self._document(text.paragraphs, text.margins, word, table), page=text.page)
        return _checked(found, text.raw, word)

    def _refuse_others(self) -> None:
        exists = self._ole.exists
        if exists("EncryptedPackage"):
            raise Unreadable(FileProblem.ENCRYPTED)
        if exists("WordDocument"):
            return
        if any(map(exists, _OTHERS)):
            raise Unreadable(FileProblem.MISNAMED)
        if not self._ole.listdir():
            raise Unreadable(FileProblem.DAMAGED)
        unsupported = Unreadable(FileProblem.UNSUPPORTED)
        raise NeedsOffice(unsupported) if any(map(exists, _WORKS)) else unsupported

    def _document(self, paragraphs: list[Paragraph], margins: list[str], word: bytes, table: str) -> Document:
        pictures = tuple(self._pictures(word, table))
        return Document(tuple(paragraphs), tuple(dict.fromkeys(margins)), pictures, active_in_ole(self._ole))

    def _by_bytes(self, word: bytes) -> Document | Unreadable:
        """What is likely the text of a Word 6 document, if it reads as Chinese."""
        word97.table_name(word)
        text = word97.plain_ansi(word)
        if not text.strip() or _is_odd(text):
            return Unreadable(FileProblem.DAMAGED, DOUBTFUL)
        return self._document(word97.paragraphs_of(text), [], word, "")

    def _stream(self, name: str, most: int) -> bytes:
        if self._ole.get_size(name) > most:
            raise Unreadable(FileProblem.TOO_LARGE)
        return bytes(self._ole.openstream(name).read())

    def _pictures(self, word: bytes, table: str) -> Iterator[Embedded]:
        seen: set[bytes] = set()
        for name in ("Data", "WordDocument", table):
            if not name or not self._ole.exists(name):
                continue
            stream = word if name == "WordDocument" else self._stream(name, PICTURE_BYTES)
            for mark, kind, start, size in _blips(stream):
                if mark not in seen and len(seen) < PICTURES:
                    seen.add(mark)
                    yield Embedded(f"image{len(seen)}.{kind}", _Picture(self._path, name, start, size))


def _checked(found: Document, raw: str, word: bytes) -> Document:
    """The document when the other reading bears it out."""
    read_han, lying = len(_HAN.findall(raw)), _lying_han(word)
    if _is_odd(raw) or lying > 2 * read_han + 20:
        raise NeedsOffice(Unreadable(FileProblem.DAMAGED, DOUBTFUL))
    if not found.paragraphs and not found.pictures:
        raise Unreadable(FileProblem.EMPTY)
    if lying > read_han + read_han // 3 + 100:  # saved in a hurry: the stream keeps what was deleted
        raise NeedsOffice(found)
    return found


def _is_odd(text: str) -> bool:
    """Whether it looks like bytes read in the wrong way.

    Noise falls as often into rare and private blocks as into others; Chinese bytes read as Western are accents only.
    """
    odd, western = len(_ODD.findall(text)), len(_WESTERN.findall(text))
    return odd > 5 + len(text) // 20 or western > 5 + len(text) // 3


def _lying_han(word: bytes) -> int:
    """How many common Chinese characters lie in runs in the stream, in UTF-16 at even or at odd places."""
    return max(_common(word[shift:]) for shift in (0, 1))


def _common(data: bytes) -> int:
    text = data[: len(data) & ~1].decode("utf-16-le", "replace")
    return sum(len(_HAN.findall(run)) for run in _run().findall(text))


@cache
def _run() -> re.Pattern[str]:
    """Six or more characters of GB 2312's first level: chance makes no such run of other data."""
    level_1 = bytes(byte for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) for byte in (high, low))
    return re.compile(f"[{level_1.decode('gb2312', 'ignore')}，。、；：（）“”]{{6,}}")


def _blips(data: bytes) -> Iterator[tuple[bytes, str, int, int]]:
    """The bitmaps in a stream: their mark (a digest), kind, place and size."""
    at = 0
    while match := _BLIP.search(data, at):
        at = match.end()
        start = match.start() - 2
        if start < 0 or start + 8 > len(data):
            continue
        instance, kind, size = struct.unpack_from("<HHI", data, start)
        marks = 32 if instance >> 4 in _TWO_MARKS else 16
        body, end = start + 8 + marks + 1, start + 8 + size
        if size <= marks + 1 or end > len(data) or instance & 0x0F:
            continue
        head = data[body : body + 4]
        if kind == _DIB:
            name = "dib" if head == b"\x28\0\0\0" else ""
        else:
            name = next((name for magic, name in _STARTS.items() if head.startswith(magic)), "")
        if name:
            yield data[start + 8 : start + 24], name, body, end - body
            at = end


class _Picture:
    """Reads one picture out of its stream when called, and no more of the stream than that."""

    def __init__(self, path: Path, stream: str, start: int, size: int) -> None:
        self._where = (path, stream, start, size)

    def __call__(self) -> bytes:
        path, stream, start, size = self._where
        with _opened(path) as ole:
            data = _slice(ole, stream, start, size)
            return _bitmap(data) if data.startswith(b"\x28\0\0\0") else data


def _slice(ole: olefile.OleFileIO, name: str, start: int, size: int) -> bytes:
    entry = next(kid for kid in ole.root.kids if kid.name == name)
    if entry.size < ole.minisectorcutoff:
        return bytes(ole.openstream(name).read()[start : start + size])
    skipped, offset = divmod(start, ole.sectorsize)
    sector, data = entry.isectStart, []
    for number in range(skipped + (offset + size - 1) // ole.sectorsize + 1):
        if number:
            sector = ole.fat[sector]
        if number >= skipped:
            data.append(ole.getsect(sector))
    return b"".join(data)[offset : offset + size]


def _bitmap(data: bytes) -> bytes:
    """A .bmp of a bitmap without its file header (BITMAPFILEHEADER)."""
    bits, _, _, _, _, colours = struct.unpack_from("<HIIIII", data, 14)
    palette = 4 * (colours or (1 << bits if bits <= 8 else 0))
    return struct.pack("<2sIII", b"BM", 14 + len(data), 0, 54 + palette) + data
