"""The reader's contract, run in the sandbox and in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailbot.manuscript.sandbox.reader import ChildReader
from mailbot.ports import Reader
from mailbot.testing.reader import InProcessReader
from tests.contracts.reader import ReaderContract


class TestChildReader(ReaderContract):
    """In a child process with limits."""

    @pytest.fixture
    def reader(self) -> Iterator[Reader]:
        reader = ChildReader(language="zh-CN")
        yield reader
        reader.close()


class TestInProcessReader(ReaderContract):
    """In this process."""

    @pytest.fixture
    def reader(self) -> Reader:
        return InProcessReader(language="zh-CN")
