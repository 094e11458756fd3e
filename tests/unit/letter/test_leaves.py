"""What counts as a file, what as a picture, and letters within letters."""

from __future__ import annotations

import base64
import binascii
import os
import struct
import zlib
from pathlib import Path

import pytest

from mailbot.letter.read import open_enclosed_letter
from mailbot.model import Address, Kind, Role
from tests.unit.letter.build import DOCX, HEAD, ZH, docx_part, leaf, letter, multipart, read, simple, taken

TEXT = leaf("Content-Type: text/plain; charset=utf-8", "您好，附上稿件。".encode())


def png(width: int, height: int, size: int = 100) -> bytes:
    """An image that says so many pixels of itself."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    made = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return made + os.urandom(max(0, size - len(made)))


def uu(content: bytes, name: str = "稿件.docx") -> bytes:
    """A uuencoded file."""
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin 644 " + name.encode() + b"\n" + lines + b"`\nend\n"


FILES = {
    "attachment": 'Content-Type: application/msword; name="a"\r\nContent-Disposition: attachment',
    "inline": "Content-Type: application/msword\r\nContent-Disposition: inline; filename=a",
    "octet-stream without a name": "Content-Type: application/octet-stream",
    "calendar": "Content-Type: text/calendar; method=REQUEST",
    "named text": "Content-Type: text/plain; name=a.txt",
    "text as attachment": "Content-Type: text/plain\r\nContent-Disposition: attachment",
    "named page": "Content-Type: text/html; name=a.html",
    "no type at all": "Content-Disposition: attachment; filename=a",
    "unknown encoding": "Content-Type: application/x\r\nContent-ID: <1>",
    "delivery status": "Content-Type: message/delivery-status",
}


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("container", ["mixed", "related", "alternative"])
def test_every_leaf_that_is_no_body_is_a_file(form: str, container: str, tmp_path: Path) -> None:
    """Whatever its type and disposition are and wherever it lies, a leaf that is no text of the letter is a file."""
    if container == "alternative" and form.startswith("named"):
        return  # there a named text is a version of the letter's text
    found = read(letter(TEXT, leaf(FILES[form], b"content \xff\x00"), kind=container), tmp_path)
    assert found.text == "您好，附上稿件。"
    assert [taken(tmp_path, found, number) for number in range(len(found.files))] == [b"content \xff\x00"]
    assert found.files[0].name


def test_appledouble_gives_the_document_and_its_fork(tmp_path: Path) -> None:
    """Of a Mac's pair the document keeps its name, and what the Mac keeps beside it does not look like another."""
    fork = leaf('Content-Type: application/applefile; name="a.docx"', b"\0\5\x16\7" + bytes(30))
    found = read(letter(TEXT, multipart("appledouble", fork, docx_part(), boundary="=_a")), tmp_path)
    assert [file.name for file in found.files] == ["a.docx.rsrc", "a.docx"]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_uuencoded_files_within_a_text(charset: str, tmp_path: Path) -> None:
    """A file written into the text is a file; the text around it stays, and so does "begin" where nothing begins."""
    text = "您好\nbegin 644 nothing\n正文\n".encode(charset) + uu(DOCX).replace("稿件".encode(), "稿件".encode(charset))
    found = read(HEAD + b"Subject: x\n\n" + text + "此致\n".encode(charset) + uu(b"two", "b.txt")[:-6], tmp_path)
    assert found.text.split() == ["您好", "begin", "644", "nothing", "正文", "此致"]
    assert [(file.name, taken(tmp_path, found, n)) for n, file in enumerate(found.files)] == [
        ("稿件.docx", DOCX),
        ("b.txt", b"two"),
    ]


def test_a_large_uuencoded_file_is_streamed(tmp_path: Path) -> None:
    """A file of megabytes within a text, behind more text than is kept, comes out whole."""
    content = os.urandom(3_000_000)
    found = read(HEAD + b"Subject: x\n\n" + b"line\n" * 500_000 + uu(content), tmp_path)
    assert taken(tmp_path, found) == content


@pytest.mark.parametrize("name", ["winmail.dat", "ATT00001.dat", "稿件.docx"])
def test_tnef_is_an_archive(name: str, tmp_path: Path) -> None:
    """Outlook's package is told by its signature, whatever it is called, and is opened as archives are."""
    part = leaf(f'Content-Type: application/octet-stream; name="{name}"', b'x\x9f>"\x01\x02' + bytes(90))
    found = read(letter(TEXT, part), tmp_path)
    assert [(file.media_type, file.role) for file in found.files] == [("application/ms-tnef", Role.ARCHIVE)]


