"""Whole letters, as the programs of contributors write them."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.letter.leaves import MAX_FILES
from mailbot.model import Address, FileProblem, Role
from tests.unit.letter.build import DOCX, HEAD, docx_part, leaf, letter, multipart, read, simple, taken

PLAIN = leaf("Content-Type: text/plain; charset=gb2312", "您好，附上稿件。朱镕".encode("gbk"))
HTML = leaf("Content-Type: text/html; charset=gb2312", "<p>您好</p><p>附上稿件</p>".encode("gbk"))
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_foxmail_letter(tmp_path: Path) -> None:
    """Text, document and photo of a Foxmail letter: all typed octet-stream, the text in two versions."""
    jpeg = b"\xff\xd8\xff" + b"photo" * 99
    photo = (
        'Content-Type: application/octet-stream; name="=?gb2312?B?1dXGrC5qcGc=?="\r\nContent-Disposition: attachment'
    )
    raw = letter(multipart("alternative", PLAIN, HTML, boundary="=_c"), docx_part(), leaf(photo, jpeg))
    found = read(raw, tmp_path)
    assert found.text == "您好，附上稿件。朱镕"
    assert found.sender == Address(address="zhangsan@example.cn", name="张三")
    assert [(file.name, file.role) for file in found.files] == [("a.docx", Role.OTHER), ("照片.jpg", Role.PICTURE)]
    assert found.files[0].media_type == DOCX_TYPE
    assert (found.files[0].where, found.files[0].bytes) == ("f001", len(DOCX))
    assert taken(tmp_path, found) == DOCX
    assert hashlib.sha256(DOCX).hexdigest() == found.files[0].sha256
    assert taken(tmp_path, found, 1) == jpeg


def test_raw_8bit_letter(tmp_path: Path) -> None:
    """A letter of raw GBK bytes without any label is read, its attachment's name too."""
    part = leaf('Content-Type: application/x; name="某某社区稿件.docx"'.encode("gbk"), DOCX)
    text = b"Content-Type: text/plain\r\n\r\n" + "您好，这是稿件".encode("gbk")
    raw = letter(text, part, subject="SUBJECT").replace(b"SUBJECT", "投稿：某某社区".encode("gbk"))
    found = read(raw, tmp_path)
    assert (found.subject, found.text) == ("投稿：某某社区", "您好，这是稿件")
    assert found.files[0].name == "某某社区稿件.docx"


def test_name_with_a_line_end_inside(tmp_path: Path) -> None:
    """A name broken by CR LF inside its quotes, as Coremail writes it, costs neither the name nor the file."""
    head = 'Content-Type: application/octet-stream; name="=?utf-8?B?56i/?=\r\n=?utf-8?B?5Lu2LmRvY3g=?="'
    found = read(letter(PLAIN, leaf(head, DOCX)), tmp_path)
    assert found.files[0].name == "稿件.docx"
    assert taken(tmp_path, found) == DOCX


def test_8bit_attachment_keeps_its_bytes(tmp_path: Path) -> None:
    """The bytes of an attachment never pass through a charset."""
    content = b"M\xfcller \x80\xff\r\n=C3=BC end"
    head = "Content-Type: text/csv; charset=utf-8\r\nContent-Disposition: attachment; filename=x.csv"
    found = read(letter(leaf(head + "\r\nContent-Transfer-Encoding: 8bit", content, wrap=False)), tmp_path)
    assert taken(tmp_path, found) == content


def test_name_as_a_path_stays_a_name(tmp_path: Path) -> None:
    """A path in a name loses its folders, and is never used for a file."""
    found = read(letter(docx_part('filename="../../etc/p.docx"')), tmp_path)
    assert (found.files[0].name, found.files[0].where) == ("p.docx", "f001")
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["f001"]


def test_html_only_letter(tmp_path: Path) -> None:
    """An HTML letter gives its text, without styles and scripts, blocks on their own lines, charset from meta."""
    page = '<html><head><meta charset="gbk"><style>p{}</style></head><body><p>标题</p>一<br>二<script>x</script></body>'
    found = read(letter(leaf("Content-Type: text/html", page.encode("gbk"))), tmp_path)
    assert found.text == "标题\n一\n二"


def test_pasted_picture_is_inline(tmp_path: Path) -> None:
    """A picture in multipart/related is a file, marked inline, named by us when it has no name."""
    picture = leaf("Content-Type: image/png\r\nContent-ID: <1>", b"\x89PNG\r\n\x1a\n123")
    found = read(letter(HTML, picture, kind="related"), tmp_path)
    assert (found.files[0].inline, found.files[0].name) == (True, "f001.png")


def test_forwarded_letter_is_one_file_and_its_files(tmp_path: Path) -> None:
    """A forwarded letter is kept byte for byte; what it encloses is marked as lying inside."""
    inner = letter(PLAIN, docx_part(), subject="=?utf-8?B?5oqV56i/?=").replace(b"=_b", b"=_inner")
    found = read(letter(PLAIN, b"Content-Type: message/rfc822\r\n\r\n" + inner), tmp_path)
    assert [(file.name, file.role, file.inside) for file in found.files] == [
        ("投稿.eml", Role.FORWARDED, None),
        ("a.docx", Role.OTHER, "投稿.eml"),
    ]
    assert taken(tmp_path, found) == inner.removesuffix(b"\r\n") or taken(tmp_path, found) == inner
    assert taken(tmp_path, found, 1) == DOCX
    assert found.text == "您好，附上稿件。朱镕"


