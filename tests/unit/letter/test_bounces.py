"""Delivery reports: those of RFC 3464, and what providers write in words of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.letter.kinds import classify
from mailbot.model import Bounce, History, Kind, Letter, Office
from tests.unit.letter.build import leaf, letter, read, simple

OURS = "<notice.7@office.example.org>"
ORIGINAL = (
    b"From: tougao@example.org\r\nTo: li@example.cn\r\nSubject: =?utf-8?B?5pS25Yiw?=\r\n"
    b"Message-ID: <notice.7@office.example.org>\r\nReferences: <theirs@example.cn>\r\n\r\nbody\r\n"
)
HEADER = ORIGINAL.partition(b"\r\n\r\n")[0]


def from_machine(raw: bytes, sender: bytes = b"MAILER-DAEMON@mx.example.net") -> bytes:
    """The letter as one of a machine."""
    return raw.replace(b"zhangsan@example.cn", sender)


def report(fields: str, *parts: bytes, action: str = "failed", more: str = "") -> bytes:
    """A multipart/report about one recipient."""
    status = f"Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; li@example.cn\r\nAction: {action}\r\n"
    human = leaf("Content-Type: text/plain", b"This is the mail system.")
    told = leaf("Content-Type: message/delivery-status", (status + fields).encode(), wrap=False)
    return from_machine(letter(human, told, *parts, kind="report; report-type=delivery-status", more=more))


def bounce_of(raw: bytes, folder: Path) -> Bounce:
    """What the letter says of our mail; it is of its kind."""
    found = read(raw, folder)
    assert kind(found) is Kind.BOUNCE
    assert found.bounce is not None
    return found.bounce


def kind(found: Letter) -> Kind:
    """The kind of a letter in an office that knows nothing of it."""
    return classify(found, (), Office(address="tougao@example.org"), History()).kind


def test_the_fields_of_a_report_are_read(tmp_path: Path) -> None:
    """Recipient, status and reason come out of the report, Message-ID and subject out of the enclosed mail."""
    whole = leaf("Content-Type: message/rfc822", ORIGINAL, wrap=False)
    fields = "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User\r\n  unknown\r\n"

    assert bounce_of(report(fields, whole), tmp_path) == Bounce(
        recipients=("li@example.cn",),
        hard=True,
        status="5.1.1",
        words="550 5.1.1 User unknown",
        message_ids=(OURS,),
        subject="收到",
    )


ENCLOSED = {
    "header alone": leaf("Content-Type: text/rfc822-headers", HEADER, wrap=False),
    "header, another name": leaf("Content-Type: message/rfc822-headers", HEADER),
    "of QQ": leaf("Content-Type: application/octet-stream; name=x.eml", ORIGINAL),
    "internationalised": leaf("Content-Type: message/global", ORIGINAL),
}


@pytest.mark.parametrize("name", ENCLOSED)
def test_the_mail_is_known_however_it_is_enclosed(name: str, tmp_path: Path) -> None:
    """The Message-ID of the enclosed mail counts, not its references, nor those of the report."""
    found = bounce_of(report("Status: 5.1.1\r\n", ENCLOSED[name], more="In-Reply-To: <other@x.example>\r\n"), tmp_path)
    assert found.message_ids == (OURS,)


def test_without_an_enclosed_mail_the_report_answers_it(tmp_path: Path) -> None:
    """In-Reply-To names the mail, else the last of the references."""
    told = report("Status: 5.1.1\r\n", more=f"In-Reply-To: {OURS}\r\nReferences: <a@b.example> <c@d.example>\r\n")
    assert bounce_of(told, tmp_path).message_ids == (OURS,)
    told = report("Status: 5.1.1\r\n", more=f"References: <a@b.example> {OURS}\r\n")
    assert bounce_of(told, tmp_path).message_ids == (OURS,)


HARD = {
    "no such user": "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 rejected\r\n",
    "no such domain": "Status: 5.1.2\r\n",
    "disabled": "Status: 5.2.1\r\n",
    "Exchange": "Status: 5.1.10\r\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found\r\n",
    "words beside a general code": "Status: 5.0.0\r\nDiagnostic-Code: smtp; 550 User not found: li@example.cn\r\n",
    "words beside a policy's code": "Status: 5.7.1\r\nDiagnostic-Code: smtp; 550 5.7.1 No such user here\r\n",
    "Chinese words": "Status: 5.0.0\r\nDiagnostic-Code: smtp; 550 收件人不存在\r\n",
    "a general code alone": "Status: 5.0.0\r\n",
}
SOFT = {
    "mailbox full": "Status: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 Over quota\r\n",
    "put off": "Status: 4.2.2\r\nDiagnostic-Code: smtp; 452 4.2.2 mailbox full\r\n",
    "not reached": "Status: 4.4.1\r\nDiagnostic-Code: smtp; connection timed out\r\n",
    "taken for spam": "Status: 5.7.1\r\nDiagnostic-Code: smtp; 554 5.7.1 looks like spam\r\n",
    "spam by NetEase's token": "Status: 5.0.0\r\nDiagnostic-Code: smtp; 554 DT:SPM 126 smtp5\r\n",
    "refused, the user unknown to nobody": "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 blocked by our policy\r\n",
    "too large": "Status: 5.3.4\r\n",
    "unknown user for now": "Status: 4.1.1\r\nDiagnostic-Code: smtp; 450 4.1.1 user unknown, greylisted\r\n",
    "full in Chinese": "Status: 5.0.0\r\nDiagnostic-Code: smtp; 550 收件人邮箱已满\r\n",
}


@pytest.mark.parametrize(("name", "hard"), [*((name, True) for name in HARD), *((name, False) for name in SOFT)])
def test_hard_is_only_what_says_that_nobody_is_there(name: str, hard: bool, tmp_path: Path) -> None:
    """A full mailbox, a refusal by policy and a server out of reach are soft: somebody is there."""
    assert bounce_of(report(HARD.get(name) or SOFT[name]), tmp_path).hard is hard


def test_a_delay_is_soft(tmp_path: Path) -> None:
    """What will be tried again came not back, whatever its code."""
    found = bounce_of(report("Status: 5.1.1\r\n", action="delayed"), tmp_path)
    assert (found.hard, found.recipients) == (False, ("li@example.cn",))


@pytest.mark.parametrize("action", ["delivered", "relayed", "Expanded (to many)"])
def test_a_report_of_success_is_a_receipt(action: str, tmp_path: Path) -> None:
    """A mail that arrived did not bounce."""
    found = read(report("Status: 2.0.0\r\n", action=action), tmp_path)
    assert kind(found) is Kind.RECEIPT
    assert found.bounce is None


def test_only_those_are_named_whom_the_mail_did_not_reach(tmp_path: Path) -> None:
    """Of several recipients those that were reached are left out; the address before a forwarding counts too."""
    others = (
        "Status: 2.0.0\r\n\r\nOriginal-Recipient: rfc822;wang@example.cn\r\n"
        "Final-Recipient: rfc822;wang@far.example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    found = bounce_of(report(others, action="relayed"), tmp_path)
    assert found.recipients == ("wang@example.cn", "wang@far.example.org")


NETEASE = """抱歉，您的邮件被退回来了……

