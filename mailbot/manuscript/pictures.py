"""Pictures: what an image file is, and a small view of it by which `likeness` knows it again.

Each file is decoded once, at the size that is needed where its format allows that. What it would cost is known from its
header: more than MEMORY is never begun. Only the formats of FORMATS are opened: Pillow knows others that run programs
(EPS) or cannot be drawn here (WMF). Pillow is loaded with the first picture.
"""

from __future__ import annotations

import io
import math
import re
import struct
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.manuscript.document import Unreadable
from mailbot.model import FileProblem, ImageFacts

if TYPE_CHECKING:
    from PIL import Image

Pixels = bytes

FORMATS = {
    "JPEG": "jpeg",
    "MPO": "jpeg",  # a JPEG with further ones behind it, as some phones write them
    "PNG": "png",
    "HEIF": "heic",
    "AVIF": "avif",
    "TIFF": "tiff",
    "WEBP": "webp",
    "BMP": "bmp",
    "GIF": "gif",
}
"""What is opened, by Pillow's name, and how we call it."""
MEMORY = 240_000_000
"""Bytes that the decoding of one picture may take (measured for each format, see `_cost`)."""
PIXELS = 89_000_000
"""More than so many are refused whatever they cost; Pillow's own bound."""
LACKING = 0.1
"""So much of a JPEG may be missing at its end: phones and chats cut the last bytes off, and the picture is still it."""
GREY = 128
"""The small view is a square of so many pixels a side, in grey."""
_SIDE = 32
_LOW = 8
_DRAFT = 256
_EXIF_BYTES = 65_536  # what fits in a JPEG's segment
_EXIF_TAGS = 200
_ORIENTATION, _DATE, _EXIF_IFD, _DATE_ORIGINAL = 0x0112, 0x0132, 0x8769, 0x9003  # Exif 2.32, tables 3 and 4
_EXIF_DATE = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of an image: width and height as it is to be looked at, `orientation` and `taken_at` by its EXIF.

    `phash` is a perceptual hash of 64 bits. `grey` is the upright picture, squeezed into GREY x GREY bytes.
    """

    width: int
    height: int
    bytes: int
    format: str
    phash: int
    grey: Pixels = b""
    orientation: int = 1
    taken_at: str = ""

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def image_facts(self) -> ImageFacts:
        return ImageFacts(
            width=self.width,
            height=self.height,
            format=self.format,
            orientation=self.orientation,
            taken_at=self.taken_at,
        )


@cache
def preload() -> None:
    """Load Pillow and the formats that are opened, so that the processes forked for letters need not.

    No decoder starts a thread: the processes of letters may not.
    """
    import pillow_heif
    from PIL import AvifImagePlugin, Image

    Image.preinit()
    for name in ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Tiff", "WebP"):
        import_module(f"PIL.{name}ImagePlugin")
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.register_heif_opener(decode_threads=1, depth_images=False, aux_images=False)


def look(source: bytes | Path) -> Look:
    """Open an image and look at its first frame.

    Unreadable: UNSUPPORTED (picture), DAMAGED (cut: the end is missing), BOMB (pixels: it would take too much memory).
    """
    from PIL import Image, UnidentifiedImageError

    preload()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; bounds are ours
            return _look(source)
    except UnidentifiedImageError:
        problem = FileProblem.DAMAGED if _is_known(_head(source)) else FileProblem.UNSUPPORTED
        raise Unreadable(problem, "" if problem is FileProblem.DAMAGED else "picture") from None
    except (Image.DecompressionBombError, MemoryError):
        raise Unreadable(FileProblem.BOMB, "pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, RuntimeError) as fault:
        raise Unreadable(FileProblem.DAMAGED, "cut" if "truncated" in str(fault) else "") from None
    except (struct.error, LookupError, TypeError, AttributeError, AssertionError):  # Pillow's on broken headers
        raise Unreadable(FileProblem.DAMAGED) from None


def _look(source: bytes | Path) -> Look:
    with _opened(source) as image:
        width, height = image.size
        if width * height > PIXELS or _cost(image) > MEMORY:
            raise Unreadable(FileProblem.BOMB, "pixels")
        kind = FORMATS[image.format or ""]
        turn, taken = _exif(source, image)
        small = _small(source, image)
    turned = 1 if kind in ("heic", "tiff") else turn  # these come upright; the tag only tells how it was held
    small = _upright(small, turned)
    if turned >= 5:
        width, height = height, width
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    grey = small.resize((GREY, GREY), resample=_lanczos())
    tiny = small.resize((_SIDE, _SIDE), resample=_lanczos())
    return Look(width, height, size, kind, _phash(tiny.tobytes()), grey.tobytes(), turn, taken)


def _opened(source: bytes | Path) -> Image.Image:
    from PIL import Image

    formats = tuple(name for name in FORMATS if name != "MPO")  # which JPEG's plugin opens
    return Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=formats)


def _head(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[:16]
    with source.open("rb") as file:
        return file.read(16)


def _is_known(head: bytes) -> bool:
    """Whether it begins as one of our formats does: then it is one, and broken."""
    begins = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM")
    return head.startswith(begins) or head[8:12] == b"WEBP" or head[4:8] == b"ftyp"


# --- what it costs, and the pixels


def _cost(image: Image.Image) -> int:
    """Bytes of memory that decoding takes at most, by what its header says.

    Measured on 48 million pixels: JPEG next to nothing (it is decoded at an eighth), but all its coefficients where
    it is progressive; HEIC 4.7 bytes a pixel, AVIF 9, WebP 16, TIFF up to twice its samples, others what Pillow keeps.
    """
    pixels = image.width * image.height
    kept = {"1": 1, "L": 1, "P": 1, "LA": 4, "I;16": 2, "I;16B": 2, "I;16L": 2}.get(image.mode, 4)
    if image.format in ("JPEG", "MPO"):
        return _coefficients(image) * 2 if image.info.get("progressive") else pixels // 16
    if image.format == "TIFF":
        return 2 * kept * pixels if _is_in_one_piece(image) else (kept + 1) * pixels
    return pixels * {"HEIF": 5, "AVIF": 9, "WEBP": 16, "GIF": 5}.get(image.format or "", kept)


def _coefficients(image: Image.Image) -> int:
    """How many there are in a JPEG, by the sampling of its layers (number, across, down, table)."""
    layers: list[tuple[int, int]] = [(across, down) for _, across, down, *_ in getattr(image, "layer", ())]
    full = max((across for across, _ in layers), default=1) * max((down for _, down in layers), default=1)
    return image.width * image.height * sum(across * down for across, down in layers) // max(1, full)


def _is_in_one_piece(image: Image.Image) -> bool:
    """Whether a TIFF has one strip for all of its rows (tag RowsPerStrip), which is decoded at once."""
    rows = getattr(image, "tag_v2", {}).get(278, image.height)
    return not isinstance(rows, int) or rows * 8 > image.height


def _small(source: bytes | Path, image: Image.Image) -> Image.Image:
    """The picture in grey, not much larger than GREY a side, as it lies in the file."""
    if image.format == "HEIF":
        return _small_heic(source, image)
    image.draft("L", (_DRAFT, _DRAFT))  # a JPEG is decoded at the size that is needed
    if image.format in ("JPEG", "MPO"):
        image = _decoded_jpeg(source, image)
    else:
        image.load()
    transparent = image.info.get("transparency")

    def band(top: int, bottom: int) -> Image.Image:
        part = image.crop((0, top, image.width, bottom))
        if transparent is not None:
            part.info["transparency"] = transparent
        return part

    return _reduced(image.size, band)


def _decoded_jpeg(source: bytes | Path, image: Image.Image) -> Image.Image:
    """The decoded JPEG, also where a little of its end is missing; OSError where more is."""
    from PIL import ImageFile

    try:
        image.load()
        return image
    except OSError:
        again = _opened(source)
        again.draft("L", (_DRAFT, _DRAFT))
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            again.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        if _lacking(again) > LACKING:
            raise
        return again


def _lacking(image: Image.Image) -> float:
    """How much of a picture's height at the bottom is of one colour: there is nothing of it in the file."""
    grey = image.convert("L")
    rows, data = grey.height, grey.tobytes()
    last = data[-1:] * grey.width
    empty = next((n for n in range(rows) if data[(rows - 1 - n) * grey.width :][: grey.width] != last), rows)
    return empty / rows


