"""Saved pages: what a browser shows, headings, the title, pictures, and .mht."""

from __future__ import annotations

import base64
import time
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.manuscript.document import Document, Unreadable
from mailbot.manuscript.formats.html import read, read_archive
from mailbot.model import FileProblem
from tests.servers.office_suite import convert
from tests.unit.manuscript.samples import photo

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>幸福社区是怎样
建成的</title><!--[if gte mso 9]><xml><o:p>不是文字</o:p></xml><![endif]--><style>p {margin:0}</style></head>
<body><div class=WordSection1><p class=MsoTitle align=center><b>幸福社区是怎样建成的<o:p></o:p></b></p>
<p class=MsoNormal>某某市某某街道办事处</p>
<p class=MsoNormal style='text-indent:24.0pt'>居民们在议
事厅里商量停车的事<span lang=EN-US>2023</span>年<![if !supportLists]>开始<![endif]>，镕基路上
<br>三十户。<o:p>&nbsp;</o:p></p>
<h2>一、做法</h2><table><tr><td><p>姓名</p></td><td><p>单位</p></td></tr></table>
<![foo bar]><p>结束&amp;完</p></div></body></html>"""


def parsed(tmp_path: Path, data: bytes) -> Document:
    """The page in a file, read."""
    path = tmp_path / "x.html"
    path.write_bytes(data)
    return read(path)


def levels(document: Document) -> list[tuple[int | None, str]]:
    """Its paragraphs with their levels."""
    return [(paragraph.level, paragraph.text) for paragraph in document.paragraphs]


def test_a_page_as_word_saves_it(tmp_path: Path) -> None:
    """GBK bytes labelled gb2312, wrapped source lines, Word's own marks: the text that is shown comes out."""
    found = levels(parsed(tmp_path, WORD.encode("gb18030")))
    assert found[:3] == [
        (0, "幸福社区是怎样建成的"),
        (None, "某某市某某街道办事处"),
        (None, "居民们在议事厅里商量停车的事2023年开始，镕基路上"),
    ]
    assert [text for level, text in found if level == 1] == ["一、做法"]
    assert "".join(text for _, text in found[3:]).split() == ["三十户。一、做法姓名单位结束&完"]


def test_several_first_headings_below_a_title_are_headings(tmp_path: Path) -> None:
    """LibreOffice writes a title as plain paragraph, and each part's heading as h1."""
    page = "<p>题目</p><h1>一、做法</h1><p>做了</p><h1>二、成效</h1><p>好</p>"
    expected = [(None, "题目"), (1, "一、做法"), (None, "做了"), (1, "二、成效"), (None, "好")]
    assert levels(parsed(tmp_path, page.encode())) == expected
    titled = levels(parsed(tmp_path, f"<title>题目</title>{page}".encode()))
    assert titled == [(0, "题目"), *expected[1:]]


def test_headings_and_the_windows_title(tmp_path: Path) -> None:
    """The first h1 is the title; without one the window's title is, at its line or above all."""
    page = "<title>窗口</title><p>导语</p><h1 class='a'>题目</h1><h2>一</h2><h3>二</h3><h1>又一个</h1><p>完</p>"
    assert levels(parsed(tmp_path, page.encode())) == [
        (None, "导语"),
        (0, "题目"),
        (1, "一"),
        (2, "二"),
        (1, "又一个"),
        (None, "完"),
    ]
    assert levels(parsed(tmp_path, "<title>窗口</title><p>正文</p>".encode())) == [(0, "窗口"), (None, "正文")]
    assert levels(parsed(tmp_path, "<p>正文</p><blockquote><p>引用</p></blockquote>".encode("utf-16"))) == [
        (None, "正文"),
        (None, "引用"),
    ]


def test_pictures_in_the_page(tmp_path: Path) -> None:
    """Pictures written into the page come with their bytes, each once; those elsewhere are not asked for."""
    jpeg = photo(1)
    data = base64.b64encode(jpeg).decode()
    page = f'<p>字</p><img src="data:image/jpeg;base64,{data}"><img src="https://example.cn/a.png">'
    document = parsed(tmp_path, (page + page).encode())
    assert [(picture.name, picture.read()) for picture in document.pictures] == [("1.jpeg", jpeg)]
    assert levels(document) == [(None, "字"), (None, "字")]


