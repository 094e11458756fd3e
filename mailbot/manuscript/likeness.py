"""Which enclosed image is the original of a picture in a manuscript (clause 1b), whatever was done to the picture since.

    every pair  --hashes of windows-->  a few candidates  --laid upon each other-->  how well they agree  --> assignment

1. Each view is hashed as a whole, turned by quarters, and in many windows, as somebody may have cropped it; a picture
   with a frame about it (a caption, a screen's bars) also in what is within the frame. A pair whose hashes are near
   somewhere is a candidate, with that window and turn.
2. A candidate's window is moved until both agree best, with the proportions kept. Then they are compared cell by cell,
   after brightness and contrast are made equal. Another photograph of the same hall agrees in its walls and not in its
   people; a watermark spoils a few cells only.
3. The best pairs are taken first; no file becomes the original of two different pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from operator import mul
from typing import TYPE_CHECKING

from mailbot.manuscript.pictures import GREY, Look

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as parts of a view."""

FULL_SIDE = 1600
"""Pixels of the longer side from which on an embedded picture may be the photograph itself: it fills a page's width in
print (13.5 cm at 300 dpi), and Word and WPS embed what they are given unless told to compress."""
NEAR = 44
"""Hashes that differ in at most so many of their 128 bits make a pair a candidate."""
CANDIDATES = 5
"""So many of them are laid upon each other for each embedded picture: those with the nearest hashes."""
AGREEMENT = 0.9
"""The correlation of two views of one picture, at least."""
STRANGE = 0.12
"""The part of their cells that may differ: a watermark, a caption."""
SHAPE = 0.12
"""How far the proportions of a window may be from the other picture's before it is moved."""
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_STEPS = (0.0, 0.08, 0.16)
_COARSE, _FINE, _CELL = 24, 64, 8


@dataclass(frozen=True, slots=True)
class Match:
    """What belongs to an embedded picture: index of its original, or of a file that shows the same and is no larger."""

    original: int | None = None
    copy: int | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two views agree when laid upon each other: correlation, and the part of the cells that differ."""

    agreement: float
    strange: float

    @property
    def is_same(self) -> bool:
        return self.agreement >= AGREEMENT and self.strange <= STRANGE

    @property
    def score(self) -> float:
        return self.agreement - self.strange


def matches(embedded: Sequence[Look], enclosed: Sequence[Look]) -> list[Match]:
    """For each embedded picture its original among the enclosed ones, else a copy.

    One file is the original of one embedded picture only, unless these are the same picture again.
    """
    pictures, files = [_View(look) for look in embedded], [_View(look) for look in enclosed]
    pairs = sorted(_pairs(pictures, files), key=lambda pair: (-pair[0], pair[1], pair[2]))
    originals: dict[int, int] = {}
    owner: dict[int, int] = {}
    for _, picture, file in pairs:
        free = file not in owner or _is_again(embedded[picture], embedded[owner[file]])
        if picture not in originals and free and is_large_enough(enclosed[file], embedded[picture]):
            originals[picture] = file
            owner.setdefault(file, picture)
    copies: dict[int, int] = {}
    for _, picture, file in pairs:
        if picture not in originals and file not in owner:
            copies.setdefault(picture, file)
    return [Match(originals.get(n), copies.get(n)) for n in range(len(embedded))]


def is_large_enough(candidate: Look, embedded: Look) -> bool:
    """Whether an enclosed image that shows the same as an embedded one is its original: it has to be larger.

    Larger is more pixels, or as many and less compressed. A file that is no larger is just another copy; only where
    the embedded picture is of full size already, as large is enough: the contributor has no larger one.
    """
    size, embedded_size = (candidate.pixels, candidate.bytes), (embedded.pixels, embedded.bytes)
    full = max(embedded.width, embedded.height) >= FULL_SIDE
    return size >= embedded_size if full else size > embedded_size


def _is_again(one: Look, other: Look) -> bool:
    """Whether two embedded pictures are the same one twice, maybe compressed anew."""
    apart = sum(abs(a - b) for a, b in zip(one.grey[::16], other.grey[::16], strict=True)) * 16
    return apart <= 3 * len(one.grey)


def _pairs(pictures: list[_View], files: list[_View]) -> Iterator[tuple[float, int, int]]:
    """Score, embedded picture and file of all pairs that show the same."""
    for number, picture in enumerate(pictures):
        near = sorted((*_nearest(picture, file), n) for n, file in enumerate(files))
        for distance, fit, n in near[:CANDIDATES]:
            if distance <= NEAR:
                likeness = fit.likeness(picture, files[n])
                if likeness.is_same:
                    yield likeness.score, number, n


# --- candidates


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How a pair may lie: the window of the outer one, the quarter turns of the inner one, which one is the outer."""

    window: Box
    turns: int
    file_is_outer: bool

    def likeness(self, picture: _View, file: _View) -> Likeness:
        outer, inner = (file, picture) if self.file_is_outer else (picture, file)
        return _laid_upon(outer, inner.turned(self.turns), self.window, _ratio(outer, inner, self.turns))


