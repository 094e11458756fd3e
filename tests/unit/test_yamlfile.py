"""YAML that people write: what it means, and what is said about mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.errors import Problem, UserError
from mailbot.yamlfile import load


def problem(text: str) -> Problem:
    with pytest.raises(UserError) as caught:
        load(text, "x.yaml")
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12:30", "12:30"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("010", "010"),
        ("2026-11-30", "2026-11-30"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        ("'12'", "12"),
        ('"null"', "null"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_value_means_what_it_looks_like(written: str, meant: object) -> None:
    """Only plain numbers, true, false and null are anything but text."""
    assert load(f"a: {written}\n", "x").data == {"a": meant}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\n\tb: 2\n", 2, "a tab stands"),
        ("a: [1,\nb: 2\n", 1, "bracket or brace is never closed"),
        ("a: 'x\nb: 2\n", 1, "quotation mark is never closed"),
        ("a: b: c\n", 1, "two keys stand in one line"),
        ("a:\n  - 1\n b: 2\n", 3, "indented differently"),
        ("a: @x\n", 1, "may not begin with this character"),
        ("a: *x\n", 1, "may not begin with *"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key `a` is there twice"),
        ("a: &x 1\n", 1, "anchors and aliases"),
        ("a: !secret 1\n", 1, "tags (!secret)"),
        ("a: 1\nb: \x01\n", 2, "invisible control character (U+0001)"),
        ("? [1]\n: 2\n", 1, "a key must be a plain word"),
    ],
)
def test_a_mistake_is_told_with_line_and_a_way_out(text: str, line: int, said: str) -> None:
    """Each mistake of syntax has a line, words that need no knowledge of parsers, and a hint."""
    found = problem(text)
    assert (found.file, found.line) == ("x.yaml", line)
    assert said in found.message
    assert found.hint


def test_a_full_width_colon_is_recognised() -> None:
    """The commonest slip with a Chinese keyboard is named as such."""
    assert "half-width colon" in (problem("名称：示例\nb: 2\n").hint or "")


def test_depth_and_size_are_bounded() -> None:
    """A file that nests or repeats without end is refused, not followed."""
    assert "nested too deeply" in problem("[" * 5000).message
    assert "longer than" in problem("a" * 1_000_001).message
    bomb = "a: &a [x, x]\nb: [*a, *a]\n"
    with pytest.raises(UserError, match="anchors and aliases"):
        load(bomb, "x.yaml")


def test_all_double_keys_come_in_one_go() -> None:
    """Also those in different groups."""
    with pytest.raises(UserError) as caught:
        load("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "x.yaml")
    assert [(found.line, found.column) for found in caught.value.problems] == [(2, 1), (5, 3)]


def test_a_place_is_found_also_for_what_is_missing() -> None:
    """A value is told at its place, a group at its key, and a missing one at what would hold it."""
    document = load("a:\n  - b: 1\n    c: {d: 2}\n", "x")
    assert document.locate(("a", 0, "b")) == (2, 8, "  - b: 1")
    assert document.locate(("a", 0, "c", "d")) == (3, 12, "    c: {d: 2}")
    assert document.locate(("a", 0, "c"))[:2] == (3, 5)
    assert document.locate(("a", 0, "x")) == document.locate(("a", 0))


def test_the_caret_stands_under_the_place() -> None:
    """Chinese characters are two columns wide in a terminal, and the caret knows."""
    assert str(Problem("x", "f", 1, 3, "社区: [", "do")) == "f:1:3: x\n    社区: [\n        ^\n    do"


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    """Whatever stands in the file, the answer is data or a UserError, and problems can be shown."""
    try:
        load(text, "x.yaml")
    except UserError as error:
        assert str(error)


@given(st.text(alphabet="ab:-[]{}'\"&*!|>#%@,? \n\t\u2028\x85：0", max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_punctuation_is_read_or_refused_politely(text: str) -> None:
    """The same for texts made of YAML's own signs."""
    try:
        load(text, "x.yaml")
    except UserError as error:
        assert str(error)
