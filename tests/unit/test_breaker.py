"""The brakes over the ledger in memory: what they hold, when they let go, and what the admins are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from mailbot import defaults
from mailbot.alarms import MOST_BRAKED, Alarms
from mailbot.brakes import Brakes, tripped
from mailbot.daily import FIRST_START
from mailbot.lifecycle import WrongTransition
from mailbot.model import Draft, HeldBy, Hold, MailCause, MailState, Office, SendOutcome, SendResult, Verdict
from mailbot.notices.templates import Templates, load_templates, read_folder
from mailbot.outgoing import Outgoing
from mailbot.ports import Arrival, BounceRow
from mailbot.process import Policy
from mailbot.quantities import Rate
from mailbot.rulebook.load import Rulebook, load_rulebook
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.post import MemoryPost
from tests.contracts.ledger import dossier, judgement, numbering, raw, stored

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICE = Office(address="tougao@example.cn", admins=("admin@example.cn",))
RULES = "rules:\n  - {id: %s, title: t, check: length, with: {max: 9}, otherwise: %s, mode: %s}\n"


@cache
def the_templates() -> Templates:
    return load_templates(read_folder(Path(defaults.__file__).parents[2] / "templates"))


class Desk:
    """The brakes as the worker has them, over a ledger whose letters are judged and filed."""

    def __init__(
        self,
        mode: str = "send",
        per_correspondent: Rate | None = None,
        breaker: Rate | None = Rate(3, HOUR),  # noqa: B008 - a frozen value
        flips: float | None = 0.2,
    ) -> None:
        self.clock, self.ledger, self.post = FixedClock(NOW), memory_ledger(), MemoryPost()
        self.ledger.note(FIRST_START, NOW.isoformat())
        self.policy = Policy(
            office=OFFICE, office_name="编辑部", numbering=numbering, notices=mode, key=b"k",
            per_correspondent=per_correspondent, breaker=breaker, flips=flips, hold_for=12 * HOUR,
        )  # fmt: skip
        self._letters = 0
        self.restart()

    def restart(self) -> None:
        """Another worker on the same ledger."""
        alarms = Alarms(
            ledger=self.ledger, office=OFFICE, office_name="编辑部", templates=the_templates, clock=self.clock, key=b"k"
        )
        self.brakes = Brakes(ledger=self.ledger, policy=self.policy, alarms=alarms)
        self.outgoing = Outgoing(
            self.ledger, self.post, self.clock, per_hour=None, per_day=None, pause=timedelta(), zone=UTC,
            brakes=self.brakes, alarms=alarms,
        )  # fmt: skip

    def letter(self, arrived_at: datetime | None = None) -> int:
        """A letter that was just filed."""
        self._letters += 1
        folder = self.ledger.open_folder("INBOX", 1, NOW)
        came = Arrival(uid=self._letters, raw=raw(f"letter {self._letters}", arrived_at or self.clock.now()))
        (letter,) = self.ledger.receive(folder.id, [came], self.clock.now())
        self.ledger.judged(letter, dossier(articles=1), judgement(Verdict.ACKNOWLEDGE), self.clock.now(), numbering)
        self.ledger.filed(letter, [stored(one.id) for one in self.ledger.submissions_of(letter)], self.clock.now())
        return letter

    def answer(self, to: str = "", kind: str = "acknowledgement", arrived_at: datetime | None = None) -> HeldBy | None:
        """A letter came and is answered; what holds its answer back."""
        letter = self.letter(arrived_at)
        mail = Draft(
            cause=MailCause.ANSWER, cause_id=str(letter), kind=kind, recipient=to or f"{letter}@example.org",
            subject="s", message_id=f"<{letter}@example.cn>", content=b"Subject: s\r\n\r\n",
        )  # fmt: skip
        hold = self.brakes.hold(mail, self.clock.now())
        self.ledger.answered(letter, mail, self.clock.now(), hold=hold)
        return hold.by if hold else None

    def alarms(self) -> list[str]:
        """What the alarms were about, oldest first."""
        return [mail.subject for mail in reversed(self.ledger.mails()) if mail.kind == "alarm"]

    def queued(self) -> int:
        """How many mails are queued."""
        return len(self.ledger.mails(MailState.QUEUED))


def test_a_burst_trips_the_breaker_and_time_closes_it() -> None:
    """What waits is queued with all that follows; one alarm, one all-clear; then all goes and is no new burst."""
    desk = Desk()
    assert [desk.answer() for _ in range(5)] == [None, None, None, HeldBy.BREAKER, HeldBy.BREAKER]
    assert desk.queued() == 5
    desk.restart()
    desk.clock.move(12 * HOUR - MINUTE)
    desk.outgoing.send_due()
    assert desk.answer() is HeldBy.BREAKER
    assert [mail.kind for mail in desk.post.delivered] == ["alarm"]

    desk.clock.move(MINUTE)
    assert desk.outgoing.send_due() == 7
    assert desk.queued() == 0
    assert tripped(desk.ledger) is None
    assert desk.alarms() == ["【需要处理】给投稿人的邮件已暂停发出", "【已恢复】给投稿人的邮件恢复发出"]
    assert [event.now for event in desk.ledger.events("breaker")] == ["tripped", ""]
    assert [desk.answer() for _ in range(4)] == [None, None, None, HeldBy.BREAKER]


def test_the_alarm_names_the_commands() -> None:
    """How to look, to release, to dismiss, and to say no."""
    desk = Desk()
    for _ in range(4):
        desk.answer()
    desk.outgoing.send_due()
    (mail,) = desk.post.delivered
    from email import message_from_bytes

    text = message_from_bytes(mail.content).get_payload(decode=True)
    assert isinstance(text, bytes)
    words = text.decode()
    for command in ("list", "release --all", "dismiss", "hold"):
        assert f"mailbot notices {command}" in words
    assert "1 小时内自动回复了 4 封来信" in words
    assert "3月3日 05:00" in words


def test_a_slow_loop_trips_it_too() -> None:
    """One answer in half an hour passes no hour's cap; three hours' worth within a day do."""
    desk = Desk()
    held = []
    for _ in range(10):
        held.append(desk.answer())
        desk.clock.move(30 * MINUTE)
    assert held == [None] * 9 + [HeldBy.BREAKER]


def test_what_lay_there_at_the_first_start_is_no_burst() -> None:
    """A backlog is answered, whatever its size; what comes afterwards counts."""
    desk = Desk()
    assert {desk.answer(arrived_at=NOW - MINUTE) for _ in range(20)} == {None}
    assert [desk.answer() for _ in range(4)] == [None, None, None, HeldBy.BREAKER]


def test_null_lifts_the_breaker() -> None:
    """No burst trips it then."""
    desk = Desk(breaker=None)
    assert {desk.answer() for _ in range(200)} == {None}


def test_an_admin_says_no_and_later_yes() -> None:
    """Held by hand nothing goes by itself, not even after a month; released it goes at once, and is no burst."""
    desk = Desk()
    for _ in range(4):
        desk.answer()
    assert desk.brakes.stop("admin", desk.clock.now()) == 4
    desk.clock.move(30 * DAY)
    desk.outgoing.send_due()
    assert desk.answer() is HeldBy.BREAKER
    assert desk.brakes.release_all("admin", desk.clock.now()) == 5
    assert [desk.answer(), desk.queued()] == [None, 0]
    assert len(desk.alarms()) == 1


def test_an_admin_may_hold_without_a_reason() -> None:
    """`notices hold` while all is well: what waits is queued, and nobody is alarmed."""
    desk = Desk()
    desk.answer()
    assert desk.brakes.stop("admin", desk.clock.now()) == 1
    desk.outgoing.send_due()
    assert desk.post.delivered == []
    assert desk.alarms() == []


def test_one_mail_is_released_while_the_rest_is_held() -> None:
    """A person's choice stands: the breaker does not take it back."""
    desk = Desk()
    for _ in range(4):
        desk.answer()
    one = desk.ledger.mails(MailState.QUEUED)[0].id
    desk.ledger.decide_mail(one, MailState.WAITING, "admin", desk.clock.now())
    desk.outgoing.send_due()
    assert [mail.kind for mail in desk.post.delivered] == ["alarm", "acknowledgement"]
    assert desk.queued() == 3