def test_stub_beside_a_page(tmp_path: Path) -> None:
    """A plain text that only says that the letter is in HTML is not the letter's text."""
    stub = leaf("Content-Type: text/plain; charset=utf-8", "请使用支持HTML的客户端查看".encode())
    page = leaf(
        "Content-Type: text/html; charset=utf-8", "<p>您好，附上我社区的稿件。请编辑老师审阅，谢谢。</p>".encode()
    )
    found = read(letter(stub, page, kind="alternative"), tmp_path)
    assert found.text == "您好，附上我社区的稿件。请编辑老师审阅，谢谢。"


def test_one_text_twice_is_one(tmp_path: Path) -> None:
    """Plain and HTML side by side without an alternative give the text once."""
    page = leaf("Content-Type: text/html; charset=utf-8", "<p>您好，附上稿件。</p>".encode())
    assert read(letter(TEXT, page), tmp_path).text == "您好，附上稿件。"


# --- Pictures in the text ---------------------------------------------------------------------------------------------

SIGNED = "<p>您好，附上稿件。</p><p>--</p>{}<p>张三</p><p>电话：0512-00000000</p>"
IMAGES = {
    "pasted photo": ("<p>照片：</p>{}", (1080, 720), Role.PICTURE),
    "small photo in the text": ("<p>照片：</p>{}<p>完</p>", (300, 200), Role.PICTURE),
    "logo in the signature": (SIGNED, (200, 80), Role.OTHER),
    "logo below the signature": ("<p>稿件</p><p>此致</p><p>敬礼</p><p>张三</p>{}", (300, 100), Role.OTHER),
    "logo in Gmail's signature": ('<p>稿件</p><div class="gmail_signature">{}</div>', (200, 80), Role.OTHER),
    "logo below Foxmail's line": ('<p>稿件</p><hr id="FMSigSeperator"><div>{}</div>', (200, 80), Role.OTHER),
    "photo below the signature": ("<p>稿件</p><p>--</p><p>张三</p>{}", (1080, 720), Role.PICTURE),
    "counting pixel": ("<p>稿件</p>{}", (1, 1), Role.OTHER),
    "icon": ("<p>稿件 {} 好</p>", (24, 24), Role.OTHER),
    "ruler": ("<p>稿件</p>{}", (800, 5), Role.OTHER),
    "only an image": ("{}", (300, 300), Role.PICTURE),
}


@pytest.mark.parametrize("form", IMAGES)
def test_logos_and_pixels_are_no_pictures(form: str, tmp_path: Path) -> None:
    """Structure and size tell a logo, an icon and a counting pixel from a photo that was pasted into the text."""
    page, (width, height), role = IMAGES[form]
    html = leaf("Content-Type: text/html; charset=utf-8", page.format('<img src="cid:p1@x">').encode())
    image = leaf("Content-Type: image/png; name=image001.png\r\nContent-ID: <p1@x>", png(width, height))
    found = read(letter(html, image, kind="related"), tmp_path)
    assert [(file.role, file.inline) for file in found.files] == [(role, True)]


@pytest.mark.parametrize(
    ("attributes", "role"),
    [('width="1" height="1"', Role.OTHER), ('style="display:none"', Role.OTHER), ('width="600"', Role.PICTURE)],
)
def test_how_an_image_is_shown_counts(attributes: str, role: Role, tmp_path: Path) -> None:
    """An image that is hidden or shown as a dot is no photo, however large it is."""
    html = leaf("Content-Type: text/html", f'<p>x</p><img src="cid:p" {attributes}>'.encode())
    image = leaf("Content-Type: image/png\r\nContent-ID: <p>", png(1000, 800))
    assert read(letter(html, image, kind="related"), tmp_path).files[0].role is role


def test_an_enclosed_image_with_a_content_id_is_not_inline(tmp_path: Path) -> None:
    """Some programs give every attachment a Content-ID: only one that the text shows stands in it."""
    head = "Content-Type: image/png; name=a.png\r\nContent-ID: <1>\r\nContent-Disposition: attachment"
    found = read(letter(TEXT, leaf(head, png(900, 600))), tmp_path)
    assert (found.files[0].inline, found.files[0].role) == (False, Role.PICTURE)


# --- Letters within letters -------------------------------------------------------------------------------------------

INNER = letter(TEXT, docx_part(), subject="=?utf-8?B?5oqV56i/?=").replace(b"=_b", b"=_inner")
EML = {
    "message/rfc822": b"Content-Type: message/rfc822\r\n\r\n" + INNER,
    "base64": leaf("Content-Type: message/rfc822", INNER),
    "octet-stream named .eml": leaf('Content-Type: application/octet-stream; name="x.eml"', INNER),
    "octet-stream without a name": leaf("Content-Type: application/octet-stream", INNER),
}


