""".doc and .wps: true files of LibreOffice, and the same files spoilt in the ways that are met."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import olefile
import pytest

from mailbot.manuscript.document import Document, NeedsOffice, Unreadable
from mailbot.manuscript.formats.doc import _is_odd, read
from mailbot.manuscript.formats.word97 import paragraphs_of
from mailbot.model import FileProblem
from tests.unit.manuscript import true_samples as true


def spoilt(tmp_path: Path, change: Callable[[bytearray], None], name: str = "full.doc") -> Path:
    """The sample with its stream WordDocument changed, its length kept."""
    path = tmp_path / "x.doc"
    path.write_bytes(true.sample(name))
    with olefile.OleFileIO(path, write_mode=True) as ole:
        word = bytearray(ole.openstream("WordDocument").read())
        change(word)
        ole.write_stream("WordDocument", bytes(word))
    return path


def renamed(tmp_path: Path, old: str, new: str) -> Path:
    """The sample with one of its streams under another name."""
    data = true.sample("full.doc")
    at = data.index(old.encode("utf-16-le") + b"\0\0")
    entry = new.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(new) + 2)
    path = tmp_path / "x.doc"
    path.write_bytes(data[:at] + entry + data[at + 66 :])
    return path


def needed(path: Path) -> Document | Unreadable:
    """What is to be done where there is no office program."""
    with pytest.raises(NeedsOffice) as raised:
        read(path)
    return raised.value.otherwise


def problem(path: Path) -> FileProblem:
    """What its contributor is told."""
    with pytest.raises(Unreadable) as raised:
        read(path)
    return raised.value.problem


def test_a_document_with_a_password_is_told(tmp_path: Path) -> None:
    """The flag in its head says so; the text behind it would be noise."""

    def lock(word: bytearray) -> None:
        word[0x0B] |= 1

    assert problem(spoilt(tmp_path, lock)) is FileProblem.ENCRYPTED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("EncryptedPackage", FileProblem.ENCRYPTED),
        ("Workbook", FileProblem.MISNAMED),
        ("PowerPoint Document", FileProblem.MISNAMED),
        ("Anything", FileProblem.UNSUPPORTED),
    ],
)
def test_other_compound_files_are_told_apart(tmp_path: Path, name: str, expected: FileProblem) -> None:
    """A spreadsheet, slides, an encrypted package or nothing known under the name of a document."""
    assert problem(renamed(tmp_path, "WordDocument", name)) is expected


def test_a_file_of_works_is_left_to_an_office_program(tmp_path: Path) -> None:
    """Microsoft Works also wrote .wps; what is in it we cannot read."""
    otherwise = needed(renamed(tmp_path, "WordDocument", "CONTENTS"))
    assert isinstance(otherwise, Unreadable)
    assert otherwise.problem is FileProblem.UNSUPPORTED


def test_macros_are_told(tmp_path: Path) -> None:
    """A storage of macros is in the file."""
    assert read(renamed(tmp_path, "\x05SummaryInformation", "Macros")).active == "macro"


def test_text_that_the_tables_do_not_lead_to_is_missed(tmp_path: Path) -> None:
    """The second reading finds what the first lost: too little text is doubtful, not an answer."""

    def shorten(word: bytearray) -> None:
        struct.pack_into("<I", word, 0x4C, 0)  # the main text has no characters

    def lose(word: bytearray) -> None:
        struct.pack_into("<I", word, 0x1A2, 0)  # the table of pieces is elsewhere

    for change in (shorten, lose):
        otherwise = needed(spoilt(tmp_path, change))
        assert isinstance(otherwise, Unreadable)
        assert (otherwise.problem, otherwise.detail) == (FileProblem.DAMAGED, "doubtful")


def test_noise_is_doubtful(tmp_path: Path) -> None:
    """Text that was read in the wrong way looks like no article."""

    def stir(word: bytearray) -> None:
        start, end = struct.unpack_from("<II", word, 0x18)
        word[start:end] = random.Random(7).randbytes(end - start)

    otherwise = needed(spoilt(tmp_path, stir))
    assert isinstance(otherwise, Unreadable)
    assert otherwise.detail == "doubtful"


@pytest.mark.parametrize(
    "text", ["ئۇيغۇرچە ماقالە", "བོད་ཡིག་གི་རྩོམ་ཡིག", "Une élève très âgée", "조선말 글", "鄕土文化與社區"]
)
def test_other_scripts_are_no_noise(text: str) -> None:
    """Uyghur, Tibetan, Korean, French and traditional Chinese are text."""
    assert not _is_odd(text * 20)


def test_chinese_bytes_read_as_western_are_noise() -> None:
    """What a piece table with a wrong flag makes of GBK."""
    assert _is_odd("社区治理经验".encode("gbk").decode("latin-1") * 20)


def test_word_95_is_read_as_well_as_can_be(tmp_path: Path) -> None:
    """Its text is one run of Chinese bytes: good enough where there is no office program."""
    text = "社区治理经验\r第一段，居民的事情居民商量着办。\r".encode("gb18030")

    def age(word: bytearray) -> None:
        struct.pack_into("<HH", word, 0, 0xA5DC, 104)
        struct.pack_into("<II", word, 0x18, 0x400, 0x400 + len(text))
        word[0x400 : 0x400 + len(text)] = text

    otherwise = needed(spoilt(tmp_path, age))
    assert isinstance(otherwise, Document)
    assert [paragraph.text for paragraph in otherwise.paragraphs] == [
        "社区治理经验",
        "第一段，居民的事情居民商量着办。",
    ]


def test_codes_of_fields_are_no_text() -> None:
    """Also when one lies in another; what a field shows is text."""
    text = '见\x13 HYPERLINK "\x13 DATE \x14今日\x15" \x14此处\x15。\r第二\x0b行\x07'
    assert [paragraph.text for paragraph in paragraphs_of(text)] == ["见此处。", "第二\n行"]


@pytest.mark.parametrize("shift", [b"\x1e\0\x06\0", b"\x09\0\x1f\0"])
def test_monstrous_sectors_cost_nothing(tmp_path: Path, shift: bytes) -> None:
    """A head that asks for a gigabyte at a time is damaged."""
    data = true.sample("short.doc")
    path = tmp_path / "x.doc"
    path.write_bytes(data[:30] + shift + data[34:])
    assert problem(path) is FileProblem.DAMAGED
