""".docx: the whole text, each thing once, and a problem for what cannot be read."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from mailbot.manuscript.document import Document, Unreadable
from mailbot.manuscript.formats.docx import _without_table_styles, read
from mailbot.manuscript.formats.numbering import shown
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


BODY = f"""<w:document {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:v="urn:schemas-microsoft-com:vml"><w:body>{{}}</w:body></w:document>"""


def by_hand(tmp_path: Path, body: str, **members: str) -> Document:
    """A package with this body, and no more in it than it needs, read."""
    path = tmp_path / "hand.docx"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("[Content_Types].xml", "<x/>")
        out.writestr("word/document.xml", BODY.format(body))
        for name, data in members.items():
            out.writestr(name, data)
    return read(path)


def run(text: str) -> str:
    """A run of text."""
    return f"<w:r><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('控件')}</w:p></w:sdtContent></w:sdt>", ["控件"]),
        (f"<w:p><w:smartTag>{run('甲')}</w:smartTag><w:hyperlink>{run('乙')}</w:hyperlink></w:p>", ["甲乙"]),
        (f"<w:p><w:ins>{run('加')}</w:ins><w:moveTo>{run('到')}</w:moveTo>"
         f"<w:moveFrom>{run('从')}</w:moveFrom></w:p>", ["加到"]),
        ("<w:p><w:r><w:t>A</w:t><w:softHyphen/><w:noBreakHyphen/><w:tab/><w:br/><w:t>B</w:t></w:r></w:p>", ["A-\t\nB"]),
        ("<w:p><w:r><w:sym w:char='2022'/><w:sym w:char='F0A8'/><w:sym w:char='zz'/></w:r></w:p>", ["•"]),
        (f"<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent></v:textbox>"
         f"</v:shape></w:pict></w:r>{run('锚')}</w:p>", ["框", "锚"]),
        ("<w:p><w:r><w:pict><v:shape><v:textpath string='艺术字标题'/></v:shape></w:pict></w:r></w:p>", ["艺术字标题"]),
        (f"<w:p><w:r><mc:AlternateContent><mc:Choice>{run('一')}</mc:Choice><mc:Choice>{run('二')}</mc:Choice>"
         f"<mc:Fallback>{run('三')}</mc:Fallback></mc:AlternateContent></w:r>{run('四')}</w:p>", ["一四"]),
        (f"<w:tbl><w:tr><w:tc><w:p>{run('外')}</w:p><w:tbl><w:tr><w:tc><w:p>{run('内')}</w:p></w:tc></w:tr></w:tbl>"
         "</w:tc></w:tr></w:tbl>", ["外", "内"]),
        (f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{run('见')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
         "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>现</w:t></w:r></w:p>", ["见现"]),
        (f"<w:p><w:ruby><w:rt>{run('zhu')}</w:rt><w:rubyBase>{run('注')}</w:rubyBase></w:ruby></w:p>", ["注"]),
    ],
    ids=["control", "tags", "changes", "signs", "symbols", "box", "wordart", "choices", "nested", "hidden", "ruby"],
)  # fmt: skip
def test_what_word_and_wps_write_is_read_once(tmp_path: Path, body: str, expected: list[str]) -> None:
    """Content controls, smart tags, tracked changes, symbols, boxes of old and new, tables in tables, ruby."""
    assert texts(by_hand(tmp_path, body)) == expected


NUMBERS = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:pStyle w:val="h"/><w:lvlText w:val="%1、"/>
</w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum><w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/>
</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId
 w:val="8"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride
 w:val="1"/></w:lvlOverride></w:num></w:numbering>"""
NUMBERED_STYLE = f"""<w:styles {W}><w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 1"/><w:pPr><w:numPr>
<w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>"""


def relations(*kinds: str) -> str:
    """The relations of the main part to a part of each kind."""
    each = "".join(f'<Relationship Id="{kind}" Type="http://x/{kind}" Target="{kind}.xml"/>' for kind in kinds)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def test_the_numbers_of_lists_are_text(tmp_path: Path) -> None:
    """By the paragraph or its style, in Chinese or digits, counted on, begun anew, taken away; no bullets."""

    none = "<w:numPr><w:numId w:val='0'/></w:numPr>"

    def item(text: str, use: int, level: int = 0) -> str:
        return (
            f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{use}'/></w:numPr></w:pPr>{run(text)}</w:p>"
        )

    styled = "<w:pPr><w:pStyle w:val='h'/>{}</w:pPr>"
    gone = "<w:r><w:rPr/></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
    body = (
        f"<w:p>{styled.format('')}{run('甲')}</w:p>{item('乙', 1, 1)}{item('丙', 1, 1)}"
        f"<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>{gone}</w:p>"
        f"<w:p>{styled.format('')}{run('丁')}</w:p>{item('戊', 1, 1)}{item('己', 2)}{item('庚', 3)}{item('辛', 3)}"
        f"<w:p>{styled.format(none)}{run('壬')}</w:p>{item('癸', 99)}"
    )
    members = {
        "word/_rels/document.xml.rels": relations("styles", "numbering"),
        "word/styles.xml": NUMBERED_STYLE,
        "word/numbering.xml": NUMBERS,
    }
    assert texts(by_hand(tmp_path, body, **members)) == [
        *("一、甲", "1.1 乙", "1.2 丙", "二、丁", "2.1 戊", "己", "一、庚", "二、辛", "壬", "癸")
    ]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("chineseCounting", "一 十 十一 二十 一百零一 一千零二十"),
        ("chineseLegalSimplified", "壹 拾 拾壹 贰拾 壹佰零壹 壹仟零贰拾"),
        ("ideographDigital", "一 一〇 一一 二〇 一〇一 一〇二〇"),
        ("decimalEnclosedCircleChinese", "① ⑩ ⑪ ⑳ 101 1020"),
        ("decimalFullWidth", "１ １０ １１ ２０ １０１ １０２０"),
        ("upperRoman", "I X XI XX CI MXX"),
        ("lowerLetter", "a j k t wwww 1020"),
        ("decimalZero", "01 10 11 20 101 1020"),
        ("unheardOf", "1 10 11 20 101 1020"),
    ],
)
def test_numbers_are_written_as_their_form_says(form: str, expected: str) -> None:
    """In Chinese, in circles, in full width, as letters; what has no sign so high, and what is not known, in digits."""
    assert [shown(value, form) for value in (1, 10, 11, 20, 101, 1020)] == expected.split()