def test_a_clock_set_back_does_not_hold_for_ever() -> None:
    """A breaker that was tripped in what is now the future is over."""
    desk = Desk()
    desk.clock.move(365 * DAY)
    for _ in range(4):
        desk.answer()
    desk.clock.move(-365 * DAY)
    desk.outgoing.send_due()
    assert desk.queued() == 0


def test_a_flood_from_one_address_is_its_own_matter() -> None:
    """Its answers are held and count for nobody: others are answered, and the breaker stays closed."""
    desk = Desk(per_correspondent=Rate(2, DAY), breaker=Rate(5, HOUR))
    flood = [desk.answer("li@example.org", "help") for _ in range(60)]
    assert flood == [None, None] + [HeldBy.CORRESPONDENT] * 58
    assert desk.answer("wang@example.org") is None
    assert desk.alarms() == ["【请留意】li@example.org 的自动回复已达上限"]
    desk.clock.move(DAY + MINUTE)
    assert desk.answer("LI@example.org", "help") is None


def test_the_last_answer_is_told_before_it_is_composed() -> None:
    """The one after which the next would be held, and no receipt."""
    desk = Desk(per_correspondent=Rate(2, DAY))
    assert not desk.brakes.last_answer("li@example.org", "help", NOW)
    desk.answer("li@example.org", "help")
    assert desk.brakes.last_answer("Li@example.org", "return", NOW)
    assert not desk.brakes.last_answer("li@example.org", "acknowledgement", NOW)


