"""A mail provider in one thread: IMAP (pymap, implicit TLS) and SMTP (aiosmtpd, STARTTLS) on free loopback ports.

SMTP delivers straight into the IMAP mailboxes, so that a mail between two users can be read by its recipient at once.
All is kept in memory and gone with `stop`. Like NetEase, the SMTP side wants a login and takes only the account's own
address as the sender (or none at all, for bounces). Needs the extra `demo`.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from argparse import Namespace
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack, closing, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, Identity, Login
from pymap.context import connection_exit
from pymap.imap import IMAPConnection, IMAPServer
from pymap.imap.state import ConnectionState
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from mailbot.demo import certs

if TYPE_CHECKING:
    from imapclient import IMAPClient

HOST = "127.0.0.1"
MAX_LETTER = 100 * 1024 * 1024
_START_SECONDS = 15.0


class EmbeddedServers:
    """Both servers with the given users (address -> password); their certificates are made in `folder`.

    Usable as a context manager. `imap_port` and `smtp_port` are known after `start`; clients have to trust `ca_file`.
    """

    def __init__(self, users: Mapping[str, str], folder: Path) -> None:
        self.users = dict(users)
        self.host = HOST
        self.imap_port = 0
        self.smtp_port = 0
        self._folder = folder
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def ca_file(self) -> Path:
        """The certificate authority that clients have to trust."""
        return self._folder / "ca.pem"

    def start(self) -> EmbeddedServers:
        """Listen; answers when both servers take connections."""
        certs.make(self._folder)
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of a use of its own at each login
        ready: Future[tuple[int, int]] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="mail-servers", daemon=True)
        self._thread.start()
        self.imap_port, self.smtp_port = ready.result(_START_SECONDS)
        return self

    def stop(self) -> None:
        """Drop all connections and mails; harmless when it is stopped already."""
        if self._thread is None or self._loop is None or self._stop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_START_SECONDS)
        self._thread = None

    def __enter__(self) -> EmbeddedServers:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def trust(self) -> ssl.SSLContext:
        """What a client needs to verify these servers."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def client(self, user: str) -> IMAPClient:
        """A logged-in IMAP client of this user; use it as a context manager."""
        from imapclient import IMAPClient

        client = IMAPClient(self.host, self.imap_port, ssl_context=self.trust(), timeout=10)
        client.login(user, self.users[user])
        return client

    def mailbox(self, user: str) -> list[bytes]:
        """What this user received, oldest first, read over IMAP without a trace."""
        with self.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            uids = client.search("ALL")
            found = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            return [bytes(found[uid][b"BODY[]"]) for uid in sorted(found)]

    def _run(self, ready: Future[tuple[int, int]]) -> None:
        try:
            asyncio.run(self._serve(ready))
        except Exception as error:  # whatever keeps the thread from starting is told to `start`
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: Future[tuple[int, int]]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        identity.load_cert_chain(self._folder / "server.pem", self._folder / "server.key")
        config = _Config(identity)
        config.apply_context()  # the mailboxes' locks are made for this loop
        login = Login(config)
        login.users_dict.update(
            (user, UserMetadata(config, user, password=password)) for user, password in self.users.items()
        )
        imap = await asyncio.start_server(
            ProxyProtocolReader(config.proxy_protocol).get_callback(_Server(login, config)), HOST, 0, ssl=identity
        )
        smtp = await self._loop.create_server(lambda: _smtp(_Delivery(self.users, login), identity), HOST, 0)
        try:
            ready.set_result((imap.sockets[0].getsockname()[1], smtp.sockets[0].getsockname()[1]))
            await self._stop.wait()
        finally:
            imap.close()
            smtp.close()


class _Config(Config):
    """pymap's settings without its command line."""

    def __init__(self, identity: ssl.SSLContext) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            demo_data=False,
            demo_user="",
            demo_password="",
            host=HOST,
            port=0,
            ssl_context=identity,
            tls_enabled=False,  # no STARTTLS: the connection is encrypted from its first byte
            reject_dnsbl=False,
            hash_context=Cleartext(),
            max_append_len=MAX_LETTER,
        )

    @property
    def greeting(self) -> bytes:
        """A fixed one: pymap's own asks the name service for this machine's name."""
        return b"Server ready"


class _Gathered(list[bytes]):
    """Looks enough like a stream writer to take one response in pieces."""

    write = list.append

    def writelines(self, pieces: Any) -> None:
        self.extend(pieces)

    async def drain(self) -> None:
        """Nothing to wait for."""


class _Connection(IMAPConnection):
    """Writes each response at once: pymap's pieces break clients that read a line in the middle of one (IDLE)."""

    async def write_response(self, resp: Any) -> None:
        gathered = _Gathered()
        await resp.async_write(gathered)
        with suppress(ConnectionError):
            self.writer.write(b"".join(gathered))
            await self.writer.drain()


class _Server(IMAPServer):
    """pymap's server with our connection."""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sock_info: Any) -> None:
        connection = _Connection(self.commands, self._config, reader, writer, sock_info)
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(connection))
            await connection.run(ConnectionState(self._login, self._config))


def _smtp(delivery: _Delivery, identity: ssl.SSLContext) -> SMTP:
    return SMTP(
        delivery,
        hostname="mx.example.cn",
        data_size_limit=MAX_LETTER,
        decode_data=False,
        tls_context=identity,
        require_starttls=True,
        auth_required=True,
        authenticator=delivery.authenticate,
        loop=asyncio.get_running_loop(),
    )


class _Delivery:
    """What the SMTP server does with logins, addresses and letters."""

    def __init__(self, users: Mapping[str, str], login: Login) -> None:
        self._users = users
        self._login = login

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        """Address and password of a user, by PLAIN or LOGIN."""
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        user = given.login.decode("utf-8", "replace")
        known = self._users.get(user)
        if known is None or known.encode() != given.password:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=user)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only the account's own address may send; the empty one (`<>`) is for bounces."""
        if address not in ("<>", session.auth_data):
            return "553 Mail from must equal authorized user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 Mail OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Nothing leaves: whoever has no mailbox here does not exist."""
        if address not in self._users:
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 Mail OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Put the bytes as they came, below the two usual lines, into each recipient's INBOX."""
        now = datetime.now(UTC)
        for address in envelope.rcpt_tos:
            trace = (
                f"Return-Path: <{(envelope.mail_from or '').strip('<>')}>\r\n"
                f"Received: from {session.host_name} ([{HOST}])\r\n"
                f"\tby mx.example.cn with ESMTPSA for <{address}>;\r\n\t{format_datetime(now)}\r\n"
            )
            content = trace.encode("ascii", "replace") + (envelope.original_content or b"")
            async with Identity(address, self._login, None, frozenset()).new_session() as mailboxes:
                inbox = await mailboxes.mailbox_set.get_mailbox("INBOX")
                await inbox.append(AppendMessage(content, now))
        return f"250 Mail OK queued as demo{int(now.timestamp() * 1000)}"
