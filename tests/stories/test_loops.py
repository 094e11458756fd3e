"""Machines that answer machines for a day, over real SMTP: what goes out stays within the caps; an admin hears of it.

The short form has low caps and looks at the mailbox every ten minutes; the long one has the usual caps and two minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from mailbot.model import HeldBy, MailState
from mailbot.testing.clock import FixedClock
from tests.servers.places import server_folder
from tests.servers.two_offices import Caps, SmallOffice, Wire
from tests.stories import letters

HERE, THERE = "tougao@here.example.cn", "tougao@there.example.cn"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

LOW = Caps(per_hour=6, per_day=40, notices="notices: {per_correspondent: 3/day, breaker: 4/hour, hold_for: 20h}\n")
SHORT = pytest.param(LOW, timedelta(minutes=10), id="short")
LONG = pytest.param(Caps(), timedelta(minutes=2), id="long", marks=pytest.mark.torture)
FORMS = pytest.mark.parametrize(("caps", "every"), [SHORT, LONG])


class Between:
    """Carries the offices' mails: to each other as `altered` makes them; what goes to strangers is answered by them."""

    def __init__(self, base: Path, caps: Caps, addresses: tuple[str, ...], stack: ExitStack) -> None:
        self.clock = FixedClock()
        port = stack.enter_context(Wire(self.carry))
        self.offices = {address: SmallOffice(base / address, address, port, self.clock, caps) for address in addresses}
        for office in self.offices.values():
            stack.enter_context(office.world)

    def carry(self, sender: str, recipient: str, content: bytes) -> None:
        """One mail of an office, as its server takes it."""
        self.offices[sender].sent.append((self.clock.now(), recipient, content))
        if recipient in self.offices:
            self.offices[recipient].receive(self.altered(sender, recipient, content))
        elif recipient.endswith("@example.org"):
            self.offices[sender].receive(self.answer_of(recipient, sender, content))

    def altered(self, sender: str, recipient: str, content: bytes) -> bytes:
        """As it is."""
        return content

    def answer_of(self, stranger: str, office: str, content: bytes) -> bytes:
        """What a stranger answers to a mail."""
        raise NotImplementedError

    def live(self, span: timedelta, every: timedelta) -> None:
        """Let time pass: each office polls and sends every so often; once an hour while all rests."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            before, came = self.clock.now(), self.came
            for office in self.offices.values():
                assert office.world.worker.once()
            step = every if self.came > came else HOUR
            self.clock.move(max(step - (self.clock.now() - before), timedelta(seconds=1)))

    @property
    def came(self) -> int:
        """How many letters came, to whichever office."""
        return sum(office.mailbox.folders["INBOX"].highest for office in self.offices.values())


_fresh = count(1)


def article(sender: str, to: str) -> bytes:
    """A letter with an article that was never sent before, and no mark of a machine."""
    number = next(_fresh)
    name = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number))
    return letters.letter(
        f"投稿：{name}社区的议事会",
        f"编辑部老师好，现报送稿件一篇。\n报送单位：{letters.UNIT}\n",
        sender=sender,
        files={f"{name}社区的议事会.docx": letters.manuscript(f"{name}社区把议事会开到楼门口")},
        message_id=f"<fresh-{number}@mail.example.cn>",
        to=to,
    )


class Stripping(Between):
    """Strips each mail of whatever tells where it comes from, and encloses an article."""

    def altered(self, sender: str, recipient: str, content: bytes) -> bytes:
        return article(sender, recipient)


class Responder(Between):
    """Answers each mail with none of its marks, an article, and from another address each time."""

    def answer_of(self, stranger: str, office: str, content: bytes) -> bytes:
        return article(f"responder{next(_fresh)}@example.org", office)


@contextmanager
def between(kind: type[Between], caps: Caps, *addresses: str) -> Iterator[Between]:
    """Offices that can be let live."""
    with server_folder() as folder, ExitStack() as stack:
        yield kind(folder, caps, addresses, stack)


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_PASSWORD", "pw")


def within_the_caps(office: SmallOffice, caps: Caps) -> None:
    """No hour and no day has more than it may."""
    print(f"{office.address}: {len(office.sent)} mails, {office.to_contributors()} of them to contributors")
    print(f"most in an hour: {office.most_within(HOUR)}, to the admin: {office.subjects_to(office.admin)}")
    assert 0 < office.most_within(HOUR) <= caps.per_hour
    assert office.most_within(DAY) <= caps.per_day


def test_two_of_us_fall_silent_at_once() -> None:
    """Each knows the other's receipt for what it is: one letter, one answer, and nothing more all day."""
    with between(Between, LOW, HERE, THERE) as world:
        world.live(HOUR, HOUR)
        here, there = world.offices[HERE], world.offices[THERE]
        here.receive(article(THERE, HERE))
        world.live(2 * HOUR, timedelta(minutes=10))
        assert (here.to_contributors(), there.to_contributors()) == (1, 0)


@FORMS
def test_two_of_us_over_a_gateway_that_strips_everything(caps: Caps, every: timedelta) -> None:
    """Each mail comes as a new article, which earns a receipt: these are bounded, and an admin is told."""
    with between(Stripping, caps, HERE, THERE) as world:
        world.live(every, every)
        world.offices[HERE].receive(article(THERE, HERE))
        world.live(DAY, every)
        for office in world.offices.values():
            within_the_caps(office, caps)
            assert office.to_contributors() <= 40
            assert len(office.subjects_to(office.editor)) == 1
        alarms = [subject for office in world.offices.values() for subject in office.subjects_to(office.admin)]
        assert any("暂停发出" in subject or "已达上限" in subject for subject in alarms)


@FORMS
def test_a_responder_that_changes_its_address_each_round(caps: Caps, every: timedelta) -> None:
    """No address is seen twice: the breaker ends it, again and again, with an alarm each time; the digest goes out."""
    with between(Responder, caps, HERE) as world:
        world.live(every, every)
        here = world.offices[HERE]
        here.receive(article("responder@example.org", HERE))
        world.live(DAY, every)
        within_the_caps(here, caps)
        assert any("暂停发出" in subject for subject in here.subjects_to(here.admin))
        assert len(here.subjects_to(here.editor)) == 1
        with_numbers = here.world.ledger.submissions()
        assert len(with_numbers) >= here.to_contributors()  # all that came is filed


def test_a_rehearsal_is_read_and_then_released_or_dismissed() -> None:
    """For a day nothing goes to contributors, while digest and alarms go out; then a person decides about each."""
    with between(Between, Caps(notices="notices: {mode: queue}\n"), HERE) as world:
        here = world.offices[HERE]
        world.live(HOUR, HOUR)
        for name in ("li", "wang"):
            here.receive(article(f"{name}@there.example.cn", HERE))
        rules = here.world.settings.paths.rules / "call-for-papers.yaml"
        rules.write_text(rules.read_text("utf-8") + "\nnonsense", "utf-8")
        world.live(DAY, HOUR)
        assert here.to_contributors() == 0
        assert len(here.subjects_to(here.editor)) == 1
        assert ["征稿规则" in subject for subject in here.subjects_to(here.admin)] == [True]

        second, first = here.world.ledger.mails(MailState.QUEUED)
        assert {first.held_by, second.held_by} == {HeldBy.REHEARSAL}
        here.world.ledger.decide_mail(second.id, MailState.DISMISSED, "admin", world.clock.now())
        assert here.world.brakes.release_all("admin", world.clock.now()) == 1
        here.world.worker.once()
        assert [to for _, to, _ in here.sent if "there" in to] == [first.recipient]
