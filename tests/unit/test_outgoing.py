"""What the sender of mails does with each end of a try: against the real ledger in memory and a told post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.errors import StorageFull
from mailbot.model import Draft, MailCause, MailState, SendOutcome, SendResult
from mailbot.notices.brakes import DAY, GIVE_UP
from mailbot.outgoing import Outgoing, retry_at
from mailbot.ports import Ledger
from mailbot.steps import At, Step, unhindered
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.post import MemoryPost

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSE = timedelta(seconds=5)

SOON = SendResult(outcome=SendOutcome.RETRY_SOON, reply="450 greylisted")
LIMIT = SendResult(outcome=SendOutcome.RETRY_SOON, reply="451 MI:SFQ", account=True)
NO_WAY = SendResult(outcome=SendOutcome.RETRY_SOON, reply="TimeoutError: timed out", account=True)
FULL_DAY = SendResult(outcome=SendOutcome.RETRY_TOMORROW, reply="550 MI:STC", account=True)
STOP = SendResult(outcome=SendOutcome.STOP, reply="535 Error: authentication failed", account=True)
REFUSED = SendResult(outcome=SendOutcome.REFUSED, reply="550 5.1.1 no such user")
UNCERTAIN = SendResult(outcome=SendOutcome.UNCERTAIN, reply="cut", account=True)


class World:
    """A ledger, a clock, a post and the sender over them."""

    def __init__(self, mails: int = 0, cause: MailCause = MailCause.DECISION) -> None:
        self.clock = FixedClock(NOW)
        self.ledger: Ledger = memory_ledger()
        self.post = MemoryPost()
        self.cause = cause
        for number in range(mails):
            self.queue(number)

    def queue(self, number: int) -> None:
        """Put a mail into the outbox."""
        draft = Draft(
            cause=self.cause, cause_id=str(number), kind="decision", recipient=f"{number}@example.org", subject="s",
            message_id=f"<{number}@example.cn>", content=b"Subject: s\r\n\r\n",
        )  # fmt: skip
        assert self.ledger.queue(draft, self.clock.now())

    def sender(self, per_hour: int | None = 30, per_day: int | None = 200, at: At = unhindered) -> Outgoing:
        """A new sender on the same ledger, as after a restart."""
        return Outgoing(
            self.ledger, self.post, self.clock, per_hour=per_hour, per_day=per_day, pause=PAUSE, zone=ZONE, at=at
        )

    def sent(self) -> list[str]:
        """Who got a mail, in order."""
        return [mail.recipient.partition("@")[0] for mail in self.post.delivered]

    def states(self) -> list[MailState]:
        """The states of all mails, oldest first."""
        return [mail.state for mail in reversed(self.ledger.mails())]


@pytest.mark.parametrize(
    ("result", "attempts", "expected"),
    [
        (SOON, 0, NOW + 2 * MINUTE),
        (SOON, 1, NOW + 15 * MINUTE),
        (SOON, 5, NOW + 4 * HOUR),
        (SOON, 500, NOW + 4 * HOUR),
        (LIMIT, 0, NOW + 15 * MINUTE),
        (LIMIT, 9, NOW + 15 * MINUTE),
        (NO_WAY, 0, NOW + 2 * MINUTE),
        (NO_WAY, 9, NOW + 15 * MINUTE),
        (STOP, 0, NOW + HOUR),
        (FULL_DAY, 0, datetime(2026, 3, 2, 16, 10, tzinfo=UTC)),  # 00:10 in the office
        (REFUSED, 0, None),
        (UNCERTAIN, 0, None),
        (SendResult(outcome=SendOutcome.SENT), 0, None),
    ],
)
def test_retry_at(result: SendResult, attempts: int, expected: datetime | None) -> None:
    """Minutes for a mail, a quarter of an hour for the account, tomorrow for a day's limit, never for an end."""
    assert retry_at(result, attempts, NOW, ZONE) == expected


def test_all_go_out_with_pauses() -> None:
    """With `wait`, everything that caps allow goes out, five seconds apart."""
    world = World(mails=4)
    assert world.sender().send_due(wait=True) == 4
    assert world.sent() == ["0", "1", "2", "3"]
    assert world.states() == [MailState.SENT] * 4
    assert world.clock.now() == NOW + 3 * PAUSE


