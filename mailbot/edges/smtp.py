"""The post over SMTP: one mail a connection, the final dot by hand, replies classified the way NetEase means them.

Sources: RFC 5321; for the tokens (`MI:SFQ`, …) NetEase's own table of replies, in which the same token stands under
4xx and 5xx: so the token decides first, the words second, the digit last.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailbot.model import OutgoingMail, SendOutcome, SendResult
from mailbot.steps import At, Step, unhindered

Security = Literal["tls", "starttls", "none"]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LONGEST_REPLY = 300

_SOON, _TOMORROW, _STOP = SendOutcome.RETRY_SOON, SendOutcome.RETRY_TOMORROW, SendOutcome.STOP
_TOKENS: dict[str, SendOutcome] = {
    # too many connections, commands, mails in a short time: the same mail may go later
    "HL:ICC": _SOON, "HL:IFC": _SOON, "HL:REP": _SOON, "HL:MEP": _SOON, "MI:DMC": _SOON, "RP:DRC": _SOON,
    "MI:CEL": _SOON, "MI:CCL": _SOON, "RP:CCL": _SOON, "MI:SFQ": _SOON, "RP:QRC": _SOON,
    # a daily limit of the account, the recipients or the IP
    "MI:STC": _TOMORROW, "RP:TRC": _TOMORROW, "HL:ITC": _TOMORROW,
    # the account is frozen, the IP is shut out, or From is not the account: every mail would fare alike
    "MI:SPB": _STOP, "HL:IPB": _STOP, "HL:IHU": _STOP, "DT:SUM": _STOP,
}  # fmt: skip
_TOKEN = re.compile(r"\b(?:HL|MI|RP|DT):[A-Z]{3}\b")
_STOP_WORDS = (
    "fail authentication", "authentication failed", "auth error limit", "authentication is required",
    "authentication required", "must equal authorized", "ip is rejected", "ip in blacklist", "has no permission",
)  # fmt: skip
_RECIPIENT = re.compile(r"[^\s\x00-\x1f\x7f-\U0010ffff<>()\[\],;:\"\\@]+@[A-Za-z0-9.-]+")
"""What may stand in RCPT: a dot-atom of ASCII, so that nothing ends the command or begins another parameter."""
_SPAM_TRIES = 4
"""How often a mail is offered whose content the server takes for spam "for now": it asks for another try after two
minutes, and counts the same content sent often as spam."""
_STOP_CODES = frozenset({530, 534, 535, 538})  # RFC 4954 section 6


def classify(code: int, text: str, *, account: bool = False) -> SendOutcome:
    """What a reply means for the mail. `account`: it came before any recipient was named, so it is not about the mail.

    A 5xx to connection, login or sender is STOP, not REFUSED: no mail is lost for a fault that every mail would meet.
    """
    if 200 <= code < 300:
        return SendOutcome.SENT
    token = _TOKEN.search(text)
    if token is not None and token[0] in _TOKENS:
        return _TOKENS[token[0]]
    lower = text.lower()
    if code in _STOP_CODES or any(words in lower for words in _STOP_WORDS):
        return SendOutcome.STOP
    if 500 <= code < 600:
        return SendOutcome.STOP if account else SendOutcome.REFUSED
    return SendOutcome.RETRY_SOON


def about_account(text: str) -> bool:
    """Whether the reply names a limit that is counted over all mails of the account or the IP."""
    token = _TOKEN.search(text)
    return token is not None and token[0] in _TOKENS


class _Refused(Exception):
    """The server said no before the final dot."""

    def __init__(self, code: int, text: bytes, *, account: bool) -> None:
        super().__init__(code)
        self.code, self.text, self.account = code, text, account


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpPost:
    """ports.Post over SMTP. `sender` is the account's address: From and envelope are always it.

    `timeout` in seconds for each answer of the server. `password` None: no login (loopback servers only).
    ValueError when security is `none` and the host is not loopback.
    """

    host: str
    port: int
    sender: str
    username: str
    password: str | None
    security: Security = "tls"
    ca_file: Path | None = None
    timeout: float = 60.0
    at: At = unhindered

    def __post_init__(self) -> None:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError(f"mail is only sent unencrypted to loopback, not to {self.host}")

    def send(self, mail: OutgoingMail, before_final_dot: Callable[[], None]) -> SendResult:
        """Hand one mail over; never raises for what server or network do, only what `before_final_dot` raises."""
        if not _RECIPIENT.fullmatch(mail.recipient):
            return SendResult(outcome=SendOutcome.REFUSED, reply="the recipient is no plain address")
        server: smtplib.SMTP | None = None
        try:
            server = self._connect()
            self._greet(server)
            self._log_in(server)
            self.at(Step.MAIL_CONNECTED)
            self._all_but_the_dot(server, mail)
        except _Refused as no:
            return _tired(mail, _result(no.code, no.text, account=no.account, taken=False))
        except smtplib.SMTPConnectError as no:  # the greeting was a refusal, e.g. 554 IP in blacklist
            text = no.smtp_error if isinstance(no.smtp_error, bytes) else no.smtp_error.encode("utf-8", "replace")
            return _result(no.smtp_code, text, account=True, taken=False)
        except (OSError, smtplib.SMTPException) as fault:
            return SendResult(outcome=SendOutcome.RETRY_SOON, reply=_words(fault), account=True)
        else:
            before_final_dot()
            return _tired(mail, self._dot(server))
        finally:
            if server is not None:
                server.close()

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    def _connect(self) -> smtplib.SMTP:
        us = "[127.0.0.1]"  # an address literal is a lawful name for a client without one (RFC 5321 section 4.1.4)
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, local_hostname=us, timeout=self.timeout, context=self._tls())
        return smtplib.SMTP(self.host, self.port, local_hostname=us, timeout=self.timeout)

    def _greet(self, server: smtplib.SMTP) -> None:
        if server.sock is not None:  # the final dot is a packet of its own: it must not wait for an acknowledgement
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _expect(250, *server.ehlo(), account=True)
        if self.security == "starttls":
            server.starttls(context=self._tls())
            _expect(250, *server.ehlo(), account=True)

    def _log_in(self, server: smtplib.SMTP) -> None:
        """One try with one mechanism: NetEase counts failed tries, and smtplib's login() would make two."""
        if self.password is None:
            return
        offered = server.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            code, text = server.docmd("AUTH", "PLAIN " + _base64(f"\0{self.username}\0{self.password}"))
        else:
            code, text = server.docmd("AUTH", "LOGIN")
            for answer in (self.username, self.password):
                _expect(334, code, text, account=True)
                code, text = server.docmd(_base64(answer))
        _expect(235, code, text, account=True)

    def _all_but_the_dot(self, server: smtplib.SMTP, mail: OutgoingMail) -> None:
        _expect(250, *server.mail(self.sender), account=True)
        _expect(250, *server.docmd("RCPT", f"TO:<{mail.recipient}>"))
        _expect(354, *server.docmd("DATA"))
        server.send(_stuffed(mail.content))

    def _dot(self, server: smtplib.SMTP) -> SendResult:
        try:
            server.send(b".\r\n")
            code, text = server.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            return SendResult(outcome=SendOutcome.UNCERTAIN, reply=_words(fault), account=True)
        if not 200 <= code < 600:  # not a reply of SMTP: what became of the mail is not known
            return SendResult(outcome=SendOutcome.UNCERTAIN, reply=_one_line(code, text))
        with suppress(OSError, smtplib.SMTPException):  # its answer is not waited for: the result must be recorded
            server.putcmd("QUIT")
        return _result(code, text)


