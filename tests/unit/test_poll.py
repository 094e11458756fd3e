"""What a poll fetches, remembers and leaves alone, on the mailbox's twin and the real ledger and store in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from mailbot.errors import LoginRefused, NetworkLost, StorageFull
from mailbot.model import LetterRow, Stage
from mailbot.poll import Pace, Plan, Poll, Polled, plan
from mailbot.ports import Listed
from mailbot.steps import Step, unhindered
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.mailbox import ARRIVED, MemoryMailbox
from mailbot.testing.store import TemporaryStore


def letter(number: int, size: int = 0) -> bytes:
    """A letter that differs by its number."""
    return f"Subject: {number}\r\nMessage-ID: <same@example.org>\r\n\r\n{number}\r\n".encode() + b"x" * size


class Office:
    """A mailbox, what the office keeps of it, and polls of it."""

    def __init__(self) -> None:
        self.clock = FixedClock(ARRIVED + timedelta(hours=1))
        self.mailbox = MemoryMailbox()
        self.store = TemporaryStore()
        self.ledger = memory_ledger(self.clock.now)
        self.at: Callable[[Step], None] = unhindered
        self.settings: dict[str, object] = {"adopt": False}
        self.start()

    def start(self) -> None:
        """The worker starts anew: what was only in its memory is lost."""
        self._poll = Poll(
            mailbox=self.mailbox, store=self.store, ledger=self.ledger, clock=self.clock,
            at=lambda step: self.at(step), **self.settings,  # type: ignore[arg-type]
        )  # fmt: skip

    def set(self, **settings: object) -> None:
        """Start with these settings."""
        self.settings |= settings
        self.start()

    def put(self, *numbers: int) -> list[int]:
        """Letters arrive."""
        return [self.mailbox.put(letter(number)) for number in numbers]

    def poll(self, after: timedelta = timedelta(minutes=2), **how: Callable[[], bool]) -> Polled:
        """The next poll."""
        self.clock.move(after)
        self.mailbox.calls.clear()
        return self._poll.run("INBOX", **how)

    def rows(self) -> list[LetterRow]:
        """The letters that are known."""
        return self.ledger.letters_in(Stage.RECEIVED)

    def numbers(self) -> list[int]:
        """The numbers of the letters that are known, from their files, sorted; any of them twice would show."""
        contents = [self.store.letter(row.raw).read_bytes() for row in self.rows()]
        return sorted(int(content.partition(b"\r\n")[0].removeprefix(b"Subject: ")) for content in contents)


@pytest.fixture
def office() -> Iterator[Office]:
    """A fresh office that treats what is there as new."""
    office = Office()
    yield office
    office.store.close()
    office.ledger.close()


class _Killed(BaseException):
    """The worker dies."""


def _die_at(step: Step) -> Callable[[Step], None]:
    def at(now: Step) -> None:
        if now is step:
            raise _Killed

    return at


# --- what is new -----------------------------------------------------------------------------------------------------


def test_each_letter_is_fetched_once(office: Office) -> None:
    """A poll takes what is new, the next one only what came since."""
    office.put(1, 2, 3)
    assert office.poll().fetched == 3
    office.put(4)
    assert office.poll().fetched == 1
    assert office.poll().fetched == 0
    assert office.numbers() == [1, 2, 3, 4]


def test_the_same_bytes_are_one_letter(office: Office) -> None:
    """A letter is new only if its content is, not its UID."""
    office.put(1, 1)
    assert len(office.poll().letters) == 1
    office.put(1)
    assert office.poll().letters == ()
    assert office.numbers() == [1]


def test_an_idle_poll_takes_no_list(office: Office) -> None:
    """With nothing new a poll asks for no list, and does not load what is known."""
    office.put(1, 2, 3)
    office.poll()
    loaded = []
    office.ledger.known = lambda folder: loaded.append(folder) or {}  # type: ignore[method-assign,func-returns-value]
    office.poll()
    assert office.mailbox.calls == ["examine", "uids"]
    assert loaded == []


def test_the_whole_list_is_taken_every_hour(office: Office) -> None:
    """A letter that came under a low UID while another went away is found within the hour."""
    office.put(1, 2, 3)
    office.poll()
    office.mailbox.take(2)
    del office.mailbox.folders["INBOX"].letters[1]
    office.mailbox.put(letter(1), uid=1)
    office.mailbox.put(letter(4), uid=2)
    assert office.poll().fetched == 0
    office.poll(timedelta(hours=1))
    assert "all" in office.mailbox.calls


def test_a_letter_moved_in_under_a_low_uid_is_found(office: Office) -> None:
    """A letter rescued from the junk folder may have a UID below the highest known one."""
    office.mailbox.put(letter(1), uid=10)
    office.poll()
    office.mailbox.put(letter(2), uid=5)
    assert office.poll().fetched == 1
    assert office.numbers() == [1, 2]


def test_a_window_that_shrinks_and_grows_loses_and_repeats_nothing(office: Office) -> None:
    """What falls out of the provider's 30 days is gone; when it comes back it is the same letter."""
    uids = office.put(1, 2, 3, 4)
    office.poll()
    hidden = {uid: office.mailbox.folders["INBOX"].letters.pop(uid) for uid in uids[:2]}
    assert office.poll().gone == 2
    assert office.numbers() == [1, 2, 3, 4]
    office.mailbox.folders["INBOX"].letters |= hidden
    again = office.poll()
    assert (again.fetched, again.letters) == (2, ())
    assert office.poll().fetched == 0


