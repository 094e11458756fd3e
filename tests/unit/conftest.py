"""What several of these tests need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.desk import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An office in memory."""
    made = Desk()
    yield made
    made.store.close()
    made.ledger.close()
