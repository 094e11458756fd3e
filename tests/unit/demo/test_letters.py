"""The sample letters are what their names say: real mails with real manuscripts."""

from __future__ import annotations

import email
import io
import zipfile
from datetime import UTC, datetime
from email.message import Message

import pytest
from docx import Document
from PIL import Image

from mailbot.demo.documents import EMBEDDED, ORIGINAL, photo
from mailbot.demo.letters import SampleLetter, accounts, sample_letters
from mailbot.model import Kind, Verdict

OFFICE = "tougao@example.cn"


@pytest.fixture(scope="module")
def letters() -> dict[str, SampleLetter]:
    return {letter.id: letter for letter in sample_letters(OFFICE, datetime(2026, 11, 23, 2, 0, tzinfo=UTC))}


def attachments(letter: SampleLetter) -> list[Message]:
    leaves = [part for part in email.message_from_bytes(letter.content).walk() if not part.is_multipart()]
    return [part for part in leaves if part.get_content_disposition() is not None]


def payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def test_enough_letters_of_every_kind(letters: dict[str, SampleLetter]) -> None:
    """There are at least 14 letters, at least 10 of them submissions, and all sorts of other kinds."""
    kinds = [letter.kind for letter in letters.values()]
    assert len(kinds) >= 14
    assert kinds.count(Kind.SUBMISSION) >= 10
    assert set(kinds) >= {Kind.AUTOMATIC, Kind.BOUNCE, Kind.RECEIPT, Kind.BULK, Kind.INQUIRY, Kind.CONVERSATION}
    assert {Verdict.ACKNOWLEDGE, Verdict.RETURN} <= {letter.verdict for letter in letters.values()}


def test_senders_are_the_accounts(letters: dict[str, SampleLetter]) -> None:
    """Each letter is sent from its own account, a bounce with an empty envelope, and all places are reserved ones."""
    assert {letter.account for letter in letters.values()} == set(accounts())
    assert {letter.id for letter in letters.values() if letter.envelope_from == ""} == {"bounce"}
    assert all(address.endswith(("@example.cn", "@example.org")) for address in accounts())


def test_lines_fit_smtp(letters: dict[str, SampleLetter]) -> None:
    """Every line ends with CRLF, is shorter than 998 bytes and plain ASCII (RFC 5321 section 4.5.3.1.6)."""
    for letter in letters.values():
        assert letter.content.isascii()
        assert letter.content.count(b"\n") == letter.content.count(b"\r\n")
        assert max(map(len, letter.content.split(b"\r\n"))) < 998


def test_every_structure_is_sound(letters: dict[str, SampleLetter]) -> None:
    """The standard library finds no defect in any sample letter."""
    for letter in letters.values():
        assert not [part.defects for part in email.message_from_bytes(letter.content).walk() if part.defects]


def test_gbk_under_a_gb2312_label(letters: dict[str, SampleLetter]) -> None:
    """The letter labelled gb2312 holds characters that gb2312 has not, in its name, subject and text."""
    parsed = email.message_from_bytes(letters["gb2312"].content)
    text = next(part for part in parsed.walk() if part.get_content_type() == "text/plain")
    assert text.get_content_charset() == "gb2312"
    assert "王喆" in payload(text).decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        payload(text).decode("gb2312")
    assert "=?gb2312?B?" in parsed["From"]


def test_manuscripts_are_real_documents(letters: dict[str, SampleLetter]) -> None:
    """Each enclosed manuscript opens and is of realistic length."""
    for letter in letters.values():
        for part in attachments(letter):
            if letter.id not in ("damaged", "zip", "locked", "forwarded") and payload(part)[:2] == b"PK":
                text = "".join(paragraph.text for paragraph in Document(io.BytesIO(payload(part))).paragraphs)
                assert 350 < len(text) < 3000


def test_damaged_manuscript(letters: dict[str, SampleLetter]) -> None:
    """The damaged one begins like a .docx and cannot be opened."""
    content = payload(attachments(letters["damaged"])[0])
    assert content.startswith(b"PK")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(content))


def test_originals_beside_smaller_copies(letters: dict[str, SampleLetter]) -> None:
    """The complete letter encloses both originals, larger than the copies in the manuscript."""
    manuscript, *originals = [payload(part) for part in attachments(letters["complete"])]
    assert [Image.open(io.BytesIO(original)).size for original in originals] == [ORIGINAL, ORIGINAL]
    with zipfile.ZipFile(io.BytesIO(manuscript)) as archive:
        media = [name for name in archive.namelist() if name.startswith("word/media/")]
        sizes = [Image.open(io.BytesIO(archive.read(name))).size for name in media]
    assert sizes == [EMBEDDED, EMBEDDED]


def test_cloud_letter_has_no_attachment(letters: dict[str, SampleLetter]) -> None:
    """A large attachment is only a link in the HTML part."""
    assert attachments(letters["cloud"]) == []
    parsed = email.message_from_bytes(letters["cloud"].content)
    markup = next(part for part in parsed.walk() if part.get_content_type() == "text/html")
    assert b"divNeteaseBigAttach" in payload(markup)


def test_a_scene_is_always_the_same() -> None:
    """The same scene gives the same bytes, another scene another picture."""
    assert photo("meeting", EMBEDDED) == photo("meeting", EMBEDDED)
    assert photo("meeting", EMBEDDED) != photo("courtyard", EMBEDDED)


def test_archives_are_as_windows_makes_them(letters: dict[str, SampleLetter]) -> None:
    """Names stand in GBK without the flag that would say UTF-8; the locked one opens with its password only."""
    (plain,), (locked,) = attachments(letters["zip"]), attachments(letters["locked"])
    with zipfile.ZipFile(io.BytesIO(payload(plain))) as package:
        names = [name.encode("cp437").decode("gbk") for name in package.namelist()]
        assert names[0] == "稿件/一座便民桥连起两岸邻里.docx"
        assert [name.rpartition(".")[2] for name in names] == ["docx", "jpg", "jpg"]
        assert package.testzip() is None
    with zipfile.ZipFile(io.BytesIO(payload(locked))) as package:
        first = package.namelist()[0]
        with pytest.raises(RuntimeError):
            package.read(first)
        assert package.read(first, pwd=b"2026")[:2] == b"PK"
