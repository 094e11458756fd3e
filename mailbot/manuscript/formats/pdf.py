"""PDF (ISO 32000) by PDFium: the whole text in reading order, its pictures, and a problem where there is no text.

PDFium is not thread-safe, and a process that it kills is the reading child's loss. What it inflates is looked over
before it sees the file. Where the characters stand tells lines, columns and paragraphs: see `manuscript.layout`.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import math
import mmap
import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailbot.manuscript.document import Document, Embedded, Paragraph, Unreadable
from mailbot.manuscript.formats.layout import Page, paragraphs_of
from mailbot.manuscript.formats.lines import Glyph, Line, lines_of
from mailbot.model import FileProblem

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfImage, PdfPage, PdfTextPage

FILE_BYTES = 200 << 20
PAGES = 500
CHARACTERS = 600_000
OBJECTS = 200_000
"""So many things may be drawn on all pages together."""
INFLATED = 64 << 20
"""So many bytes one stream of drawing commands, fonts or objects may hold; all of them `TOTAL_INFLATED`."""
TOTAL_INFLATED = 256 << 20
STREAMS = 100_000
PICTURES = 200
PICTURE_BYTES = 64 << 20
PIXELS = 24_000_000
"""So many pixels a picture may have that is no JPEG and has to be drawn; JPEGs are handed on as they are."""
SMALL = 48
"""A picture with fewer pixels on a side is a bullet or a line."""
FIELDS = 500
GARBAGE = 0.3
"""Where so large a part of the characters means nothing, the fonts do not say which characters they draw."""
PROBED = 8
"""One character of so many is asked whether its font says what it means."""
HARDLY_ANY = 30
"""Characters on a page covered by pictures, up to which it is a scan."""

_STREAM = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"/Fl(?:ateDecode)?(?![A-Za-z0-9])")
_ACTIONS = ((b"/JavaScript", "macro"), (b"/Launch", "program"))
_PROGRAMS = (".exe", ".com", ".scr", ".bat", ".cmd", ".vbs", ".js", ".jse", ".ps1", ".msi", ".hta", ".lnk", ".jar")
_PASSWORD, _SECURITY = 4, 5  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_WIDGET, _FREE_TEXT = 20, 3  # FPDF_ANNOT_WIDGET, FPDF_ANNOT_FREETEXT
# Radicals that fonts name instead of the characters they look like (Unicode's EquivalentUnifiedIdeograph).
_RADICALS = {
    0x2E9F: 0x6BCD, 0x2EA0: 0x6C11, 0x2EC4: 0x897F, 0x2EC5: 0x89C1, 0x2EC6: 0x89D2, 0x2EC9: 0x8D1D,
    0x2ECB: 0x8F66, 0x2ED1: 0x9577, 0x2ED3: 0x957F, 0x2ED4: 0x95E8, 0x2ED8: 0x9752, 0x2ED9: 0x97E6,
    0x2EDA: 0x9875, 0x2EDB: 0x98CE, 0x2EDC: 0x98DE, 0x2EDD: 0x98DF, 0x2EE2: 0x9A6C, 0x2EE3: 0x9AA8,
    0x2EE4: 0x9B3C, 0x2EE5: 0x9C7C, 0x2EE6: 0x9E1F, 0x2EE7: 0x5364, 0x2EE8: 0x9EA6, 0x2EE9: 0x9EC4,
    0x2EEC: 0x9F50, 0x2EEE: 0x9F7F, 0x2EF0: 0x9F99,
}  # fmt: skip


def preload() -> None:
    """Load PDFium, so that the processes forked for letters need not."""
    import pypdfium2.raw  # noqa: F401 - loading it is the point


def read(path: Path) -> Document:
    """The document. Unreadable: ENCRYPTED; DAMAGED; TOO_LARGE; BOMB; EMPTY: "scanned", "unreadable_text", "no_text"."""
    active = _look_over(path)
    with _opened(path) as pdf:
        if len(pdf) > PAGES:
            raise Unreadable(FileProblem.TOO_LARGE, "pages")
        reader = _Reader(path, pdf)
        for number in range(len(pdf)):
            reader.read_page(number)
        document = reader.document()
        return Document(document.paragraphs, document.margins, document.pictures, active or _attached(pdf))


# --- before PDFium sees it --------------------------------------------------------------------------------------------


def _look_over(path: Path) -> str:
    """Refuse what is too large, cut off or a bomb; say what the file would do when opened, "" for nothing."""
    size = path.stat().st_size
    if size > FILE_BYTES:
        raise Unreadable(FileProblem.TOO_LARGE)
    if not size:
        raise Unreadable(FileProblem.EMPTY)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.rfind(b"%%EOF") < 0 or _linear_length(data) > size:
            raise Unreadable(FileProblem.DAMAGED, "cut_off")
        _refuse_bomb(data)
        return next((what for sign, what in _ACTIONS if data.find(sign) >= 0), "")


def _linear_length(data: mmap.mmap) -> int:
    """How long a file that is ordered for the web says that it is; its end may be missing, its first part not."""
    head = data[:1024]
    length = re.search(rb"/L\s{0,9}(\d{1,12})\b", head) if b"/Linearized" in head else None
    return int(length[1]) if length else 0


def _refuse_bomb(data: mmap.mmap) -> None:
    """Inflate all streams but pictures, a piece at a time: PDFium has no limit below a gigabyte for each."""
    total = 0
    for number, found in enumerate(_STREAM.finditer(data)):
        if number >= STREAMS:
            raise Unreadable(FileProblem.TOO_LARGE, "objects")
        start = found.end()
        head = data[max(0, start - 1024) : start].rpartition(b"obj")[2]
        times = len(_FLATE.findall(head))
        if not times or b"/Image" in head:
            continue
        total += _inflated(data, start, times)
        if total > TOTAL_INFLATED:
            raise Unreadable(FileProblem.BOMB)


def _inflated(data: mmap.mmap, start: int, times: int) -> int:
    """How many bytes the stream holds. Unreadable when it is a bomb; what is no zlib stream holds none."""
    chain = [zlib.decompressobj() for _ in range(min(times, 4))]
    count = 0
    with suppress(zlib.error):
        for at in range(start, len(data), 1 << 16):
            for size in _through(chain, data[at : at + (1 << 16)]):
                count += size
                if count > INFLATED:
                    raise Unreadable(FileProblem.BOMB)
            if chain[0].eof:
                break
    return count


def _through(chain: list[Any], piece: bytes) -> Iterator[int]:
    """What comes out of every stage of a chain of inflaters, in bytes; a stage that was none is left out."""
    while piece and not chain[0].eof:
        out = chain[0].decompress(piece, 1 << 20)
        piece = chain[0].unconsumed_tail
        yield len(out)
        if later := chain[1:]:
            try:
                yield from _through(later, out)
            except zlib.error:
                del chain[1:]


@contextmanager
def _opened(path: Path) -> Iterator[PdfDocument]:
    import pypdfium2

    with path.open("rb") as file:  # of a path it makes an absolute one, which `nobody` may not be able to follow
        try:
            pdf = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            locked = error.err_code in (_PASSWORD, _SECURITY)
            raise Unreadable(FileProblem.ENCRYPTED if locked else FileProblem.DAMAGED) from None
        with pdf:
            try:
                yield pdf
            except pypdfium2.PdfiumError:
                raise Unreadable(FileProblem.DAMAGED) from None


def _attached(pdf: PdfDocument) -> str:
    """ "macro" for a script of the whole document, "program" for an enclosed one, else ""."""
    import pypdfium2.raw as raw

    if raw.FPDFDoc_GetJavaScriptActionCount(pdf) > 0:
        return "macro"
    for number in range(min(pdf.count_attachments(), FIELDS)):
        if pdf.get_attachment(number).get_name().lower().rstrip(". ").endswith(_PROGRAMS):
            return "program"
    return ""


# --- pages ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Shown:
    """A picture's first showing: the page, and the how-manieth picture of that page it is."""

    page: int
    at: int
    size: tuple[int, int]
    covers: bool


