"""The mailbox contract on Cyrus, another server of the wide world; TLS verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from mailbot.edges.imap import ImapMailbox
from tests.contracts.mailbox import Account, MailboxContract
from tests.servers.cyrus import Cyrus, unpacked
from tests.servers.places import server_folder

PASSWORD = "pw1"
USERS = [f"tougao{number}" for number in range(20)]


class _Account:
    """An account whose other side is a webmail user with an IMAP client."""

    def __init__(self, server: Cyrus, user: str) -> None:
        self._server, self._user = server, user
        self.mailbox = ImapMailbox(
            host="localhost", port=server.port, username=user, password=PASSWORD, ca_file=server.ca_file
        )

    def put(self, content: bytes, arrived_at: datetime) -> None:
        with self._server.client(self._user) as client:
            client.append("INBOX", content, msg_time=arrived_at)

    def remove(self, uid: int) -> None:
        with self._server.client(self._user) as client:
            client.select_folder("INBOX")
            client.delete_messages([uid])
            client.expunge([uid])


@pytest.fixture(scope="module")
def cyrus() -> Iterator[Cyrus]:
    """One server with a user for each test."""
    with server_folder() as folder:
        try:
            root = unpacked(folder)
        except RuntimeError as why:
            pytest.fail(str(why))
        server = Cyrus(root, folder / "cyrus", USERS, PASSWORD)
        try:
            yield server.start()
        finally:
            server.stop()


@pytest.fixture(scope="module")
def users() -> Iterator[str]:
    """Users that no test had yet."""
    return iter(USERS)


@pytest.mark.torture
class TestCyrus(MailboxContract):
    @pytest.fixture
    def account(self, cyrus: Cyrus, users: Iterator[str]) -> Account:
        """Implicit TLS."""
        return _Account(cyrus, next(users))
