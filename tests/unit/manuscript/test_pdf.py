"""PDF: the whole text once and in order, paragraphs, titles, pictures, and a problem for what cannot be read."""

from __future__ import annotations

import io
import json
import random
import time
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mailbot.manuscript.document import Document, Unreadable
from mailbot.manuscript.formats import pdf
from mailbot.manuscript.formats.pdf import read
from mailbot.model import FileProblem
from tests.servers.office_suite import convert
from tests.unit.manuscript import pdfs
from tests.unit.manuscript.samples import photo

TITLE = "以党建引领打造幸福社区的实践——人人有责人人尽责的治理共同体"
BYLINE = "● 某某省某某市某某区民政局 潘语𬭎"
WORDS = "社区治理居民委员会志愿服务网格党建共享基层民政街道办事处议事协商老人儿童活动中心组织开展机制经验做法成效问题"
FORBIDDEN = {
    "RestrictPermissions": {"type": "boolean", "value": "true"},
    "PermissionPassword": {"type": "string", "value": "x"},
}
BODY = b"".join(pdfs.text("社区治理是基层治理的重要内容，居民的事情由居民商量着办", 90, 600 - 20 * n) for n in range(5))


def body() -> list[str]:
    """Twelve paragraphs of sentences that are each written once only."""
    dice = random.Random(5)
    sentences = ["".join(dice.choices(WORDS, k=dice.randrange(12, 40))) + f"第{n}次。" for n in range(40)]
    cuts = [0, 4, 5, 8, 13, 15, 18, 22, 26, 27, 31, 36, 40]
    return ["".join(sentences[start:end]) for start, end in pairwise(cuts)]