原邮件信息：
时间：2026-11-23 10:00:00
主题：收到
收件人：li@example.cn
退信原因：
对方邮箱不存在。
英文说明：Invalid User; 550 User not found: li@example.cn

This message is generated by Coremail.
"""
COREMAIL = """系统退信/The email is returned

收件人/Recipient：li@example.cn
Bounce Code：552 5.2.2
退信原因：收件人邮箱已满，请稍后再试

This message is generated by Coremail.
"""
EXCHANGE = """未能传递到以下收件人或组:

li@example.cn
找不到您输入的电子邮件地址。请检查收件人的电子邮件地址，然后尝试重新发送邮件。

供管理员使用的诊断信息:
生成服务器: mx.example.net
li@example.cn
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'

原始邮件头:
Received: from x
Message-ID: <notice.7@office.example.org>
Subject: 收到
"""
ALIYUN = """您好，您的邮件未能送达以下收件人：
li@example.cn
失败原因：
550 RCPT addr is black list, blocked
"""
SINA = """邮件投递失败，您的邮件无法发送到下列地址：
<li@example.cn>:
553 5.1.1 <li@example.cn>: Recipient address rejected: User unknown
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  li@example.cn
    SMTP error from remote mail server after RCPT TO:<li@example.cn>:
    host mx.example.cn [192.0.2.1]: 550 5.1.1 No such user

