"""How replies are understood, and what a cut at each point of the conversation means."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from mailbot.demo import certs
from mailbot.edges.smtp import SmtpPost, classify
from mailbot.model import SendOutcome, SendResult
from mailbot.steps import Step
from tests.contracts.post import OFFICE, outgoing
from tests.servers.netease import NeteaseSmtp
from tests.servers.smtp import CUT, HANG, ScriptedSmtp

SENT, SOON, TOMORROW, REFUSED, STOP, UNCERTAIN = (
    SendOutcome.SENT, SendOutcome.RETRY_SOON, SendOutcome.RETRY_TOMORROW, SendOutcome.REFUSED, SendOutcome.STOP,
    SendOutcome.UNCERTAIN,
)  # fmt: skip

REPLIES = [
    (250, "Mail OK queued as smtp11,D8CowAB3 1562320230", SENT),
    (421, "HL:ICC 163 smtp1,too many connections", SOON),
    (554, "HL:ICC 163 smtp1", SOON),
    (421, "HL:REP", SOON),
    (450, "MI:DMC", SOON),
    (451, "MI:CEL", SOON),
    (451, "MI:SFQ 163 smtp8", SOON),
    (554, "MI:SFQ 163 smtp8", SOON),
    (451, "RP:QRC", SOON),
    (550, "RP:QRC", SOON),
    (451, "DT:SPM please try again", SOON),
    (554, "DT:SPM 163 smtp2", REFUSED),
    (550, "MI:STC", TOMORROW),
    (451, "MI:STC", TOMORROW),
    (554, "RP:TRC", TOMORROW),
    (554, "HL:ITC", TOMORROW),
    (550, "RP:RCL", REFUSED),
    (552, "Illegal Attachment", REFUSED),
    (552, "Requested mail action aborted: exceeded mailsize limit", REFUSED),
    (550, "Invalid User", REFUSED),
    (550, "User suspend", REFUSED),
    (550, "User in blacklist", REFUSED),
    (550, "5.1.1 no such user", REFUSED),
    (450, "4.2.0 greylisted, try again later", SOON),
    (535, "Error: authentication failed", STOP),
    (550, "User has no permission", STOP),
    (451, "Requested action aborted: too much fail authentication", STOP),
    (554, "IP is rejected, smtp auth error limit exceed", STOP),
    (553, "authentication is required", STOP),
    (553, "Mail from must equal authorized user", STOP),
    (554, "DT:SUM envelope and header differ", STOP),
    (554, "MI:SPB", STOP),
    (554, "HL:IPB", STOP),
    (554, "HL:IHU", STOP),
    (554, "IP in blacklist", STOP),
    (-1, "", SOON),
]


@pytest.mark.parametrize(("code", "text", "outcome"), REPLIES)
def test_a_reply_is_classified_by_token_then_words_then_digit(code: int, text: str, outcome: SendOutcome) -> None:
    """Each row of NetEase's table, and the plain replies of other servers."""
    assert classify(code, text) is outcome


def test_a_refusal_before_any_recipient_is_never_the_mails_fault() -> None:
    """A 5xx to greeting, login or sender stops sending instead of losing the mail."""
    assert classify(554, "go away", account=True) is STOP
    assert classify(554, "MI:SFQ", account=True) is SOON


def send(server: ScriptedSmtp, before: list[str], **options: object) -> SendResult:
    """Send one mail to the script; `before` gets a word when the final dot is due."""
    given = {"security": "none", "timeout": 2} | options
    post = SmtpPost(
        host="127.0.0.1", port=server.port, sender=OFFICE, username=OFFICE, password="pw",
        **given,  # type: ignore[arg-type]
    )  # fmt: skip
    return post.send(outgoing(1), lambda: before.append(f"dot after {len(server.mails)} mails"))


