"""What all tests share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case after its argument, not after its bytes.

    Bytes made by real programs hold the time of day; two processes that collect the same tests a second
    apart would give them different names, and pytest-xdist refuses to run those.
    """
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def own_heap() -> Iterator[None]:
    """For tests of time: the collector does not walk over what thousands of tests before have left in memory."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
