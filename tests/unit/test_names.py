"""Names of files, folders and places."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot import names
from mailbot.model import SubmissionState as S

_ANY = st.text(st.characters(), max_size=300)
_ODD = st.text('a.-_ é\u0301\u200b\u202e\x00\n/\\:*?<>|"CONcon1.~$社区\ufeff', max_size=40)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("社区议事会.docx", "社区议事会.docx"),
        ("../../etc/passwd", "／..／etc／passwd"),
        ("..\\..\\稿件.doc", "＼..＼稿件.doc"),
        ('a<b>c:d"e|f?g*h.txt', "a＜b＞c：d＂e｜f？g＊h.txt"),
        ("稿件\u202ecod.exe", "稿件cod.exe"),
        ("a\u200bb\x00c\u2028d\te.pdf", "abc d e.pdf"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Lpt1 .docx", "_Lpt1.docx"),
        ("COM².doc", "_COM².doc"),
        ("CONSENSUS.docx", "CONSENSUS.docx"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("稿件. . .", "稿件"),
        ("", "file"),
        ("\u202e", "file"),
        ("...", "file"),
    ],
)
def test_file_name(given_name, kept):
    """A sender's name stays readable and loses what is dangerous on Linux or Windows."""
    assert names.file_name(given_name) == kept


def test_long_file_name_keeps_its_extension():
    """A name over 255 bytes is cut between two characters, before its extension."""
    kept = names.file_name("社" * 200 + ".docx")
    assert kept == "社" * 83 + ".docx"
    assert len(kept.encode()) <= 255


def _is_safe(name, limit):
    assert 0 < len(name.encode()) <= limit
    assert unicodedata.normalize("NFC", name) == name
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name)
    assert name[0] not in " .-"
    assert name[-1] not in " ."
    assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)", name, re.IGNORECASE)


@given(_ANY | _ODD)
def test_any_file_name_is_safe_and_stays(text):
    """Whatever a stranger writes becomes a safe name, and a safe name stays as it is."""
    name = names.file_name(text)
    _is_safe(name, 255)
    assert names.file_name(name) == name


@given(_ANY | _ODD)
def test_the_last_part_of_any_path(text):
    """What is shown of a path holds no separators and nothing that cannot be seen, and stays under its limit."""
    part = names.last_part(text, 40)
    assert len(part) <= 40
    assert not set(part) & set("/\\")
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in part)


@given(_ANY | _ODD, _ANY | _ODD)
def test_any_folder_name_is_safe_and_keeps_the_number(unit, title):
    """A submission's folder is a safe name of at most 180 bytes that begins with its number."""
    name = names.folder_name("SQ-2026-0001", unit, title)
    _is_safe(name, 180)
    assert name.startswith("SQ-2026-0001")


def test_folder_name_reads_well():
    """A folder is called by number, unit and title; what is missing leaves no gap."""
    assert names.folder_name("SQ-2026-0007", "某市民政局", "社区: 新路") == "SQ-2026-0007 某市民政局 社区： 新路"
    assert names.folder_name("SQ-2026-0007", "", "新路") == "SQ-2026-0007 新路"
    assert names.folder_name("SQ-2026-0007", "", "") == "SQ-2026-0007"


def test_unique_by_case_and_normal_form():
    """Names that a disk might take for one are numbered before the extension."""
    given_names = ["图.jpg", "图.JPG", "cafe\u0301.txt", "café.txt", "图.jpg", "图 (2).JPG", "无"]
    assert names.unique(given_names) == (
        "图.jpg",
        "图 (2).JPG",
        "cafe\u0301.txt",
        "café (2).txt",
        "图 (3).jpg",
        "图 (2) (2).JPG",
        "无",
    )


@given(st.lists(_ODD.map(names.file_name), max_size=30))
def test_unique_names_are_unique_and_safe(given_names):
    """No two names fall together, and telling them apart keeps them safe."""
    answer = names.unique(given_names)
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in answer}) == len(given_names)
    for name in answer:
        _is_safe(name, 255)


def test_unique_stays_in_the_limit():
    """A number is put into a name of full length without making it longer."""
    long = "社" * 83 + ".docx"
    assert len(names.unique([long, long])[1].encode()) <= 255


@pytest.mark.parametrize(
    ("state", "issue", "folder"),
    [
        (S.READY, "2026-01", "issues/2026-01/N"),
        (S.ACCEPTED, "2026-01", "issues/2026-01/N"),
        (S.REVISE, "2026-01", "issues/2026-01/N"),
        (S.PUBLISHED, "2026-01", "issues/2026-01/N"),
        (S.INCOMPLETE, "2026-01", "issues/2026-01/incomplete/N"),
        (S.HELD, "2026-01", "issues/held/N"),
        (S.REJECTED, "2026-01", "issues/rejected/N"),
        (S.WITHDRAWN, None, "issues/rejected/N"),
        (S.DECLINED, "2026-01", "issues/rejected/N"),
        (S.READY, None, "issues/unassigned/N"),
        (S.INCOMPLETE, None, "issues/unassigned/N"),
        (S.READY, "held", "issues/_held/N"),
        (S.READY, "../x", "issues/／x/N"),
    ],
)
def test_place(state, issue, folder):
    """Each state has its folder, and no issue's id can lead out of it."""
    assert names.place(state, issue, "N") == folder
