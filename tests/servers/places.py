"""Folders for servers that give up root: pytest's own lie below a folder that only root may enter."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server_folder() -> Iterator[Path]:
    """A temporary folder that every user may enter; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="mailbot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
