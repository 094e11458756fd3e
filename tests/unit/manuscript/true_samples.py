"""One manuscript with everything in it, saved by LibreOffice in every format: what all readers must agree on."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm

from tests.servers.office_suite import convert
from tests.unit.manuscript.samples import photo, saved

TITLE = "“三张清单”解民忧 东营“小社区”有大作为"
BODY = (
    TITLE,
    "——河源市源城区城市社区建设工作纪实",
    "山东省东营市东营区委社会工作部 何明洁 潘语𬭎",
    "一、主要做法",
    *(f"第{number}段，居民的事情由居民商量着办，社区治理是基层治理的重要内容。" for number in "一二三四五六七八九"),
    "（一）建立机制",
    "表头甲",
    "表头乙",
    "嵌套的格子",
    "走访户数 1,280 户\t满意率98%",
    "第一行\n第二行",
    "二、取得成效",
    "结尾一段，感谢各位编辑老师。",
)
NOTE, BOX, HEADER, FOOTER = "脚注里的说明文字。", "文本框里的一句话。", "页眉里的单位名称", "页脚里的联系方式"
LEVELS = {TITLE: 0, "一、主要做法": 1, "（一）建立机制": 2, "二、取得成效": 1}
GONE = ("删去的旧句子", "HYPERLINK", "批注里的话")
PHOTOS = (photo(1, 640, 480), photo(2, 480, 640))

_BOX = (
    f"<w:r {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml'><w:pict><v:rect style='position:absolute;"
    "margin-left:10pt;margin-top:10pt;width:200pt;height:40pt'><v:textbox><w:txbxContent><w:p><w:r><w:t>"
    + BOX
    + "</w:t></w:r></w:p></w:txbxContent>"
    "</v:textbox></v:rect></w:pict></w:r>"
)
_DELETED = (
    f"<w:del {nsdecls('w')} w:id='90' w:author='a' w:date='2026-01-01T00:00:00Z'><w:r><w:delText>{GONE[0]}</w:delText>"
    "</w:r></w:del>"
)
_LINK = (
    f"<w:p {nsdecls('w')}><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> HYPERLINK "
    '"http://example.cn" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{}</w:t></w:r>'
    "<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
)
_NOTES = (
    f"<w:footnotes {nsdecls('w')}><w:footnote w:type='separator' w:id='-1'><w:p><w:r><w:separator/></w:r></w:p>"
    "</w:footnote><w:footnote w:type='continuationSeparator' w:id='0'><w:p><w:r><w:continuationSeparator/></w:r></w:p>"
    f"</w:footnote><w:footnote w:id='2'><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>{NOTE}</w:t></w:r></w:p>"
    "</w:footnote></w:footnotes>"
)


def manuscript() -> bytes:
    """The manuscript as .docx: title, headings, nested table, footnote, text box, header, footer, link, two photos."""
    document = docx.Document()
    document.add_heading(BODY[0], 0)
    document.add_paragraph(BODY[1])
    document.add_paragraph(BODY[2])
    document.add_heading(BODY[3], 1)
    for number, text in enumerate(BODY[4:13]):
        paragraph = document.add_paragraph(text)
        if number == 2:
            paragraph._p.append(parse_xml(_DELETED))
        if number == 3:
            paragraph._p.append(parse_xml(_BOX))
        if number == 4:
            reference = f"<w:r {nsdecls('w')}><w:footnoteReference w:id='2'/></w:r>"
            paragraph._p.append(parse_xml(reference))
        if number in (5, 6):
            document.add_picture(BytesIO(PHOTOS[number - 5]), width=Cm(6))
    document.add_heading(BODY[13], 2)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = BODY[14:16]
    table.cell(0, 1).add_table(1, 1).cell(0, 0).text = BODY[16]
    document.add_paragraph(BODY[17])
    document.add_paragraph(BODY[18])
    document.add_heading(BODY[19], 1)
    document.element.body.insert(len(document.element.body) - 1, parse_xml(_LINK.format(BODY[20])))
    document.sections[0].header.paragraphs[0].text = HEADER
    document.sections[0].footer.paragraphs[0].text = FOOTER
    document.add_comment(document.paragraphs[1].runs, GONE[2])
    _add_notes(document)
    return saved(document)


def _add_notes(document: object) -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    main = document.part  # type: ignore[attr-defined]
    part = Part(PackURI("/word/footnotes.xml"), kind, _NOTES.encode(), main.package)
    main.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def short() -> bytes:
    """One sentence: a reader of old prints nothing for it."""
    document = docx.Document()
    document.add_paragraph("只有一句话。")
    return saved(document)


NUMBERED = ("题目在此", "一、做法", "（一）组织", "1. 走访", "2. 收集", "（二）服务", "1. 再数", "二、成效", "没有编号")
"""What is shown of a document whose numbers Word gives by itself; the paragraphs say only of which level they are."""
HIDDEN = "看不见的话"


def numbered() -> bytes:
    """A document with lists of three levels, and hidden text."""
    document = docx.Document()
    forms = (
        ("chineseCounting", "%1、", "nothing"),
        ("chineseCounting", "（%2）", "nothing"),
        ("decimal", "%3.", "tab"),
    )
    levels = "".join(
        f"<w:lvl w:ilvl='{at}'><w:start w:val='1'/><w:numFmt w:val='{form}'/><w:suff w:val='{suffix}'/>"
        f"<w:lvlText w:val='{pattern}'/></w:lvl>"
        for at, (form, pattern, suffix) in enumerate(forms)
    )
    document.part.numbering_part._element = parse_xml(
        f"<w:numbering {nsdecls('w')}><w:abstractNum w:abstractNumId='0'><w:multiLevelType w:val='multilevel'/>{levels}"
        "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>"
    )
    for text, at in zip(NUMBERED, (None, 0, 1, 2, 2, 1, 2, 0, None), strict=True):
        paragraph = document.add_paragraph(text.rpartition("、）."[at])[2].strip() if at is not None else text)
        if at is not None:
            item = f"<w:numPr {nsdecls('w')}><w:ilvl w:val='{at}'/><w:numId w:val='1'/></w:numPr>"
            paragraph._p.get_or_add_pPr().append(parse_xml(item))
    document.paragraphs[-1].add_run(HIDDEN).font.hidden = True
    return saved(document)


FORMATS = {"doc": "doc:MS Word 97", "odt": "odt", "rtf": "rtf", "docx": "docx:Office Open XML Text"}


def sample(name: str) -> bytes:
    """`full`, `short`, `numbered` or `empty` as LibreOffice saves it, by the ending; made.docx as it went in."""
    stem, _, kind = name.partition(".")
    return _sources()["full"] if stem == "made" else _saved(kind)[stem]


@cache
def _sources() -> Mapping[str, bytes]:
    return {"full": manuscript(), "short": short(), "numbered": numbered(), "empty": saved(docx.Document())}


@cache
def _saved(kind: str) -> Mapping[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}.docx") for name in _sources()]
        for path in paths:
            path.write_bytes(_sources()[path.stem])
        return {path.stem: path.read_bytes() for path in convert(paths, FORMATS[kind], Path(folder, "out"))}
