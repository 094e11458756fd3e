"""Pictures: what they are, and whether an enclosed file is the original of one that stands in a manuscript (clause 1b).

A perceptual hash survives shrinking, recompression and sharpening: the low frequencies of the picture, each above or
below their median. Pillow is loaded with the first picture only.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.manuscript.document import Unreadable
from mailbot.model import FileProblem

if TYPE_CHECKING:
    from PIL import Image

SAME = 6
"""Hashes that differ in at most so many of 64 bits are of one picture (shrunk, sharpened, recompressed: at most 2)."""
LIKELY = 10
"""Up to here they are if their shapes agree too (a cropped border: at most 8; other scenes: 16 and more)."""
SHAPE = 0.06
"""How far apart two aspect ratios may be, as a part of the larger."""
FULL_SIDE = 1600
"""Pixels of the longer side from which on an embedded picture may be the photograph itself: it fills a page's width in
print (13.5 cm at 300 dpi), and Word and WPS embed what they are given unless told to compress."""
_SIDE = 32
_LOW = 8


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of an image: width and height upright (after the EXIF orientation), `phash` of 64 bits."""

    width: int
    height: int
    bytes: int
    format: str
    phash: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


def preload() -> None:
    """Load Pillow and its common formats, so that the processes forked for letters need not."""
    from PIL import Image

    Image.preinit()


def look(source: bytes | Path) -> Look:
    """Open an image; Unreadable: UNSUPPORTED format, DAMAGED, or BOMB (more pixels than Pillow thinks safe)."""
    from PIL import Image, UnidentifiedImageError

    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
                return _look(image, size)
    except UnidentifiedImageError:
        raise Unreadable(FileProblem.UNSUPPORTED) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unreadable(FileProblem.BOMB) from None
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, struct.error):  # all that its decoders raise
        raise Unreadable(FileProblem.DAMAGED) from None


def _look(image: Image.Image, size: int) -> Look:
    from PIL import Image, ImageOps

    kind = (image.format or "").lower()
    width, height = image.size
    turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)  # EXIF orientation: lying on its side
    image.draft("L", (256, 256))  # a JPEG is decoded at the size that is needed
    upright = ImageOps.exif_transpose(image)
    small = _flat(upright).resize((_SIDE, _SIDE), resample=Image.Resampling.LANCZOS)
    if turned:
        width, height = height, width
    return Look(width, height, size, kind, _phash(small.tobytes()))


def _flat(image: Image.Image) -> Image.Image:
    """In grey, transparent parts on white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        image = Image.new("RGB", rgba.size, "white")
        image.paste(rgba, mask=rgba.getchannel("A"))
    return image.convert("L")


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


def distance(one: Look, other: Look) -> int:
    """In how many of 64 bits the hashes differ."""
    return (one.phash ^ other.phash).bit_count()


def is_original(candidate: Look, embedded: Look) -> bool:
    """Whether an enclosed image is the original of an embedded one: the same picture, and larger.

    Larger is more pixels, or as many and less compressed. A file that is no larger is just another copy; only where
    the embedded picture is of full size already, as large is enough: the contributor has no larger one.
    """
    size, embedded_size = (candidate.pixels, candidate.bytes), (embedded.pixels, embedded.bytes)
    full = max(embedded.width, embedded.height) >= FULL_SIDE
    enough = size >= embedded_size if full else size > embedded_size
    return enough and is_same(candidate, embedded)


def is_same(one: Look, other: Look) -> bool:
    """Whether two images show the same picture."""
    apart = distance(one, other)
    return apart <= SAME or (apart <= LIKELY and _same_shape(one, other))


def _same_shape(one: Look, other: Look) -> bool:
    ratios = sorted((one.width / max(1, one.height), other.width / max(1, other.height)))
    return ratios[0] >= ratios[1] * (1 - SHAPE)


def find_original(embedded: Look, candidates: Iterable[tuple[int, Look]]) -> int | None:
    """The key of the candidate that is nearest to the embedded picture among its originals, None without one."""
    return _nearest(embedded, ((key, look) for key, look in candidates if is_original(look, embedded)))


def find_copy(embedded: Look, candidates: Iterable[tuple[int, Look]]) -> int | None:
    """The key of the candidate that shows the same as the embedded picture and is nearest to it, None without one."""
    return _nearest(embedded, ((key, look) for key, look in candidates if is_same(look, embedded)))


def _nearest(embedded: Look, candidates: Iterable[tuple[int, Look]]) -> int | None:
    return min(((distance(look, embedded), key) for key, look in candidates), default=(0, None))[1]
