"""The store's twin for tests and for `check`: a folder that goes away, and no waiting for the disk.

It is the real store and no dictionary, because the port gives out paths: the reading child needs files to read. Nothing
is fsynced, and the folder lies in memory where the system has such a place.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.edges.store import FolderStore
from mailbot.steps import At, unhindered

_IN_MEMORY = Path("/dev/shm")


class TemporaryStore(FolderStore):
    """ports.Store for as long as the object lives."""

    def __init__(self, timezone: str = "Asia/Shanghai", at: At = unhindered) -> None:
        place = _IN_MEMORY if _IN_MEMORY.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(prefix="mailbot-store-", dir=place, ignore_cleanup_errors=True)
        super().__init__(Path(self._folder.name), ZoneInfo(timezone), at, sync=_forget)

    def close(self) -> None:
        """Remove the folder now."""
        self._folder.cleanup()


def _forget(descriptor: int) -> None:
    """In place of os.fsync."""
