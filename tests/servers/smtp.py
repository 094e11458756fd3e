"""SMTP servers on loopback: aiosmtpd that delivers by LMTP into a Dovecot, and one that follows a script."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.dovecot import Dovecot, free_port


class DeliveringSmtp:
    """Takes mails over verified TLS from users with a password and delivers them into a Dovecot.

    `delay` are seconds between the final dot and the answer.
    """

    def __init__(self, dovecot: Dovecot, *, starttls: bool = False) -> None:
        self.dovecot = dovecot
        self.port = free_port()
        self.delay = 0.0
        self.ca_file: Path = dovecot.ca_file
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(dovecot.base / "tls/server.pem", dovecot.base / "tls/server.key")
        options = {"tls_context": context, "require_starttls": True} if starttls else {"ssl_context": context}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            auth_required=True,
            auth_require_tls=starttls,
            decode_data=False,
            authenticator=self._authenticate,
            **options,
        )

    def start(self) -> DeliveringSmtp:
        """Listen."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Close."""
        self._controller.stop()

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        known = self.dovecot.users.get(data.login.decode())
        good = known is not None and known == data.password.decode()
        return AuthResult(success=good, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse whom Dovecot does not know, as a server does that knows its users."""
        if address not in self.dovecot.users:
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Deliver, and pass on what LMTP says."""

        def deliver() -> None:
            with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp) as lmtp:
                lmtp.sendmail(envelope.mail_from, envelope.rcpt_tos, envelope.original_content)

        try:
            await asyncio.sleep(self.delay)
            await asyncio.to_thread(deliver)
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            return f"{code} {words.decode()}"
        except smtplib.SMTPResponseException as refused:
            return f"{refused.smtp_code} {refused.smtp_error!r}"
        return "250 2.0.0 delivered"


CUT = "cut"
"""In a script: close the connection instead of an answer."""

HANG = "hang"
"""In a script: say nothing until the client goes away."""

NORMAL = {
    "GREETING": "220 script", "EHLO": "250-script\r\n250 AUTH LOGIN PLAIN", "AUTH": "235 ok", "MAIL": "250 ok",
    "RCPT": "250 ok", "DATA": "354 go on", "DOT": "250 Mail OK queued as script,1", "QUIT": "221 bye",
}  # fmt: skip


class ScriptedSmtp:
    """Answers every command with what the script says, and keeps what it saw; no TLS."""

    def __init__(self, script: Mapping[str, str] | None = None) -> None:
        self.script = NORMAL | dict(script or {})
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ScriptedSmtp:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines, suppress(ConnectionError):
                self._converse(connection.sendall, lines.readline)

    def _converse(self, send: Callable[[bytes], None], readline: Callable[[], bytes]) -> None:
        verb = "GREETING"
        while True:
            answer = self.script.get(verb, "502 what?")
            if answer == CUT:
                return
            if answer == HANG:
                readline()
                return
            send(answer.encode() + b"\r\n")
            if verb == "QUIT":
                return
            if verb == "DATA" and answer.startswith("354"):
                mail = b""
                while (line := readline()) not in (b".\r\n", b""):
                    mail += line
                if not line:
                    return
                self.mails.append(mail)
                verb = "DOT"
                continue
            line = readline()
            if not line:
                return
            self.commands.append(line.decode("utf-8", "replace").strip())
            verb = self.commands[-1].split(" ")[0].upper()
