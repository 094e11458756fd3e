"""Texts are known again by their sketches."""

from __future__ import annotations

import random
import re
from itertools import accumulate
from unicodedata import normalize
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.codec import clean
from mailbot.sketch import KEPT, RUN, SHORTEST, Sketch, letters_of, likeness, sketch, unpack

COMMON = [chr(0x4E00 + n) for n in range(3000)]
WEIGHTS = list(accumulate(1 / (n + 3) for n in range(3000)))


def sentences(seed: int, letters: int) -> list[str]:
    """Sentences of 10 to 45 characters, in which some are as frequent as in true texts."""
    dice = random.Random(seed)
    made: list[str] = []
    while sum(map(len, made)) < letters:
        made.append("".join(dice.choices(COMMON, cum_weights=WEIGHTS, k=dice.randint(10, 45))) + "。")
    return made


def of(text: str) -> Sketch:
    """The sketch of a text that is long enough."""
    made = sketch(text)
    assert made is not None
    return made


@given(st.integers(0, 10_000), st.integers(0, 50))
def test_blanks_punctuation_and_width_do_not_count(other_marks: int, seed: int) -> None:
    """The same text with other blanks, punctuation, case and width is 100 % the same."""
    dice = random.Random(other_marks)
    text = "".join(sentences(seed, 600)) + "Covid-19 abc"
    other = "".join(
        letter + dice.choice(["", "", "", " ", "\n", "，", "\u3000", "——"])
        for letter in text.replace("。", "；").upper()
    ).replace("1", "１")

    assert likeness(of(text), of(other)) == 100


@given(st.integers(0, 10_000))
def test_a_revised_text_is_much_the_same(seed: int) -> None:
    """With one sentence of twenty written anew, far more than 60 % are the same, and less than all."""
    text = sentences(seed, 1500)
    revised = [sentences(seed * 100 + n + 1, 20)[0] if n % 20 == 7 else one for n, one in enumerate(text)]

    assert 70 < likeness(of("".join(text)), of("".join(revised))) < 100


@given(st.integers(0, 10_000))
def test_texts_on_the_same_thing_are_not_the_same(seed: int) -> None:
    """Other sentences have next to nothing in common, even if a sentence is taken from the other."""
    one, other = sentences(seed, 1500), sentences(seed + 20_000, 1500)

    assert likeness(of("".join(one)), of("".join(other))) == 0
    assert likeness(of("".join(one)), of("".join([one[0], *other]))) < 20


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_hundred_means_that_all_letters_are_the_same(one: str, other: str) -> None:
    """Whatever the texts are, and likeness is the same from both sides."""
    first, second = sketch(one * 3), sketch(other * 3)
    assert (first is None) == (len(letters_of(one * 3)) < SHORTEST)
    if first is None or second is None:
        return

    assert (likeness(first, second) == 100) == (letters_of(one * 3) == letters_of(other * 3))
    assert likeness(first, second) == likeness(second, first)
    assert likeness(first, first) == 100


def test_one_letter_less_is_not_the_same() -> None:
    """A text that differs in one place only is 99 % the same at most."""
    text = "".join(sentences(1, 5000))

    assert 90 < likeness(of(text), of(text[:2500] + text[2501:])) < 100


@pytest.mark.parametrize("text", ["", "您好，附件是稿件，请查收。", "好" * (SHORTEST - 1), "，。！" * 200])
def test_short_texts_have_no_sketch(text: str) -> None:
    """Greetings, forms and ornaments are all alike."""
    assert sketch(text) is None


def test_a_sketch_is_the_same_tomorrow() -> None:
    """The ledger keeps sketches for years: another value here makes all of them useless."""
    made = of("社区居民议事会是基层群众自治的一种形式。" * 8)

    assert made.whole == "1c1906a2b90aa5ac6869864466471ad0"
    assert made.hashes[:3] == (117012481, 650249955, 954139296)
    assert unpack(made.whole, made.packed()) == made


def test_a_strangers_text_is_looked_at_in_part() -> None:
    """However long a text is, the same one is still known again, and lone surrogates do no harm."""
    text = "".join(sentences(3, 3000)) * 60 + "\ud800"

    assert likeness(of(text), of(text + "尾")) == 99
    assert len(of(text).packed()) <= 256


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("，。；：！？（）…　①℃㎡Ａ１e\u0301社区")), max_size=300
    )
)
def test_a_sketch_is_what_it_is_said_to_be(text: str) -> None:
    """The smallest hashes of all runs of letters of the normalized text: those in the ledger stay comparable."""
    text = clean(text)
    bare = "".join(re.findall(r"[^\W_]+", normalize("NFKC", text).casefold()))
    assert letters_of(text) == bare
    made = sketch(text)
    runs = {crc32(bare[at : at + RUN].encode("utf-32-le")) for at in range(len(bare) - RUN + 1)}
    assert made is None or made.hashes == tuple(sorted(runs)[:KEPT])
