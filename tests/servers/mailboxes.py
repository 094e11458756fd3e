"""Reading a Dovecot's mailboxes from outside: what a contributor, or the bot, has got."""

from __future__ import annotations

import time

from tests.servers.dovecot import Dovecot


def inbox(dovecot: Dovecot, user: str) -> list[bytes]:
    """The raw mails in a user's INBOX, as they lie on disk, oldest first."""
    folder = dovecot.maildir(user)
    files = [path for name in ("new", "cur") for path in (folder / name).glob("*") if path.is_file()]
    return [path.read_bytes() for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)]


def wait_for_mails(dovecot: Dovecot, user: str, number: int, seconds: float = 20) -> list[bytes]:
    """The user's mails as soon as there are `number` of them; a true bounce needs a second or two."""
    deadline = time.monotonic() + seconds
    while len(mails := inbox(dovecot, user)) < number:
        if time.monotonic() > deadline:
            raise AssertionError(f"{len(mails)} of {number} mails reached {user}")
        time.sleep(0.02)
    return mails