@dataclass(slots=True)
class _Reader:
    """Reads page after page; bounds hold for all of them together."""

    path: Path
    pdf: PdfDocument
    pages: list[Page] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    watermarks: dict[str, None] = field(default_factory=dict)
    shown: dict[tuple[object, ...], _Shown] = field(default_factory=dict)
    characters: int = 0
    letters: int = 0
    meaningless: int = 0
    probed: int = 0
    unmapped: int = 0
    objects: int = 0
    covered: int = 0
    hashed: int = 0

    def read_page(self, number: int) -> None:
        page = self.pdf[number]
        try:
            text = page.get_textpage()
            try:
                before = self.letters
                self.pages.append(self._text(page, text))
                letters = self.letters - before
            finally:
                text.close()
            self._pictures(page, number, letters)
            self._fields(page)
        finally:
            page.close()

    def _text(self, page: PdfPage, text: PdfTextPage) -> Page:
        count = text.count_chars()
        self.characters += count
        if self.characters > CHARACTERS:
            raise Unreadable(FileProblem.TOO_LARGE, "text")
        turn = _Turn(page)
        lines = lines_of(self._glyphs(text, count, turn))
        for line in lines:
            line.size = _letter_size(text, line)
        slanted = [line for line in lines if _is_slanted(text, line)]
        if slanted:
            self.watermarks["".join(line.text for line in slanted)] = None
            dropped = set(map(id, slanted))
            lines = [line for line in lines if id(line) not in dropped]
        return Page(turn.width, turn.height, lines)

    def _glyphs(self, text: PdfTextPage, count: int, turn: _Turn) -> Iterator[tuple[int, Glyph]]:
        """The page's characters; line ends that PDFium puts between them are left to the layout."""
        import pypdfium2.raw as raw

        handle, box, last, high = text.raw, raw.FS_RECTF(), None, 0
        for index in range(count):
            code = raw.FPDFText_GetUnicode(handle, index)
            if index % PROBED == 0:
                self.probed += 1
                self.unmapped += raw.FPDFText_HasUnicodeMapError(handle, index) == 1
            if code in (0x0D, 0x0A):
                continue
            if 0xD800 <= code < 0xDC00:  # a character outside the first plane comes as two
                high = code
                continue
            if high and 0xDC00 <= code < 0xE000:
                code = 0x10000 + (high - 0xD800 << 10) + code - 0xDC00
            high = 0
            raw.FPDFText_GetLooseCharBox(handle, index, box)
            x0, y0, x1, y1 = turn.box(box.left, box.bottom, box.right, box.top)
            character = chr(code) if 0x3000 < code < 0xD800 or 0x20 < code < 0x7F else self._character(code)
            if character == " ":
                yield index, Glyph(" ", x0, y0, x1, y1, raw.FPDFText_IsGenerated(handle, index) != 1)
                continue
            self.letters += 1
            if (character, x0, y0) == last and _one_sign(handle, index):
                yield index, Glyph(character, x1, y0, x1 + 0.01, y1)  # its second character stands behind it
            else:
                last = (character, x0, y0)
                yield index, Glyph(character, x0, y0, x1, y1)

    def _character(self, code: int) -> str:
        """The character that is meant by an unusual one; counts those that mean nothing."""
        if code > 0x10FFFF or 0xD800 <= code < 0xE000 or (code < 0x20 and code not in (0x02, 0x09)):
            code = 0xFFFD
        character = chr(code)
        if character.isspace():
            return " "
        if 0x2F00 <= code < 0x2FE0 or 0xFB00 <= code < 0xFB07:  # radicals and ligatures for what they look like
            return unicodedata.normalize("NFKC", character)
        if code == 0xFFFD or unicodedata.category(character) in ("Co", "Cn"):
            self.meaningless += 1
        return chr(_RADICALS.get(code, code))

    def _pictures(self, page: PdfPage, number: int, letters: int) -> None:
        import pypdfium2.raw as raw

        width, height = page.get_size()
        area = 0.0
        self.objects += raw.FPDFPage_CountObjects(page)
        if self.objects > OBJECTS:
            raise Unreadable(FileProblem.TOO_LARGE, "objects")
        for at, image in enumerate(_images(page)):
            left, bottom, right, top = image.get_bounds()
            part = max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(top, height) - max(bottom, 0))
            part /= max(width * height, 1.0)
            area += part
            background = part > 0.8 and letters > HARDLY_ANY  # a page's scan under its text, or its wallpaper
            if not background and len(self.shown) < PICTURES:
                self._show(image, _Shown(number, at, image.get_px_size(), part > 0.8))
        self.covered += area > 0.5 and letters <= HARDLY_ANY

    def _show(self, image: PdfImage, shown: _Shown) -> None:
        """Note a picture that was not shown before. What is told by its bytes, until too many were looked at."""
        if min(shown.size) < SMALL:
            return
        import pypdfium2.raw as raw

        length = raw.FPDFImageObj_GetImageDataRaw(image, None, 0)
        self.hashed += length
        if self.hashed > FILE_BYTES:
            return
        digest = hashlib.sha1(bytes(image.get_data()), usedforsecurity=False).digest()
        self.shown.setdefault((shown.size, length, digest), shown)

    def _fields(self, page: PdfPage) -> None:
        """What was filled into a form's fields and written over the page."""
        import pypdfium2.raw as raw

        for number in range(min(raw.FPDFPage_GetAnnotCount(page), FIELDS)):
            note = raw.FPDFPage_GetAnnot(page, number)
            if not note:
                continue
            try:
                key = {_WIDGET: b"V", _FREE_TEXT: b"Contents"}.get(raw.FPDFAnnot_GetSubtype(note))
                value = _string(note, key) if key else ""
                if value and (key == b"Contents" or _string(note, b"FT") == "Tx") and len(self.fields) < FIELDS:
                    self.fields.append(value)
            finally:
                raw.FPDFPage_CloseAnnot(note)

    def document(self) -> Document:
        scans = self.covered > len(self.pages) / 2
        if self.meaningless > GARBAGE * max(self.letters, 1) or self.unmapped > GARBAGE * max(self.probed, 1):
            raise Unreadable(FileProblem.EMPTY, "unreadable_text")
        if scans and self.letters <= HARDLY_ANY * len(self.pages):
            raise Unreadable(FileProblem.EMPTY, "scanned")
        layout = paragraphs_of(self.pages)
        filled = [Paragraph(" ".join(value.split())) for value in self.fields]
        paragraphs = (*layout.paragraphs, *(paragraph for paragraph in filled if paragraph.text))
        pictures = tuple(
            Embedded(f"{number}.{shown.page + 1}", _Picture(self.path, shown).read)
            for number, shown in enumerate(self.shown.values(), 1)
        )
        if not paragraphs and not pictures:
            raise Unreadable(FileProblem.EMPTY, "no_text" if self.objects else "")
        return Document(paragraphs, (*layout.margins, *self.watermarks), pictures)


