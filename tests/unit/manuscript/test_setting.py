"""How an article is set: what the formats tell of fonts, sizes and pages, captions, and tables as rows."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from mailbot.languages import load
from mailbot.manuscript.document import Document, Embedded, Paragraph
from mailbot.manuscript.formats import READERS
from mailbot.manuscript.formats.docxlooks import Looks
from mailbot.manuscript.setting import captions, layout_of, text_with_rows
from mailbot.manuscript.sniff import sniff
from mailbot.model import Look, Page
from tests.servers.office_suite import convert
from tests.unit.manuscript.samples import photo, read, saved

TITLE, HEADING, BODY = "幸福社区的故事", "一、主要做法", "社区居民共同议事，事情越办越好。" * 8


def _font(run: object, name: str, size: float, *, bold: bool = False) -> None:
    run.font.size, run.font.bold = Pt(size), bold  # type: ignore[attr-defined]
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)  # type: ignore[attr-defined]


def typeset() -> bytes:
    """As official documents are: 小标宋 and 三号仿宋, 28 points between lines, indented by characters; on A4."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(title.add_run(TITLE), "方正小标宋简体", 22)
    style = document.styles.add_style("正文样式", 1)
    style.base_style = document.styles["Normal"]
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(28)
    style.paragraph_format.space_after = Pt(0)
    _font(style, "仿宋_GB2312", 16)
    indent = OxmlElement("w:ind")
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")
    style.element.get_or_add_pPr().append(indent)
    document.add_paragraph(BODY, style=style)
    heading = document.add_heading(level=1)
    _font(heading.add_run(HEADING), "黑体", 16, bold=True)
    document.add_paragraph(BODY, style=style).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    document.add_paragraph(BODY, style=style)
    table = document.add_table(2, 3)
    table.cell(0, 0).text, table.cell(0, 2).text = "姓名", "性别"
    table.cell(1, 0).text, table.cell(1, 1).text, table.cell(1, 2).text = "单位", "示例社区", "男"
    return saved(document)


@pytest.fixture(scope="module")
def set_in(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """The same document as .docx, and as LibreOffice saves it in other formats."""
    folder = tmp_path_factory.mktemp("set")
    source = folder / "x.docx"
    source.write_bytes(typeset())
    paths = {"docx": source} | {kind: convert([source], kind, folder / kind)[0] for kind in ("odt", "rtf", "doc")}
    return {kind: READERS[sniff(path)](path) for kind, path in paths.items()}


@pytest.mark.parametrize("kind", ["docx", "odt", "rtf", "doc"])
def test_title_headings_body_and_page_are_told_alike(set_in: dict[str, Document], kind: str) -> None:
    """Styles, what they are based on and what is set directly are resolved; LibreOffice sees the same."""
    layout = layout_of(set_in[kind], TITLE)
    assert layout.title and layout.body and layout.headings[0] and layout.page
    assert (layout.title.font, layout.title.size, layout.title.align) == ("方正小标宋简体", 22, "center")
    body = layout.body
    assert (body.font, body.size, body.bold, body.exact, body.spacing) == ("仿宋_GB2312", 16, False, 28, None)
    assert body.indent == pytest.approx(2, abs=0.02)
    assert body.after == 0
    assert (layout.headings[0].font, layout.headings[0].bold) == ("黑体", True)
    sides = (layout.page.width, layout.page.height, layout.page.top, layout.page.left, layout.page.right)
    assert sides == pytest.approx((210, 297, 37, 28, 26), abs=0.2)


@pytest.mark.parametrize("kind", ["docx", "odt", "rtf", "doc"])
def test_rows_of_tables_are_lines_with_tabs(set_in: dict[str, Document], kind: str) -> None:
    """Cells of one row stand in one line; an empty one leaves its tab, so that a form shows what is missing."""
    assert text_with_rows(set_in[kind].paragraphs).endswith("\n姓名\t\t性别\n单位\t示例社区\t男")


def test_an_rtf_of_word_tells_the_font_of_east_asian_letters(tmp_path: Path) -> None:
    """Word names it behind `\\dbch`; size and weight hold for all letters, and a group takes back what it set."""
    path = tmp_path / "x"
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\froman\fcharset0 Times New Roman;}"
        rb"{\f13\fnil\fcharset134 \'cb\'ce\'cc\'e5{\*\falt SimSun};}}"
        rb"\pard\plain \qj\fi480\sl360\slmult1\sb0\sa120 {\rtlch\fcs1 \af0\afs28 \ltrch\fcs0 \b\fs24\loch\af0\hich\af0"
        rb"\dbch\f13 \'c9\'e7\'c7\'f8}\par}"
    )
    (paragraph,) = READERS[sniff(path)](path).paragraphs
    assert paragraph.text == "社区"
    assert paragraph.look == Look(
        font="宋体", size=12, bold=True, align="justify", indent=2, spacing=1.5, before=0, after=6
    )