def test_a_new_uidvalidity_brings_no_letter_twice(office: Office) -> None:
    """After a change of UIDVALIDITY all is fetched, nothing adopted, and only new content is new."""
    office.set(adopt=True)
    office.put(1, 2)
    office.poll()
    office.mailbox.rebuild(2)
    office.put(1, 2, 3)
    polled = office.poll()
    assert (polled.fetched, len(polled.letters)) == (3, 1)
    assert [row.adopted for row in office.rows()] == [True, True, False]


def test_a_mailbox_rebuilt_under_the_same_uidvalidity_is_noticed(office: Office) -> None:
    """Reused UIDs that stand for other letters are found when the list is no plain extension of the last one."""
    office.put(1, 2, 3, 4, 5)
    office.poll()
    office.mailbox.rebuild(1)
    for number in (11, 2, 13):
        office.mailbox.put(letter(number), arrived_at=ARRIVED + timedelta(minutes=number))
    office.poll()
    assert office.numbers() == [1, 2, 3, 4, 5, 11, 13]
    assert office.poll().fetched == 0


def test_a_rebuilt_mailbox_of_the_same_length_is_noticed_within_a_day(office: Office) -> None:
    """Where not even the count differs, the daily comparison of dates and sizes finds it."""
    office.put(1, 2)
    office.poll()
    office.mailbox.rebuild(1)
    for number in (11, 12):
        office.mailbox.put(letter(number), arrived_at=ARRIVED + timedelta(minutes=number))
    assert office.poll(timedelta(hours=2)).fetched == 0
    office.poll(timedelta(days=1))
    assert office.numbers() == [1, 2, 11, 12]


def test_a_rebuilt_mailbox_is_noticed_though_the_worker_dies_on_it(office: Office) -> None:
    """The comparison is made again when the worker died before all of its letters were received."""
    office.put(1, 2, 3)
    office.poll()
    office.mailbox.rebuild(1)
    office.mailbox.put(letter(11), arrived_at=ARRIVED + timedelta(minutes=11))
    office.at = _die_at(Step.LETTER_STORED)
    office.store._at = office.at
    with pytest.raises(_Killed):
        office.poll()
    office.at = office.store._at = unhindered
    office.start()
    office.poll()
    assert office.numbers() == [1, 2, 3, 11]