class _Turn:
    """Places on a page as they are seen, from its lower left corner: a page may be stored lying on its side."""

    def __init__(self, page: PdfPage) -> None:
        self._box = page.get_bbox()
        self._turned = page.get_rotation()
        left, bottom, right, top = self._box
        sides = right - left, top - bottom
        self.width, self.height = sides[::-1] if self._turned in (90, 270) else sides

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        left, bottom, right, top = self._box
        if self._turned == 90:
            return y0 - bottom, right - x1, y1 - bottom, right - x0
        if self._turned == 180:
            return right - x1, top - y1, right - x0, top - y0
        if self._turned == 270:
            return top - y1, x0 - left, top - y0, x1 - left
        return x0 - left, y0 - bottom, x1 - left, y1 - bottom


def _one_sign(handle: Any, index: int) -> bool:
    """Whether a character and the one before it are one drawn sign (a ligature, a long dash), not one drawn twice."""
    import pypdfium2.raw as raw

    here, before = (raw.FPDFText_GetTextObject(handle, at) for at in (index, index - 1))
    return bool(here and before) and ctypes.addressof(here.contents) == ctypes.addressof(before.contents)


def _letter_size(text: PdfTextPage, line: Line) -> float:
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(text, line.at)
    if raw.FPDFText_GetMatrix(text, line.at, matrix):
        size *= math.hypot(matrix.c, matrix.d)
    return size if 0.5 < size < 1000 else max(line.y1 - line.y0, 1.0)