def test_drawings_are_no_pictures(tmp_path: Path) -> None:
    """A diagram or a stamp in EMF or WMF has no pixels: nobody can send its original."""

    def as_emf(name: str, data: bytes) -> bytes:
        return data.replace(b"media/image1.jpg", b"media/image1.emf") if name.endswith(".rels") else data

    data = rewritten(article("题目", pictures=[photo(1), photo(2)]), as_emf)
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/media/image1.emf", b"\x01\0\0\0")
    assert [picture.name for picture in parsed(tmp_path, out.getvalue()).pictures] == ["image2.jpg"]


def test_an_earlier_style_is_not_the_style(tmp_path: Path) -> None:
    """A tracked change of format keeps what was before; it gives no level."""
    change = "<w:pPrChange><w:pPr><w:outlineLvl w:val='0'/></w:pPr></w:pPrChange>"
    document = by_hand(tmp_path, f"<w:p><w:pPr>{change}</w:pPr>{run('正文')}</w:p>")
    assert [paragraph.level for paragraph in document.paragraphs] == [None]


def test_building_blocks_are_not_read_and_lost_parts_are_forgiven(tmp_path: Path) -> None:
    """The glossary of a template is no text; a relation to a header that is not there costs nothing."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="a" Type="http://x/glossaryDocument" Target="glossary/document.xml"/>'
        '<Relationship Id="b" Type="http://x/header" Target="header1.xml"/></Relationships>'
    )
    members = {
        "word/_rels/document.xml.rels": relations,
        "word/glossary/document.xml": BODY.format(f"<w:p>{run('词')}</w:p>"),
    }
    document = by_hand(tmp_path, f"<w:p>{run('正文')}</w:p>", **members)
    assert (texts(document), document.margins) == (["正文"], ())


def test_strict_documents_are_read(tmp_path: Path) -> None:
    """ISO 29500's strict form has other names for everything."""
    members = {
        "word/document.xml": (
            '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body><w:p><w:pPr>'
            '<w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>标题</w:t></w:r></w:p></w:body></w:document>'
        )
    }
    path = tmp_path / "strict.docx"
    with zipfile.ZipFile(path, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)
    assert [(each.text, each.level) for each in read(path).paragraphs] == [("标题", 1)]


def test_styles_may_go_in_circles(tmp_path: Path) -> None:
    """Two styles that are based on each other give no level, and end."""

    def circle(name: str, data: bytes) -> bytes:
        loop = (
            b'<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="b"/></w:style>'
            b'<w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
        )
        if name == "word/document.xml":
            return data.replace(b"<w:p>", b'<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr>', 1)
        return data.replace(b"</w:styles>", loop) if name == "word/styles.xml" else data

    assert parsed(tmp_path, rewritten(article("题目"), circle)).paragraphs[0].level is None


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