def test_of_a_flood_of_braked_addresses_few_are_told() -> None:
    """The log and `notices list` have all of them."""
    desk = Desk(per_correspondent=Rate(0, DAY), breaker=None)
    for number in range(9):
        for _ in range(2):
            assert desk.answer(f"{number}@example.org", "help") is HeldBy.CORRESPONDENT
    assert len(desk.alarms()) == MOST_BRAKED


def test_nothing_goes_where_a_mail_came_back_for_good() -> None:
    """Silence for a month, whatever the kind of notice; a person may release it."""
    desk = Desk()
    desk.answer("gone@example.org")
    (mail,) = desk.ledger.mails()
    bounce = BounceRow(
        letter=desk.letter(), at=NOW, recipient="Gone@example.org", hard=True, status="5.1.1", words="", mail=mail.id,
        proven=True,
    )  # fmt: skip
    desk.ledger.bounced(bounce.letter, [bounce])
    assert desk.answer("gone@example.org") is HeldBy.BOUNCES
    assert desk.answer("well@example.org") is None
    desk.clock.move(31 * DAY)
    assert desk.answer("gone@example.org") is None


def test_a_rehearsal_holds_everything_and_trips_nothing() -> None:
    """`notices.mode: queue`: all waits for a person, and neither bursts nor rules alarm."""
    desk = Desk(mode="queue")
    assert {desk.answer() for _ in range(9)} == {HeldBy.REHEARSAL}
    assert desk.alarms() == []


def rules(desk: Desk, severity: str, mode: str = "on", name: str = "short") -> Rulebook:
    """Rules as they come into force: kept, and compared."""
    files = {"rules.yaml": RULES % (name, severity, mode)}
    rulebook = load_rulebook(files)
    desk.ledger.keep_files("rules", rulebook.version, files, desk.clock.now())
    desk.brakes.rules_in_force(rulebook, desk.clock.now())
    return rulebook


