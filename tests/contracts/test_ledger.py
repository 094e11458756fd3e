"""The contract of the ledger, on a file and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.edges.ledger.open import open_ledger
from mailbot.ports import Ledger
from mailbot.testing.ledger import memory_ledger
from tests.contracts.ledger import LedgerContract
from tests.contracts.ledger_again import AgainContract, ShadowContract
from tests.contracts.ledger_bounces import BelongingContract, BouncesContract
from tests.contracts.ledger_history import HistoryContract


class TestFile(LedgerContract, HistoryContract, AgainContract, ShadowContract, BouncesContract, BelongingContract):
    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Iterator[Ledger]:
        opened = open_ledger(tmp_path / "mailbot.db", upgrade=True)
        yield opened
        opened.close()


class TestMemory(LedgerContract, HistoryContract, AgainContract, ShadowContract, BouncesContract, BelongingContract):
    @pytest.fixture
    def ledger(self) -> Iterator[Ledger]:
        opened = memory_ledger()
        yield opened
        opened.close()