------ This is a copy of the message, including all the headers. ------

Message-ID: <notice.7@office.example.org>
Subject: =?utf-8?B?5pS25Yiw?=
To: li@example.cn
"""
QMAIL = """Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<li@example.cn>:
192.0.2.1 does not like recipient.
Remote host said: 450 4.2.1 mailbox busy, try again
I'm not going to try again; this message has been in the queue too long.

--- Below this line is a copy of the message.

Message-ID: <notice.7@office.example.org>
Subject: hello
"""
DELAYED = """This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.net.

The address to which the message has not yet been delivered is:
  li@example.cn
"""
OF_EXCHANGE = b"MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net"
WORDS = {
    "NetEase": (NETEASE, "系统退信", b"Postmaster@163.com", True, "550 User not found"),
    "Coremail": (COREMAIL, "系统退信/The email is returned", b"postmaster@example.net", False, "邮箱已满"),
    "Exchange": (EXCHANGE, "无法送达: 收到", b"postmaster@example.net", True, "550 5.1.10"),
    "Exchange of Microsoft": (EXCHANGE, "无法投递: 收到", OF_EXCHANGE, True, "550 5.1.10"),
    "Aliyun": (ALIYUN, "退信通知", b"postmaster@example.net", False, "550 RCPT addr"),
    "Sina": (SINA, "邮件投递失败", b"postmaster@example.net", True, "553 5.1.1"),
    "Exim": (EXIM, "Mail delivery failed: returning it", b"Mailer-Daemon@example.net", True, "550 5.1.1"),
    "qmail": (QMAIL, "failure notice", b"MAILER-DAEMON@example.net", False, "450 4.2.1"),
    "delay of Exim": (DELAYED, "Warning: message delayed 24 hours", b"Mailer-Daemon@example.net", False, "not yet"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_providers_are_understood_by_their_words(name: str, tmp_path: Path) -> None:
    """Without any field of a report: whom it did not reach, whether for good, and why."""
    text, subject, sender, hard, words = WORDS[name]
    found = bounce_of(from_machine(simple(text, subject), sender), tmp_path)

    assert (found.recipients, found.hard) == (("li@example.cn",), hard)
    assert words in found.words
    if "notice.7" in text:
        assert found.message_ids == (OURS,)
    if name == "NetEase":
        assert found.subject == "收到"


def test_a_letter_of_a_person_is_no_report(tmp_path: Path) -> None:
    """What a person says of a bounce is told nowhere."""
    assert read(simple(NETEASE, "转发：系统退信"), tmp_path).bounce is None


def test_what_says_nothing_is_an_empty_bounce(tmp_path: Path) -> None:
    """A machine that brings something back and does not say what: soft, and about nobody."""
    found = bounce_of(from_machine(simple("?", "Returned mail: see transcript")), tmp_path)
    assert found == Bounce()


def test_a_report_of_a_million_recipients_is_bounded(tmp_path: Path) -> None:
    """However much it names, a hundred are kept, and the reason stays a line."""
    many = "Status: 5.1.1\r\n" + "".join(
        f"\r\nFinal-Recipient: rfc822; u{n}@example.cn\r\nAction: failed\r\nDiagnostic-Code: smtp; {'x' * 500}\r\n"
        for n in range(5000)
    )
    found = bounce_of(report(many), tmp_path)
    assert len(found.recipients) <= 100
    assert len(found.words) <= 300


def test_authentication_results_are_kept_topmost_first(tmp_path: Path) -> None:
    """Each on one line, at most twenty."""
    more = "Authentication-Results: mx.example.org;\r\n\tspf=pass\r\n" + "authentication-results: other; none\r\n" * 30
    found = read(simple("x", more=more), tmp_path)
    assert found.authentication[:2] == ("mx.example.org; spf=pass", "other; none")
    assert len(found.authentication) == 20
