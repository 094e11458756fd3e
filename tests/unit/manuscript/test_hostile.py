"""Hostile files in the sandbox itself, one warm child for all: what `tests/stories/test_hostile.py` does one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.manuscript.sandbox.reader import ChildReader
from mailbot.model import Reading
from tests.hostile import HOSTILE
from tests.hostile_more import MORE
from tests.unit.letter.build import leaf, letter
from tests.unit.manuscript.samples import article

TITLE = "花园社区的议事厅"
SECONDS = 10.0


@pytest.fixture(scope="module")
def reader() -> Iterator[ChildReader]:
    """A child as the service starts it."""
    reader = ChildReader(language="zh-CN")
    yield reader
    reader.close()


def attached(name: str, data: bytes) -> bytes:
    """A file as a part of a letter."""
    return leaf(f'Content-Type: application/octet-stream; name="{name}"', data)


def read(reader: ChildReader, folder: Path, *parts: bytes) -> tuple[Reading, float]:
    """What the letter holds, and the seconds that it took to be read."""
    raw, work = folder / "letter.eml", folder / "work"
    raw.write_bytes(letter(*parts, subject="投稿"))
    work.mkdir()
    start = time.monotonic()
    reading = reader.manuscripts(reader.letter(raw, work), work)
    return reading, time.monotonic() - start


@pytest.mark.parametrize("what", {**HOSTILE, **MORE})
def test_a_hostile_file_is_named_with_its_problem(reader: ChildReader, tmp_path: Path, what: str) -> None:
    """The article beside it is read, and nothing but the hostile file, or what lies in it, has a problem."""
    name, make, problems = (HOSTILE | MORE)[what]
    found, seconds = read(reader, tmp_path, attached(name, make()), attached("a.docx", article(TITLE)))
    assert TITLE in [manuscript.title for manuscript in found.manuscripts]
    told = {file.problem.value if file.problem else "" for file in found.files if file.name != "a.docx"}
    assert told & problems
    assert told <= problems | {""}
    assert seconds < SECONDS


def test_names_like_none_other_are_shown_bounded(reader: ChildReader, tmp_path: Path) -> None:
    """Names of dots, blanks, slashes, devices, options, NUL and 200 times the same: every document is read."""
    names = [".", "..", "   ", "///", "\\\\", "CON.docx", "-rf.docx", "a\0b.docx", ".docx", "x" * 5000 + ".docx"]
    document = article(TITLE)
    found, _ = read(reader, tmp_path, *(attached(name, document) for name in names))
    assert [manuscript.title for manuscript in found.manuscripts] == [TITLE] * len(found.manuscripts)
    assert len(found.files) == len(names)
    assert all(file.name.isprintable() and 0 < len(file.name) <= 255 for file in found.files)
    assert [file.name for file in found.files[5:7]] == ["CON.docx", "-rf.docx"]
    assert found.files[9].name.endswith("x.docx")


def test_two_hundred_files_of_one_name_are_all_kept(reader: ChildReader, tmp_path: Path) -> None:
    """None of them takes the place of another."""
    found, seconds = read(reader, tmp_path, *(attached("a.txt", b"%d" % number) for number in range(200)))
    assert len({file.where for file in found.files}) == 200
    assert seconds < SECONDS
