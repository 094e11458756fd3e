"""Letters that plainly have no file are read without a child."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.manuscript.sandbox.fileless import LARGEST, is_fileless
from mailbot.manuscript.sandbox.reader import ChildReader

HEAD = b"From: zhang@example.cn\r\nSubject: =?utf-8?b?5oqV56i/?=\r\n"


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "raw.eml"
    path.write_bytes(data)
    return path


def mail(*, page: str = "", file: bytes = b"") -> bytes:
    """A letter with a text, perhaps the same as a page, perhaps a file."""
    message = EmailMessage()
    message["From"], message["Subject"] = "zhang@example.cn", "投稿"
    message.set_content("编辑老师好\n")
    if page:
        message.add_alternative(page, subtype="html")
    if file:
        message.add_attachment(file, maintype="application", subtype="octet-stream", filename="稿.docx")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("data", "fileless"),
    [
        (HEAD + b"\r\nhello", True),
        (mail(), True),
        (mail(page="<p style='x' name='y'>hi</p>"), True),
        (mail(file=b"x"), False),
        (HEAD + b"Content-Type: text/plain;\r\n name=a.txt\r\n\r\nhello", False),
        (HEAD + b"Content-Type: text/plain;\r\n name*0*=utf-8''a\r\n\r\nhello", False),
        (HEAD + b"Content-Disposition: inline\r\n\r\nhello", False),
        (HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\nhello", False),
        (HEAD + b"Content-Type: image/png\r\n\r\nhello", False),
        (HEAD + b"Content-Type:\r\n message/rfc822\r\n\r\nhello", False),
        (HEAD + b"Content-Type: text/plainly\r\n\r\nhello", False),
        (HEAD + b"\r\nbegin 644 a.doc\r\n#86)C\r\n`\r\nend\r\n", False),
        (HEAD + b"\r\nhello\0", False),
        (HEAD + b"\r\n" + b"x" * LARGEST, False),
        (HEAD + b"\r\n" + b"Content-Type: text/plain\r\n" * 100, False),
        (b"no mail at all", False),
        (b"", False),
    ],
)
def test_only_what_is_plainly_text_is_fileless(tmp_path: Path, data: bytes, fileless: bool) -> None:
    """Texts and their versions as pages; every other type, name, disposition or encoding of a file is a doubt."""
    assert is_fileless(saved(tmp_path, data)) is fileless


def test_a_letter_without_files_starts_no_process(tmp_path: Path) -> None:
    """It is expected, parsed and read for manuscripts, and there is no child."""
    reader = ChildReader(language="zh-CN")
    raw = saved(tmp_path, mail(page="<p>编辑老师好</p>"))
    reader.expect(raw, tmp_path / "work")
    letter = reader.letter(raw, tmp_path / "work")
    reading = reader.manuscripts(letter, tmp_path / "work")
    assert letter.text == "编辑老师好"
    assert (reading.files, reading.manuscripts) == ((), ())
    assert reader._child is None


def test_it_does_not_disturb_a_letter_that_is_expected(tmp_path: Path) -> None:
    """A letter read here between two for the child leaves the child and its order alone."""
    reader = ChildReader(language="zh-CN")
    for name, data in (("with", mail(file=b"x")), ("without", mail())):
        (tmp_path / name).mkdir()
        saved(tmp_path / name, data)
    try:
        reader.expect(tmp_path / "with/raw.eml", tmp_path / "with")
        child = reader._child
        assert reader.letter(tmp_path / "without/raw.eml", tmp_path / "without").files == ()
        assert len(reader.letter(tmp_path / "with/raw.eml", tmp_path / "with").files) == 1
        assert reader._child is child
        assert child is not None
    finally:
        reader.close()
