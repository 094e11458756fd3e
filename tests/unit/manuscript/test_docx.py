""".docx: the whole text, each thing once, and a problem for what cannot be read."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from mailbot.manuscript.document import Document, Unreadable
from mailbot.manuscript.formats.docx import _without_table_styles, read
from mailbot.model import FileProblem
from tests.unit.manuscript.samples import article, photo, rewritten, saved

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = (
    f"<w:p {W}><w:r><w:t>锚定段</w:t></w:r><w:r><mc:AlternateContent "
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:txbxContent>'
    "<w:p><w:r><w:t>文本框</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r>"
    "<w:t>文本框</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)
DELETED = f"<w:p {W}><w:r><w:t>留下</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>"


def parsed(tmp_path: Path, data: bytes) -> Document:
    """The document in a file, read."""
    path = tmp_path / "x"
    path.write_bytes(data)
    return read(path)


def texts(document: Document) -> list[str]:
    """Its paragraphs."""
    return [paragraph.text for paragraph in document.paragraphs]


def test_tables_margins_and_headings_are_read(tmp_path: Path) -> None:
    """Cells stand in reading order, headings have levels, headers and footers are kept apart."""
    sample = docx.Document()
    sample.add_heading("题目在此", 0)
    sample.add_heading("一、做法", 1)
    sample.add_paragraph("第一行\n第二行\t后")
    table = sample.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "甲格", "乙格"
    sample.sections[0].header.paragraphs[0].text = "页眉"
    sample.sections[0].footer.paragraphs[0].text = "页脚"
    document = parsed(tmp_path, saved(sample))
    assert texts(document) == ["题目在此", "一、做法", "第一行\n第二行\t后", "甲格", "乙格"]
    assert [paragraph.level for paragraph in document.paragraphs] == [0, 1, None, None, None]
    assert document.margins == ("页眉", "页脚")


def test_a_text_box_is_read_once_and_deleted_text_not_at_all(tmp_path: Path) -> None:
    """The fallback of a text box repeats it; the paragraph that anchors it is kept; tracked deletions are gone."""

    def add(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"<w:sectPr", (BOX + DELETED).encode() + b"<w:sectPr", 1)
            if name.endswith("document.xml")
            else data
        )

    document = parsed(tmp_path, rewritten(article("题目"), add))
    assert texts(document).count("文本框") == 1
    assert "锚定段" in texts(document)
    assert "留下" in texts(document)


def test_pictures_come_with_their_bytes(tmp_path: Path) -> None:
    """Each embedded picture is handed over once, as it was put in."""
    one, two = photo(1), photo(2, kind="PNG")
    document = parsed(tmp_path, article("题目", pictures=[one, two, one]))
    assert [picture.read() for picture in document.pictures] == [one, two]


def bomb() -> bytes:
    """A megabyte of zip that grows to forty of text."""

    def grow(name: str, data: bytes) -> bytes:
        return data + b" " * (40 << 20) if name == "word/document.xml" else data

    return rewritten(article("题目"), grow)


def laughs() -> bytes:
    """Entities that grow."""

    def declare(name: str, data: bytes) -> bytes:
        if name != "word/document.xml":
            return data
        return data.replace(b"<w:document", b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document', 1)

    return rewritten(article("题目"), declare)


def many() -> bytes:
    """More entries than a document has."""
    out = BytesIO(article("题目"))
    with zipfile.ZipFile(out, "a") as package:
        for number in range(5001):
            package.writestr(f"x/{number}", "")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (saved(docx.Document()), FileProblem.EMPTY),
        (article("题目")[:-300], FileProblem.DAMAGED),
        (rewritten(article("题目"), lambda n, d: d[:-50] if n == "word/document.xml" else d), FileProblem.DAMAGED),
        (b"PK\x03\x04 nothing", FileProblem.DAMAGED),
        (bomb(), FileProblem.BOMB),
        (laughs(), FileProblem.BOMB),
        (many(), FileProblem.BOMB),
    ],
    ids=["empty", "cut", "broken xml", "no zip", "large xml", "entities", "entries"],
)
def test_what_cannot_be_read_has_a_problem(tmp_path: Path, data: bytes, problem: FileProblem) -> None:
    """Empty, damaged and hostile packages are told apart, within bounds."""
    with pytest.raises(Unreadable) as raised:
        parsed(tmp_path, data)
    assert raised.value.problem is problem


def test_table_styles_are_passed_over_and_others_kept() -> None:
    """Only whole styles of tables go; what stands around them, and a part written in another way, stays."""
    table = b'<w:style w:type="table" w:styleId="a"><w:name w:val="A"/></w:style>'
    other = b'<w:style w:type="paragraph" w:styleId="b"><w:name w:val="heading 1"/></w:style>'
    assert _without_table_styles(b"<w:styles>" + table + other + table + b"</w:styles>") == (
        b"<w:styles>" + other + b"</w:styles>"
    )
    assert _without_table_styles(b"<x:style/>") == b"<x:style/>"
