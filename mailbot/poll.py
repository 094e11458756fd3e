"""One look into one folder: which letters are new, and the order in which they are fetched, kept and remembered.

    examine -> what is known of the folder (first sight: adopt it)         ADOPTION_LISTED, ADOPTION_WRITTEN
      -> `plan`: new, changed, gone                                        pure
      -> a batch: fetch -> store.keep ... -> store.sync -> ledger.receive  LETTER_RECEIVED, on_batch
      -> again, until nothing is left
      -> ledger.gone, ledger.polled

UIDs that went away are recorded last: a poll that is cut short finds the same differences again. Nothing of the mailbox
but its list of UIDs is taken at a poll, and that only when the count does not add up, and every hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailbot import backoff
from mailbot.errors import LoginRefused, NetworkLost, StorageFull, Transient, UnsafeLogin
from mailbot.ports import Arrival, Clock, Fetched, FolderMemory, FolderState, Ledger, Listed, Mailbox, Store
from mailbot.steps import At, Step, unhindered

LIST_EVERY = timedelta(hours=1)
AUDIT_EVERY = timedelta(days=1)
WINDOW = 500
"""How many UIDs are asked for their sizes at a time."""
RESERVE = 50 * 1024 * 1024
"""Bytes that a batch has to leave free on the disk, beside twice its own."""
KEEPERS = 4
"""How many letters are made durable at once, while others come."""
FAULTS_IN_A_ROW = 3
"""After this many faults without a letter between them a poll ends."""

Known = dict[int, tuple[datetime, int] | None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How much one batch asks for: at most `count` letters and `bytes` bytes, or one larger letter alone."""

    count: int = 50
    bytes: int = 32 * 1024 * 1024
    most: int = 50
    most_bytes: int = 32 * 1024 * 1024

    def slower(self) -> Pace:
        """Half of it, after a fault."""
        return replace(self, count=max(1, self.count // 2), bytes=max(1, self.bytes // 2))

    def faster(self) -> Pace:
        """A tenth of the most added, after a batch that came whole."""
        return replace(
            self,
            count=min(self.most, self.count + max(1, self.most // 10)),
            bytes=min(self.most_bytes, self.bytes + max(1, self.most_bytes // 10)),
        )

    def batches(self, items: Sequence[Listed]) -> int:
        """How many of the first items make up the next batch; at least one."""
        total = 0
        for index, item in enumerate(items[: self.count]):
            total += item.bytes
            if index and total > self.bytes:
                return index
        return min(self.count, len(items))


@dataclass(frozen=True, slots=True)
class Plan:
    """What one poll has to do. `compare` are known UIDs whose date and size are to be compared."""

    new: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    compare: tuple[int, ...] = ()


def plan(listed: Iterable[int], known: Known, aside: Iterable[int], highest: int, *, audit: bool) -> Plan:
    """Hold the whole list of UIDs against what is known.

    A list that only grew at its end is taken for the same mailbox; any other one may have been rebuilt under the same
    UIDVALIDITY, with UIDs that stand for other letters. `aside` are UIDs that are not known for a reason of their own.
    """
    present = set(listed)
    new = sorted(present - known.keys())
    gone = sorted(known.keys() - present)
    extended = not gone and all(uid > highest for uid in set(new).difference(aside))
    compare = () if extended and not audit else tuple(sorted(uid for uid in present & known.keys() if known[uid]))
    return Plan(tuple(new), tuple(gone), compare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What a good poll did: letters fetched, ids of the new ones, UIDs gone, and UIDs that could not be fetched yet."""

    folder: str
    exists: int
    fetched: int = 0
    letters: tuple[int, ...] = ()
    gone: int = 0
    stuck: tuple[int, ...] = ()
    stopped: bool = False


@dataclass(slots=True)
class _Aside:
    """UIDs that are listed and not known: `stuck` broke the connection, `empty` came without a body.

    Stuck ones are fetched alone and last; each with its faults alone so far, and the time before which it is left.
    """

    stuck: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)

    def uids(self) -> set[int]:
        return self.empty | self.stuck.keys()


@dataclass(slots=True)
class _Round:
    """The state of one poll."""

    folder: str
    state: FolderState
    memory: FolderMemory
    on_batch: Callable[[], None]
    stopping: Callable[[], bool]
    aside: _Aside
    remembered: frozenset[int] = frozenset()  # of the wanted UIDs, those that the ledger knows
    gone: set[int] = field(default_factory=set)
    letters: list[int] = field(default_factory=list)
    fetched: int = 0
    faults: int = 0
    stopped: bool = False


class Poll:
    """Polls folders, one at a time, over the ports; what it keeps between polls may be lost without harm."""

    def __init__(
        self,
        *,
        mailbox: Mailbox,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        adopt: bool = True,
        answer_within: timedelta | None = timedelta(days=7),
        max_letter: int | None = 100 * 1024 * 1024,
        at: At = unhindered,
    ) -> None:
        """`adopt` is `first_run: adopt`; `max_letter` in bytes; None lifts a limit."""
        self._mailbox, self._store, self._ledger, self._clock = mailbox, store, ledger, clock
        self._adopt, self._answer_within, self._max_letter, self._at = adopt, answer_within, max_letter, at
        self._pace = Pace()
        self._aside: dict[tuple[str, int], _Aside] = {}

    def run(
        self,
        folder: str,
        *,
        on_batch: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Polled:
        """Look into the folder and fetch what is new.

        `on_batch` is called after each batch that the ledger has, so that reading can begin; after `stopping` says so
        no further batch is begun. Raises Transient when the mailbox cannot be reached or goes on breaking, StorageFull
        when there is no room; everything that was received by then stays received. A letter that alone breaks each
        time is fetched last, ever more seldom, and named in the answer.
        """
        state = self._mailbox.examine(folder)
        memory = self._remembered(folder, state)
        aside = self._aside.setdefault((folder, state.uidvalidity), _Aside())
        now = self._clock.now()
        audit = _is_due(memory.audited_at, AUDIT_EVERY, now)
        due = audit or _is_due(memory.listed_at, LIST_EVERY, now)
        this = _Round(folder, state, memory, on_batch, stopping, aside)
        wanted, whole = self._wanted(this, due=due, audit=audit)
        self._fetch_all(this, wanted)
        if not this.stopped:
            if this.gone:
                self._ledger.gone(memory.id, sorted(this.gone), self._clock.now())
            self._ledger.polled(memory.id, self._clock.now(), listed=whole, audited=whole and audit)
        return Polled(
            folder=folder,
            exists=state.exists,
            fetched=this.fetched,
            letters=tuple(this.letters),
            gone=len(this.gone),
            stuck=tuple(sorted(aside.stuck)),
            stopped=this.stopped,
        )

    def _remembered(self, folder: str, state: FolderState) -> FolderMemory:
        memory = self._ledger.folder(folder, state.uidvalidity)
        if memory is not None:
            return memory
        adopt: Sequence[int] = ()
        # Rebuilt while it was being adopted: which of the letters were there before can no longer be told.
        adopting = self._adopt and (not self._ledger.folder_seen(folder) or self._ledger.adopting(folder))
        if adopting:
            adopt = self._mailbox.uids()
            self._at(Step.ADOPTION_LISTED)
        memory = self._ledger.open_folder(folder, state.uidvalidity, self._clock.now(), adopt)
        if adopting:
            self._at(Step.ADOPTION_WRITTEN)
        return memory

    # what is to be fetched

    def _wanted(self, this: _Round, *, due: bool, audit: bool) -> tuple[list[int], bool]:
        """The UIDs to fetch, in the order in which to fetch them, and whether the whole list was taken."""
        memory, aside = this.memory, this.aside
        new: Sequence[int] = () if due else self._mailbox.uids(memory.highest)
        below = sum(uid <= memory.highest for uid in aside.uids())
        whole = due or memory.known + below + len(new) != this.state.exists
        changed: list[int] = []
        if whole:
            listed = self._mailbox.uids()
            known = self._ledger.known(memory.id)
            todo = plan(listed, known, aside.uids(), memory.highest, audit=audit)
            new, this.gone = todo.new, set(todo.gone)
            for uid in aside.uids().difference(listed):
                aside.stuck.pop(uid, None)
            aside.empty.clear()
            changed = self._changed(todo.compare, known)
        first = [uid for uid in new if uid not in aside.uids()]
        adopted = [uid for uid in self._ledger.unfetched(memory.id) if uid not in this.gone]
        last = [uid for uid, (_, not_before) in aside.stuck.items() if not_before <= self._clock.now()]
        this.remembered = frozenset(changed) | frozenset(adopted)
        order = dict.fromkeys([*first, *changed, *adopted])
        for uid in aside.stuck:
            order.pop(uid, None)
        return [*order, *last], whole

    def _changed(self, uids: Sequence[int], known: Known) -> list[int]:
        """Known UIDs that now stand for another letter, by date and size."""
        return [item.uid for item in self._mailbox.listed(uids) if known[item.uid] != (item.arrived_at, item.bytes)]

    # fetching

    def _fetch_all(self, this: _Round, wanted: Sequence[int]) -> None:
        for start in range(0, len(wanted), WINDOW):
            window = wanted[start : start + WINDOW]
            items = self._sizes(this, window)
            while items:
                this.stopped = this.stopped or this.stopping()
                if this.stopped:
                    return
                items = self._fetch_next(this, items)

    def _sizes(self, this: _Round, uids: Sequence[int]) -> list[Listed]:
        found = {item.uid: item for item in self._mailbox.listed(uids)}
        for uid in uids:
            if uid not in found:
                self._empty(this, uid)
        return [found[uid] for uid in uids if uid in found]

    def _fetch_next(self, this: _Round, items: list[Listed]) -> list[Listed]:
        """Fetch one batch of the items; answers what is left of them."""
        limit = self._max_letter
        whole = [item for item in items if limit is None or item.bytes <= limit]
        easy = [item for item in whole if item.uid not in this.aside.stuck]
        header_only = not whole
        batch = easy[: self._pace.batches(easy)] if easy else (whole or items)[:1]
        self._require_room(batch, header_only=header_only)
        done: set[int] = set()
        try:
            self._fetch_batch(this, batch, done, header_only=header_only)
        except StorageFull:
            self._mailbox.close()  # with it goes the letter that it keeps half
            raise
        except (LoginRefused, UnsafeLogin):
            raise
        except Transient as fault:
            done |= self._after_fault(this, batch, done, fault)
        else:
            this.faults = 0
            done.update(item.uid for item in batch)
            self._pace = self._pace.faster()
        return [item for item in items if item.uid not in done]

    def _require_room(self, batch: Sequence[Listed], *, header_only: bool) -> None:
        needed = RESERVE + (0 if header_only else 2 * sum(item.bytes for item in batch))
        free = self._store.free_bytes()
        if free < needed:
            raise StorageFull(
                f"{free:,} bytes are free where the letters are kept, and {needed:,} are needed: make room"
            )

    def _fetch_batch(self, this: _Round, batch: Sequence[Listed], done: set[int], *, header_only: bool) -> None:
        """Fetch, keep, make durable, remember. What came whole before a fault is remembered, and stands in `done`.

        A letter is made durable beside the coming of the next ones: the disk may take longer for that than the net.
        """
        keeping: dict[int, Future[Arrival]] = {}
        fault: Transient | None = None
        with ThreadPoolExecutor(KEEPERS, "keeping") as keepers:
            try:
                for fetched in self._fetched(batch, header_only=header_only):
                    if fetched.spool is None:
                        self._empty(this, fetched.uid)
                        done.add(fetched.uid)
                    else:
                        keeping[fetched.uid] = keepers.submit(self._kept, fetched, complete=not header_only)
            except StorageFull:
                raise
            except Transient as cut:
                fault = cut
        arrivals: list[Arrival] = []
        for uid, kept in keeping.items():
            try:
                arrivals.append(kept.result())
                done.add(uid)
            except StorageFull:
                raise
            except Transient as refused:
                fault = fault or refused
        self._receive(this, arrivals)
        if fault is not None:
            raise fault

    def _fetched(self, batch: Sequence[Listed], *, header_only: bool) -> Iterator[Fetched]:
        if header_only:
            yield self._mailbox.fetch_header(batch[0].uid, self._store.spool)
        else:
            yield from self._mailbox.fetch([item.uid for item in batch], self._store.spool)

    def _kept(self, fetched: Fetched, *, complete: bool) -> Arrival:
        assert fetched.spool is not None and fetched.arrived_at is not None
        try:
            raw = self._store.keep(fetched.spool, fetched.arrived_at, fetched.bytes, complete=complete)
        except BaseException:  # whatever ends it: tidied up, and raised on
            fetched.spool.discard()
            raise
        within = self._answer_within
        too_old = within is not None and self._clock.now() - fetched.arrived_at > within
        return Arrival(fetched.uid, raw, too_old)

    def _receive(self, this: _Round, arrivals: Sequence[Arrival]) -> None:
        if not arrivals:
            return
        self._store.sync()
        letters = self._ledger.receive(this.memory.id, arrivals, self._clock.now())
        self._at(Step.LETTER_RECEIVED)
        for arrival in arrivals:
            this.aside.stuck.pop(arrival.uid, None)
            this.gone.discard(arrival.uid)
        this.fetched += len(arrivals)
        this.letters += letters
        this.on_batch()

    def _empty(self, this: _Round, uid: int) -> None:
        """Listed, and not there when it was asked for: gone, looked for again with the next whole list."""
        this.aside.stuck.pop(uid, None)
        this.aside.empty.add(uid)
        if uid in this.remembered:
            this.gone.add(uid)

    def _after_fault(self, this: _Round, batch: Sequence[Listed], done: set[int], fault: Transient) -> set[int]:
        """Slow down, set aside the letter that was on its way, connect again; answers the UIDs given up for now.

        Servers answer in order, so that the first that did not come is the one to suspect.
        """
        self._pace = self._pace.slower()
        this.faults = 1 if done else this.faults + 1
        suspect = next((item.uid for item in batch if item.uid not in done), None)
        alone = len(batch) == 1
        if suspect is not None:
            times = this.aside.stuck.get(suspect, (0, None))[0] + alone
            pause = backoff.delay(times - 1) if times > 1 else timedelta()
            this.aside.stuck[suspect] = (times, self._clock.now() + pause)
        if this.faults >= FAULTS_IN_A_ROW:
            raise fault
        this.stopped = self._clock.wait(this.faults) or this.stopping()
        if not this.stopped and self._mailbox.examine(this.folder).uidvalidity != this.state.uidvalidity:
            raise NetworkLost(f"the folder {this.folder} was rebuilt during the poll: it is looked at anew") from fault
        return {suspect} if alone and suspect is not None else set()


def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether `every` has gone since `last`; a `last` ahead of `now` was written before the clock was set back."""
    return last is None or not timedelta() <= now - last < every
