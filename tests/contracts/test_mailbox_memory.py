"""The mailbox contract on the twin in memory."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.testing.mailbox import MemoryMailbox
from tests.contracts.mailbox import Account, MailboxContract


class _Account:
    def __init__(self) -> None:
        self.mailbox = MemoryMailbox()

    def put(self, content: bytes, arrived_at: datetime) -> None:
        self.mailbox.put(content, arrived_at=arrived_at)

    def remove(self, uid: int) -> None:
        self.mailbox.take(uid)


class TestMemory(MailboxContract):
    @pytest.fixture
    def account(self) -> Account:
        """A fresh twin."""
        return _Account()
