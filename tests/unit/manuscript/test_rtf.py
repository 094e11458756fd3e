""".rtf: the ways in which Word and WPS write it, token by token."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mailbot.manuscript.document import Document, NeedsOffice, Unreadable
from mailbot.manuscript.formats.rtf import read
from mailbot.model import FileProblem
from tests.unit.manuscript.samples import photo

FONTS = rb"{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\froman\fcharset0 Times;}}"


def parsed(tmp_path: Path, body: bytes, head: bytes = rb"\ansi\ansicpg936") -> Document:
    """A document of this body, read."""
    path = tmp_path / "x.rtf"
    path.write_bytes(rb"{\rtf1" + head + FONTS + b"\n" + body + b"}")
    return read(path)


def texts(tmp_path: Path, body: bytes, head: bytes = rb"\ansi\ansicpg936") -> list[str]:
    """Its paragraphs."""
    return [paragraph.text for paragraph in parsed(tmp_path, body, head).paragraphs]


def escaped(text: str) -> bytes:
    """As the bytes of GBK."""
    return "".join(f"\\'{byte:02x}" for byte in text.encode("gbk")).encode()


def test_bytes_of_the_code_page_are_chinese(tmp_path: Path) -> None:
    """Also under a Western font, raw, with a second byte that is a letter, and in a document of another code page."""
    assert texts(tmp_path, rb"{\f1 " + escaped("社区治理") + rb"}\par") == ["社区治理"]
    assert texts(tmp_path, "社区治理".encode("gbk") + rb"\par") == ["社区治理"]
    assert texts(tmp_path, rb"\'81A\par") == [b"\x81A".decode("gbk")]
    assert texts(tmp_path, rb"\f0 " + escaped("社区") + rb"\par", rb"\ansi\ansicpg1252") == ["社区"]


def test_unicode_passes_over_what_stands_for_it(tmp_path: Path) -> None:
    """As many bytes as \\uc says; negative numbers and pairs are characters, too."""
    assert texts(tmp_path, rb"\uc2\u31038\'c9\'e7\u21306\'c7\'f8!\par") == ["社区!"]
    assert texts(tmp_path, rb"{\uc0\u31038\u21306 x}\uc1\u-25875?\par") == ["社区x\u9aed"]
    assert texts(tmp_path, rb"\u-10187?\u-8951?\par") == ["\U0001d509"]


def test_breaks_hyphens_and_cells(tmp_path: Path) -> None:
    """A line break stays in its paragraph, a cell ends one, a soft hyphen is not shown."""
    body = rb"a\line b\tab c\~d\_e\-f\{\}\par \trowd\intbl x\cell y\cell\row z\par"
    assert texts(tmp_path, body) == ["a\nb\tc\xa0d-ef{}", "x", "y", "z"]


def test_nothing_is_read_twice_or_that_is_not_shown(tmp_path: Path) -> None:
    """Of a text box Word keeps a copy for older readers; codes, bullets, comments, deleted and hidden text are none."""
    box = rb"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt box\par}}{\shprslt{\*\do{\dptxbxtext box\par}}}}"
    field = rb'{\field{\*\fldinst HYPERLINK "http://example.cn"}{\fldrslt link}}'
    hidden = rb"{\listtext\'b7\tab}{\*\annotation note}{\deleted gone}{\v hidden}{\*\unknown no}{\info{\title no}}"
    assert texts(tmp_path, b"a" + box + field + hidden + rb"b\par") == ["box", "alinkb"]


def test_numbers_of_lists_stand_before_their_paragraphs(tmp_path: Path) -> None:
    """As they are shown, once, and without undoing the paragraph's level."""
    number = rb"{\listtext\pard\plain " + escaped("一、") + rb"\tab}"
    body = rb"\pard\outlinelevel0" + number + rb"a\par\pard{\pntext 2.\tab}{\*\pn x}b\v0 c\par"
    assert [(one.text, one.level) for one in parsed(tmp_path, body).paragraphs] == [("一、a", 1), ("2. bc", None)]


