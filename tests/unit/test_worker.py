"""How the worker goes on after faults: on the mailbox's twin, the real ledger in memory, and a clock that is told."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any, cast

import pytest

from mailbot.errors import FolderRefused, LoginRefused, NetworkLost
from mailbot.model import Office
from mailbot.poll import Poll
from mailbot.process import Policy, Process
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.mailbox import ARRIVED, MemoryMailbox
from mailbot.testing.store import TemporaryStore
from mailbot.worker import Parts, Worker

MINUTE = timedelta(minutes=1)


class World:
    """A worker over two folders in which nothing lies."""

    def __init__(self) -> None:
        self.clock = FixedClock(ARRIVED)
        self.mailbox = MemoryMailbox()
        self.mailbox.folders["投稿"] = self.mailbox.folders["INBOX"]
        self.ledger = memory_ledger(self.clock.now)
        self.store = TemporaryStore()
        self.sends = 0
        self.fault: Exception | None = None
        nothing = cast(Any, None)
        policy = Policy(
            office=Office(address="tougao@example.cn"), office_name="编辑部", numbering="{}-{}".format, notices="off",
            per_correspondent=None, key=b"k",
        )  # fmt: skip
        self.worker = Worker(
            Parts(
                ledger=self.ledger,
                mailbox=self.mailbox,
                reader=nothing,
                poll=Poll(mailbox=self.mailbox, store=self.store, ledger=self.ledger, clock=self.clock),
                process=Process(
                    ledger=self.ledger, store=self.store, reader=nothing, sources=nothing, policy=policy,
                    clock=self.clock,
                ),
                outgoing=cast(Any, self),
                daily=nothing,
                clock=self.clock,
                refresh=lambda: None,
                folders=("INBOX", "投稿"),
                poll_every=2 * MINUTE,
                stop=threading.Event(),
            )
        )  # fmt: skip

    def send_due(self, *, wait: bool) -> None:
        """The outbox: its disk may be full."""
        self.sends += 1
        if self.fault is not None:
            raise self.fault

    def polls(self, minutes: int) -> int:
        """How often the mailbox was asked while the scheduler asked every two minutes."""
        self.mailbox.calls.clear()
        for _ in range(minutes // 2):
            self.worker._poll_when_due()
            self.clock.move(2 * MINUTE)
        return self.mailbox.calls.count("examine")


def test_a_folder_that_is_not_there_does_not_slow_down_the_others() -> None:
    """Somebody renamed a folder: the inbox is polled as often as before."""
    world = World()

    def gone(call: str, uid: int) -> None:
        if call == "examine" and len(world.mailbox.calls) % 3 == 0:
            raise FolderRefused("there is no such folder")

    world.mailbox.before = gone
    assert world.polls(60) == 60


def test_a_refused_password_is_tried_once_a_pass_and_ever_more_seldom() -> None:
    """Providers lock accounts that come with a wrong password again and again: not once more for each folder."""
    world = World()

    def refuse(call: str, uid: int) -> None:
        raise LoginRefused("535")

    world.mailbox.before = refuse
    assert not world.worker.poll()
    assert world.mailbox.calls == ["examine"]
    assert world.polls(120) <= 5


def test_a_clock_that_was_set_back_does_not_prolong_a_pause() -> None:
    """The network failed while the clock was a year ahead: after it was set right, the mailbox is polled at once."""
    world = World()

    def cut(call: str, uid: int) -> None:
        raise NetworkLost("cut")

    world.mailbox.before = cut
    world.clock.move(timedelta(days=365))
    world.worker.poll()
    world.clock.move(timedelta(days=-365))
    world.mailbox.before = lambda call, uid: None
    assert world.polls(2) == 2


@pytest.mark.parametrize("fault", [OSError("bug"), NetworkLost("passing")])
def test_a_job_that_failed_rests_a_minute(fault: Exception) -> None:
    """The outbox is looked into every five seconds, but not after a fault: it would log in at the server each time."""
    world = World()
    world.fault = fault
    for _ in range(24):
        world.worker._guard("send", world.worker._send_all)
        world.clock.move(timedelta(seconds=5))
    assert world.sends == 2