def test_without_waiting_one_goes_at_a_time() -> None:
    """The scheduled job does not sleep: the next mail goes at a later call."""
    world = World(mails=2)
    sender = world.sender()
    assert [sender.send_due(), sender.send_due()] == [1, 0]
    assert sender.next_at() == NOW + PAUSE
    world.clock.move(PAUSE)
    assert sender.send_due() == 1
    assert sender.next_at() is None


def test_caps_hold_across_restarts_and_are_not_waited_for() -> None:
    """A full hour ends the pass; a new sender on the same ledger counts what went before."""
    world = World(mails=5)
    assert world.sender(per_hour=2).send_due(wait=True) == 2
    again = world.sender(per_hour=2)
    assert again.send_due(wait=True) == 0
    assert again.next_at() == NOW + HOUR
    world.clock.move(HOUR)
    assert again.send_due(wait=True) == 2
    assert again.waiting() == 1


def test_a_mail_that_is_to_wait_lets_the_others_pass() -> None:
    """A greylisted recipient waits alone."""
    world = World(mails=2)
    world.post.results = [SOON]
    assert world.sender().send_due(wait=True) == 2
    assert world.sent() == ["1"]
    world.clock.move(2 * MINUTE)
    assert world.sender().send_due(wait=True) == 1
    assert world.sent() == ["1", "0"]


@pytest.mark.parametrize(
    ("result", "pause"), [(STOP, HOUR), (LIMIT, 15 * MINUTE), (NO_WAY, 2 * MINUTE), (FULL_DAY, 7 * HOUR + 10 * MINUTE)]
)
def test_what_concerns_the_account_halts_everything(result: SendResult, pause: timedelta) -> None:
    """One try tells it; no other mail is tried until its time, not even by a restarted worker; then all go."""
    world = World(mails=3)
    world.post.results = [result]
    assert world.sender().send_due(wait=True) == 1
    world.clock.move(pause - timedelta(seconds=1))
    again = world.sender()
    assert again.send_due(wait=True) == 0
    halt = again.halted()
    assert halt is not None
    assert halt.why == f"{result.outcome}: {result.reply}"
    assert again.next_at() == NOW + pause
    world.clock.move(timedelta(seconds=1))
    assert world.sender().send_due(wait=True) == 3
    assert sorted(world.sent()) == ["0", "1", "2"]


def test_resume_sends_at_once() -> None:
    """When somebody has mended the account, other mails need not wait for the hour to pass."""
    world = World(mails=2)
    world.post.results = [STOP]
    sender = world.sender()
    sender.send_due()
    sender.resume()
    assert sender.send_due() == 1


def test_an_uncertain_mail_is_never_sent_again() -> None:
    """Promise 4: it may have arrived, so it stays for a person, also after restarts and days."""
    world = World(mails=1)
    world.post.results = [UNCERTAIN]
    world.sender().send_due()
    for _ in range(3):
        world.clock.move(DAY)
        assert world.sender().recover() == 0
        assert world.sender().send_due() == 0
    assert world.states() == [MailState.UNCERTAIN]
    assert len(world.post.delivered) == 1


def test_an_uncertain_digest_is_repeated_once_with_its_message_id() -> None:
    """Promise 4: editors rather get a digest twice than not at all."""
    world = World(mails=1, cause=MailCause.DIGEST)
    world.post.results = [UNCERTAIN, UNCERTAIN]
    for _ in range(4):
        world.sender().send_due(wait=True)
        world.clock.move(HOUR)
    assert world.states() == [MailState.UNCERTAIN]
    assert [mail.message_id for mail in world.post.delivered] == ["<0@example.cn>"] * 2


def test_a_refused_mail_fails_for_good() -> None:
    """The others go on."""
    world = World(mails=2)
    world.post.results = [REFUSED]
    world.sender().send_due(wait=True)
    assert world.states() == [MailState.FAILED, MailState.SENT]


