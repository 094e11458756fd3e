"""What the provider says to our mails, what becomes of them, and what a person may decide."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from email import message_from_bytes

import pytest
from typer.testing import CliRunner

from mailbot.cli import app
from mailbot.errors import UserError
from mailbot.steps import Step
from tests.servers.provider import Provider
from tests.stories import letters

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
QUEUED = "250 Mail OK queued as smtp11,TransID 1700000000"
OFFICE = ("bianji@example.cn", "admin@example.cn")
OFFICE_MAILS = ("digest", "alarm")


def question(sender: str) -> bytes:
    """A letter that is answered at once and encloses nothing."""
    return letters.letter("如何投稿", "请问如何投稿？", sender=sender, message_id=f"<asked-by-{sender}>")


class Fates:
    """`reply_for` of the server: at one moment of the mail to a recipient it says these replies, one a try."""

    def __init__(self, **fates: tuple[str, Iterable[str]]) -> None:
        self._fates = {f"{name}@example.cn": (moment, iter(replies)) for name, (moment, replies) in fates.items()}
        self._recipient = ""
        self.tries: Counter[str] = Counter()

    def __call__(self, moment: str, argument: str) -> str | None:
        if moment == "rcpt":
            self._recipient = argument
            self.tries.update([argument.partition("@")[0]] if argument not in OFFICE else [])
        wanted, replies = self._fates.get(self._recipient, ("", iter(())))
        return next(replies, None) if moment == wanted else None


def answers(provider: Provider) -> Counter[str]:
    """How many mails each contributor got."""
    names = [to.partition("@")[0] for _, (to,), _ in provider.smtp.received]
    return Counter(name for name in names if f"{name}@example.cn" not in OFFICE)


def listed(*arguments: str) -> dict[str, dict[str, str]]:
    """What `notices list --json` shows of mails to contributors, by recipient."""
    rows = json.loads(command("notices", "list", "--json", *arguments))
    return {row["to"].partition("@")[0]: row for row in rows if row["kind"] not in OFFICE_MAILS}


def command(*arguments: str) -> str:
    """A command's output; it must end well."""
    done = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return str(done.output)