def test_rules_that_flip_verdicts_trip_the_breaker() -> None:
    """Not the first ones; not a change from which nothing follows; one that decides otherwise about most letters."""
    desk = Desk()
    for _ in range(3):
        desk.letter()
    rules(desk, "return", mode="off")
    rules(desk, "return", mode="off", name="other")
    assert tripped(desk.ledger) is None
    rules(desk, "return")
    state = tripped(desk.ledger)
    assert state is not None
    assert (state.why, state.count, state.of) == ("rules", 3, 3)
    assert desk.answer() is HeldBy.BREAKER
    desk.restart()
    rules(desk, "return")
    assert len(desk.alarms()) == 1


@pytest.mark.parametrize("desk", [Desk(flips=None), Desk(mode="queue"), Desk(flips=1.0)], ids=["null", "queue", "100%"])
def test_rules_may_be_changed_without_the_breaker(desk: Desk) -> None:
    """`flips: null`, a rehearsal, and a share that is not passed."""
    desk.letter()
    rules(desk, "return", mode="off")
    rules(desk, "return")
    assert tripped(desk.ledger) is None


def test_only_what_came_lately_is_compared() -> None:
    """Letters older than a month say nothing about what is answered now."""
    desk = Desk()
    desk.letter()
    rules(desk, "return", mode="off")
    desk.clock.move(31 * DAY)
    rules(desk, "return")
    assert tripped(desk.ledger) is None


def test_a_stop_of_the_provider_is_told_once_when_it_is_over() -> None:
    """However often it is met, also by restarted workers; the alarm goes out before the other mails."""
    desk = Desk()
    desk.answer()
    stop = SendResult(outcome=SendOutcome.STOP, reply="535 authentication failed", account=True)
    desk.post.results = [stop, stop]
    for _ in range(3):
        desk.outgoing.send_due()
        desk.restart()
        desk.clock.move(HOUR)
    assert [mail.kind for mail in desk.post.delivered] == ["alarm", "acknowledgement"]
    assert desk.alarms() == ["【需要处理】发信曾被服务商拒绝"]
    desk.answer()
    desk.post.results = [stop]
    desk.outgoing.send_due()
    assert len(desk.alarms()) == 2


def test_repeated_refusals_as_spam_are_told() -> None:
    """The third within a day; one now and then is the letter's own matter."""
    desk = Desk(breaker=None)
    spam = SendResult(outcome=SendOutcome.REFUSED, reply="554 DT:SPM 163 smtp")
    for pause, alarms in ((DAY, 0), (DAY, 0), (MINUTE, 0), (MINUTE, 1), (MINUTE, 1), (MINUTE, 1)):
        desk.clock.move(pause)
        desk.answer()
        desk.post.results = [spam]
        desk.outgoing.send_due()
        assert len(desk.alarms()) == alarms


def test_a_released_mail_has_all_its_tries_before_it() -> None:
    """Held for a week and then greylisted, it is tried again."""
    desk = Desk(mode="queue")
    desk.answer()
    desk.clock.move(7 * DAY)
    desk.brakes.release_all("admin", desk.clock.now())
    desk.post.results = [SendResult(outcome=SendOutcome.RETRY_SOON, reply="450 greylisted")]
    desk.outgoing.send_due()
    (mail,) = desk.ledger.mails()
    assert mail.state is MailState.WAITING


def test_a_hold_of_any_cause_ends_at_its_time() -> None:
    """The worker releases what is queued until a moment, without a person."""
    desk = Desk()
    letter = desk.letter()
    mail = Draft(
        cause=MailCause.ANSWER, cause_id=str(letter), kind="held", recipient="li@example.org", subject="s",
        message_id="<1@example.cn>", content=b"Subject: s\r\n\r\n",
    )  # fmt: skip
    desk.ledger.answered(letter, mail, NOW, hold=Hold(by=HeldBy.CORRESPONDENT, until=NOW + HOUR))
    assert desk.outgoing.send_due() == 0
    desk.clock.move(HOUR)
    assert desk.outgoing.send_due() == 1
    with pytest.raises(WrongTransition):
        desk.ledger.decide_mail(1, MailState.WAITING, "admin", NOW)