def test_a_recipient_that_never_takes_it_is_given_up() -> None:
    """After five days of refusals for now the mail fails, and a person sees it; a dead account is no such reason."""
    for result, state in ((SOON, MailState.FAILED), (STOP, MailState.WAITING)):
        world = World(mails=1)
        world.post.results = [result] * 500
        end = NOW + GIVE_UP + DAY
        while world.clock.now() < end:
            world.sender().send_due(wait=True)
            world.clock.move(HOUR)
        assert world.states() == [state]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("step", "state", "delivered"),
    [
        (Step.MAIL_SENDING, MailState.UNCERTAIN, 0),
        (Step.MAIL_ACCEPTED, MailState.UNCERTAIN, 1),
        (Step.MAIL_RECORDED, MailState.SENT, 1),
    ],
)
def test_a_death_at_each_step_never_sends_twice(step: Step, state: MailState, delivered: int) -> None:
    """What a dead worker left is recovered at start: uncertain where it may have gone, sent where it is recorded."""

    def die(reached: Step) -> None:
        if reached is step:
            raise Killed

    world = World(mails=1)
    with pytest.raises(Killed):
        world.sender(at=die).send_due()
    world.clock.move(HOUR)
    assert world.sender().recover() == (state is MailState.UNCERTAIN)
    assert world.sender().send_due(wait=True) == 0
    assert world.states() == [state]
    assert len(world.post.delivered) == delivered


def test_a_halt_written_by_a_wrong_clock_does_not_silence_for_ever() -> None:
    """A clock that was a year ahead left a halt far away: it does not count."""
    world = World(mails=1)
    world.ledger.note("sending halted", f"{(NOW + 365 * DAY).isoformat()} 535")
    assert world.sender().send_due() == 1


def test_being_told_to_stop_ends_the_pass() -> None:
    """SIGTERM during a pause: nothing more is sent."""
    world = World(mails=3)

    class Stopping(FixedClock):
        def wait(self, seconds: float) -> bool:
            return seconds > 0

    world.clock = Stopping(NOW)
    assert world.sender().send_due(wait=True) == 1


def test_a_restart_after_a_refused_account_allows_one_early_try() -> None:
    """Somebody who mended the password and starts anew need not wait an hour; a loop of restarts may not hammer."""
    world = World(mails=1)
    world.post.results = [STOP] * 100
    world.sender().send_due(wait=True)
    tries = 0
    for _ in range(50):  # restarted every twelve seconds for ten minutes
        world.clock.move(timedelta(seconds=12))
        sender = world.sender()
        sender.recover()
        tries += sender.send_due(wait=True)
    assert tries == 2
    world.post.results = []
    world.clock.move(5 * MINUTE)
    sender = world.sender()
    sender.recover()
    assert sender.send_due(wait=True) == 1
    assert world.states() == [MailState.SENT]


def test_an_end_that_the_ledger_did_not_take_is_recorded_before_anything_else() -> None:
    """The server took the mail and the disk was full: once there is room it is sent, not uncertain, and went once."""

    class Full:
        """The ledger on a disk that is full for a while."""

        def __init__(self, ledger: Ledger) -> None:
            self.ledger, self.full = ledger, True

        def __getattr__(self, name: str) -> object:
            if name == "mail_result" and self.full:
                raise StorageFull("no room")
            return getattr(self.ledger, name)

    world = World(mails=2)
    disk = Full(world.ledger)
    world.ledger = disk  # type: ignore[assignment]
    sender = world.sender()
    for _ in range(3):
        with pytest.raises(StorageFull):
            sender.send_due(wait=True)
    assert world.sent() == ["0"]
    disk.full = False
    sender.send_due(wait=True)
    assert world.sent() == ["0", "1"]
    assert world.states() == [MailState.SENT] * 2


def test_the_log_names_no_recipient(capsys: pytest.CaptureFixture[str]) -> None:
    """Servers repeat the address that they refuse; the log tells of mails by their ids only."""
    world = World(mails=1)
    reply = "550 5.1.1 <0@example.org>: Recipient address rejected: User unknown"
    world.post.results = [SendResult(outcome=SendOutcome.REFUSED, reply=reply)]
    world.sender().send_due()
    said = "".join(capsys.readouterr())
    assert "Recipient address rejected" in said
    assert "0@example.org" not in said
    assert world.ledger.mails()[0].reply == reply