def manuscript(path: Path, columns: int) -> None:
    """An article with running header, page numbers, title, headings, two pictures, a table and English words."""
    sample = docx.Document()
    normal = sample.styles["Normal"]
    normal.font.size, normal.font.name = Pt(12), "Noto Serif CJK SC"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    section = sample.sections[0]
    section.header.paragraphs[0].text = "社区工作通讯"
    footer = section.footer.paragraphs[0].add_run("第 ")
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = words
        footer._r.append(element)
    section.footer.paragraphs[0].add_run(" 页")
    title = sample.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(TITLE)
    run.font.size, run.bold = Pt(20), True
    sample.add_paragraph(BYLINE).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, words in enumerate(body()):
        if number % 6 == 0:
            run = sample.add_paragraph().add_run(f"{'一二'[number // 6]}、主要做法")
            run.font.size, run.bold = Pt(15), True
        paragraph = sample.add_paragraph(words)
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if number in (3, 8):
            sample.add_picture(io.BytesIO(photo(number)), width=Cm(6))
    for number, cell in enumerate(sample.add_table(2, 2)._cells):
        cell.text = f"格{number}内容"
    sample.add_paragraph("In 2023 the community held 25 meetings with 1,200 residents, and all results were published.")
    sample.add_paragraph("（作者：张三，系某某市民政局副局长）")
    layout = section._sectPr.find(qn("w:cols"))
    layout.set(qn("w:num"), str(columns))
    sample.save(str(path))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The article in one column and in two, as LibreOffice prints it."""
    folder = tmp_path_factory.mktemp("pdf")
    sources = [folder / "one.docx", folder / "two.docx"]
    for columns, source in enumerate(sources, 1):
        manuscript(source, columns)
    return convert(sources, "pdf", folder / "out")


def parsed(tmp_path: Path, data: bytes) -> Document:
    """The document in a file, read."""
    path = tmp_path / "x.pdf"
    path.write_bytes(data)
    return read(path)


def texts(document: Document) -> list[str]:
    """Its paragraphs."""
    return [paragraph.text for paragraph in document.paragraphs]


def problem(tmp_path: Path, data: bytes) -> tuple[FileProblem, str]:
    """Why the file cannot be read."""
    with pytest.raises(Unreadable) as caught:
        parsed(tmp_path, data)
    return caught.value.problem, caught.value.detail


def test_the_whole_article_comes_back_in_paragraphs(made: list[Path]) -> None:
    """Each paragraph is one again, across lines and pages; title and headings are told by their size."""
    document = read(made[0])
    written = body()
    found = [words for words in texts(document) if words in written]
    assert found == written
    levels = [(paragraph.level, paragraph.text) for paragraph in document.paragraphs if paragraph.level is not None]
    assert "".join(text for level, text in levels if level == 0) == TITLE
    assert [text for level, text in levels if level] == ["一、主要做法", "二、主要做法"]
    assert BYLINE in texts(document)
    assert texts(document)[-1] == "（作者：张三，系某某市民政局副局长）"
    assert "held 25 meetings with 1,200 residents, and all" in texts(document)[-2]
    assert document.margins == ("社区工作通讯", "第 1 页")


def test_two_columns_are_read_one_after_the_other(made: list[Path]) -> None:
    """Each sentence of a two-column page stands exactly once, and in order; paragraphs go on in the next column."""
    document = read(made[1])
    whole = "".join(texts(document)).replace("\t", "")
    assert "".join(body()) == "".join(words for words in texts(document) if words in body())
    for words in body():
        assert whole.count(words) == 1
    assert document.margins == ("社区工作通讯", "第 1 页")


def test_columns_drawn_row_by_row_are_put_in_order(tmp_path: Path) -> None:
    """Where a program draws the lines of two columns alternately, each column is read by itself; a table is not."""
    dice = random.Random(1)
    lines = ["".join(dice.choices(WORDS, k=19)) for _ in range(24)]
    drawn = b"".join(
        pdfs.text(lines[n], 60, 700 - 20 * n) + pdfs.text(lines[n + 12], 320, 700 - 20 * n) for n in range(12)
    )
    assert texts(parsed(tmp_path, pdfs.document([drawn]))) == ["".join(lines)]
    names = ["张三 甲社区", "李四 乙社区", "王五 丙社区", "赵六 丁社区", "钱七 戊社区", "孙八 己社区"]
    table = b"".join(
        pdfs.text(name, 60, 700 - 20 * n) + pdfs.text(name.replace("社区", "街道"), 320, 700 - 20 * n)
        for n, name in enumerate(names)
    )
    rows = "\n".join(texts(parsed(tmp_path, pdfs.document([table])))).replace("\t", "\n").split("\n")
    assert rows == [cell for name in names for cell in (name, name.replace("社区", "街道"))]


@pytest.mark.parametrize("way", ["line twice", "each character twice", "at one place"])
def test_a_title_drawn_twice_is_read_once(tmp_path: Path, way: str) -> None:
    """Bold made by drawing twice with an offset is one title, and 人人 in it remain two characters."""
    title, aside = "打造人人有责的幸福社区", 0.0 if way == "at one place" else 0.6
    if way == "each character twice":
        drawn = b"".join(
            pdfs.text(sign, 150 + 22 * n + step, 700 - step, 22) for n, sign in enumerate(title) for step in (0, aside)
        )
    else:
        drawn = pdfs.text(title, 150, 700, 22) + pdfs.text(title, 150 + aside, 700 - aside, 22)
    document = parsed(tmp_path, pdfs.document([drawn + BODY]))
    assert (document.paragraphs[0].level, document.paragraphs[0].text) == (0, title)


def test_a_page_lying_on_its_side_is_read(tmp_path: Path) -> None:
    """A page that is stored turned by a quarter has its lines where they are seen."""
    turned = b"0 1 -1 0 595 0 cm\n" + pdfs.text("横放的一页", 150, 500, 22) + BODY.replace(b" 90 ", b" 120 ")
    document = parsed(tmp_path, pdfs.document([turned], page=b"/Rotate 90"))
    assert texts(document)[0] == "横放的一页"
    assert "社区治理是基层治理的重要内容，居民的事情由居民商量着办" in "".join(texts(document))


def test_a_watermark_is_none_of_the_text(tmp_path: Path) -> None:
    """What runs uphill across the page stands apart, once."""
    mark = pdfs.text("征求意见稿", 0, 0, 60).replace(b"0 0 Td", b"0.7 0.7 -0.7 0.7 150 300 Tm")
    document = parsed(tmp_path, pdfs.document([mark + BODY, BODY + mark]))
    assert set("".join(texts(document))) == set("社区治理是基层治理的重要内容，居民的事情由居民商量着办")
    assert document.margins == ("征求意见稿",)


def test_pictures_come_as_they_are_and_once(tmp_path: Path, made: list[Path]) -> None:
    """A JPEG keeps its bytes; one that stands on two pages is one; bullets and a scan under its text are left out."""
    assert [picture.read()[:3] for picture in read(made[0]).pictures] == [b"\xff\xd8\xff"] * 2
    jpeg, tiny = photo(1), photo(2, 20, 20)
    placed = b"q 200 0 0 150 90 300 cm /I0 Do Q q 9 0 0 9 90 200 cm /I1 Do Q "
    behind = b"q 595 0 0 842 0 0 cm /I2 Do Q "
    pixels = pdfs.stream(
        b"\x10\x80\xf0" * 6400,
        b"/Type/XObject/Subtype/Image/Width 80/Height 80/BitsPerComponent 8/ColorSpace/DeviceRGB",
        packed=True,
    )
    images = [pdfs.image(jpeg, 800, 600), pdfs.image(tiny, 20, 20), pdfs.image(photo(3), 800, 600), pixels]
    raw = pdfs.document([behind + placed + BODY, placed + BODY + b"q 80 0 0 80 90 200 cm /I3 Do Q"], images=images)
    first, second = parsed(tmp_path, raw).pictures
    assert first.read() == jpeg
    with Image.open(io.BytesIO(second.read())) as drawn:
        assert (drawn.format, drawn.size, drawn.convert("RGB").getpixel((5, 5))) == ("PNG", (80, 80), (16, 128, 240))


def test_filled_fields_and_notes_on_the_page_are_text(tmp_path: Path) -> None:
    """What somebody filled into a form or wrote over the page stands after the text."""
    filled = "张三".encode("utf-16-be").hex().encode()
    raw = pdfs.document(
        [BODY],
        page=b"/Annots[1000 0 R 1001 0 R]",
        more={
            1000: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V<FEFF%s>/Rect[0 0 9 9]>>" % filled,
            1001: b"<</Type/Annot/Subtype/FreeText/Contents(by hand)/Rect[0 0 9 9]>>",
        },
    )
    assert texts(parsed(tmp_path, raw))[-2:] == ["张三", "by hand"]


def test_what_would_run_is_told(tmp_path: Path) -> None:
    """Scripts are macros; a program that is started or enclosed is one."""
    names = b"/Names<</EmbeddedFiles<</Names[(a)1000 0 R]>>>>"
    enclosed = {1000: b"<</Type/Filespec/F(a.exe)/UF(a.exe)/EF<</F 1001 0 R>>>>", 1001: pdfs.stream(b"MZ")}
    samples = {
        "program": pdfs.document([BODY], catalog=b"/OpenAction<</S/Launch/F(a.exe)>>"),
        "macro": pdfs.document([BODY], catalog=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
        "": pdfs.document([BODY]),
    }
    assert {what: parsed(tmp_path, raw).active for what, raw in samples.items()} == {what: what for what in samples}
    assert parsed(tmp_path, pdfs.document([BODY], catalog=names, more=enclosed)).active == "program"


def test_a_scan_has_no_text(tmp_path: Path) -> None:
    """Pages that are covered by pictures and have hardly a character are scanned; curves are no text either."""
    scan = b"q 590 0 0 840 0 0 cm /I0 Do Q " + pdfs.text("3", 300, 20)
    images = [pdfs.image(photo(1), 800, 600)]
    assert problem(tmp_path, pdfs.document([scan, scan], images=images)) == (FileProblem.EMPTY, "scanned")
    assert problem(tmp_path, pdfs.document([b"0 0 m 100 100 l S\n" * 50])) == (FileProblem.EMPTY, "no_text")
    assert problem(tmp_path, pdfs.document([b""])) == (FileProblem.EMPTY, "")
    under = scan + BODY  # a scan with its text read by a machine
    assert len(texts(parsed(tmp_path, pdfs.document([under], images=images)))) > 0


def test_fonts_that_do_not_say_what_they_draw(tmp_path: Path, made: list[Path]) -> None:
    """Without the fonts' maps to Unicode the text is numbers of glyphs, and no text."""
    raw = made[0].read_bytes()
    assert b"/ToUnicode" in raw
    found = problem(tmp_path, raw.replace(b"/ToUnicode", b"/ToUnicodX"))
    assert found == (FileProblem.EMPTY, "unreadable_text")


