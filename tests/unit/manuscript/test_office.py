"""One manuscript in every format, saved by LibreOffice: whatever it was sent as, the office reads the same."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.manuscript.document import Document, NeedsOffice, Unreadable
from mailbot.manuscript.formats import READERS
from mailbot.manuscript.sandbox import office
from mailbot.manuscript.sniff import FileType, sniff
from mailbot.model import FileProblem
from tests.unit.manuscript import true_samples as true

FULL = ("made.docx", "full.docx", "full.odt", "full.doc", "full.rtf")
KINDS = {"docx": FileType.DOCX, "odt": FileType.ODT, "doc": FileType.OLE, "rtf": FileType.RTF}


def parsed(tmp_path: Path, data: bytes) -> Document:
    """The document, by the reader for what its bytes are."""
    path = tmp_path / "x"
    path.write_bytes(data)
    return READERS[sniff(path)](path)


@pytest.mark.parametrize("name", FULL)
def test_every_sentence_is_read_once_and_in_order(tmp_path: Path, name: str) -> None:
    """Table, nested table, text box and footnote are text, margins are apart, what was deleted is gone."""
    document = parsed(tmp_path, true.sample(name))
    found = [paragraph.text for paragraph in document.paragraphs]
    assert [text for text in found if text not in (true.NOTE, true.BOX)] == list(true.BODY)
    assert sorted(text for text in found if text in (true.NOTE, true.BOX)) == sorted((true.NOTE, true.BOX))
    assert set(document.margins) == {true.HEADER, true.FOOTER}
    assert not any(gone in text for gone in true.GONE for text in found)
    assert document.active == ""


@pytest.mark.parametrize("kind", ["docx", "doc", "rtf"])
def test_numbers_of_lists_are_text_and_hidden_words_are_not(tmp_path: Path, kind: str) -> None:
    """一、（一）and 1. that the program gives by itself stand before their paragraphs, counted as it counts."""
    document = parsed(tmp_path, true.sample(f"numbered.{kind}"))
    assert tuple(paragraph.text for paragraph in document.paragraphs) == true.NUMBERED


@pytest.mark.parametrize("name", FULL)
def test_title_and_headings_have_levels(tmp_path: Path, name: str) -> None:
    """The style Title is level 0, headings are as deep as they are."""
    document = parsed(tmp_path, true.sample(name))
    levels = {paragraph.text: paragraph.level for paragraph in document.paragraphs if paragraph.level is not None}
    assert levels == true.LEVELS


@pytest.mark.parametrize("name", FULL)
def test_pictures_come_in_order_as_they_were_put_in(tmp_path: Path, name: str) -> None:
    """Both photos, byte for byte, each with a name."""
    document = parsed(tmp_path, true.sample(name))
    assert [picture.read() for picture in document.pictures] == list(true.PHOTOS)
    assert all(picture.name.endswith((".jpg", ".jpeg")) for picture in document.pictures)


def test_hidden_words_of_an_odt_are_left_out(tmp_path: Path) -> None:
    """Its automatic numbers are not read, its text is."""
    text = "".join(paragraph.text for paragraph in parsed(tmp_path, true.sample("numbered.odt")).paragraphs)
    assert true.HIDDEN not in text
    assert text.endswith("没有编号")


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_sentence_is_read(tmp_path: Path, kind: str) -> None:
    """A short document is a document, not a doubtful one."""
    document = parsed(tmp_path, true.sample(f"short.{kind}"))
    assert [paragraph.text for paragraph in document.paragraphs] == ["只有一句话。"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_document_is_told(tmp_path: Path, kind: str) -> None:
    """Nothing in it is a problem of its own."""
    with pytest.raises(Unreadable) as raised:
        parsed(tmp_path, true.sample(f"empty.{kind}"))
    assert raised.value.problem is FileProblem.EMPTY


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_that_is_cut_off_is_no_answer(tmp_path: Path, kind: str) -> None:
    """Half a file is damaged or doubtful, never half an article."""
    data = true.sample(f"full.{kind}")
    path = tmp_path / "x"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises((Unreadable, NeedsOffice)):
        READERS[KINDS[kind]](path)


@pytest.mark.parametrize("name", ["short.docx", "full.odt", "full.doc", "short.rtf"])
@settings(max_examples=60, deadline=None)
@given(flips=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=40))
def test_flipped_bytes_never_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, name: str, flips: list[tuple[int, int]]
) -> None:
    """Whatever is wrong in a file, its reader answers within a second, by a document or by a problem."""
    data = bytearray(true.sample(name))
    reader = READERS[KINDS[name.rpartition(".")[2]]]
    for at, value in flips:
        data[at % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "flipped"
    path.write_bytes(data)
    start = time.process_time()
    try:
        for picture in reader(path).pictures:
            picture.read()
    except (Unreadable, NeedsOffice):
        pass
    assert time.process_time() - start < 1


def test_the_command_makes_a_docx_of_what_we_cannot_read(tmp_path: Path) -> None:
    """Run as it stands, the command saves a .docx that has the text; its result is found by the source's name."""
    program = office.find()
    assert program is not None, "soffice is not installed: run .ci/servers"
    source = tmp_path / "稿件.doc"
    source.write_bytes(true.sample("short.doc"))
    assert office.result(source, tmp_path / "out") is None
    order = office.command(program, source, tmp_path / "out", tmp_path / "profile")
    subprocess.run(order, check=True, capture_output=True, timeout=60)
    made = office.result(source, tmp_path / "out")
    assert made is not None
    assert [paragraph.text for paragraph in parsed(tmp_path, made.read_bytes()).paragraphs] == ["只有一句话。"]
