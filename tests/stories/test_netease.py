"""The main job against a provider that behaves like NetEase: ID first, no UIDNEXT, Autologout, its own SMTP codes."""

from __future__ import annotations

from email import message_from_bytes

from mailbot.model import MailState, Stage
from mailbot.service import World
from tests.servers.provider import ACCOUNT, Provider
from tests.stories import letters


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
