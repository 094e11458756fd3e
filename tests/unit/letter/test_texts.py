"""What of a letter is new, what is signature, what is quoted; and how phrases are compared."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.letter.texts import divide, new_text, quoted_from, signed_from
from tests.unit.letter.build import ZH

OLD = "谢谢来稿。\n请补单位全称。"
MARKED = OLD.replace("\n", "\n> ")
QUOTES = {
    "QQ": f"------------------ 原始邮件 ------------------\n发件人: 编辑部\n{OLD}",
    "QQ now": f"------------------&nbsp;原始邮件&nbsp;------------------\n{OLD}".replace("&nbsp;", "\xa0"),
    "Foxmail": f"发件人： 编辑部\n发送时间： 2026-11-23 10:00\n收件人： zhangsan\n主题： 投稿\n{OLD}",
    "163 webmail": f'在 2026-11-23 10:00:00，"编辑部" <a@example.org> 写道：\n> {MARKED}',
    "163 app": f"---- 回复的原邮件 ----\n| 发件人 | 编辑部 |\n{OLD}",
    "163 old": f"-----原始邮件-----\n发件人:编辑部\n{OLD}",
    "Outlook": f"________________________________\nFrom: 编辑部 <a@example.org>\nSent: Monday\nTo: x\n\n{OLD}",
    "Outlook Chinese": f"-----邮件原件-----\n发件人: 编辑部\n{OLD}",
    "Gmail": f"On Mon, Nov 23, 2026 at 10:00 AM 编辑部 <a@example.org> wrote:\n\n> {MARKED}",
    "Gmail wrapped": f"On Mon, Nov 23, 2026 at 10:00 AM 编辑部\n<a@example.org> wrote:\n{OLD}",
    "Gmail Chinese": f"编辑部 <a@example.org> 于2026年11月23日周一 10:00写道：\n{OLD}",
    "iPhone": f"> 在 2026年11月23日，10:00，编辑部 <a@example.org> 写道：\n> \n> {MARKED}",
    "iPhone traditional": f"編輯部 <a@example.org> 於 2026年11月23日 上午10:00 寫道：\n\n{OLD}",
    "Apple forward": f"下面是被转发的邮件：\n\n{OLD}",
    "traditional header": f"寄件者: 編輯部\n寄件日期: 2026\n主旨: 投稿\n{OLD}",
    "Gmail with a date": f"2026-11-23 10:00 GMT+08:00 编辑部 <a@example.org>:\n\n> {MARKED}",
    "Zoho": f"---- On Mon, 23 Nov 2026 10:00:00 +0800 编辑部 wrote ----\n{OLD}",
    "marked only": f"> {MARKED}",
}


@pytest.mark.parametrize("form", QUOTES)
def test_quoted_replies_are_told_apart(form: str) -> None:
    """What mail programs quote is not new, in each of the forms in which they do it."""
    found = divide(f"已补正，请查收。\n\n{QUOTES[form]}", ZH.letters)
    assert (found.new, found.signature) == ("已补正，请查收。", "")
    assert "请补单位全称" in found.quoted
    assert new_text(f"已补正，请查收。\n\n{QUOTES[form]}", ZH.letters) == "已补正，请查收。"


SIGNATURES = {
    "dashes and a blank": "-- \n张三\n某某社区",
    "a line of dashes": "------------------\n张三\n某某社区居民委员会\n13800000000",
    "Foxmail's line": "________________________________\n张三",
    "iPhone": "发自我的iPhone",
    "Android": "发自我的小米手机",
    "traditional": "發自我的 iPhone",
    "Outlook for telephones": "获取适用于 iOS 的 Outlook",
    "English telephone": "Sent from my iPhone",
    "labels": "张三\n某某市某某区某某社区居委会\n电话：0512-00000000\n地址：某某路1号\n邮编：215000",
    "bare number": "张三\n13800000000",
    "labels with a gap": "联系人：张三\n\n手机：13800000000",
    "traditional labels": "張三\n電話：0512-00000000\n地址：某某路1號",
}


@pytest.mark.parametrize("form", SIGNATURES)
def test_signatures_are_told_apart(form: str) -> None:
    """A signature at the end is not of what is new, also above a quotation; new_text keeps it."""
    text = f"您好，附上稿件。\n\n{SIGNATURES[form]}"
    for whole in (text, f"{text}\n\n{QUOTES['QQ']}"):
        found = divide(whole, ZH.letters)
        assert found.new == "您好，附上稿件。"
        assert found.signature.splitlines()[-1] == SIGNATURES[form].splitlines()[-1]
        assert SIGNATURES[form].splitlines()[-1] in new_text(whole, ZH.letters)


def test_the_signature_follows_the_greeting() -> None:
    """此致敬礼, on one line or two, ends what is new."""
    found = divide("附上稿件。\n    此致\n敬礼！\n\n某某社区 张三\n2026年11月23日", ZH.letters)
    assert (found.new, found.signature) == ("附上稿件。\n    此致\n敬礼！", "某某社区 张三\n2026年11月23日")


@pytest.mark.parametrize(
    "text",
    [
        "他在日记里写道：\n今天天气很好。",
        "活动通知\n日期：11月23日\n主题：志愿服务\n地点：社区广场",
        "第一段。\n------\n第二段说了很多话，是正文的一部分。\n第三段也是。",
        "发自内心的感谢！\n社区干部很好。",
        "单位领导都来了。\n大家都很高兴。",
        "From the village\nto the city",
        "此致\n这一段很长，是正文。\n这是结尾。",
    ],
)
def test_ordinary_text_is_all_new(text: str) -> None:
    """What only looks a little like a quotation or a signature stays in the text."""
    assert divide(text, ZH.letters).new == text


def test_an_answer_below_the_quotation_is_new() -> None:
    """Where quoted lines are marked, what stands below them is new."""
    text = "在 2026年11月23日，编辑部 <a@example.org> 写道：\n> 请补单位全称。\n\n某某社区居委会"
    assert divide(text, ZH.letters).new == "某某社区居委会"


def test_answers_between_quoted_lines_are_new() -> None:
    """Of an answer written between the lines of the older letter only those lines are quoted."""
    found = divide("> 单位？\n某某社区居委会\n> 作者？\n张三", ZH.letters)
    assert (found.new, found.quoted) == ("某某社区居委会\n张三", "> 单位？\n> 作者？")


@given(st.text(alphabet="ab>-_ \n：:在写道发件人主题敬礼电话1@。", max_size=300))
def test_no_line_is_lost(text: str) -> None:
    """Whatever the text is, each of its lines is new, signature, quoted, or a rule between them."""
    found = divide(text, ZH.letters)
    parts = "\n".join((found.new, found.signature, found.quoted))
    for line in text.split("\n"):
        assert line.strip() in parts or not line.strip(" -_~=*")
    assert 0 <= signed_from(text, ZH.letters) <= quoted_from(text, ZH.letters) <= len(text)


@pytest.mark.parametrize("line", ["> ", "on 1\n", "From: a\n", "--\n", "电话：1\n", "-" * 390 + "\n", "a"])
def test_long_texts_take_linear_time(line: str) -> None:
    """Half a megabyte of any line that might mean something costs a moment."""
    start = time.process_time()
    divide(line * (500_000 // len(line)), ZH.letters)
    assert time.process_time() - start < 3
