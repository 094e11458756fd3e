"""`mailbot check` on letters that are no submissions although they carry documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.check import check_mail
from mailbot.errors import UserError
from mailbot.model import Address, NoticeKind
from mailbot.report import report
from mailbot.testing.reader import InProcessReader
from tests.stories.sent import SENT
from tests.unit.letter.build import leaf, letter
from tests.unit.manuscript.samples import article
from tests.unit.notices import build

DOCX = leaf("Content-Type: application/octet-stream; name=a.docx", article("题目", ("● 示例省示例市民政局",)))
LETTERS = {
    "unreadable without a sign": (letter(leaf("Content-Type: x/y; name=a.docx", b"PK\x03\x04broken")), "other"),
    "bounce": (letter(DOCX, more="X-Failed-Recipients: a@example.org\r\n"), "bounce"),
    "ours": (letter(DOCX).replace(b"zhangsan@example.cn", b"tougao@example.org"), "own"),
}


@pytest.mark.parametrize("name", LETTERS)
def test_documents_of_letters_that_are_not_judged(name: str, tmp_path: Path) -> None:
    """Where no rules are held against a letter, its documents make no submissions and break nothing."""
    raw, kind = LETTERS[name]
    mail = tmp_path / "mail.eml"
    mail.write_bytes(raw)
    found = check_mail(mail, settings=None, reader=lambda language, *_: InProcessReader(language=language))
    assert (found["kind"], found["submissions"], found["notice"]) == (kind, [], None)


@pytest.mark.parametrize("arrived", ["garbage", "", "0001-01-01", "9999-12-31T23:59:59Z"])
def test_a_time_that_is_none_is_told(arrived: str, tmp_path: Path) -> None:
    """`--arrived` with a time that no letter can have is wrong use, not a traceback."""
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"")
    with pytest.raises(UserError, match="--arrived"):
        check_mail(mail, settings=None, reader=lambda language, *_: InProcessReader(language=language), arrived=arrived)


def test_a_picture_in_a_signature_is_no_source(tmp_path: Path) -> None:
    """A letter whose file was forgotten names itself as the source, not the logo in its signature."""
    logo = leaf(
        "Content-Type: image/png; name=logo.png\r\nContent-Disposition: inline", b"\x89PNG\r\n\x1a\n" + b"x" * 40
    )
    mail = tmp_path / "mail.eml"
    mail.write_bytes(letter(logo, subject="=?utf-8?B?5oqV56i/?="))
    found = check_mail(mail, settings=None, reader=lambda language, *_: InProcessReader(language=language))
    assert [(one["title"], one["source"]) for one in found["submissions"]] == [(None, "body")]


@pytest.mark.parametrize("sort", SENT)
def test_every_field_says_what_came(sort: str, tmp_path: Path) -> None:
    """Whatever it comes in, each file is told with its role, where it lay, its problem and its article."""
    sent = SENT[sort]()
    mail = tmp_path / "mail.eml"
    mail.write_bytes(sent.make("zhang@example.cn"))
    found = check_mail(mail, settings=None, reader=lambda language, *_: InProcessReader(language=language))
    keys = ("name", "role", "inside", "problem", "submission")
    assert [tuple(file[key] for key in keys) for file in found["files"]] == sent.files
    submissions = found["submissions"]
    articles = [(one["source"], one["title"], [p["original"] for p in one["pictures"]]) for one in submissions]
    assert articles == sent.articles
    assert (found["kind"], found["verdict"]) == ("submission", sent.verdict)
    assert [one["unit_complete"] for one in submissions] == [title is not None for _, title, _ in sent.articles]
    for file in found["files"]:
        assert (len(file["sha256"]) == 64) is (file["bytes"] > 0)
        assert (file["image"] is not None) is (file["role"] in ("picture", "original"))
    for said in sent.told:
        assert said in found["notice"]["text"]


def test_it_says_why_nobody_is_answered() -> None:
    """Where an answer is due and its address belongs to nobody who could read it, the reasons say so."""
    dossier = build.dossier(replace(build.LETTER, sender=Address(address="noreply@example.org")))
    found = report(dossier, build.judgement(NoticeKind.ACKNOWLEDGEMENT), None)
    assert found["reasons"] == ["the address in From belongs to a program"]
