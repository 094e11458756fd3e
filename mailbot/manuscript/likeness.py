"""Which enclosed image is the original of a picture in a manuscript (clause 1b), whatever was done to it since.

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
from itertools import pairwise, product
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
NEAR = 30
"""Hashes that differ in at most so many of their 128 bits make a pair a candidate."""
CANDIDATES = 4
"""So many files are laid upon each embedded picture: those with the nearest hashes."""
AGREEMENT = 0.9
"""The correlation of two views of one picture, at least."""
LIMIT = 0.1
"""A cell differs if its pixels are on average further apart than this part of the picture's contrast."""
STRANGE = 0.17
"""The part of the cells that may differ: a watermark, a line of text."""
SCATTERED = 0.065
"""The part that may differ outside of one band: people who moved stand all over the picture."""
SHAPE = 0.12
"""How far the proportions of a window may be from the other picture's before it is moved."""
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_STEPS = (0.0, 0.08, 0.16)
_GAP = 5
_LEAST = 0.2
_FAR = 129
_FINE = 64
_ROW = 8
_ROUNDS = ((16, 0.04, 0.4), (20, 0.02, 0.6), (24, 0.01, 0.75), (24, 0.005, 0.85), (40, 0.0025, 0.9))
"""How a window is moved: pixels a side that are looked at, the step, and the correlation below which it is given up."""
_THERE = 0.997
"""A window that agrees so well is not moved by this step."""
_SURE, _NEARER = 0.98, 4


@dataclass(frozen=True, slots=True)
class Match:
    """What belongs to an embedded picture: index of its original, or of a file that shows the same and is no larger."""

    original: int | None = None
    copy: int | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two views agree when laid upon each other: correlation, and the parts of their cells that differ.

    `strange` is the part of all cells, `scattered` that outside of the band of two rows with most of them.
    """

    agreement: float
    strange: float
    scattered: float

    @property
    def is_same(self) -> bool:
        return self.agreement >= AGREEMENT and self.strange <= STRANGE and self.scattered <= SCATTERED

    @property
    def score(self) -> float:
        return self.agreement - self.strange - self.scattered


def matches(embedded: Sequence[Look], enclosed: Sequence[Look]) -> list[Match]:
    """For each embedded picture its original among the enclosed ones, else a copy.

    One file is the original of one embedded picture only, unless these are beyond doubt the same picture again.
    """
    pairs = alike(embedded, enclosed)
    originals: dict[int, int] = {}
    owner: dict[int, int] = {}
    for score, picture, file in pairs:
        free = file not in owner or score > _SURE or _is_again(embedded[picture], embedded[owner[file]])
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


def alike(embedded: Sequence[Look], enclosed: Sequence[Look]) -> list[tuple[float, int, int]]:
    """All pairs of an embedded picture and a file that show the same, with their score; the best first."""
    pairs = _pairs([_View(look) for look in embedded], [_View(look) for look in enclosed])
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


def _pairs(pictures: list[_View], files: list[_View]) -> Iterator[tuple[float, int, int]]:
    for number, picture in enumerate(pictures):
        near = sorted((_fits(picture, file), n) for n, file in enumerate(files))
        most = NEAR
        for fits, n in near[:CANDIDATES]:
            for fit in fits:
                if fit.distance <= most and (likeness := fit.likeness(picture, files[n])).is_same:
                    yield likeness.score, number, n
                    if likeness.score > _SURE:  # only another copy of the same can be meant beside it
                        most = min(most, fit.distance + _NEARER)
                    break


# --- candidates


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How a pair may lie: the window of the outer one, the quarter turns of the inner one, which one is the outer.

    `distance` is that of their hashes then.
    """

    distance: int
    window: Box
    turns: int
    file_is_outer: bool

    def likeness(self, picture: _View, file: _View) -> Likeness:
        outer, inner = (file, picture) if self.file_is_outer else (picture, file)
        return _laid_upon(outer, inner, self.turns, self.window)


