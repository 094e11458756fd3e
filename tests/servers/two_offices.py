"""Offices whose mails go over real SMTP, with mailboxes in memory and one clock for all: days pass in seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from mailbot import defaults
from mailbot.service import World
from mailbot.testing.clock import FixedClock
from mailbot.testing.mailbox import MemoryMailbox
from mailbot.testing.reader import InProcessReader
from tests.servers.dovecot import free_port

Transport = Callable[[str, str, bytes], None]
"""Given sender, recipient and bytes of a mail that an office sent."""


@dataclass(frozen=True)
class Caps:
    """The caps of an office: of its mails, and what stands in `notices`."""

    per_hour: int = 30
    per_day: int = 200
    notices: str = ""


class Wire:
    """An SMTP server that takes every mail and hands it to `carry`."""

    def __init__(self, carry: Transport) -> None:
        self._carry = carry
        accept = AuthResult(success=True)
        self._controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), auth_require_tls=False, authenticator=lambda *_: accept
        )

    def __enter__(self) -> int:
        """Listen; the port."""
        self._controller.start()
        port: int = self._controller.port
        return port

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it."""
        content = envelope.original_content
        assert isinstance(content, bytes)
        self._carry(str(envelope.mail_from), envelope.rcpt_tos[0], content)
        return "250 2.0.0 taken"


class SmallOffice:
    """A mailbot whose mailbox lies in memory; `sent` are the mails it sent: when, to whom."""

    def __init__(self, base: Path, address: str, port: int, clock: FixedClock, caps: Caps) -> None:
        self.address, self.clock, self.mailbox = address, clock, MemoryMailbox()
        self.sent: list[tuple[datetime, str, bytes]] = []
        base.mkdir(parents=True)
        defaults.copy_to(base)
        (base / "mailbot.yaml").write_text(
            f"office: {{name: 测试编辑部, editors: [{self.editor}], admins: [{self.admin}]}}\n"
            f"mailbox: {{address: {address}, host: localhost, password: env:MAILBOT_PASSWORD}}\n"
            f"smtp: {{host: 127.0.0.1, port: {port}, security: none, password: env:MAILBOT_PASSWORD,\n"
            f"  per_hour: {caps.per_hour}, per_day: {caps.per_day}}}\n{caps.notices}",
            encoding="utf-8",
        )
        self.world = World(base / "mailbot.yaml", clock=clock)
        self.world.__dict__["mailbox"] = self.mailbox
        self.world.__dict__["reader"] = InProcessReader(language="zh-CN")

    @property
    def editor(self) -> str:
        """Who gets the digest."""
        return f"editor@{self.address.partition('@')[2]}"

    @property
    def admin(self) -> str:
        """Who gets the alarms."""
        return f"admin@{self.address.partition('@')[2]}"

    def receive(self, content: bytes) -> None:
        """A letter arrives now."""
        self.mailbox.put(content, arrived_at=self.clock.now())

    def subjects_to(self, recipient: str) -> list[str]:
        """What it sent to somebody."""
        from email.header import decode_header, make_header

        mails = (message_from_bytes(content) for _, to, content in self.sent if to == recipient)
        return [str(make_header(decode_header(mail["Subject"]))) for mail in mails]

    def to_contributors(self) -> int:
        """How many mails it sent to neither editor nor admin."""
        return sum(to not in (self.editor, self.admin) for _, to, _ in self.sent)

    def most_within(self, window: timedelta) -> int:
        """The most mails that it sent within any such time."""
        times = [at for at, _, _ in self.sent]
        return max((sum(start <= at < start + window for at in times) for start in times), default=0)