@pytest.fixture
def here(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The office, with its configuration where commands look for it."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(provider.config))
    return provider


def test_each_mail_has_its_own_fate(here: Provider) -> None:
    """Put off, it goes later; refused, it is listed as failed with the reply; spam "for now" is given up in the end."""
    spam = "451 DT:SPM 163 smtp1, please try again"
    fates = here.smtp.reply_for = Fates(
        grey=("rcpt", ["450 4.2.0 Greylisted, try again later"]),
        later=("dot", ["451 4.3.0 temporary failure", spam]),
        gone=("rcpt", ["550 Invalid User"]),
        large=("data", ["552 exceeded mailsize"]),
        spam=("dot", [spam] * 9),
        refused=("dot", ["554 DT:SPM 163 smtp2"]),
    )
    for name in ("good", "grey", "later", "gone", "large", "spam", "refused"):
        here.receive(question(f"{name}@example.cn"))
    here.once()
    assert answers(here) == {"good": 1}
    for minutes in (3, 20, 60, 400):
        here.once(minutes * MINUTE)
    assert answers(here) == {"good": 1, "grey": 1, "later": 1}
    assert fates.tries == {"good": 1, "grey": 2, "later": 3, "gone": 1, "large": 1, "spam": 4, "refused": 1}
    shown = listed()
    assert {name: row["state"] for name, row in shown.items()} == {
        "good": "sent", "grey": "sent", "later": "sent", "gone": "failed", "large": "failed", "spam": "failed",
        "refused": "failed",
    }  # fmt: skip
    assert shown["good"]["reply"] == QUEUED
    assert shown["large"]["reply"] == "552 exceeded mailsize"
    assert shown["spam"]["reply"] == spam


def test_the_mailbox_is_only_read_and_each_mail_has_its_connection(here: Provider) -> None:
    """No copy is put into a folder of the server, nothing is marked or removed; a mail is a connection."""
    for name in ("one", "two", "three"):
        here.receive(question(f"{name}@example.cn"))
    here.once()
    assert answers(here) == {"one": 1, "two": 1, "three": 1}
    assert here.smtp.connections == len(here.smtp.received)
    words = {word.upper() for line in here.imap.commands for word in line.split()[:2]}
    assert {"EXAMINE", "FETCH"} <= words
    assert not words & {"SELECT", "APPEND", "STORE", "COPY", "MOVE", "EXPUNGE", "DELETE", "CREATE", "RENAME", "CLOSE"}


def test_a_busy_provider_is_left_alone_also_by_the_next_worker(here: Provider) -> None:
    """After 421 no connection is made for 15 minutes, whoever is started meanwhile; then all goes, once."""
    replies = iter(["421 HL:ICC 163 smtp1"])
    here.smtp.reply_for = lambda moment, _: next(replies, None) if moment == "connect" else None
    here.receive(question("a@example.cn"))
    here.receive(question("b@example.cn"))
    for minutes in (0, 1, 14):
        here.once(minutes * MINUTE)
    assert (here.smtp.connections, answers(here)) == (1, {})
    here.once(16 * MINUTE)
    assert answers(here) == {"a": 1, "b": 1}


def test_a_mail_of_unknown_delivery_is_decided_by_a_person(here: Provider) -> None:
    """It is listed and never sent again by itself; retry sends it once more as the same mail, dismiss never."""
    here.smtp.reply_for = Fates(again=("dot", ["lost"]), aside=("dot", ["cut"]))
    here.receive(question("again@example.cn"))
    here.receive(question("aside@example.cn"))
    here.once()
    here.once(DAY)
    uncertain = listed("--uncertain")
    assert {name: row["state"] for name, row in uncertain.items()} == {"again": "uncertain", "aside": "uncertain"}
    assert answers(here) == {"again": 1}
    command("notices", "retry", str(uncertain["again"]["id"]))
    command("notices", "dismiss", str(uncertain["aside"]["id"]))
    here.once(DAY + 5 * MINUTE)
    here.once(2 * DAY)
    mails = [message_from_bytes(raw) for _, (to,), raw in here.smtp.received if to == "again@example.cn"]
    assert len(mails) == 2
    assert len({mail["Message-ID"] for mail in mails}) == 1
    assert answers(here) == {"again": 2}
    assert listed("--uncertain") == {}
    shown = listed()
    assert (shown["again"]["state"], shown["again"]["reply"], shown["aside"]["state"]) == ("sent", QUEUED, "dismissed")
    refused = CliRunner().invoke(app, ["notices", "retry", str(shown["aside"]["id"])])
    assert isinstance(refused.exception, UserError)


KILLS = (Step.MAIL_SENDING.value, Step.MAIL_ACCEPTED.value)
"""Where the worker dies: before the final dot, and before the reply to it is recorded."""


def dies_every_time(provider: Provider, rounds: int, size: int) -> None:
    """In each round so many answers are cut off at the reply, and so many starts of the worker are killed there.

    Afterwards every letter was answered at most once, those of which it is not known are listed, and a day later
    nothing has changed.
    """
    for number in range(rounds):
        names = [f"cut{number}x{one}" for one in range(size)]
        fates = {name: ("dot", ["lost" if one % 2 else "cut"]) for one, name in enumerate(names)}
        provider.smtp.reply_for = Fates(**fates)
        for name in names:
            provider.receive(question(f"{name}@example.cn"))
        assert provider.killable() == 0
        for one in range(size):
            provider.receive(question(f"killed{number}x{one}@example.cn"))
        for one in range(size):
            assert provider.killable("--kill", KILLS[one % 2]) == -9
        assert provider.killable() == 0
    assert provider.killable("--later", str(86_400)) == 0
    taken, deaths = answers(provider), 2 * rounds * size
    assert set(taken.values()) == {1}
    assert len(taken) == deaths // 2
    assert len(listed("--uncertain")) == deaths


def test_a_death_after_the_final_dot_never_makes_two_answers(here: Provider) -> None:
    """Twice cut and twice killed while the reply is due: at most one answer a letter, and each doubt is listed."""
    dies_every_time(here, rounds=1, size=2)


@pytest.mark.torture
def test_two_hundred_deaths_after_the_final_dot_never_make_two_answers(here: Provider) -> None:
    """A hundred connections cut, a hundred workers killed: a hundred answers arrived, once each, and all are listed."""
    dies_every_time(here, rounds=5, size=20)