CUTS = [
    ({"GREETING": CUT}, SOON, True),
    ({"EHLO": CUT}, SOON, True),
    ({"AUTH": CUT}, SOON, True),
    ({"MAIL": CUT}, SOON, True),
    ({"RCPT": CUT}, SOON, True),
    ({"DATA": CUT}, SOON, True),
    ({"DOT": CUT}, UNCERTAIN, True),
    ({"DOT": "garbage"}, UNCERTAIN, False),
    ({"QUIT": CUT}, SENT, False),
    ({"GREETING": "554 IP in blacklist"}, STOP, True),
    ({"GREETING": "421 HL:IFC"}, SOON, True),
    ({"EHLO": "502 no", "HELO": "502 no"}, STOP, True),
    ({"AUTH": "535 Error: authentication failed"}, STOP, True),
    ({"AUTH": "454 4.7.0 temporary"}, SOON, True),
    ({"MAIL": "553 Mail from must equal authorized user"}, STOP, True),
    ({"MAIL": "554 MI:SFQ"}, SOON, True),
    ({"RCPT": "450 greylisted"}, SOON, False),
    ({"RCPT": "550 User in blacklist"}, REFUSED, False),
    ({"DATA": "250 what"}, SOON, False),
    ({"DATA": "550 MI:STC"}, TOMORROW, True),
    ({"DOT": "554 DT:SPM"}, REFUSED, False),
    ({"DOT": "451 DT:SPM please try again"}, SOON, False),
    ({"DOT": "451 MI:SFQ"}, SOON, True),
]


@pytest.mark.parametrize(("script", "outcome", "account"), CUTS)
def test_every_cut_and_refusal_has_its_meaning(script: dict[str, str], outcome: SendOutcome, account: bool) -> None:
    """Before the final dot a fault is a retry; after it, without a reply, the delivery is uncertain."""
    before: list[str] = []
    with ScriptedSmtp(script) as server:
        result = send(server, before)
    assert (result.outcome, result.account) == (outcome, account), result
    assert before == (["dot after 0 mails"] if "DOT" in script or "QUIT" in script else [])
    assert "\n" not in result.reply


def test_the_whole_mail_has_gone_before_the_dot() -> None:
    """Commands come in order, envelope and login are the account's, and the step is announced after the login."""
    steps: list[Step] = []
    before: list[str] = []
    with ScriptedSmtp() as server:
        result = send(server, before, at=steps.append)
    assert result == SendResult(outcome=SENT, reply="250 Mail OK queued as script,1")
    assert [re.split(r"[ :]", command)[0].upper() for command in server.commands] == [
        "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT",
    ]  # fmt: skip
    assert server.commands[2].upper().startswith(f"MAIL FROM:<{OFFICE}>".upper())
    assert steps == [Step.MAIL_CONNECTED]
    assert message_from_bytes(server.mails[0])["Subject"] == "1"


def test_login_is_tried_once_with_what_the_server_offers() -> None:
    """Where only LOGIN is offered it is used, and a refusal is not followed by a second mechanism."""
    script = {"EHLO": "250-script\r\n250 AUTH LOGIN", "AUTH": "535 no"}
    with ScriptedSmtp(script) as server:
        assert send(server, []).outcome is STOP
    assert [command for command in server.commands if command.startswith("AUTH")] == ["AUTH LOGIN"]


def test_nobody_listening_is_a_retry() -> None:
    """A server that is not there is a passing fault of the way, not of the mail."""
    with ScriptedSmtp() as server:
        port = server.port
    post = SmtpPost(
        host="127.0.0.1", port=port, sender=OFFICE, username=OFFICE, password="pw", security="none", timeout=2
    )
    result = post.send(outgoing(1), lambda: pytest.fail("it was sent"))
    assert (result.outcome, result.account) == (SOON, True)


def test_no_plain_text_beyond_loopback() -> None:
    """Without TLS no other machine is spoken to."""
    with pytest.raises(ValueError, match="unencrypted"):
        SmtpPost(host="smtp.example.cn", port=25, sender=OFFICE, username=OFFICE, password="pw", security="none")