def test_cut_off_letter(tmp_path: Path) -> None:
    """Without its final boundary a letter gives all it holds, and says so."""
    found = read(letter(PLAIN, docx_part(), close=False), tmp_path)
    assert taken(tmp_path, found) == DOCX
    assert any("CloseBoundaryNotFound" in defect for defect in found.defects)


def test_empty_file_is_told(tmp_path: Path) -> None:
    """An attachment without content is there, with its problem."""
    found = read(letter(leaf("Content-Type: application/x; name=a.docx", b"")), tmp_path)
    assert found.files[0].problem is FileProblem.EMPTY


@pytest.mark.parametrize(
    "raw", [b"", b"\x89PNG\r\n\x1a\n" + bytes(500), b"PK\x03\x04 not a mail", b"\r\n\r\n", b"hello\n"]
)
def test_what_is_no_mail_is_unreadable(raw: bytes, tmp_path: Path) -> None:
    """Empty, binary and headless files are unreadable, and have a fingerprint all the same."""
    found = read(raw, tmp_path)
    assert not found.readable
    assert len(found.fingerprint) == 64


def test_fingerprint_survives_other_bytes(tmp_path: Path) -> None:
    """Other transfer lines, blanks and trace headers make no other letter; another file does."""
    first = read(letter(PLAIN, docx_part()), tmp_path)
    again = read(b"Received: by x\r\n" + letter(PLAIN, docx_part()).replace(b"=_b", b"=_other"), tmp_path)
    other = read(letter(PLAIN, leaf("Content-Type: application/x; name=a.docx", DOCX + b"1")), tmp_path)
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_2000_nested_parts(tmp_path: Path) -> None:
    """A nesting bomb is read by its headers."""
    body = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(2000)
    )
    found = read(HEAD + b"Subject: bomb\r\n" + body + b"\r\ntext", tmp_path)
    assert found.subject == "bomb"
    assert any("without its structure" in defect for defect in found.defects)


def test_20000_parts_are_bounded(tmp_path: Path) -> None:
    """Of endless parts a bounded number is taken out, and that is said."""
    start = time.process_time()
    found = read(letter(*[b"Content-Type: image/png\r\n\r\n1"] * 20_000), tmp_path)
    assert len(found.files) == MAX_FILES
    assert any("more than" in defect for defect in found.defects)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<!--", "<![CDATA[", "</", "<a b='", "&#", "<script>", "<div>", "<p title=", "</a ", "<!", "<?", "&amp"],
)
def test_hostile_html_is_read_in_linear_time(piece: str, tmp_path: Path) -> None:
    """A megabyte of broken HTML costs no more than seconds."""
    start = time.process_time()
    read(simple(piece * (1_000_000 // len(piece)), more="").replace(b"text/plain", b"text/html"), tmp_path)
    assert time.process_time() - start < 5


def test_millions_of_lines_like_boundaries(tmp_path: Path) -> None:
    """A letter of nothing but lines that could begin a part is read by its headers, within moments."""
    start = time.process_time()
    found = read(simple("--\n" * 3_500_000, "bomb"), tmp_path)
    assert (found.subject, any("TooMuch" in defect for defect in found.defects)) == ("bomb", True)
    assert time.process_time() - start < 8


def test_long_text_is_bounded(tmp_path: Path) -> None:
    """Of a huge text two megabytes are read, and that is said."""
    found = read(simple("a" * 5_000_000), tmp_path)
    assert len(found.text) == 2 * 1024 * 1024
    assert any("longer than" in defect for defect in found.defects)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["mixed", "report", "alternative", "digest", "related"]))
def test_no_content_raises(tmp_path_factory: pytest.TempPathFactory, raw: bytes, kind: str) -> None:
    """Garbage in a letter's body and part headers never raises, and all its strings can be stored."""
    found = read(letter(raw, b"Content-Type: message/rfc822\r\n\r\n" + raw, kind=kind), tmp_path_factory.mktemp("x"))
    assert repr(found).encode() is not None


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: multipart/mixed\r\n\r\ntext",
        b'Content-Type: text/plain; charset="\0"\r\n\r\n\xff',
        b"Content-Type: text/plain; charset*=a''%ff\r\n\r\ntext",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary*=x''%20b\r\n\r\n-- b\r\n\r\ntext",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-unknown\r\n\r\n\xff",
        b"Content-Type: text/plain; a*1*=x; a*0=y; a*=z\r\n\r\ntext",
        b"Content-Type:\r\n\r\ntext",
        b"Date: Mon, 23 Nov 2026 10:00:00 +99999999999\r\nContent-Type: ;;;=\r\n\r\ntext",
    ],
)
def test_real_breakages_of_the_mail_package(head: bytes, tmp_path: Path) -> None:
    """Mails on which the mail package raises are read."""
    assert read(HEAD + head, tmp_path).readable
