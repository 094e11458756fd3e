"""An office at a provider that behaves like NetEase, with its servers and folder."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot import defaults
from mailbot.ports import MailSummary
from mailbot.service import World
from tests.servers.clock import ClockAhead
from tests.servers.netease import NeteaseImap, NeteaseSmtp
from tests.servers.warm import warm_start

ACCOUNT = "tougao@example.cn"


class Provider:
    """The pair of servers, an office's folder, and what the next mails are answered with."""

    def __init__(self, base: Path) -> None:
        self.imap, self.smtp = NeteaseImap(base / "tls"), NeteaseSmtp(base / "tls", ACCOUNT)
        self.home = base / "home"

    def __enter__(self) -> Provider:
        self.imap.start()
        self.smtp.start()
        defaults.copy_to(self.home)
        self.config.write_text(
            f"""office: {{name: 测试编辑部, editors: [bianji@example.cn], admins: [admin@example.cn]}}
mailbox: {{address: {ACCOUNT}, host: localhost, port: {self.imap.port}, password: env:MAILBOT_PASSWORD,
  ca_file: {self.imap.ca_file}, first_run: process}}
smtp: {{host: localhost, port: {self.smtp.port}, password: env:MAILBOT_PASSWORD, ca_file: {self.smtp.ca_file},
  pause: 0s, per_hour: null, per_day: null}}
notices: {{per_correspondent: null, breaker: null}}
""",
            encoding="utf-8",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.smtp.stop()
        self.imap.stop()

    @property
    def config(self) -> Path:
        """mailbot.yaml."""
        return self.home / "mailbot.yaml"

    def receive(self, letter: bytes) -> None:
        """A letter arrives now."""
        self.imap.put(letter, arrived_at=datetime.now(UTC).replace(microsecond=0))

    def once(self, later: timedelta = timedelta()) -> bool:
        """One pass of the worker in this process, perhaps later."""
        with World(self.config, clock=ClockAhead(later)) as world:
            return world.worker.once()

    def killable(self, *arguments: str) -> int:
        """One pass of the worker in a process of its own; its exit code (negative: the signal)."""
        warm = warm_start()
        warm.start([str(self.config), *arguments], dict(os.environ), self.home / "worker.log")
        return warm.wait(60)

    def mails(self) -> list[MailSummary]:
        """The outbox, newest first."""
        with World(self.config) as world:
            return list(world.ledger.mails())