def test_a_page_that_libreoffice_saves(tmp_path: Path) -> None:
    """A true document saved as a page keeps each of its paragraphs."""
    sample = docx.Document()
    sample.add_heading("幸福社区", 1)
    written = [
        f"第{n}段写了居民们在议事厅里商量停车的事情，大家都很满意，愿意继续参与社区的工作。" * 3 for n in range(9)
    ]
    for words in written:
        sample.add_paragraph(words)
    sample.save(str(tmp_path / "x.docx"))
    page = convert([tmp_path / "x.docx"], "html", tmp_path / "out")[0]
    assert levels(read(page)) == [(0, "幸福社区"), *((None, words) for words in written)]


def archive(page: bytes, jpeg: bytes) -> bytes:
    """A page in one file with its picture and an icon, as browsers and Word write it."""
    letter = EmailMessage()
    letter["From"] = "<Saved by a browser>"
    letter["Subject"] = "x"
    letter.set_content(page, "text", "html", cte="base64")
    letter.make_related()
    letter.add_related(jpeg, "image", "jpeg", headers=["Content-Location: https://example.cn/p/1.jpg"])
    letter.add_related(photo(2), "image", "jpeg", cid="<icon@x>")
    return letter.as_bytes()


def test_a_page_in_one_file(tmp_path: Path) -> None:
    """The page is read out of its letter, and the picture that it shows."""
    jpeg = photo(1)
    page = '<meta charset="gbk"><h1>题目</h1><p>正文在此</p><img src="https://example.cn/p/1.jpg">'.encode("gbk")
    path = tmp_path / "x.mht"
    path.write_bytes(archive(page, jpeg))
    document = read_archive(path)
    assert levels(document) == [(0, "题目"), (None, "正文在此")]
    assert [picture.read() for picture in document.pictures] == [jpeg]
    path.write_bytes(b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/related\n\nnothing")
    with pytest.raises(Unreadable) as caught:
        read_archive(path)
    assert caught.value.problem is FileProblem.DAMAGED


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<html><body><script>x</script></body></html>", FileProblem.EMPTY),
        (b"<html>" + bytes(500), FileProblem.DAMAGED),
        (b"<p>" + b"x" * (9 << 20), FileProblem.TOO_LARGE),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, data: bytes, problem: FileProblem) -> None:
    """A page without text, one that is none, and one beyond all measure."""
    with pytest.raises(Unreadable) as caught:
        parsed(tmp_path, data)
    assert caught.value.problem is problem


@pytest.mark.parametrize(
    "nasty",
    [
        b"<h1 " * 100_000,
        b"<img " * 100_000,
        b"<![" * 100_000,
        b"<title>" * 100_000,
        b"<div>" * 100_000,
        b"<!--" * 100_000,
        b'"data:image/a;base64,' * 100_000,
        b"\xe4\xb8\x80" + b" " * 3_000_000 + b"\xe4\xb8\x80",
        b"<p>" * 900_000,
    ],
    ids=range(9),
)
def test_nasty_pages_end_soon(tmp_path: Path, nasty: bytes) -> None:
    """Marks that are opened and never closed cost seconds, not hours."""
    started = time.process_time()
    with suppress(Unreadable):
        parsed(tmp_path, nasty)
    assert time.process_time() - started < 8


@given(
    st.lists(st.sampled_from(["<p>", "<![", "]>", "<h1", ">", "</h1>", "<!--", "&#0;", "&#xd800;", "字", "<", "\0"]))
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_page_is_read_or_refused(tmp_path: Path, pieces: list[str]) -> None:
    """Whatever the marks, there is a text without lone surrogates, or a problem."""
    with suppress(Unreadable):
        "".join(text for _, text in levels(parsed(tmp_path, "".join(pieces).encode()))).encode()
