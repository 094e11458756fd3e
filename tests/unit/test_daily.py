"""The digest from the real ledger into its outbox: once a day, across restarts, with changed days said again."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from mailbot.daily import Daily, DigestPlan
from mailbot.model import MailState, RawMessage, SendOutcome, SendResult, Stage
from mailbot.ports import Arrival, Ledger
from mailbot.steps import At, Step, unhindered
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from tests.unit.notices.build import OFFICE_NAME, shipped

ZONE = ZoneInfo("Asia/Shanghai")
EDITORS = ("bianji@example.cn", "zhubian@example.cn")
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten in the morning
DAY = timedelta(days=1)


class World:
    """A ledger and a clock that start together."""

    def __init__(self) -> None:
        self.clock = FixedClock(START)
        self.ledger: Ledger = memory_ledger()
        self.daily().started()
        self.folder = self.ledger.open_folder("INBOX", 1, START).id

    def daily(self, at: At = unhindered, when_empty: bool = False) -> Daily:
        """As after a restart."""
        plan = DigestPlan(
            at=time(8, 30), days=frozenset(range(7)), when_empty=when_empty, editors=EDITORS,
            account="tougao@example.cn", office_name=OFFICE_NAME, zone=ZONE, key=b"key",
        )  # fmt: skip
        return Daily(ledger=self.ledger, plan=plan, issue_names=dict, templates=shipped, clock=self.clock, at=at)

    def letter(self, uid: int) -> int:
        """A letter that has come just now."""
        sha256 = hashlib.sha256(bytes(uid)).hexdigest()
        raw = RawMessage(sha256=sha256, path=f"{uid}.eml", bytes=1, announced=1, arrived_at=self.clock.now())
        [letter] = self.ledger.receive(self.folder, [Arrival(uid, raw)], self.clock.now())
        return letter

    def texts(self) -> list[str]:
        """The text parts of all mails in the outbox, oldest first; all are taken out as sent."""
        found = []
        while (mail := self.ledger.due_mail(self.clock.now())) is not None:
            body = message_from_bytes(mail.content, policy=policy.default).get_body(("plain",))
            assert body is not None
            found.append(body.get_content())
            self.ledger.mail_sending(mail.id, self.clock.now())
            self.ledger.mail_result(mail.id, SendResult(outcome=SendOutcome.SENT), self.clock.now())
        return found

    def at_half_past_eight(self) -> None:
        """Move on to the next moment of the plan."""
        local = self.clock.now().astimezone(ZONE)
        today = datetime.combine(local.date(), time(8, 30), ZONE)
        self.clock.move((today if today > local else today + DAY) - local)


def test_one_mail_to_each_editor_once_a_day() -> None:
    """Not on the day of the first start; then one each, however often it is asked and restarted."""
    world = World()
    world.letter(1)
    assert not world.daily().queue_due()
    world.at_half_past_eight()
    assert world.daily().queue_due()
    assert not world.daily().queue_due()
    assert sorted(mail.recipient for mail in world.ledger.mails(MailState.WAITING)) == sorted(EDITORS)


def test_an_empty_day_counts_as_done() -> None:
    """Nothing came: nothing is sent, and the next digest does not begin at the day before."""
    world = World()
    world.at_half_past_eight()
    assert world.daily().queue_due()
    assert world.ledger.mails() == []
    world.letter(1)
    world.at_half_past_eight()
    world.daily().queue_due()
    assert "3月3日 至 3月4日" in world.texts()[0]


def test_an_empty_day_is_sent_when_wanted() -> None:
    """`when_empty` sends it nevertheless."""
    world = World()
    world.at_half_past_eight()
    world.daily(when_empty=True).queue_due()
    assert "没有来信" in world.texts()[0]


def test_one_sent_by_hand_does_not_stand_in_for_the_due_one() -> None:
    """`digest --send` in the morning: the due digest, which also tells of yesterday, goes out all the same."""
    world = World()
    world.letter(1)
    world.at_half_past_eight()
    now = world.clock.now()
    assert world.daily().queue([now.date()], now, by_hand=True) == 0  # nothing came today yet
    world.letter(2)
    assert world.daily().queue([now.date()], now, by_hand=True) == len(EDITORS)
    world.daily().queue_due()
    assert len(world.ledger.mails()) == 2 * len(EDITORS)
    assert "3月2日 至 3月3日" in world.texts()[-1]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", [Step.DIGEST_COMPOSED, Step.DIGEST_QUEUED])
def test_a_death_while_it_is_made_neither_loses_nor_doubles_it(step: Step) -> None:
    """After a kill at each step the restarted worker has one mail for each editor."""

    def die(reached: Step) -> None:
        if reached is step:
            raise Killed

    world = World()
    world.letter(1)
    world.at_half_past_eight()
    with pytest.raises(Killed):
        world.daily(at=die).queue_due()
    world.clock.move(timedelta(minutes=5))
    world.daily().queue_due()
    assert len(world.ledger.mails()) == len(EDITORS)


def test_a_day_that_changes_later_is_restated_once() -> None:
    """A letter parked and dismissed days after it came: its day is said again, and only in the next digest."""
    world = World()
    letter = world.letter(1)
    now = world.clock.now()
    for _ in range(3):
        stage = world.ledger.reader_died(letter, "broke a limit", now, now)
    assert stage is Stage.PARKED
    told = []
    for number in range(4):
        world.at_half_past_eight()
        if number == 2:
            world.ledger.dismiss_parked(letter, "admin", world.clock.now())
        world.letter(10 + number)
        world.daily().queue_due()
        told.append(world.texts()[0])
    assert "3月2日：收到 1 = 搁置 1" in told[0]
    assert ["更正" in text for text in told] == [False, False, True, False]
    assert "3月2日（更正）：收到 1 = 已放过 1" in told[2]
