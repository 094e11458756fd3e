"""An SMTP server that takes everything and keeps nothing, over verified TLS with a login."""

from __future__ import annotations

import ssl
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailbot.demo import certs
from tests.servers.dovecot import free_port


class _Everything:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 2.0.0 taken"


class Sink:
    """Listens on loopback with STARTTLS."""

    def __init__(self, folder: Path, user: str, password: str) -> None:
        certs.make(folder)
        self.ca_file = folder / "ca.pem"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")

        def check(
            server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
        ) -> AuthResult:
            return AuthResult(success=(data.login.decode(), data.password.decode()) == (user, password))

        self.port = free_port()
        self._controller = Controller(
            _Everything(),
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=check,
        )

    def start(self) -> Sink:
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()