@pytest.mark.parametrize("form", EML)
def test_a_forwarded_letter_keeps_its_sender_and_text(form: str, tmp_path: Path) -> None:
    """A letter within the letter is opened in all forms: its sender, subject, date, text and files are there."""
    found = read(letter(TEXT, EML[form]), tmp_path)
    (inner,) = found.forwarded
    assert inner.sender == Address(address="zhangsan@example.cn", name="张三")
    assert (inner.subject, inner.text, inner.sent_at) == ("投稿", "您好，附上稿件。", found.sent_at)
    assert [(file.role, file.inside) for file in found.files] == [(Role.FORWARDED, None), (Role.OTHER, inner.file)]
    assert taken(tmp_path, found, 1) == DOCX


def test_what_is_only_called_a_letter_is_none(tmp_path: Path) -> None:
    """A file named .eml that holds no letter is a file like any other."""
    found = read(letter(TEXT, leaf('Content-Type: application/octet-stream; name="x.eml"', b"hello")), tmp_path)
    assert (found.files[0].role, found.forwarded) == (Role.OTHER, ())


def test_letters_are_opened_to_a_depth(tmp_path: Path) -> None:
    """Letters within letters within letters are opened three levels deep, outermost first."""
    inner = INNER
    for level in range(5):
        inner = letter(TEXT, b"Content-Type: message/rfc822\r\n\r\n" + inner, subject=f"level {level}").replace(
            b"=_b", b"=_%d" % level
        )
    found = read(inner, tmp_path)
    assert [one.subject for one in found.forwarded] == ["level 3", "level 2", "level 1"]


def test_a_bounce_that_quotes_a_letter_stays_a_bounce(tmp_path: Path) -> None:
    """The letter that a bounce returns is opened, and makes it no other kind."""
    status = b"Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n"
    raw = letter(TEXT, status, EML["message/rfc822"], kind='report; report-type="delivery-status"')
    found = read(raw, tmp_path)
    assert (found.marks[0].kind, found.marks[0].certain) == (Kind.BOUNCE, True)


def test_a_bounce_of_qq_stays_one(tmp_path: Path) -> None:
    """It has no delivery-status, and returns the letter as an octet-stream without a name."""
    raw = letter(TEXT, EML["octet-stream without a name"], kind="report").replace(b"zhangsan@", b"PostMaster@")
    assert read(raw, tmp_path).marks[0].kind is Kind.BOUNCE


def test_a_letter_out_of_an_archive(tmp_path: Path) -> None:
    """An .eml that lay in an archive is opened like a forwarded one, under plain names of the caller's choice."""
    path = tmp_path / "a001"
    path.write_bytes(INNER)
    opened = open_enclosed_letter(path, tmp_path, ZH, name="来稿.eml", prefix="a001-")
    assert [(file.name, file.inside, file.where) for file in opened.files] == [("a.docx", "来稿.eml", "a001-001")]
    assert [(one.file, one.subject, one.text) for one in opened.forwarded] == [("来稿.eml", "投稿", "您好，附上稿件。")]
    path.write_bytes(b"no letter")
    assert open_enclosed_letter(path, tmp_path, ZH, name="x.eml", prefix="a").forwarded == ()


def test_links_in_a_forwarded_letter_count(tmp_path: Path) -> None:
    """What a forwarded letter links to was sent to us."""
    inner = simple("稿件：https://pan.baidu.com/s/1abc 提取码 1234", "x")
    found = read(letter(TEXT, b"Content-Type: message/rfc822\r\n\r\n" + inner), tmp_path)
    assert [file.provider for file in found.cloud_files] == ["百度网盘"]


# --- What the mail package cannot parse -------------------------------------------------------------------------------


def test_a_nesting_bomb_keeps_its_files(tmp_path: Path) -> None:
    """Below two thousand levels the files are found all the same."""
    body = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(2000)
    )
    found = read(HEAD + b"Subject: bomb\r\n" + body + TEXT + b"\r\n--b1999\r\n" + docx_part() + b"\r\n--b1--", tmp_path)
    assert (found.subject, found.text) == ("bomb", "您好，附上稿件。")
    assert taken(tmp_path, found) == DOCX
    assert any("without its structure" in defect for defect in found.defects)


def test_depth_times_lines_is_bounded(tmp_path: Path) -> None:
    """Many lines below many levels are not held against each level."""
    import time

    body = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(800)
    )
    start = time.process_time()
    found = read(HEAD + b"Subject: bomb\r\n" + body + b"\r\n" + b"--x\r\n" * 200_000 + base64.b64encode(b"x"), tmp_path)
    assert found.subject == "bomb"
    assert time.process_time() - start < 4