def test_an_owner_password_does_not_lock(tmp_path: Path, made: list[Path]) -> None:
    """A file that only forbids changes is read; one that asks for a password is encrypted."""
    restricted = convert(
        [made[0].parents[1] / "one.docx"], f"pdf:writer_pdf_Export:{json.dumps(FORBIDDEN)}", tmp_path / "out"
    )[0]
    assert b"/Encrypt" in restricted.read_bytes()
    assert texts(read(restricted)) == texts(read(made[0]))
    locked = pdfs.file(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[]/Count 0>>",
            3: b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"ab" * 32, b"cd" * 32),
        },
        b"/Encrypt 3 0 R/ID[<00><00>]",
    )
    assert problem(tmp_path, locked) == (FileProblem.ENCRYPTED, "")


def test_damaged_files(tmp_path: Path, made: list[Path]) -> None:
    """A file that is cut off or has nothing of a PDF but its first bytes is damaged; empty is empty."""
    raw = made[0].read_bytes()
    assert problem(tmp_path, raw[: len(raw) * 2 // 3]) == (FileProblem.DAMAGED, "cut_off")
    assert problem(tmp_path, b"%PDF-1.7 ...\n%%EOF\n") == (FileProblem.DAMAGED, "")
    assert problem(tmp_path, b"") == (FileProblem.EMPTY, "")


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
CHAIN = {number: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, 3000)}
BOMBS: dict[str, tuple[Callable[[], bytes], FileProblem]] = {
    "a loop in the page tree": (
        lambda: pdfs.file(
            {1: CATALOG, 2: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 4>>", 3: b"<</Type/Pages/Kids[2 0 R]/Count 3>>"}
        ),
        FileProblem.DAMAGED,
    ),
    "a deep page tree": (
        lambda: pdfs.file({1: CATALOG, **CHAIN, 3000: b"<</Type/Page/MediaBox[0 0 9 9]>>"}),
        FileProblem.DAMAGED,
    ),
    "ten thousand pages": (
        lambda: pdfs.file(
            {1: CATALOG, 2: b"<</Type/Pages/Kids[%s]/Count 10000>>" % (b"3 0 R " * 10_000), 3: b"<</Type/Page>>"}
        ),
        FileProblem.TOO_LARGE,
    ),
    "pages that are not there": (
        lambda: pdfs.file({1: CATALOG, 2: b"<</Type/Pages/Kids[3 0 R]/Count 400>>", 3: b"<</Type/Page>>"}),
        FileProblem.DAMAGED,
    ),
    "inflating commands": (lambda: pdfs.document([b" " * (100 << 20)]), FileProblem.BOMB),
    "inflating objects": (
        lambda: pdfs.file({1: CATALOG, 2: pdfs.stream(b" " * (100 << 20), b"/Type/ObjStm/N 1/First 4", packed=True)}),
        FileProblem.BOMB,
    ),
    "commands that inflate twice": (
        lambda: pdfs.file(
            {1: CATALOG, 2: pdfs.stream(zlib.compress(zlib.compress(bytes(100 << 20))), b"/Filter[/FlateDecode/Fl]")}
        ),
        FileProblem.BOMB,
    ),
    "deep nesting": (lambda: pdfs.document([b"[" * 1_000_000 + b"q " * 1_000_000]), FileProblem.EMPTY),
    "too many things drawn": (lambda: pdfs.document([b"0 0 m 9 9 l S\n" * 300_000]), FileProblem.TOO_LARGE),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_soon(tmp_path: Path, name: str) -> None:
    """What was made to loop or to fill the memory is refused within a few seconds."""
    make, expected = BOMBS[name]
    raw = make()
    started = time.process_time()
    assert problem(tmp_path, raw)[0] is expected
    assert time.process_time() - started < 5


def test_a_text_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More characters than any manuscript has, on all pages together, are too large."""
    monkeypatch.setattr(pdf, "CHARACTERS", 200)
    assert len(texts(parsed(tmp_path, pdfs.document([BODY])))) == 5
    assert problem(tmp_path, pdfs.document([BODY, BODY])) == (FileProblem.TOO_LARGE, "text")


FLIPS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=30)


@given(FLIPS, st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_flipped_bytes_never_raise_anything_else(
    tmp_path: Path, made: list[Path], flips: list[tuple[float, int]], printed: bool
) -> None:
    """Whatever byte is wrong, the file is read or has a problem, in less than two seconds."""
    raw = bytearray(made[0].read_bytes() if printed else pdfs.document([BODY]))
    for at, value in flips:
        raw[int(at * len(raw))] = value
    started = time.process_time()
    try:
        document = parsed(tmp_path, bytes(raw))
        for picture in document.pictures:
            picture.read()
    except Unreadable:
        pass
    assert time.process_time() - started < 2


def test_glyphs_of_another_font_are_put_back_into_their_line(tmp_path: Path) -> None:
    """LibreOffice draws a line's quotation marks and rare characters after the others, into the gaps left for them."""
    drawn = pdfs.text("社区", 90, 700) + pdfs.text("微心愿", 126, 700) + pdfs.text("点亮", 174, 700)
    drawn += pdfs.text("“", 114, 700) + pdfs.text("”", 162, 700) + pdfs.text("记", 78, 700)
    document = parsed(tmp_path, pdfs.document([drawn + BODY]))
    assert document.paragraphs[0].text == "记社区“微心愿”点亮"


def test_a_narrow_blank_between_names_is_kept_and_wide_spacing_is_none(tmp_path: Path) -> None:
    """A Western blank is a quarter as wide as a character; letters set apart have no blanks between them."""
    narrow = pdfs.text("幸福街道办事处", 90, 760) + pdfs.text("王小明", 90 + 7 * 12 + 3.5, 760)
    apart = b"".join(pdfs.text(sign, 90 + 16 * n, 730) for n, sign in enumerate("关于报送经验材料的报告"))
    document = parsed(tmp_path, pdfs.document([narrow + apart + BODY]))
    assert [paragraph.text for paragraph in document.paragraphs[:2]] == [
        "幸福街道办事处 王小明",
        "关于报送经验材料的报告",
    ]
