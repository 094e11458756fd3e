"""Letters written by true mail programs, each with its own way of headers, names and encodings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailbot.check import check_mail
from mailbot.testing.reader import InProcessReader
from tests.servers.mail_programs import PROGRAMS, SENDER, signed
from tests.unit.manuscript.samples import article, photo

TITLE = "花园社区的议事厅"
DOCUMENT, PHOTO = f"投稿 {TITLE}（修订）.docx", "图1 议事现场·原图.jpg"


def compose(folder: Path, program: str) -> bytes:
    """A contributor's letter as the program writes it."""
    text, document, original = folder / "text", folder / DOCUMENT, folder / PHOTO
    text.write_text("编辑老师：\n附件是稿件和原图，请查收。\n报送单位：甲江省乙水市民政局\n", "utf-8")
    document.write_bytes(article(TITLE, pictures=[photo(1, 400, 300)], end=["（作者：张三，系乙水市民政局科长）"]))
    original.write_bytes(photo(1, 1600, 1200))
    return PROGRAMS[program](folder, f"投稿：{TITLE}", text, [document, original])


def check(folder: Path, letter: bytes) -> dict[str, Any]:
    mail = folder / "letter.eml"
    mail.write_bytes(letter)
    return check_mail(mail, settings=None, reader=lambda language, *_: InProcessReader(language=language))


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_letter_of_each_program_is_read_alike(program: str, tmp_path: Path) -> None:
    """Subject, sender, text, names, document and photo come out the same, whatever program wrote the letter."""
    found = check(tmp_path, compose(tmp_path, program))
    assert (found["kind"], found["sender"], found["subject"]) == ("submission", SENDER, f"投稿：{TITLE}")
    (submission,) = found["submissions"]
    assert (submission["title"], submission["unit"]) == (TITLE, "甲江省乙水市民政局")
    assert submission["authors"] == [{"name": "张三", "unit": "甲江省乙水市民政局", "post": "科长"}]
    names = [DOCUMENT] if program == "mpack" else [DOCUMENT, PHOTO]
    assert [file["name"] for file in found["files"]] == names
    assert submission["pictures"][0]["original"] == (None if program == "mpack" else PHOTO)


def test_a_signed_letter_is_read_like_any_other(tmp_path: Path) -> None:
    """A signature beside the parts (multipart/signed) is one more file that says nothing."""
    inner = compose(tmp_path, "mutt")
    found = check(tmp_path, signed(tmp_path, inner))
    assert [submission["title"] for submission in found["submissions"]] == [TITLE]
    assert [file["role"] for file in found["files"]] == ["manuscript", "original", "other"]


def test_every_program_is_run(tmp_path: Path) -> None:
    """The letters differ: none of the programs stands in for another one."""
    letters = set()
    for name in PROGRAMS:
        (tmp_path / name).mkdir()
        letters.add(compose(tmp_path / name, name).split(b"\n\n")[0])
    assert len(letters) == len(PROGRAMS)