def test_notes_follow_the_text_and_margins_stand_apart(tmp_path: Path) -> None:
    """A footnote's place does not cut its paragraph; headers and footers are lines of their own."""
    document = parsed(tmp_path, rb"{\header top\par}{\footerf bottom\par}a{\footnote note\par}b\par")
    assert [paragraph.text for paragraph in document.paragraphs] == ["ab", "note"]
    assert document.margins == ("top", "bottom")


def test_levels_come_from_styles_or_the_outline(tmp_path: Path) -> None:
    """Title and headings by name; an outline level of the paragraph's own; \\pard forgets them."""
    sheet = rb"{\stylesheet{\ql Normal;}{\s1 heading 1;}{\s2 Title;}{\*\cs10 heading 2;}}"
    body = sheet + rb"\pard\s2 T\par\pard\s1 H\par\pard\outlinelevel1 h\par\pard p\par"
    assert [(each.text, each.level) for each in parsed(tmp_path, body).paragraphs] == [
        ("T", 0),
        ("H", 1),
        ("h", 2),
        ("p", None),
    ]


def test_pictures_are_given_as_they_were_put_in(tmp_path: Path) -> None:
    """In digits over many lines or as they are, once; the copies for older readers are passed over."""
    one, two = photo(1), photo(2, 64, 48, kind="PNG")
    digits = b"\r\n".join(one.hex().encode()[at : at + 128] for at in range(0, 2 * len(one), 128))
    body = (
        rb"{\*\shppict{\pict{\*\picprop{\sp{\sn n}{\sv 1}}}\picw8\jpegblip" + b"\n" + digits + rb"}}"
        rb"{\nonshppict{\pict\wmetafile8 0102}}{\pict\pngblip\bin" + f"{len(two)} ".encode() + two + rb"}text\par"
    )
    document = parsed(tmp_path, body)
    assert [picture.read() for picture in document.pictures] == [one, two]
    assert [picture.name for picture in document.pictures] == ["image1.jpeg", "image2.png"]
    assert [paragraph.text for paragraph in document.paragraphs] == ["text"]


def test_what_would_run_is_told(tmp_path: Path) -> None:
    """An embedded program, a template from elsewhere; a template of the writer's own machine is none."""
    program = b"\x01\x05\0\0\x02\0\0\0Package\0\x02\0notes.exe\0C:\\notes.exe\0".hex().encode()
    assert parsed(tmp_path, rb"a{\object\objemb{\*\objdata " + program + rb"}{\result b\par}}\par").active == "program"
    assert parsed(tmp_path, rb"a{\*\template http://example.org/x.dotm}\par").active == "template"
    assert parsed(tmp_path, rb"a{\*\template C:\\Users\\x\\Normal.dotm}\par").active == ""


def test_a_cut_or_shut_document_is_no_answer(tmp_path: Path) -> None:
    """What ends in the middle is damaged; a brace too many leaves the rest to an office program."""
    path = tmp_path / "x.rtf"
    path.write_bytes(rb"{\rtf1 first\par second")
    with pytest.raises(Unreadable) as raised:
        read(path)
    assert (raised.value.problem, raised.value.detail) == (FileProblem.DAMAGED, "cut")
    path.write_bytes(rb"{\rtf1 first\par} second\par}")
    with pytest.raises(NeedsOffice):
        read(path)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{" * 200_000, FileProblem.DAMAGED),
        (b"{}" * 400_000, FileProblem.TOO_LARGE),
        (b"{" + b"\\'" * 100_000, FileProblem.DAMAGED),
        (b"", FileProblem.EMPTY),
    ],
    ids=["deep", "long", "cut escapes", "empty"],
)
def test_hostile_documents_are_bounded(tmp_path: Path, body: bytes, problem: FileProblem) -> None:
    """Depth and length have an end."""
    with pytest.raises(Unreadable) as raised:
        parsed(tmp_path, body)
    assert raised.value.problem is problem


def test_thirty_megabytes_of_pictures_cost_next_to_nothing(tmp_path: Path) -> None:
    """The digits of a picture are passed over in one step."""
    body = rb"{\pict\jpegblip " + b"\r\n".join([b"ab" * 64] * 240_000) + rb"}text\par"
    start = time.process_time()
    document = parsed(tmp_path, body)
    assert time.process_time() - start < 1
    assert len(document.pictures[0].read()) == 64 * 240_000
