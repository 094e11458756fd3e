"""To whom an answer goes, from the bytes of a letter's header on."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.letter.read import read_letter
from mailbot.model import Office
from mailbot.notices.who import is_machine, is_ours, recipient
from tests.unit.letter.build import ZH
from tests.unit.notices.build import OFFICE

REST = b"To: tougao@example.cn\r\nSubject: x\r\nMessage-ID: <1@example.org>\r\n\r\nx\r\n"


def answered(head: str | bytes, folder: Path) -> str | None:
    """Who gets the answer to a letter that begins so."""
    raw = folder / "letter.eml"
    head = head if isinstance(head, bytes) else head.encode()
    raw.write_bytes(head + b"\r\n" + REST)
    return recipient(read_letter(raw, folder / "work", ZH), OFFICE)[0]


ANSWERED = [
    "From: a@x.org",
    "From: <a@x.org>",
    "From: A <a@x.org>",
    "From: 王小丽 <a@x.org>",
    "From: 王小丽<a@x.org>",
    'From: "王小丽 (社区)" <a@x.org>',
    "From: 王小丽(柳林街道) <a@x.org>",
    "From: =?utf-8?B?546L5bCP5Li9?= <a@x.org>",
    "From: a@x.org <a@x.org>",
    "From: 'a@x.org' <a@x.org>",
    "From: A@x.org <a@x.org>",
    'From: "b@y.org" <a@x.org>',
    'From: "b@y.org, \\"c@z.org\\"" <a@x.org>',
    "From: (b@y.org (c@z.org)) A <a@x.org>",
    "From: a@x.org (b@y.org)",
    "From: Wang, Xiaoli <a@x.org>",
    "From: 小丽@北京 <a@x.org>",
    "From: @_@ <a@x.org>",
    'From: "王小丽 <a@x.org>',
    "From: 作者: a@x.org;",
    "From: a@X.ORG",
    "From: a@x.org\r\nFrom: A <a@x.org>",
    "From: a@x.org, <a@x.org>",
    "From: b@y.org, c@z.org\r\nSender: b@y.org\r\nReply-To: a@x.org",
    "From: b@y.org\r\nReply-To: a@x.org",
    "From: b@y.org\r\nReply-To: A <a@x.org>, a@x.org",
    "From: a@x.org\r\nReply-To: b@y.org, c@z.org",
    "From: a@x.org\r\nReply-To: b@y.org\r\nReply-To: c@z.org",
    "From: a@x.org\r\nReply-To: b@y.org)c@z.org",
    "From: a@x.org\r\nReply-To: b@y.org, 王@例子.cn",
    'From: a@x.org\r\nReply-To: b@y.org, "c d"@z.org',
    "From: a@x.org\r\nReply-To: undisclosed-recipients:;",
    "From: a@x.org\r\nReply-To: 编辑: b@y.org, c@z.org;",
    "From: a@x.org\r\nReply-To:",
    "From: a@x.org\r\nReply-To: <>",
    "From: a@x.org\r\nSender: noreply@y.org",
    "From: a@x.org\r\nResent-From: b@y.org\r\nResent-Reply-To: c@z.org\r\nReturn-Path: <d@w.org>",
    "Sender: a@x.org",
]


@pytest.mark.parametrize("head", ANSWERED)
def test_the_one_address_is_found(head: str, tmp_path: Path) -> None:
    """Whatever people's programs write, the answer goes to the one address that every reading gives."""
    assert answered(head, tmp_path) == "a@x.org"