class _View:
    """A look, and what is worked out of it for all its pairs."""

    def __init__(self, look: Look) -> None:
        from PIL import Image

        self.look = look
        self.image = Image.frombytes("L", (GREY, GREY), look.grey)
        self.aspect = look.width / max(1, look.height)
        self._turned = {0: self.image}

    def turned(self, turns: int) -> Image.Image:
        from PIL import Image

        if turns not in self._turned:
            self._turned[turns] = self.image.transpose(Image.Transpose(turns + 1))  # ROTATE_90 is 2
        return self._turned[turns]

    @cached_property
    def wholes(self) -> list[tuple[int, int]]:
        """Turns, and the hash of the whole view turned so."""
        return [(turns, _hash(self.turned(turns), _WHOLE)) for turns in range(4)]

    @cached_property
    def windows(self) -> list[tuple[int, float, Box]]:
        """Hash, proportions (as a part of the view's own) and place of each window."""
        return [(_hash(self.image, box), (box[2] - box[0]) / (box[3] - box[1]), box) for box in self._boxes()]

    def _boxes(self) -> Iterator[Box]:
        for left in _STEPS:
            for top in _STEPS:
                for right in _STEPS:
                    for bottom in _STEPS:
                        yield (left, top, 1 - right, 1 - bottom)
        inside = _content(self.image)
        if inside != _WHOLE:
            yield inside


def _ratio(outer: _View, inner: _View, turns: int) -> float:
    """Width by height of a window of the outer view, in its parts, that has the proportions of the inner one."""
    return (inner.aspect if turns % 2 == 0 else 1 / inner.aspect) / outer.aspect


def _nearest(picture: _View, file: _View) -> tuple[int, _Fit]:
    """The least distance of the hashes of a pair, and how they lie then."""
    best, fit = 1 << 16, _Fit(_WHOLE, 0, True)
    for file_is_outer, outer, inner in ((True, file, picture), (False, picture, file)):
        for turns, whole in inner.wholes:
            ratio = _ratio(outer, inner, turns)
            low, high = ratio * (1 - SHAPE), ratio * (1 + SHAPE)
            found = min(
                (((part ^ whole).bit_count(), box) for part, shape, box in outer.windows if low <= shape <= high),
                default=None,
            )
            if found and found[0] < best:
                best, fit = found[0], _Fit(found[1], turns, file_is_outer)
    return best, fit


def _hash(image: Image.Image, box: Box) -> int:
    """128 bits: whether each of 8 x 8 cells is brighter than the next one to the right, and than the one below."""
    from PIL import Image, ImageChops

    small = image.resize((9, 9), Image.Resampling.BILINEAR, box=_pixels(box))
    here = small.crop((0, 0, 8, 8))
    bits = b""
    for neighbour in (small.crop((1, 0, 9, 8)), small.crop((0, 1, 8, 9))):
        bits += ImageChops.subtract(here, neighbour).point(_SIGN, "1").tobytes()
    return int.from_bytes(bits, "big")


_SIGN = [0] + [255] * 255


def _pixels(box: Box) -> Box:
    left, top, right, bottom = box
    return left * GREY, top * GREY, right * GREY, bottom * GREY


def _content(image: Image.Image) -> Box:
    """What is within a frame: the longest run of rows that are not of one grey for the most part, then of columns."""
    top, bottom = _busy(image.tobytes())
    rows = image.crop((0, top, GREY, bottom))
    from PIL import Image

    left, right = _busy(rows.transpose(Image.Transpose.TRANSPOSE).resize((bottom - top, GREY)).tobytes(), bottom - top)
    return left / GREY, top / GREY, right / GREY, bottom / GREY


