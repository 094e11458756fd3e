"""The office that the stories play in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.office import Office
from tests.servers.places import server_folder


@pytest.fixture
def office() -> Iterator[Office]:
    """An editorial office with real servers, and nothing in its mailbox yet."""
    with server_folder() as folder, Office(folder) as office:
        yield office


@pytest.fixture
def bouncing_office() -> Iterator[Office]:
    """The same with a Postfix that sends true bounces."""
    with server_folder() as folder, Office(folder, bounces=True) as office:
        yield office
