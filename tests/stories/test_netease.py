"""The main job against a provider that behaves like NetEase: ID first, no UIDNEXT, Autologout, its own SMTP codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from mailbot import defaults
from mailbot.model import MailState, Stage
from mailbot.service import World
from tests.servers.netease import NeteaseImap, NeteaseSmtp
from tests.stories import letters

ACCOUNT = "tougao@example.cn"


class Provider:
    """The pair of servers, an office's folder, and what the next mails are answered with."""

    def __init__(self, imap: NeteaseImap, smtp: NeteaseSmtp, config: Path) -> None:
        self.imap, self.smtp, self.config = imap, smtp, config

    def receive(self, letter: bytes) -> None:
        """A letter arrives now."""
        self.imap.put(letter, arrived_at=datetime.now(UTC).replace(microsecond=0))

    def once(self) -> bool:
        """One pass of the worker in this process."""
        with World(self.config) as world:
            return world.worker.once()


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """An office at this provider."""
    monkeypatch.setenv("MAILBOT_PASSWORD", "code1")
    home = tmp_path / "home"
    defaults.copy_to(home)
    with NeteaseImap(tmp_path / "tls") as imap, NeteaseSmtp(tmp_path / "tls", ACCOUNT) as smtp:
        (home / "mailbot.yaml").write_text(
            f"""office: {{name: 测试编辑部, editors: [bianji@example.cn], admins: [admin@example.cn]}}
mailbox: {{address: {ACCOUNT}, host: localhost, port: {imap.port}, password: env:MAILBOT_PASSWORD,
  ca_file: {imap.ca_file}, first_run: process}}
smtp: {{host: localhost, port: {smtp.port}, password: env:MAILBOT_PASSWORD, ca_file: {smtp.ca_file}, pause: 0s}}
""",
            encoding="utf-8",
        )
        yield Provider(imap, smtp, home / "mailbot.yaml")


def test_a_letter_is_filed_and_answered(provider: Provider) -> None:
    """Despite every quirk the article is filed, and its acknowledgement goes out from the account itself."""
    provider.receive(letters.good(1))
    assert provider.once()
    ((sender, _, mail),) = provider.smtp.received
    assert sender == ACCOUNT
    assert message_from_bytes(mail)["In-Reply-To"] == "<good-1@mail.example.cn>"
    with World(provider.config) as world:
        assert [row.stage for row in world.letters()] == [Stage.CLOSED]


def test_an_autologout_in_the_middle_loses_nothing(provider: Provider) -> None:
    """BYE after two of five letters: all five are filed, each once."""
    for number in range(5):
        provider.receive(letters.without_unit(number, sender=f"li{number}@example.cn"))
    provider.imap.bye_after = 2
    provider.once()
    provider.once()
    with World(provider.config) as world:
        assert len(world.ledger.submissions()) == 5
    assert len(provider.smtp.received) == 5


def test_a_limit_of_the_provider_only_delays_the_answer(provider: Provider) -> None:
    """MI:SFQ keeps the mail waiting and halts sending; nothing is lost, and nothing is tried again at once."""
    provider.smtp.reply_for = lambda moment, argument: "554 MI:SFQ too many" if moment == "dot" else None
    provider.receive(letters.good(1))
    provider.once()
    provider.once()
    with World(provider.config) as world:
        assert [mail.state for mail in world.ledger.mails()] == [MailState.WAITING]
        assert world.outgoing.halted() is not None


def test_unsafe_login_in_spite_of_the_id_loses_nothing(provider: Provider) -> None:
    """When the provider's risk control refuses the folder, the pass fails; as soon as it is lifted, all goes on."""
    provider.imap.unsafe = "always"
    provider.receive(letters.good(1))
    assert not provider.once()
    provider.imap.unsafe = ""
    assert provider.once()
    assert len(provider.smtp.received) == 1