class _View:
    """A look, and what is worked out of it for all its pairs."""

    def __init__(self, look: Look) -> None:
        from PIL import Image

        self.image = Image.frombytes("L", (GREY, GREY), look.grey)
        self.aspect = look.width / max(1, look.height)
        self._goals: dict[tuple[int, int], _Normal] = {}
        self._fitting: dict[float, tuple[list[int], list[Box]]] = {}

    def turned(self, turns: int) -> Image.Image:
        from PIL import Image

        return self.image.transpose(Image.Transpose(turns + 1)) if turns else self.image  # ROTATE_90 is 2

    def goal(self, turns: int, side: int) -> _Normal:
        """The whole view, turned, with so many pixels a side."""
        if (turns, side) not in self._goals:
            self._goals[turns, side] = _Normal.of(_part(self.turned(turns), _WHOLE, side))
        return self._goals[turns, side]

    @cached_property
    def wholes(self) -> list[int]:
        """The hashes of the whole view turned by none, one, two, three quarters."""
        return [_hash(self.turned(turns), _WHOLE) for turns in range(4)]

    def windows(self, ratio: float) -> tuple[list[int], list[Box]]:
        """The windows that are about as wide by high (in parts of the view) as the ratio: their hashes and places."""
        ratio = round(ratio, 2)
        if ratio not in self._fitting:
            low, high = ratio * (1 - SHAPE), ratio * (1 + SHAPE)
            fitting = [
                (part, box)
                for part, box in self._windows
                if low * (box[3] - box[1]) <= box[2] - box[0] <= high * (box[3] - box[1])
            ]
            self._fitting[ratio] = [part for part, _ in fitting], [box for _, box in fitting]
        return self._fitting[ratio]

    @cached_property
    def _windows(self) -> list[tuple[int, Box]]:
        boxes = ((left, top, 1 - right, 1 - bottom) for left, top, right, bottom in product(_STEPS, repeat=4))
        return [(_hash(self.image, box), box) for box in boxes]

    @cached_property
    def framed(self) -> tuple[Box, int] | None:
        """What is within a frame, and its hash; None where there is no frame."""
        inside = _content(self.image)
        return None if inside == _WHOLE else (inside, _hash(self.image, inside))


def _ratio(outer: _View, inner: _View, turns: int) -> float:
    """Width by height of a window of the outer view, in its parts, that has the proportions of the inner one."""
    return (inner.aspect if turns % 2 == 0 else 1 / inner.aspect) / outer.aspect


def _fits(picture: _View, file: _View) -> list[_Fit]:
    """How a pair may lie, with the one and with the other as the outer one; the nearer hashes first."""
    fits = []
    for file_is_outer, outer, inner in ((True, file, picture), (False, picture, file)):
        best = _Fit(_FAR, _WHOLE, 0, file_is_outer)
        for turns, whole in enumerate(inner.wholes):
            hashes, boxes = outer.windows(_ratio(outer, inner, turns))
            distances = [(part ^ whole).bit_count() for part in hashes]
            nearest = min(distances, default=_FAR)
            if nearest < best.distance:
                best = _Fit(nearest, boxes[distances.index(nearest)], turns, file_is_outer)
        fits.append(best)
    if picture.framed:
        place, part = picture.framed
        fits.append(_Fit((part ^ file.wholes[0]).bit_count(), place, 0, False))
    return sorted(fits)


def _hash(image: Image.Image, box: Box) -> int:
    """128 bits: whether each of 8 x 8 cells is brighter than the next one to the right, and than the one below."""
    from PIL import ImageChops

    small = _resized(image, (9, 9), box)
    here = small.crop((0, 0, 8, 8))
    neighbours = (small.crop((1, 0, 9, 8)), small.crop((0, 1, 8, 9)))
    return int(b"".join(ImageChops.subtract(here, one).tobytes() for one in neighbours).translate(_DIGITS), 2)


_DIGITS = b"0" + b"1" * 255


def _content(image: Image.Image) -> Box:
    """What is within a frame of one grey (a screen, a page, a mount); all of it where there is no frame."""
    from PIL import Image

    data = image.tobytes()
    ring = data[:GREY] + data[-GREY:] + data[::GREY] + data[GREY - 1 :: GREY]
    frame = max(range(256), key=ring.count)
    if sum(1 for value in ring if abs(value - frame) <= 3) * 5 < len(ring):
        return _WHOLE
    other = image.point([255 * (abs(value - frame) > 6) for value in range(256)])
    top, bottom = _run(other.resize((1, GREY), Image.Resampling.BOX).tobytes())
    left, right = _run(other.resize((GREY, 1), Image.Resampling.BOX, box=(0, top, GREY, bottom)).tobytes())
    return left / GREY, top / GREY, right / GREY, bottom / GREY


def _run(lines: bytes) -> tuple[int, int]:
    """The longest run of lines that are mostly not of the frame, short gaps in it allowed; all where there is none."""
    best, start, last = (0, 0), -GREY, -GREY
    for n, share in enumerate(lines):
        if share >= 128:
            start = n if n - last > _GAP else start
            last = n
            best = max(best, (start, n + 1), key=lambda run: run[1] - run[0])
    return best if best[1] - best[0] >= GREY // 8 else (0, len(lines))


# --- two views laid upon each other