def _busy(data: bytes, width: int = GREY) -> tuple[int, int]:
    """The longest run of busy rows; all where there is hardly one."""
    best, start = (0, 0), None
    for n in range(GREY + 1):
        busy = n < GREY and _is_busy(data[n * width : (n + 1) * width])
        if busy and start is None:
            start = n
        elif not busy and start is not None:
            best, start = max(best, (start, n), key=lambda run: run[1] - run[0]), None
    return best if best[1] - best[0] >= GREY // 8 else (0, GREY)


def _is_busy(row: bytes) -> bool:
    middle = sorted(row)[len(row) // 2]
    return sum(1 for value in row if abs(value - middle) > 6) * 3 > len(row)


# --- two views laid upon each other


def _laid_upon(outer: _View, inner: Image.Image, window: Box, ratio: float) -> Likeness:
    """How the inner view agrees with the outer one's window, moved about until they agree best."""
    place = _start(window, ratio)
    goal = _Normal.of(_part(inner, _WHOLE, _COARSE))
    best = goal.correlation(_part(outer.image, _box(place, ratio), _COARSE))
    for step in (0.04, 0.02, 0.01, 0.005):
        for _ in range(3):
            tries = [
                (goal.correlation(_part(outer.image, _box(moved, ratio), _COARSE)), moved)
                for moved in _moves(place, step, ratio)
            ]
            found = max(tries, default=(best, place))
            if found[0] <= best:
                break
            best, place = found
    return _compare(_part(inner, _WHOLE, _FINE), _part(outer.image, _box(place, ratio), _FINE))


Place = tuple[float, float, float]
"""The middle of a window across and down, and its width."""


def _start(window: Box, ratio: float) -> Place:
    left, top, right, bottom = window
    width = min(1.0, ratio, sqrt((right - left) * (bottom - top) * ratio))
    return _within(((left + right) / 2, (top + bottom) / 2, width), ratio)


def _within(place: Place, ratio: float) -> Place:
    across, down, width = place
    width = min(1.0, ratio, width)
    half, tall = width / 2, width / ratio / 2
    return min(max(across, half), 1 - half), min(max(down, tall), 1 - tall), width


def _box(place: Place, ratio: float) -> Box:
    across, down, width = place
    half, tall = width / 2, width / ratio / 2
    return max(0.0, across - half), max(0.0, down - tall), min(1.0, across + half), min(1.0, down + tall)


def _moves(place: Place, step: float, ratio: float) -> set[Place]:
    across, down, width = place
    moves = {
        _within(moved, ratio)
        for moved in (
            (across - step, down, width),
            (across + step, down, width),
            (across, down - step, width),
            (across, down + step, width),
            (across, down, width - 2 * step),
            (across, down, width + 2 * step),
        )
        if moved[2] > 0.2
    }
    return moves - {place}


def _part(image: Image.Image, box: Box, side: int) -> bytes:
    from PIL import Image

    return image.resize((side, side), Image.Resampling.BILINEAR, box=_pixels(box)).tobytes()


@dataclass(frozen=True, slots=True)
class _Normal:
    """A view's pixels less their mean, and the square root of their sum of squares."""

    values: tuple[float, ...]
    length: float

    @classmethod
    def of(cls, data: bytes) -> _Normal:
        mean = sum(data) / len(data)
        values = tuple(value - mean for value in data)
        return cls(values, sqrt(sum(map(mul, values, values))))

    def correlation(self, data: bytes) -> float:
        total = sum(data)
        spread = sum(map(mul, data, data)) - total * total / len(data)
        return sum(map(mul, self.values, data)) / (self.length * sqrt(spread)) if self.length and spread > 0 else 0.0


def _compare(inner: bytes, outer: bytes) -> Likeness:
    """Correlation of two views, and the part of their cells whose pixels are not where a line through all puts them."""
    one, other = _Normal.of(inner), _Normal.of(outer)
    if not one.length or not other.length:
        return Likeness(0.0, 1.0)
    product = sum(map(mul, one.values, other.values))
    gain = product / (other.length * other.length)
    limit = max(5.0, 0.3 * one.length / sqrt(len(inner)))
    apart = [abs(a - gain * b) for a, b in zip(one.values, other.values, strict=True)]
    strange = 0
    for row in range(0, _FINE, _CELL):
        for column in range(0, _FINE, _CELL):
            cell = (apart[(row + y) * _FINE + column :][:_CELL] for y in range(_CELL))
            strange += sum(map(sum, cell)) > limit * _CELL * _CELL
    return Likeness(product / (one.length * other.length), strange / (_FINE // _CELL) ** 2)
