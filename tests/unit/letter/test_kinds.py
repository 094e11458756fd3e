"""The kinds of letters between people."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.letter.kinds import classify
from mailbot.letter.texts import new_text, split_subject
from mailbot.model import FileProblem, History, Kind, Letter, Manuscript, Office
from tests.unit.letter.build import ZH, docx_part, letter, read, simple

OFFICE = Office(address="Tougao@example.org")
BROKEN = Manuscript(source="a.docx", file=0, problem=FileProblem.ENCRYPTED)


def kind(found: Letter, *articles: Manuscript, history: History = History()) -> Kind:  # noqa: B008 - frozen
    """The kind of a letter."""
    return classify(found, articles, OFFICE, history)[0]


SUBJECTS = (
    "投稿", "【投稿】某某社区", "[投稿] x", "投 稿：x", "投稿-x", "「投稿」x", "Re: 投稿", "回复：投稿",
    "转发：【投稿】x", "ＦＷ：投稿",
)  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_file_that_cannot_be_read_with_the_word_is_a_submission(subject: str, tmp_path: Path) -> None:
    """All forms of the word in the subject make a letter with an unreadable file a submission."""
    raw = letter(docx_part(), subject="SUBJECT").replace(b"SUBJECT", subject.encode())
    assert kind(read(raw, tmp_path), BROKEN) is Kind.SUBMISSION


def test_the_word_may_stand_in_the_text_or_in_a_name(tmp_path: Path) -> None:
    """The sign may stand in the file's name; without any sign an unreadable file is other."""
    named = docx_part('filename="=?utf-8?B?56i/5Lu2LmRvY3g=?="')
    assert kind(read(letter(named), tmp_path), BROKEN) is Kind.SUBMISSION
    assert kind(read(letter(docx_part()), tmp_path), BROKEN) is Kind.OTHER


TALK = {
    "forgotten file": (simple("您好，稿件见附件，请查收。", "投稿：某某社区"), Kind.SUBMISSION),
    "cloud file": (simple("稿件在网盘：https://pan.baidu.com/s/1abc 提取码 1234", "某某社区来稿"), Kind.SUBMISSION),
    "how to submit": (simple("您好，请问如何投稿？有稿费吗？", "咨询"), Kind.INQUIRY),
    "thanks": (simple("收到，谢谢编辑！", "谢谢"), Kind.CONVERSATION),
    "answer": (
        simple("好的，我改一下。\n\n在 2026 年，编辑部 写道：\n> 如何投稿", "回复：选题"), Kind.CONVERSATION,
    ),
    "other": (simple("您好，明天开会。", "会议通知"), Kind.OTHER),
    "reply that quotes a submission": (
        simple("您好\n------------------ 原始邮件 ------------------\n附件是稿件", "Re: 你好"), Kind.CONVERSATION,
    ),
    "ours": (simple("x").replace(b"zhangsan@example.cn", b"TOUGAO@example.org"), Kind.OWN),
    "nothing": (b"", Kind.UNREADABLE),
}  # fmt: skip


@pytest.mark.parametrize("name", TALK)
def test_letters_between_people(name: str, tmp_path: Path) -> None:
    """Letters without a readable manuscript are told by what their sender says this time."""
    raw, expected = TALK[name]
    assert kind(read(raw, tmp_path)) is expected


def test_an_answer_to_ours_is_conversation(tmp_path: Path) -> None:
    """A letter that answers a mail of ours and brings nothing new is between people; with an article it is not."""
    found = read(simple("今天天气不错", "x"), tmp_path)
    ours = History(answers_ours="SQ-2026-0001")
    assert kind(found, history=ours) is Kind.CONVERSATION
    assert kind(found, Manuscript(source="body", text="正文"), history=ours) is Kind.SUBMISSION


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: 回复：Re[2]: 投稿", ("投稿", True, False)),
        ("Fw：转发: x", ("x", False, True)),
        ("时间: 10:00", ("时间: 10:00", False, False)),
        ("RE:", ("", True, False)),
    ],
)
def test_prefixes_are_split_off(subject: str, expected: tuple[str, bool, bool]) -> None:
    """Prefixes of replies and forwards are taken off in both languages and widths."""
    assert split_subject(subject, ZH.letters) == expected


@pytest.mark.parametrize(
    "mark",
    ["------------------ 原始邮件 -------", "-----Original Message-----", "On Mon, A wrote:", "在2026年，张三 写道："],
)
def test_quotations_are_not_new(mark: str) -> None:
    """What follows the opening of a quotation is not new."""
    assert new_text(f"新的\n> 旧的\n\n{mark}\n更旧的", ZH.letters) == "新的"
