"""Signs of machines: what providers and programs really send, and people who only look like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.letter.kinds import classify
from mailbot.model import History, Kind, Letter, Manuscript, Office
from tests.unit.letter.build import docx_part, leaf, letter, multipart, read, simple

OFFICE = Office(address="tougao@example.org")
ARTICLE = Manuscript(source="a.docx", title="题", text="正文", characters=600)


def kind(found: Letter, *articles: Manuscript) -> Kind:
    """The kind of a letter in an office that knows nothing of it."""
    return classify(found, articles, OFFICE, History()).kind


QQ_VACATION = leaf(
    "Content-Type: text/html; charset=gb18030",
    "<div>这是来自QQ邮箱的假期自动回复邮件。</div>我在休假".encode("gb18030"),
)
REPORT = leaf("Content-Type: message/delivery-status", b"Reporting-MTA: dns; x\r\n\r\nAction: failed\r\n", wrap=False)
MACHINES = {
    "vacation reply of QQ": (
        letter(QQ_VACATION, subject="=?utf-8?B?6Ieq5Yqo5Zue5aSNOiDmipXnqL8=?="),
        Kind.AUTOMATIC,
    ),
    "bounce of 163": (
        simple("抱歉，您的邮件被退回来了……\r\n退信原因：", "系统退信").replace(b"zhangsan@", b"Postmaster@"),
        Kind.BOUNCE,
    ),
    "bounce of QQ": (
        letter(
            leaf("Content-Type: text/html", b"<p>sorry</p>"),
            leaf("Content-Type: application/octet-stream", b"From: x"),
            kind="report", more="Auto-Submitted: auto-generated\r\n",
        ).replace(b"zhangsan@example.cn", b"PostMaster@qq.com"),
        Kind.BOUNCE,
    ),
    "delivery report": (letter(leaf("Content-Type: text/plain", b"x"), REPORT, kind="report"), Kind.BOUNCE),
    "receipt below mixed": (
        letter(multipart("report; report-type=disposition-notification", leaf("X: y", b"x"), boundary="=_r")),
        Kind.RECEIPT,
    ),
    "auto-replied": (simple("x", more="auto-submitted: Auto-Replied (vacation)\r\n"), Kind.AUTOMATIC),
    "X-Autoreply": (simple("x", more="x-AUTOREPLY: yes\r\n"), Kind.AUTOMATIC),
    "mailing list": (simple("x", more="list-id: <x.example.org>\r\n"), Kind.BULK),
    "precedence in capitals": (simple("x", more="PRECEDENCE: BULK\r\n"), Kind.BULK),
    "empty return path": (simple("x", more="Return-Path: <>\r\n"), Kind.AUTOMATIC),
    "failed recipients": (simple("x", more="X-Failed-Recipients: a@b.example\r\n"), Kind.BOUNCE),
    "no-reply": (simple("x").replace(b"zhangsan@", b"no-reply@"), Kind.AUTOMATIC),
    "notice of NetEase": (simple("阻止了一次不安全的收信请求", "网易邮箱提醒：阻止了一次"), Kind.AUTOMATIC),
    "mailer-daemon": (simple("x").replace(b"zhangsan@", b"MAILER-DAEMON@"), Kind.BOUNCE),
}  # fmt: skip


@pytest.mark.parametrize("name", MACHINES)
def test_machines_are_told(name: str, tmp_path: Path) -> None:
    """Each letter of a machine is of its kind."""
    raw, expected = MACHINES[name]
    found = read(raw, tmp_path)
    assert kind(found) is expected
    assert found.marks


PEOPLE = {
    "reply to an automatic answer": simple("您好，我的稿件收到了吗", "Re: 自动回复: 投稿"),
    "auto-submitted: no": simple("x", more="Auto-Submitted: no\r\n"),
    "forwarded bounce": simple("请看，退信原因是什么", "转发：系统退信"),
    "suppress nothing": simple("x", more="X-Auto-Response-Suppress: none\r\n"),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_no_machines(name: str, tmp_path: Path) -> None:
    """What only speaks of a machine's letter carries no mark."""
    assert read(PEOPLE[name], tmp_path).marks == ()


WEAK = (
    "List-Unsubscribe: <x>\r\n",
    "Precedence: bulk\r\n",
    "Return-Path: <>\r\n",
    "Auto-Submitted: auto-generated\r\n",
)


@pytest.mark.parametrize("more", WEAK)
def test_weak_marks_do_not_keep_a_manuscript_from_being_filed(more: str, tmp_path: Path) -> None:
    """A machine-like letter with a manuscript is a submission in doubt; a certain mark decides."""
    found = read(letter(docx_part(), more=more), tmp_path)
    assert kind(found, ARTICLE) is Kind.SUBMISSION
    assert found.marks
    assert kind(read(letter(docx_part(), more="Auto-Submitted: auto-replied\r\n"), tmp_path), ARTICLE) is Kind.AUTOMATIC


def test_a_letter_of_a_person_carries_no_mark(tmp_path: Path) -> None:
    """An ordinary letter with a document is a person's."""
    assert read(letter(docx_part()), tmp_path).marks == ()