def test_fonts_of_the_theme_and_defaults_of_the_document(tmp_path: Path) -> None:
    """What no style sets comes from the defaults, which name a font of the theme; blanks before a text indent it."""
    document = docx.Document()
    document.add_paragraph("\u3000\u3000" + BODY)
    path = tmp_path / "x"
    path.write_bytes(saved(document))
    (paragraph,) = READERS[sniff(path)](path).paragraphs
    assert paragraph.look == Look(
        font="宋体", size=11, bold=False, align="left", indent=2, spacing=1.15, before=0, after=10
    )


def test_a_picture_gets_its_caption(tmp_path: Path) -> None:
    """Below it by style or by words, above it by words; running text beside a picture is none."""
    document = docx.Document()
    document.add_paragraph(TITLE)
    for seed, below, style in ((1, "图1 居民议事会", None), (2, "议事会现场", "Caption"), (3, BODY, None)):
        document.add_picture(BytesIO(photo(seed, 320, 240)))
        document.add_paragraph(below, style=style)
    document.add_paragraph("图为志愿者在巡逻（张三 摄）")
    document.add_picture(BytesIO(photo(4, 320, 240)))
    document.add_paragraph(BODY)
    (article,) = read(tmp_path, {"稿件.docx": saved(document)}).manuscripts
    said = ["图1 居民议事会", "议事会现场", "", "图为志愿者在巡逻（张三 摄）"]
    assert [picture.caption for picture in article.pictures] == said


def test_a_manuscript_carries_its_layout_and_the_levels_of_its_headings(tmp_path: Path) -> None:
    """What was read of the document stands in the facts."""
    (article,) = read(tmp_path, {"稿件.docx": typeset()}).manuscripts
    assert (article.headings, article.levels) == ((HEADING,), (1,))
    assert article.layout.body is not None
    assert article.layout.body.font == "仿宋_GB2312"
    assert isinstance(article.layout.page, Page)
    assert "姓名\t\t性别" in article.text


def test_captions_of_two_pictures_and_of_none() -> None:
    """Pictures side by side share the caption below; where places are not told there is none."""
    paragraphs = (Paragraph("正文。"), Paragraph("图2 左：会场；右：签到处"))
    pictures = (Embedded("1", bytes, 1), Embedded("2", bytes, 1), Embedded("3", bytes))
    found = list(captions(Document(paragraphs, pictures=pictures), load("zh-CN").articles))
    assert found == [paragraphs[1].text, paragraphs[1].text, ""]


def test_a_title_in_two_lines_has_the_look_of_its_letters() -> None:
    """Lines that make up the title count for it and not for the text."""
    large, small = Look(size=22.0), Look(size=16.0)
    paragraphs = (
        Paragraph("三张清单解民忧", look=large),
        Paragraph("小社区有大作为", look=large),
        Paragraph(BODY, look=small),
    )
    layout = layout_of(Document(paragraphs), "三张清单解民忧 小社区有大作为")
    assert (layout.title, layout.body) == (large, small)


@pytest.mark.parametrize("value", ["nan", "inf", "1e300", "-", "9" * 400, "\u0661"])
def test_measures_that_are_none_are_not_told(value: str) -> None:
    """A stranger's styles may say anything; what is no measure is left out, and the text is read all the same."""
    settings = {"size": value, "line": value, "first": value, "before": value, "font": "x" * 1000}
    look = Looks({}, dict).look("", settings, {}, 0)
    assert (look.size, look.spacing, look.indent, look.before, len(look.font)) == (None, None, None, None, 100)