@pytest.mark.parametrize(("listed", "known", "audit", "expected"), [
    ([1, 2, 3], [1, 2], False, Plan(new=(3,))),
    ([1, 2, 3], [1, 2], True, Plan(new=(3,), compare=(1, 2))),
    ([2, 3], [1, 2], False, Plan(new=(3,), gone=(1,), compare=(2,))),
    ([1, 2, 3], [1, 3], False, Plan(new=(2,), compare=(1, 3))),
    ([], [1], False, Plan(gone=(1,))),
    ([], [], True, Plan()),
])  # fmt: skip
def test_the_plan_is_a_function_of_the_two_lists(
    listed: list[int], known: list[int], audit: bool, expected: Plan
) -> None:
    """Only a list that grew at its end is taken for the same mailbox without comparing dates and sizes."""
    assert plan(listed, dict.fromkeys(known, (ARRIVED, 1)), [], max(known, default=0), audit=audit) == expected


# --- the first sight -------------------------------------------------------------------------------------------------


def test_what_is_there_at_first_is_adopted(office: Office) -> None:
    """`first_run: adopt` marks what is there at first sight, and nothing that comes later."""
    office.set(adopt=True)
    office.put(1, 2)
    office.poll()
    office.put(3)
    office.poll()
    assert [row.adopted for row in office.rows()] == [True, True, False]


def test_nothing_is_adopted_when_it_is_to_be_processed(office: Office) -> None:
    """`first_run: process` takes what is there for new."""
    office.put(1, 2)
    office.poll()
    assert [row.adopted for row in office.rows()] == [False, False]


@pytest.mark.parametrize("step", [Step.ADOPTION_LISTED, Step.ADOPTION_WRITTEN, Step.LETTER_RECEIVED])
def test_a_death_in_the_adoption_answers_nobody_old(office: Office, step: Step) -> None:
    """Whenever the worker dies during its first poll, letters of the first sight stay adopted."""
    office.set(adopt=True)
    office.put(*range(1, 61))
    office.at = _die_at(step)
    with pytest.raises(_Killed):
        office.poll()
    office.at = unhindered
    office.start()
    office.put(99)
    office.poll()
    adopted = {row.id for row in office.rows() if row.adopted}
    late = step is Step.ADOPTION_LISTED  # nothing was written yet: the first sight is the second start's
    assert len(adopted) == (61 if late else 60)
    assert office.numbers() == [*range(1, 61), 99]


@pytest.mark.parametrize("step", [Step.ADOPTION_WRITTEN, Step.LETTER_RECEIVED])
def test_a_mailbox_rebuilt_during_the_adoption_is_adopted_anew(office: Office, step: Step) -> None:
    """The worker dies while it adopts, and the UIDVALIDITY changes: nobody gets an answer to an old letter."""
    office.set(adopt=True)
    office.put(*range(1, 61))
    office.at = _die_at(step)
    with pytest.raises(_Killed):
        office.poll()
    office.at = unhindered
    office.start()
    office.mailbox.rebuild(2)
    office.put(*range(1, 61))
    office.poll()
    office.put(99)
    office.poll()
    assert office.numbers() == [*range(1, 61), 99]
    assert [row.adopted for row in office.rows()] == [*[True] * 60, False]
    office.mailbox.rebuild(3)
    office.put(*range(1, 61), 99, 100)
    office.poll()
    assert [row.adopted for row in office.rows()][60:] == [False, False]


def test_a_clock_that_was_set_back_keeps_no_list_from_being_taken(office: Office) -> None:
    """Times of the last list that lie ahead were written by a wrong clock and do not count."""
    office.clock.move(timedelta(days=400))
    office.put(1, 2)
    office.poll()
    office.clock.move(timedelta(days=-400))
    office.poll()
    assert "all" in office.mailbox.calls


def test_new_letters_come_before_adopted_ones(office: Office) -> None:
    """A contributor does not wait until years of old mail are fetched."""
    office.set(adopt=True)
    office.put(*range(60))
    office.at = _die_at(Step.ADOPTION_WRITTEN)
    with pytest.raises(_Killed):
        office.poll()
    office.at = unhindered
    office.put(99)
    batches: list[list[int]] = []
    office.poll(on_batch=lambda: bool(batches.append(office.numbers())))
    assert 99 in batches[0]
    assert [len(batch) for batch in batches] == [50, 61]