def _expect(wanted: int, code: int, text: bytes, *, account: bool = False) -> None:
    """Go on only with the first digit that was due (RFC 5321 section 4.2.1)."""
    if code // 100 != wanted // 100:
        raise _Refused(code, text, account=account)


def _result(code: int, text: bytes, *, account: bool = False, taken: bool = True) -> SendResult:
    """The result of a reply. `taken` False: it came before the final dot, so even a 2xx (for 354) is no success."""
    reply = _one_line(code, text)
    outcome = classify(code, reply, account=account)
    if outcome is SendOutcome.SENT:
        return SendResult(outcome=outcome if taken else SendOutcome.RETRY_SOON, reply=reply)
    wide = account or code == 421 or about_account(reply) or outcome in (_STOP, _TOMORROW)
    return SendResult(outcome=outcome, reply=reply, account=wide)


def _tired(mail: OutgoingMail, result: SendResult) -> SendResult:
    """The result, or the end of it where the server has called the content spam often enough: a person has to look."""
    if result.outcome is _SOON and "DT:SPM" in result.reply and mail.attempts + 1 >= _SPAM_TRIES:
        return SendResult(outcome=SendOutcome.REFUSED, reply=result.reply)
    return result


def _one_line(code: int, text: bytes) -> str:
    words = " ".join(text.decode("utf-8", "replace").split())
    return f"{code} {words}"[:LONGEST_REPLY]


def _words(fault: Exception) -> str:
    return " ".join(f"{type(fault).__name__}: {fault}".split())[:LONGEST_REPLY]


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode("ascii")


def _stuffed(content: bytes) -> bytes:
    """With CRLF at the end and each leading dot doubled (RFC 5321 section 4.5.2).

    A lone CR or LF becomes CRLF: servers differ in what they take for the end of a line, and so of a mail.
    """
    content = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content)
