"""The mailbox's twin: a dict, and a hook that may raise the fault of the moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mailbot.ports import Fetched, FolderState, Listed, Spool
from mailbot.steps import At, Step, unhindered

PIECE = 64 * 1024
ARRIVED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class MemoryFolder:
    """Letters by UID; `None` as content stands for a message that is listed and has no body."""

    uidvalidity: int = 1
    letters: dict[int, tuple[bytes | None, datetime]] = field(default_factory=dict)
    highest: int = 0


class MemoryMailbox:
    """`ports.Mailbox` on a dict.

    `before(call, uid)` is called before every answer (`call` is the port's method; `uid` 0 but for letters) and may
    raise. `calls` counts them: what a poll costs.
    """

    def __init__(self, at: At = unhindered) -> None:
        self.folders: dict[str, MemoryFolder] = {"INBOX": MemoryFolder()}
        self.before: Callable[[str, int], None] = lambda call, uid: None
        self.calls: list[str] = []
        self._at = at
        self._open = self.folders["INBOX"]

    def put(
        self, content: bytes | None, *, folder: str = "INBOX", uid: int | None = None, arrived_at: datetime = ARRIVED
    ) -> int:
        """A letter arrives; answers its UID."""
        box = self.folders.setdefault(folder, MemoryFolder())
        uid = box.highest + 1 if uid is None else uid
        box.highest = max(box.highest, uid)
        box.letters[uid] = (content, arrived_at)
        return uid

    def take(self, uid: int, folder: str = "INBOX") -> None:
        """A letter goes away."""
        del self.folders[folder].letters[uid]

    def rebuild(self, uidvalidity: int, folder: str = "INBOX") -> None:
        """The server makes the folder anew, empty; UIDs begin at 1 again."""
        self.folders[folder] = MemoryFolder(uidvalidity)

    def examine(self, folder: str) -> FolderState:
        self._call("examine")
        self._open = self.folders[folder]
        return FolderState(self._open.uidvalidity, len(self._open.letters))

    def uids(self, above: int = 0) -> Sequence[int]:
        self._call("uids" if above else "all")
        return sorted(uid for uid in self._open.letters if uid > above)

    def listed(self, uids: Sequence[int]) -> Iterator[Listed]:
        for uid in sorted(uids):
            self._call("listed")
            if uid in self._open.letters:
                content, arrived_at = self._open.letters[uid]
                yield Listed(uid, arrived_at, len(content or b""))

    def fetch(self, uids: Sequence[int], spool: Callable[[], Spool]) -> Iterator[Fetched]:
        missing = []
        for uid in sorted(set(uids)):
            self._call("fetch", uid)
            content, arrived_at = self._open.letters.get(uid, (None, ARRIVED))
            if not content:
                missing.append(uid)
                continue
            yield Fetched(uid, arrived_at, len(content), self._spooled(content, spool))
        yield from (Fetched(uid, None, 0, None) for uid in missing)

    def fetch_header(self, uid: int, spool: Callable[[], Spool]) -> Fetched:
        self._call("fetch_header", uid)
        content, arrived_at = self._open.letters.get(uid, (None, ARRIVED))
        if not content:
            return Fetched(uid, None, 0, None)
        header, blank, _ = content.partition(b"\r\n\r\n")
        return Fetched(uid, arrived_at, len(content), self._spooled(header + blank, spool))

    def close(self) -> None:
        self.calls.append("close")

    def _spooled(self, content: bytes, spool: Callable[[], Spool]) -> Spool:
        kept = spool()
        for start in range(0, len(content), PIECE):
            kept.write(content[start : start + PIECE])
            if start == 0:
                self._at(Step.LETTER_SPOOLING)
        return kept

    def _call(self, call: str, uid: int = 0) -> None:
        self.calls.append(call)
        self.before(call, uid)
