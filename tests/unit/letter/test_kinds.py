"""The kinds of letters between people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.letter.kinds import classify
from mailbot.letter.texts import new_text, own_text, split_subject
from mailbot.model import Byline, Claim, ClaimedBy, Earlier, FileProblem, History, Kind, Letter, Manuscript, Office
from tests.unit.letter.build import ZH, docx_part, leaf, letter, read, simple

OFFICE = Office(address="Tougao@example.org")
PHOTO = leaf("Content-Type: image/jpeg; name=a.jpg", b"\xff\xd8\xff" + b"x" * 50)
BROKEN = Manuscript(source="a.docx", file=0, problem=FileProblem.ENCRYPTED)


def kind(found: Letter, *articles: Manuscript, history: History = History()) -> Kind:  # noqa: B008 - frozen
    """The kind of a letter."""
    return classify(found, articles, OFFICE, history).kind


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
    "quoted by Foxmail": (
        simple("好的。\n\n发件人： 编辑部\n发送时间： 2026-11-23\n主题： 投稿\n如何投稿？稿件见附件", "回复: 通知"),
        Kind.CONVERSATION,
    ),
    "quoted in a page": (
        simple("<p>好的</p><blockquote>如何投稿？稿件见附件</blockquote>", "Re: 通知").replace(b"/plain", b"/html"),
        Kind.CONVERSATION,
    ),
    "written after a quotation in a page": (
        simple("<blockquote>旧</blockquote>请问如何投稿", "Re: 通知").replace(b"/plain", b"/html"), Kind.INQUIRY,
    ),
    "our answer quoted without a mark": (simple("收到，谢谢老师！", "来稿已收到"), Kind.CONVERSATION),
    "thanks under the old subject": (simple("谢谢，样刊收到了", "投稿"), Kind.CONVERSATION),
    "covering letter that speaks of the rules": (
        simple("按照贵刊投稿要求，现报送一篇，见附件。", "投稿：某某社区"), Kind.SUBMISSION,
    ),
    "withdrawal": (simple("我单位一稿因故申请撤稿。", "申请"), Kind.WITHDRAWAL),
    "withdrawal under 投稿": (simple("附件发错了，抱歉", "投稿撤回"), Kind.WITHDRAWAL),
    "withdrawal by a document": (
        letter(docx_part('filename="=?utf-8?B?5pKk56i/5Ye9LmRvY3g=?="')), Kind.WITHDRAWAL,
    ),
    "what became of it": (simple("请问上月的稿件收到了吗？", "查询"), Kind.STATUS_QUERY),
    "what became of it under 投稿": (simple("想问一下是否录用", "投稿《小院》"), Kind.STATUS_QUERY),
    "when it will be printed": (simple("请问我上个月投的稿子什么时候能刊登？", "咨询"), Kind.STATUS_QUERY),
    "whether it was read": (simple("编辑老师，不知上次投的稿件审得怎么样了？", "稿件"), Kind.STATUS_QUERY),
    "what is wanted": (simple("请问贵刊接收个人来稿吗？对字数、格式有什么要求？", "咨询"), Kind.INQUIRY),
    "withdrawal in plain words": (simple("前天发的那篇不要用了，我们再改改。", "稿件作废"), Kind.WITHDRAWAL),
    "another question": (simple("想咨询订阅的发票怎么开", "咨询"), Kind.OTHER),
    "photos for an earlier article": (
        letter(PHOTO, subject="=?utf-8?B?5oqV56i/6KGl5YWF54Wn54mH?="),
        Kind.OTHER,
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
    assert kind(found, Manuscript(source="body", text="正文", characters=600), history=ours) is Kind.SUBMISSION


@pytest.mark.parametrize("text", ["报送单位：示例省示例市民政局", "原图补上了", "邮寄地址：示例市和平路一号"])
def test_an_answer_that_brings_something_is_a_reply(text: str, tmp_path: Path) -> None:
    """A supplement to an earlier article is neither a new one nor mere talk."""
    before = Earlier(number="SQ-2026-0001", arrived_at=datetime(2026, 11, 1, tzinfo=UTC), state="incomplete")
    claim = Claim(number="SQ-2026-0001", by=ClaimedBy.MESSAGE_ID)
    ours = History(answers_ours="SQ-2026-0001", earlier=(before,), claims=(claim,))
    assert kind(read(simple(text, "Re: 请补充材料"), tmp_path), history=ours) is Kind.REPLY
    assert kind(read(letter(PHOTO), tmp_path), history=ours) is Kind.REPLY
    assert kind(read(letter(docx_part()), tmp_path), BROKEN, history=ours) is Kind.REPLY


def test_a_document_without_any_sign_is_no_manuscript(tmp_path: Path) -> None:
    """A short text that nobody signed and nothing calls a contribution is for an editor; a signed one is an article."""
    found = read(letter(docx_part()), tmp_path)
    note = Manuscript(source="a.docx", file=0, text="通知", characters=40)
    assert kind(found, note) is Kind.OTHER
    assert kind(found, replace(note, byline=Byline(unit="示例省示例市民政局"))) is Kind.SUBMISSION
    assert kind(found, replace(note, characters=400)) is Kind.SUBMISSION


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


def test_an_article_may_say_that_somebody_wrote() -> None:
    """Only a line with a date or an address opens a quotation: "他在日记里写道：" is of the text."""
    text = "他在日记里写道：\n今天很高兴。\n发件人：是谁并不重要。"
    assert new_text(text, ZH.letters) == text


def test_what_is_sent_on_is_the_senders_own() -> None:
    """Of a forwarded letter all counts, of an answer only what is new."""
    text = "请看\n-----原始邮件-----\n> 稿件"
    assert own_text("转发：投稿", text, ZH.letters) == "请看\n-----原始邮件-----\n稿件"
    assert own_text("Re: 投稿", text, ZH.letters) == "请看"