def _laid_upon(outer: _View, inner: _View, turns: int, window: Box) -> Likeness:
    """How the inner view agrees with the outer one's window, moved about until they agree best."""
    ratio = _ratio(outer, inner, turns)
    place = _start(window, ratio)
    for side, step, least in _ROUNDS:
        place, best = _moved(outer.image, inner.goal(turns, side), place, ratio, side, step)
        if best < least:
            return Likeness(best, 1.0, 1.0)
    left, top, right, bottom = _box(place, ratio)
    limit = LIMIT / sqrt((right - left) * (bottom - top))  # a small window is seen less sharply
    side = _FINE if min(right - left, bottom - top) * GREY >= _FINE else _FINE // 2
    seen = _part(outer.image, (left, top, right, bottom), side)
    return _compare(inner.goal(turns, side), _Normal.of(seen), limit, side)


def _moved(
    image: Image.Image, goal: _Normal, place: Place, ratio: float, side: int, step: float
) -> tuple[Place, float]:
    """The best place that is found in a few steps from this one, and the correlation there."""
    best = goal.correlation(_part(image, _box(place, ratio), side))
    for _ in range(3 if best < _THERE else 0):
        tries = [
            (goal.correlation(_part(image, _box(moved, ratio), side)), moved) for moved in _moves(place, step, ratio)
        ]
        found = max(tries, default=(best, place))
        if found[0] <= best:
            break
        best, place = found
    return place, best


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
    low = step / ratio
    moves = [(across - step, down, width), (across + step, down, width), (across, down - low, width)]
    moves.append((across, down + low, width))
    for x in (step, -step):  # a corner stays where it is
        for y in (low, -low):
            moves += [(across + x, down + y, width - 2 * step), (across + x, down + y, width + 2 * step)]
    return {_within(moved, ratio) for moved in moves if moved[2] > _LEAST} - {place}


def _part(image: Image.Image, box: Box, side: int) -> bytes:
    """The pixels of a part of an image, so many a side."""
    return _resized(image, (side, side), box).tobytes()


def _resized(image: Image.Image, size: tuple[int, int], box: Box) -> Image.Image:
    from PIL import Image

    left, top, right, bottom = box
    width, height = image.size
    place = left * width, top * height, right * width, bottom * height
    return image.resize(size, Image.Resampling.BILINEAR, box=place)


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


def _compare(one: _Normal, other: _Normal, limit: float, side: int) -> Likeness:
    """Correlation of two views, and how many of their cells differ but for brightness and contrast."""
    if not one.length or not other.length:
        return Likeness(0.0, 1.0, 1.0)
    common = sum(map(mul, one.values, other.values))
    agreement = common / (one.length * other.length)
    parts = [list(_pixels(cell, side)) for cell in range(_ROW * _ROW)]
    apart = _apart(one, other, common / (other.length * other.length), 0.0, parts)
    calm = sorted(range(len(parts)), key=apart.__getitem__)[: len(parts) * 3 // 4]
    gain, shift = _line(one, other, [part for cell in calm for part in parts[cell]])
    apart = _apart(one, other, gain, shift, parts)
    most = max(4.0, limit * one.length / side)
    rows = [sum(value > most for value in apart[n : n + _ROW]) for n in range(0, len(apart), _ROW)]
    strange = sum(rows)
    band = max(map(sum, pairwise(rows)))
    return Likeness(agreement, strange / len(apart), (strange - band) / len(apart))


def _pixels(cell: int, side: int) -> Iterator[slice]:
    """Where the pixels of a cell lie, row by row."""
    row, column = divmod(cell, _ROW)
    size = side // _ROW
    for y in range(row * size, (row + 1) * size):
        yield slice(y * side + column * size, y * side + (column + 1) * size)


def _apart(one: _Normal, other: _Normal, gain: float, shift: float, parts: list[list[slice]]) -> list[float]:
    """How far the pixels of each cell are apart on average, in steps of grey."""
    apart = [abs(a - gain * b - shift) for a, b in zip(one.values, other.values, strict=True)]
    return [sum(sum(apart[part]) for part in cell) / len(cell) ** 2 for cell in parts]


def _line(one: _Normal, other: _Normal, parts: list[slice]) -> tuple[float, float]:
    """Gain and shift that make the other's pixels in these parts those of the one (least squares)."""
    here = [value for part in parts for value in one.values[part]]
    there = [value for part in parts for value in other.values[part]]
    mean, other_mean = sum(here) / len(here), sum(there) / len(there)
    spread = sum(map(mul, there, there)) - len(there) * other_mean * other_mean
    gain = (sum(map(mul, here, there)) - len(here) * mean * other_mean) / spread if spread > 1 else 0.0
    return gain, mean - gain * other_mean
