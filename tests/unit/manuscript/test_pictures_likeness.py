"""Which enclosed image is the original of an embedded one."""

from __future__ import annotations

import random
import time
from functools import cache

import pytest
from PIL import Image

from mailbot.manuscript.likeness import Match, matches
from mailbot.manuscript.pictures import Look, look, preload
from tests.unit.manuscript.likeness_figures import Figures, measured
from tests.unit.manuscript.scenes import CHANGES, View, changed, encoded, photograph, siblings

PLACES = (2, 3)
SCREEN = "screenshot"


@cache
def image(place: int, moment: int = 0) -> Image.Image:
    """A photograph of a place; the moments are those of its siblings."""
    return photograph(View(place) if not moment else siblings(place)[moment - 1])


def original(place: int, moment: int = 0, width: int = 960) -> Look:
    """The photograph's file, maybe smaller."""
    picture = image(place, moment)
    return look(encoded(picture.resize((width, width * 3 // 4)), quality=90))


def copy(place: int, name: str = "resized", moment: int = 0) -> Look:
    """The photograph as it stands in a manuscript."""
    return look(changed(place, name, image(place, moment)))


def test_originals_are_found_whatever_was_done_to_the_picture() -> None:
    """A deterministic part of `python -m bench.pictures`: all changes, beside others of the same place."""
    figures = Figures()
    for place in PLACES:
        figures.add(measured(place, family=2))
    usual = [name for name in CHANGES if name != SCREEN]
    assert figures.precision() >= 0.99
    assert figures.recall(usual) >= 0.95
    assert figures.recall([SCREEN]) >= 0.6
    assert figures.deceived(figures.stranger) == 0
    assert figures.deceived(figures.sibling) <= 0.1


def test_photographs_of_one_hall_each_get_their_own() -> None:
    """Burst frames and later ones are told apart, in whatever order they are enclosed."""
    moments = [0, 1, 2, 3, 4]
    shuffled = random.Random(1).sample(moments, len(moments))
    found = matches([copy(3, moment=moment) for moment in moments], [original(3, moment) for moment in shuffled])
    assert [match.original for match in found] == [shuffled.index(moment) for moment in moments]


def test_a_file_is_the_original_of_one_picture() -> None:
    """The one that it agrees with best; the same picture embedded again shares it."""
    again = copy(3, "thumbnail")
    assert matches([copy(3), again], [original(3)]) == [Match(0), Match(0)]
    burst, true = copy(3, moment=2), copy(3)
    found = matches([burst, true], [original(3)])
    assert found[1] == Match(0)
    assert found[0] == Match()


def test_what_is_no_larger_is_a_copy() -> None:
    """As many pixels and bytes, or fewer, are no original; of several the larger ones are."""
    embedded = original(1)
    assert matches([embedded], [embedded]) == [Match(copy=0)]
    assert matches([embedded], [original(1, width=640)]) == [Match(copy=0)]
    assert matches([original(1, width=640)], [original(1, width=320), original(1)]) == [Match(original=1)]


def test_as_large_is_enough_where_nothing_can_be_larger() -> None:
    """A photograph embedded in full size has its original in the same file."""
    full = look(encoded(image(2).resize((1600, 1200)), quality=90))
    assert matches([full], [full]) == [Match(original=0)]
    worse = look(encoded(image(2).resize((1600, 1200)), quality=50))
    assert matches([full], [worse]) == [Match(copy=0)]


def test_the_original_may_be_a_heic() -> None:
    """A phone's own format is as good as any."""
    preload()
    heic = look(encoded(image(3).resize((640, 480)), "HEIF", quality=50, enc_params={"preset": "ultrafast"}))
    assert matches([copy(3, "thumbnail")], [original(1), heic]) == [Match(original=1)]


@pytest.mark.parametrize("colour", ["white", "black"])
def test_empty_pictures_match_nothing_else(colour: str) -> None:
    """A blank picture has no likeness, and breaks nothing; nor does one of a pixel, or a line."""
    blank = look(encoded(Image.new("RGB", (400, 300), colour)))
    line = look(encoded(Image.new("RGB", (3000, 1), "red")))
    dot = look(encoded(Image.new("RGB", (1, 1), "blue")))
    odd = [blank, line, dot]
    assert matches([*odd, copy(1)], [original(1), *odd])[3] == Match(original=0)
    assert [match.original for match in matches(odd, [original(1)])] == [None] * 3
    assert matches([], odd) == []
    assert matches(odd, []) == [Match()] * 3


def test_fifty_by_fifty_are_quick() -> None:
    """The matching of a large letter takes about two seconds of CPU, also when all pictures are of one hall."""
    enclosed = [original(3, moment) for moment in range(5)]
    embedded = [copy(3, name) for name in ("resized", "cropped 15 %", "watermarked", SCREEN, "turned")]
    start = time.process_time()
    matches(embedded * 10, enclosed * 10)
    assert time.process_time() - start < 6  # the machine may be busy
