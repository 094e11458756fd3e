"""The mailbox contract on Dovecot, on pymap, and on a server that behaves like NetEase's; TLS verified."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest
from imapclient import IMAPClient

from mailbot.demo.servers import EmbeddedServers
from mailbot.edges.imap import ImapMailbox
from tests.contracts.mailbox import Account, MailboxContract
from tests.servers.dovecot import Dovecot, running
from tests.servers.netease import NeteaseImap

PASSWORD = "pw1"
USERS = [f"tougao{number}@example.cn" for number in range(60)]


class _Server(Protocol):
    def client(self, user: str) -> IMAPClient: ...


class _Account:
    """An account whose other side is a webmail user with an IMAP client."""

    def __init__(self, server: _Server, user: str, port: int, ca_file: Path, security: str = "tls") -> None:
        self._server, self._user = server, user
        self.mailbox = ImapMailbox(
            host="localhost",
            port=port,
            security=security,
            username=user,
            password=PASSWORD,
            ca_file=ca_file,
        )

    def _client(self) -> AbstractContextManager[IMAPClient]:
        client: AbstractContextManager[IMAPClient] = self._server.client(self._user)
        return client

    def put(self, content: bytes, arrived_at: datetime) -> None:
        with self._client() as client:
            client.append("INBOX", content, msg_time=arrived_at)

    def remove(self, uid: int) -> None:
        with self._client() as client:
            client.select_folder("INBOX")
            client.delete_messages([uid])
            client.expunge([uid])


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """One server with a user for each test."""
    with running(dict.fromkeys(USERS, PASSWORD)) as server:
        yield server


@pytest.fixture(scope="module")
def pymap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    """One server with a user for each test."""
    with EmbeddedServers(dict.fromkeys(USERS, PASSWORD), tmp_path_factory.mktemp("pymap")) as servers:
        yield servers


@pytest.fixture(scope="module")
def users() -> Iterator[str]:
    """Users that no test had yet."""
    return iter(USERS)


class TestDovecot(MailboxContract):
    @pytest.fixture
    def account(self, dovecot: Dovecot, users: Iterator[str]) -> Account:
        """Implicit TLS."""
        return _Account(dovecot, next(users), dovecot.imaps, dovecot.ca_file)


class TestDovecotStarttls(MailboxContract):
    @pytest.fixture
    def account(self, dovecot: Dovecot, users: Iterator[str]) -> Account:
        """TLS begun by STARTTLS."""
        return _Account(dovecot, next(users), dovecot.imap, dovecot.ca_file, "starttls")


class TestPymap(MailboxContract):
    @pytest.fixture
    def account(self, pymap: EmbeddedServers, users: Iterator[str]) -> Account:
        """The demo's server."""
        return _Account(pymap, next(users), pymap.imap_port, pymap.ca_file)


class _NeteaseAccount:
    def __init__(self, server: NeteaseImap) -> None:
        self._server, self._uids = server, itertools.count(1748072176, 7)
        self.mailbox = ImapMailbox(
            host="localhost", port=server.port, username="tougao", password=server.password, ca_file=server.ca_file
        )

    def put(self, content: bytes, arrived_at: datetime) -> None:
        self._server.put(content, next(self._uids), arrived_at)

    def remove(self, uid: int) -> None:
        del self._server.letters[uid]


class TestNetease(MailboxContract):
    @pytest.fixture
    def account(self, tmp_path: Path) -> Iterator[Account]:
        """The server with NetEase's quirks."""
        with NeteaseImap(tmp_path) as server:
            yield _NeteaseAccount(server)