UNANSWERED = [
    "From: <>",
    "From:",
    "Subject: nobody",
    "From: undisclosed-recipients:;",
    "From: a@x.org)b@y.org",
    "From: a@x.org(<b@y.org>",
    "From: a@x.org <b@y.org>",
    "From: <a@x.org><b@y.org>",
    "From: <a@x.org>b@y.org",
    'From: "a@x.org" b@y.org <c@z.org>',
    'From: "a <a@x.org>, b <b@y.org>',
    "From: a@x.org, b@y.org",
    "From: a@x.org, b@y.org\r\nSender: a@x.org",
    "From: a@x.org\r\nFrom: b@y.org",
    "From: a@x.org;b@y.org",
    "From: 作者: a@x.org, b@y.org;",
    "From: <@y.org:a@x.org>",
    "From: <@y.org,@z.org:a@x.org>",
    "From: a@x.org.",
    "From: a.@x.org",
    "From: a..b@x.org",
    'From: "a b"@x.org',
    'From: <"a@x.org"@y.org>',
    "From: a(c)@x.org",
    "From: a @x.org, b@y.org",
    "From: a%y.org@x.org",
    "From: y.org!a@x.org",
    "From: a@[192.0.2.1]",
    "From: a@192.0.2.1",
    "From: 王@x.org",
    "From: a@例子.cn",
    "From: a＠x.org",
    "From: a@x。org",
    "From: <=?utf-8?q?a?=@x.org>",
    "From: =?utf-8?q?=61=40x.org?=",
    "From: =?utf-8?q?=3Ca=40x.org=3E?=",
    "From: a@x.org\0b@y.org",
    "From: a@x.org\r\n b@y.org",
    "From: a@x_y.org",
    "From: " + "a" * 65 + "@x.org",
    "From: a@x.org" + " " * 5000 + "b@y.org",
    "From: TouGao@Example.CN",
    "From: tougao+x@example.cn",
    "From: tougao@mail.example.cn",
    "From: b@y.org\r\nReply-To: tougao@example.cn",
    "From: b@y.org\r\nReply-To: noreply@y.org",
]


@pytest.mark.parametrize("head", UNANSWERED)
def test_a_doubtful_address_is_not_answered(head: str, tmp_path: Path) -> None:
    """None, several, or one that programs read differently: the letter is left to people."""
    assert answered(head, tmp_path) is None


def test_raw_bytes_of_a_chinese_charset_hide_no_address(tmp_path: Path) -> None:
    """A name in raw GB 18030, one of whose characters ends with the byte of an @, is a name."""
    assert answered("From: 丂小丽 <a@x.org>".encode("gb18030"), tmp_path) == "a@x.org"


@pytest.mark.parametrize(
    "address",
    [
        "zhongguoshequ@vip.163.com", "ZhongGuoSheQu@VIP.163.com", "zhongguoshequ+sq@vip.163.com",
        "zhongguoshequ@163.com", "zhongguoshequ@mx.vip.163.com",
    ],
)  # fmt: skip
def test_the_offices_address_is_known_in_every_form(address: str) -> None:
    """In any case, with a detail, and at the other hosts of its provider."""
    assert is_ours(address, Office(address="zhongguoshequ@vip.163.com"))


@pytest.mark.parametrize("address", ["zhongguo@vip.163.com", "zhongguoshequ@126.com", "zhongguoshequ@p.163.com"])
def test_others_at_the_offices_provider_are_people(address: str) -> None:
    """The provider's name or the office's alone does not make an address ours."""
    assert not is_ours(address, Office(address="zhongguoshequ@vip.163.com"))


def test_an_admin_or_editor_who_sends_an_article_is_answered() -> None:
    """They are people: what their programs answer by themselves is told by its marks, not by the address."""
    assert not is_ours("bianji@example.cn", OFFICE)
    assert not is_machine("bianji@example.cn")


@pytest.mark.parametrize(
    "local",
    [
        "owner-members", "members-owner", "members-request", "members-bounces", "MAILER-DAEMON", "LISTSERV",
        "majordomo", "noreply", "no-reply-3", "do_not_reply", "system-noreply", "bounces+1=a", "prvs=1234=a",
        "SRS0=ab=cd", "mailman", "postmaster", "nobody", "auto-reply",
    ],
)  # fmt: skip
def test_names_of_programs_are_known(local: str) -> None:
    """RFC 5230 section 4.6 and what is in use beside it."""
    assert is_machine(f"{local}@example.org")


@pytest.mark.parametrize("local", ["owen", "request", "boris.bounce", "reply", "rootbeer", "mailer2008", "listening"])
def test_names_of_people_are_no_programs(local: str) -> None:
    """What only looks a little like such a name."""
    assert not is_machine(f"{local}@example.org")