def test_an_old_letter_is_marked(office: Office) -> None:
    """`answer_within` is measured from the arrival at the server to now."""
    office.set(answer_within=timedelta(days=7))
    now = office.clock.now()
    for number, age in enumerate((timedelta(days=6, hours=23), timedelta(days=7, hours=1))):
        office.mailbox.put(letter(number), arrived_at=now - age)
    office.poll()
    assert [row.too_old for row in office.rows()] == [False, True]


def test_no_letter_is_too_old_without_a_limit(office: Office) -> None:
    """`answer_within: null` lifts the limit."""
    office.set(answer_within=None)
    office.mailbox.put(letter(1), arrived_at=datetime(1999, 1, 1, tzinfo=ARRIVED.tzinfo))
    office.poll()
    assert [row.too_old for row in office.rows()] == [False]


# --- letters that are not as announced -------------------------------------------------------------------------------


def test_a_letter_gone_between_list_and_fetch_is_nothing(office: Office) -> None:
    """A letter that disappears while it is being fetched is neither kept nor asked for again."""
    office.put(1, 2)

    def before(call: str, uid: int) -> None:
        if call == "fetch" and uid == 1:
            office.mailbox.folders["INBOX"].letters.pop(2, None)

    office.mailbox.before = before
    assert office.poll().fetched == 1
    assert office.poll().fetched == 0
    assert office.numbers() == [1]


def test_an_empty_body_is_never_a_letter(office: Office) -> None:
    """A message without a body is asked for again every hour, not at every poll, until it has one."""
    uid = office.mailbox.put(None)
    office.put(1)
    assert office.poll().fetched == 1
    assert office.poll().fetched == 0
    assert "fetch" not in office.mailbox.calls
    office.mailbox.put(letter(2), uid=uid)
    office.poll(timedelta(hours=1))
    assert office.numbers() == [1, 2]


def test_a_letter_over_the_limit_keeps_its_header(office: Office) -> None:
    """Of a letter over `max_letter` the header is kept, with the announced size, and the others are kept whole."""
    office.set(max_letter=1000)
    office.mailbox.put(letter(1, 5000))
    office.put(2)
    office.poll()
    large, small = sorted((row.raw for row in office.rows()), key=lambda raw: raw.complete)
    assert (large.complete, large.announced) == (False, len(letter(1, 5000)))
    assert office.store.letter(large).read_bytes() == letter(1).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert (small.complete, small.bytes) == (True, len(letter(2)))
    assert office.poll().fetched == 0


# --- faults ----------------------------------------------------------------------------------------------------------


def _cut_every(letters: int, office: Office) -> list[int]:
    """The connection breaks after so many letters, again and again; answers the number of letters before each cut."""
    runs = [0]

    def before(call: str, uid: int) -> None:
        if call == "examine":
            runs.append(0)
        elif call == "fetch":
            if runs[-1] >= letters:
                raise NetworkLost("cut")
            runs[-1] += 1

    office.mailbox.before = before
    return runs


def test_a_connection_that_breaks_again_and_again_gets_all(office: Office) -> None:
    """Batches shrink until they come through, every letter comes once; those that broke alone at the next poll."""
    office.put(*range(100))
    runs = _cut_every(7, office)
    first = office.poll()
    assert first.fetched + len(first.stuck) == 100
    assert len(first.stuck) < 5
    office.poll()
    assert office.numbers() == list(range(100))
    assert max(runs) == 7


def test_a_letter_that_always_breaks_holds_up_no_other(office: Office) -> None:
    """A letter that breaks the connection each time is fetched last, named, and tried ever more seldom."""
    office.put(*range(10))
    tries: Counter[int] = Counter()

    def before(call: str, uid: int) -> None:
        tries[uid] += call == "fetch"
        if call == "fetch" and uid == 4:
            raise NetworkLost("cut")

    office.mailbox.before = before
    assert office.poll().stuck == (4,)
    assert office.numbers() == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    tries.clear()
    office.put(10)
    for _ in range(60):
        assert office.poll().stuck == (4,)
    assert office.numbers() == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert tries[11] == 1
    assert 3 <= tries[4] <= 10
    office.mailbox.before = lambda call, uid: None
    office.poll(timedelta(hours=1))
    assert office.numbers() == list(range(11))


