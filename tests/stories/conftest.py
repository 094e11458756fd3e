"""The office that the stories play in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.office import Office
from tests.servers.places import server_folder
from tests.servers.provider import Provider


@pytest.fixture
def office() -> Iterator[Office]:
    """An editorial office with real servers, and nothing in its mailbox yet."""
    with server_folder() as folder, Office(folder) as office:
        yield office


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """An office at a provider like NetEase."""
    monkeypatch.setenv("MAILBOT_PASSWORD", "code1")
    with Provider(tmp_path) as provider:
        yield provider


@pytest.fixture
def bouncing_office() -> Iterator[Office]:
    """The same with a Postfix that sends true bounces."""
    with server_folder() as folder, Office(folder, bounces=True) as office:
        yield office