def _is_slanted(text: PdfTextPage, line: Line) -> bool:
    """Whether it runs uphill or downhill: a watermark."""
    import pypdfium2.raw as raw

    return 5 < math.degrees(raw.FPDFText_GetCharAngle(text, line.at)) % 90 < 85


def _images(page: PdfPage) -> Iterator[PdfImage]:
    import pypdfium2.raw as raw

    for number, image in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)):
        if number >= 10 * PICTURES:
            return
        yield image


def _string(note: Any, key: bytes) -> str:
    import pypdfium2.raw as raw

    size = min(raw.FPDFAnnot_GetStringValue(note, key, None, 0), 1 << 16)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(note, key, buffer, size)
    return bytes(buffer)[: max(size - 2, 0)].decode("utf-16-le", "replace")


@dataclass(frozen=True, slots=True)
class _Picture:
    """Reads a picture when asked for: as the JPEG that it is, else drawn as PNG."""

    path: Path
    shown: _Shown

    def read(self) -> bytes:
        with _opened(self.path) as pdf:
            page = pdf[self.shown.page]
            try:
                for at, image in enumerate(_images(page)):
                    if at == self.shown.at:
                        return self._bytes(image)
            finally:
                page.close()
        raise Unreadable(FileProblem.DAMAGED)

    def _bytes(self, image: PdfImage) -> bytes:
        if image.get_filters()[-1:] == ["DCTDecode"]:
            data = bytes(image.get_data(decode_simple=True))
            if len(data) > PICTURE_BYTES:
                raise Unreadable(FileProblem.TOO_LARGE)
            return data
        width, height = self.shown.size
        if width * height > PIXELS:
            raise Unreadable(FileProblem.BOMB)
        bitmap = image.get_bitmap()
        try:
            out = io.BytesIO()
            bitmap.to_pil().save(out, "PNG", compress_level=1)
            return out.getvalue()
        finally:
            bitmap.close()