@pytest.mark.parametrize(("attempts", "outcome"), [(0, SOON), (2, SOON), (3, REFUSED), (9, REFUSED)])
def test_spam_for_now_is_tried_four_times(attempts: int, outcome: SendOutcome) -> None:
    """Offered ever again the same content would be taken for spam; before the dot and after it, it is given up."""
    for moment in ("DATA", "DOT"):
        with ScriptedSmtp({moment: "451 DT:SPM please try again"}) as server:
            post = SmtpPost(
                host="127.0.0.1", port=server.port, sender=OFFICE, username=OFFICE, password="pw", security="none"
            )
            result = post.send(replace(outgoing(1), attempts=attempts), lambda: None)
        assert result == SendResult(outcome=outcome, reply="451 DT:SPM please try again")


TOKENS = {
    SOON: "HL:ICC HL:IFC HL:REP HL:MEP MI:DMC RP:DRC MI:CEL MI:CCL RP:CCL MI:SFQ RP:QRC",
    TOMORROW: "MI:STC RP:TRC HL:ITC",
    STOP: "MI:SPB HL:IPB HL:IHU DT:SUM",
}


@pytest.mark.parametrize("outcome", TOKENS)
def test_a_token_means_the_same_under_every_digit(outcome: SendOutcome) -> None:
    """NetEase says the same token under 4xx and 5xx, with words of any charset around it."""
    for token in TOKENS[outcome].split():
        for code in (421, 450, 451, 550, 554):
            assert classify(code, f"{token} 163 smtp1,信封\ufffd 1562320230 http://mail.163.com/help") is outcome
            assert classify(code, f"<a@x.org>: {token}", account=True) is outcome


@pytest.mark.parametrize("moment", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"])
def test_a_server_that_falls_silent_before_the_dot_is_a_retry(moment: str) -> None:
    """After the timeout the mail waits for another try, and nothing has been sent."""
    with ScriptedSmtp({moment: HANG}) as server:
        result = send(server, [], timeout=0.1)
    assert (result.outcome, result.account, server.mails) == (SOON, True, [])


def test_a_server_that_falls_silent_after_the_dot_leaves_it_unknown() -> None:
    """Nobody can say whether the mail was taken."""
    with ScriptedSmtp({"DOT": HANG}) as server:
        assert send(server, [], timeout=0.1).outcome is UNCERTAIN


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_without_tls_no_password_is_said(security: str) -> None:
    """A server that speaks plainly on the TLS port, or offers no STARTTLS, gets neither password nor mail."""
    with ScriptedSmtp() as server:
        result = send(server, [], security=security)
    assert (result.outcome, result.account) == (SOON, True)
    assert not [line for line in server.commands if line.startswith(("AUTH", "MAIL"))]


@pytest.mark.parametrize("fault", ["untrusted", "expired", "another name"])
def test_a_bad_certificate_gets_no_password(fault: str, tmp_path: Path) -> None:
    """Signed by nobody we know, expired, or another host's: it is a retry, and nothing is said."""
    names = ("smtp.example.org",) if fault == "another name" else ("localhost",)
    start = datetime(2020, 1, 1, tzinfo=UTC) if fault == "expired" else None
    certs.make(tmp_path, names=names, ips=(), not_before=start)
    certs.make(tmp_path / "other")
    said: list[str] = []
    with NeteaseSmtp(tmp_path, OFFICE, lambda moment, argument: said.append(moment)) as server:
        post = SmtpPost(
            host="localhost", port=server.port, sender=OFFICE, username=OFFICE, password="pw", security="tls",
            ca_file=(tmp_path / "other" if fault == "untrusted" else tmp_path) / "ca.pem", timeout=5,
        )  # fmt: skip
        result = post.send(outgoing(1), lambda: pytest.fail("it was sent"))
    assert (result.outcome, result.account) == (SOON, True)
    assert "certificate verify failed" in result.reply
    assert said == []