def test_a_dead_network_ends_the_poll(office: Office) -> None:
    """After three faults without a letter between them the poll gives up, and keeps what it had."""
    office.put(*range(60))
    fetches = []

    def before(call: str, uid: int) -> None:
        if call == "fetch":
            fetches.append(uid)
            if len(fetches) > 50:
                raise NetworkLost("cut")

    office.mailbox.before = before
    with pytest.raises(NetworkLost):
        office.poll()
    assert len(office.numbers()) == 50
    assert len(fetches) == 53
    assert office.ledger.last_good_poll(["INBOX"]) is None
    office.mailbox.before = lambda call, uid: None
    office.poll()
    assert office.numbers() == list(range(60))


def test_a_refused_login_is_told_at_once(office: Office) -> None:
    """There is no second try with a password that was refused."""

    def before(call: str, uid: int) -> None:
        raise LoginRefused("no")

    office.mailbox.before = before
    with pytest.raises(LoginRefused):
        office.poll()
    assert office.mailbox.calls == ["examine"]


def test_a_full_disk_stops_fetching(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room nothing is fetched and the poll says so; with room it goes on by itself."""
    office.put(1, 2)
    with monkeypatch.context() as patch:
        patch.setattr(office.store, "free_bytes", lambda: 49 * 1024 * 1024)
        with pytest.raises(StorageFull, match="make room"):
            office.poll()
    assert "fetch" not in office.mailbox.calls
    office.poll()
    assert office.numbers() == [1, 2]


def test_a_disk_that_fills_leaves_no_spool(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter that cannot be kept is thrown away, the connection is given up, and the letter comes later."""
    office.put(1)

    def full(*_: object, **__: object) -> None:
        raise StorageFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(office.store, "keep", full)
        with pytest.raises(StorageFull):
            office.poll()
    assert office.mailbox.calls[-1] == "close"
    assert not [path for path in office.store.root.rglob("*") if path.is_file()]
    office.poll()
    assert office.numbers() == [1]


def test_a_stop_is_heard_between_batches(office: Office) -> None:
    """A worker that is told to stop ends after the batch in hand, and the rest comes at the next start."""
    office.put(*range(120))
    batches: list[int] = []
    polled = office.poll(on_batch=lambda: bool(batches.append(1)), stopping=lambda: len(batches) >= 1)
    assert (polled.stopped, polled.fetched) == (True, 50)
    office.start()
    assert office.poll().fetched == 70


def test_each_batch_is_told_when_the_ledger_has_it(office: Office) -> None:
    """Reading can begin while the next batch comes."""
    office.put(*range(120))
    seen: list[int] = []
    office.poll(on_batch=lambda: bool(seen.append(len(office.rows()))))
    assert seen == [50, 100, 120]


# --- the pace --------------------------------------------------------------------------------------------------------


def test_the_pace_halves_and_recovers_slowly() -> None:
    """Half after a fault down to one letter; a tenth of the most back after each good batch."""
    pace, seen = Pace(), []
    for _ in range(7):
        pace = pace.slower()
        seen.append(pace.count)
    assert seen == [25, 12, 6, 3, 1, 1, 1]
    for _ in range(12):
        pace = pace.faster()
    assert pace.count == 50
    assert pace.bytes == Pace().bytes


@pytest.mark.parametrize(("sizes", "first"), [([1] * 60, 50), ([40_000_000, 1], 1), ([12_000_000] * 4, 2), ([1], 1)])
def test_a_batch_is_bounded_by_count_and_bytes(sizes: list[int], first: int) -> None:
    """Fifty letters or 32 MiB, and a larger letter alone."""
    assert Pace().batches([Listed(uid, ARRIVED, size) for uid, size in enumerate(sizes)]) == first