def _small_heic(source: bytes | Path, image: Image.Image) -> Image.Image:
    """From a thumbnail in the file that is a scaled copy of the picture; else from its pixels, uncopied."""
    import pillow_heif
    from PIL import Image

    if image.draft("L", (GREY, GREY)):
        image.load()
        return _reduced(image.size, lambda top, bottom: image.crop((0, top, image.width, bottom)))
    image.close()
    file = pillow_heif.open_heif(io.BytesIO(source) if isinstance(source, bytes) else source)
    data, stride, mode = memoryview(file.data), file.stride, file.mode

    def band(top: int, bottom: int) -> Image.Image:
        size = (file.size[0], bottom - top)
        return Image.frombuffer(mode, size, bytes(data[top * stride : bottom * stride]), "raw", mode, stride, 1)

    return _reduced(file.size, band)


def _reduced(size: tuple[int, int], band: Callable[[int, int], Image.Image]) -> Image.Image:
    """A picture in grey, from GREY pixels a side on where it has them, made band by band: no second large one."""
    from PIL import Image

    width, height = size
    across, down = max(1, width // (2 * GREY)), max(1, height // (2 * GREY))
    small = Image.new("L", (math.ceil(width / across), math.ceil(height / down)))
    step = down * 8
    for top in range(0, height, step):
        part = _flat(band(top, min(height, top + step))).reduce((across, down))
        small.paste(part, (0, top // down))
    return small


def _flat(image: Image.Image) -> Image.Image:
    """In grey, transparent parts on white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        image = Image.new("RGB", rgba.size, "white")
        image.paste(rgba, mask=rgba.getchannel("A"))
    elif image.mode.startswith("I"):  # 16 bits a pixel
        image = image.convert("I").point(lambda value: value * (1 / 257))
    return image.convert("L")


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    from PIL import Image

    turn = Image.Transpose
    turns = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_270,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _lanczos() -> Image.Resampling:
    from PIL import Image

    return Image.Resampling.LANCZOS


# --- EXIF


def _exif(source: bytes | Path, image: Image.Image) -> tuple[int, str]:
    """Orientation (1 to 8) and the camera's date; 1 and "" where there is none that makes sense.

    Read by ourselves: of a stranger's list of tags Pillow loads every value, however often the same bytes are named.
    """
    if image.format == "TIFF":  # its own tags
        data, start = source, 0
    else:
        raw = image.info.get("exif")
        data, start = (raw, 6 if raw.startswith(b"Exif\0\0") else 0) if isinstance(raw, bytes) else (b"", 0)
    with io.BytesIO(data[: _EXIF_BYTES + 6]) if isinstance(data, bytes) else data.open("rb") as file:
        tags = _Tags(file, start)
        first = dict(tags.entries(tags.first))
        turn = tags.number(first.get(_ORIENTATION))
        if image.format == "HEIF":
            turn = image.info.get("original_orientation") or 1
        camera = dict(tags.entries(tags.number(first.get(_EXIF_IFD))))
        taken = _date(tags.text(camera.get(_DATE_ORIGINAL))) or _date(tags.text(first.get(_DATE)))
    return (turn if 1 <= turn <= 8 else 1), taken


class _Tags:
    """The tags of a TIFF structure (TIFF 6.0, section 2) that begins at `start`: each is read when it is asked for."""

    def __init__(self, file: io.BufferedReader | io.BytesIO, start: int) -> None:
        self._file, self._start = file, start
        self._order = {b"II": "<", b"MM": ">"}.get(self._read(0, 2), "")
        self.first = self._unpack("I", self._read(4, 4)) if self._order else 0

    def entries(self, at: int) -> Iterator[tuple[int, bytes]]:
        """The list of tags at an offset, 0 for none: number, and the raw entry of 12 bytes."""
        if not at or not self._order:
            return
        count = self._unpack("H", self._read(at, 2))
        for n in range(min(count, _EXIF_TAGS)):
            entry = self._read(at + 2 + 12 * n, 12)
            if len(entry) < 12:
                return
            yield self._unpack("H", entry[:2]), entry

    def number(self, entry: bytes | None) -> int:
        """The value of a tag with one short or long number; 0 for any other."""
        if entry is None:
            return 0
        kind = self._unpack("H", entry[2:4])
        return {3: self._unpack("H", entry[8:10]), 4: self._unpack("I", entry[8:12])}.get(kind, 0)

    def text(self, entry: bytes | None) -> str:
        """The first 20 characters of a tag of ASCII; "" for any other."""
        if entry is None or self._unpack("H", entry[2:4]) != 2:
            return ""
        return self._read(self._unpack("I", entry[8:12]), 20).decode("ascii", "replace")

    def _read(self, at: int, size: int) -> bytes:
        self._file.seek(self._start + at)
        return self._file.read(size)

    def _unpack(self, kind: str, data: bytes) -> int:
        size = struct.calcsize(kind)
        return int(struct.unpack(self._order + kind, data[:size])[0]) if len(data) >= size else 0


def _date(text: str) -> str:
    """An EXIF date as ISO 8601; "" for what is none (zeros, blanks, a 31st of February)."""
    found = _EXIF_DATE.match(text)
    if not found:
        return ""
    try:
        return datetime(*map(int, found.groups())).isoformat()  # type: ignore[arg-type]  # noqa: DTZ001 - the camera's
    except ValueError:
        return ""


# --- the hash


@cache
def _cosines() -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(math.cos(math.pi * frequency * (2 * place + 1) / (2 * _SIDE)) for place in range(_SIDE))
        for frequency in range(_LOW)
    )


def _phash(grey: bytes) -> int:
    """64 bits: which of the 8 x 8 lowest frequencies (DCT-II) of a 32 x 32 picture are above their median."""
    cosines = _cosines()
    rows = [grey[start : start + _SIDE] for start in range(0, _SIDE * _SIDE, _SIDE)]
    across = [[sum(map(float.__mul__, wave, map(float, row))) for wave in cosines] for row in rows]
    columns = list(zip(*across, strict=True))
    values = [sum(map(float.__mul__, wave, column)) for wave in cosines for column in columns]
    middle = sorted(values[1:])[len(values) // 2 - 1]  # the first value is only the brightness
    return sum(1 << bit for bit, value in enumerate(values) if value > middle)
