""".odt: what LibreOffice's own samples do not show, in packages built by hand."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mailbot.manuscript.document import Document, Unreadable
from mailbot.manuscript.formats.odt import read
from mailbot.model import FileProblem
from tests.unit.manuscript.samples import rewritten

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
    for name, full in {
        "office": "office",
        "text": "text",
        "style": "style",
        "draw": "drawing",
        "table": "table",
    }.items()
)


def package(path: Path, body: str, styles: str = "", **members: str) -> Path:
    """A text document with this body and these automatic styles."""
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        out.writestr("content.xml", content)
        for name, data in members.items():
            out.writestr(name, data)
    return path


def texts(document: Document) -> list[str]:
    """Its paragraphs."""
    return [paragraph.text for paragraph in document.paragraphs]


def test_only_what_is_shown_is_read(tmp_path: Path) -> None:
    """Deleted text, comments, ruby, numbers of lists and covered cells are no text; blanks and breaks are."""
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>删去</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>  甲\n  乙<text:s text:c='2'/>丙<text:tab/>丁<text:line-break/>戊"
        "<office:annotation><text:p>批注</text:p></office:annotation></text:p>"
        "<text:p><text:ruby><text:ruby-base>注</text:ruby-base><text:ruby-text>zhù</text:ruby-text></text:ruby>音</text:p>"
        "<text:list><text:list-item><text:number>1.</text:number><text:p>条目</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>格</text:p></table:table-cell><table:covered-table-cell>"
        "<text:p>遮住</text:p></table:covered-table-cell></table:table-row></table:table>"
    )
    assert texts(read(package(tmp_path / "x", body))) == ["甲 乙  丙\t丁\n戊", "注音", "条目", "格"]


def test_a_box_is_read_and_styles_may_go_in_circles(tmp_path: Path) -> None:
    """A text box comes before what anchors it; styles that are based on each other end."""
    styles = (
        "<style:style style:name='P1' style:parent-style-name='P2'/>"
        "<style:style style:name='P2' style:parent-style-name='P1'/>"
        "<style:style style:name='P3' style:parent-style-name='Title'/><style:style style:name='Title'/>"
    )
    body = (
        "<text:p text:style-name='P3'>题目</text:p><text:p text:style-name='P1'>锚<draw:frame><draw:text-box>"
        "<text:p>框内</text:p></draw:text-box></draw:frame></text:p><text:h text:outline-level='2'>小标题</text:h>"
    )
    document = read(package(tmp_path / "x", body, styles))
    assert [(each.text, each.level) for each in document.paragraphs] == [
        ("题目", 0),
        ("框内", None),
        ("锚", None),
        ("小标题", 2),
    ]


def test_macros_are_told_and_empty_lists_of_them_are_not(tmp_path: Path) -> None:
    """LibreOffice writes lists of macros into documents that have none."""
    plain = package(tmp_path / "a", "<text:p>文</text:p>", **{"Basic/script-lc.xml": "<x/>"})
    macro = package(tmp_path / "b", "<text:p>文</text:p>", **{"Basic/Standard/Module1.xml": "<x/>"})
    assert (read(plain).active, read(macro).active) == ("", "macro")


def encrypted(path: Path) -> Path:
    """A manifest that says how the parts are encrypted."""
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:encryption-data/></m:manifest>'
    )
    return package(path, "", **{"META-INF/manifest.xml": manifest})


def large(path: Path) -> Path:
    """A hundred megabytes of text in a few hundred kilobytes."""
    return package(path, "<text:p>" + "社区" * (16 << 20) + "</text:p>")


def laughs(path: Path) -> Path:
    """Entities that grow."""

    def declare(name: str, data: bytes) -> bytes:
        doctype = b'<!DOCTYPE d [<!ENTITY a "aaaa">]>'
        return doctype + data[data.index(b"<office:") :] if name == "content.xml" else data

    path.write_bytes(rewritten(package(path, "<text:p>&amp;</text:p>").read_bytes(), declare))
    return path


def broken(path: Path) -> Path:
    """A part that ends in the middle."""
    whole = package(path, "<text:p>文</text:p>").read_bytes()
    path.write_bytes(rewritten(whole, lambda name, data: data[:-40] if name == "content.xml" else data))
    return path


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (encrypted, FileProblem.ENCRYPTED),
        (large, FileProblem.BOMB),
        (laughs, FileProblem.BOMB),
        (broken, FileProblem.DAMAGED),
    ],
)
def test_what_cannot_be_read_has_a_problem(tmp_path: Path, make: object, problem: FileProblem) -> None:
    """Encrypted, damaged and hostile packages are told apart, within bounds."""
    with pytest.raises(Unreadable) as raised:
        read(make(tmp_path / "x"))  # type: ignore[operator]
    assert raised.value.problem is problem
