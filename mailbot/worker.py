"""When things happen: the scheduled worker (`run`) and one pass (`once`).

Three jobs, each at most once at a time, none waiting for another: *poll* fetches and carries letters, *send* empties
the outbox, *digest* looks whether one is due. Fetching and carrying overlap: while the next batch comes off the socket,
a second thread has the last one read. A fault of one job is told and tried again; no exception ends the worker.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from mailbot.backoff import delay
from mailbot.daily import Daily
from mailbot.errors import FolderRefused, LoginRefused, StorageFull, Transient, UnsafeLogin
from mailbot.outgoing import Outgoing
from mailbot.poll import Poll
from mailbot.ports import Clock, Ledger, Mailbox, Reader
from mailbot.process import Process

log = structlog.get_logger()

STOP_WITHIN = 8.0
"""Seconds from SIGTERM to the end; service managers wait 10."""

SEND_EVERY = 5.0
"""Seconds between two looks into the outbox."""

REST = timedelta(minutes=1)
"""How long a job rests after a fault: a full disk must not make it knock at a server all the time."""

_OF_ALL_FOLDERS = (LoginRefused, UnsafeLogin, StorageFull)
"""Faults that the next folder would meet as well; a password that was refused is not tried once more for each."""


def heed_signals(stop: threading.Event, cut_short: int) -> None:
    """SIGTERM and SIGINT set `stop`; what does not end within STOP_WITHIN seconds is ended, with the code `cut_short`.

    That is safe: whatever is cut short is found at the same stage at the next start, and the kernel ends the reading
    child with us.
    """

    def end() -> None:
        stop.set()
        time.sleep(STOP_WITHIN)
        log.warning("cut-short", seconds=STOP_WITHIN)
        os._exit(cut_short)

    def heed(*_: object) -> None:
        # Not here: a handler that sets an event may interrupt the very code that holds its lock.
        threading.Thread(target=end, name="stop", daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heed)


@dataclass(slots=True)
class _Rest:
    """A pause that ends when its time has come, or when the clock was set back behind its beginning."""

    since: datetime | None = None
    until: datetime | None = None

    def begin(self, now: datetime, pause: timedelta) -> None:
        self.since, self.until = now, now + pause

    def lasts(self, now: datetime) -> bool:
        return self.since is not None and self.until is not None and self.since <= now < self.until


@dataclass(slots=True)
class Parts:
    """What the worker drives; built by `mailbot.service`."""

    ledger: Ledger
    mailbox: Mailbox
    reader: Reader
    poll: Poll
    process: Process
    outgoing: Outgoing
    daily: Daily
    clock: Clock
    refresh: Callable[[], None]
    folders: tuple[str, ...]
    poll_every: timedelta
    stop: threading.Event = field(default_factory=threading.Event)


class Worker:
    """Drives the parts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._more = threading.Event()  # a batch was received, or fetching has ended
        # One thread for all polls: the kernel ends the reading child with the thread that started it.
        self._carrier = ThreadPoolExecutor(1, "carrier")
        self._storage_failed = False
        self._faults = 0
        self._back_off = _Rest()
        self._rests: dict[str, _Rest] = {}

    # --- one pass -----------------------------------------------------------------------------------------------------

    def once(self) -> bool:
        """Poll, carry, queue a due digest and send until nothing is due now; whether all of it was done."""
        parts = self._parts
        self._begin()
        good = self.poll()
        good &= self._guard("digest", parts.daily.queue_due)
        good &= self._guard("send", self._send_all)
        return good and not parts.stop.is_set()

    def run(self) -> None:
        """Work until the stop is asked for; the letter and the mail in hand are finished."""
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.interval import IntervalTrigger

        parts = self._parts
        self._begin()
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        now = parts.clock.now()
        jobs: list[tuple[str, Callable[[], object], float]] = [
            ("poll", self._poll_when_due, parts.poll_every.total_seconds()),
            ("send", self._send_all, SEND_EVERY),
            ("digest", parts.daily.queue_due, 30.0),
        ]
        for name, job, seconds in jobs:
            scheduler.add_job(self._guard, IntervalTrigger(seconds=seconds), (name, job), id=name, next_run_time=now)
        scheduler.start()
        log.info("started", folders=list(parts.folders), poll_every=str(parts.poll_every))
        parts.stop.wait()
        log.info("stopping")
        scheduler.shutdown(wait=True)

    def _begin(self) -> None:
        parts = self._parts
        parts.ledger.note("started_at", parts.clock.now().isoformat())
        parts.daily.started()
        parts.outgoing.recover()

    # --- the jobs -----------------------------------------------------------------------------------------------------

    def _guard(self, name: str, job: Callable[[], object]) -> bool:
        """Do the job unless it rests after a fault; whether it went without one."""
        now, rest = self._parts.clock.now(), self._rests.setdefault(name, _Rest())
        if self._parts.stop.is_set() or rest.lasts(now):
            return False
        try:
            job()
        except StorageFull as fault:
            log.error("storage-full", job=name, reason=str(fault))
        except Transient as fault:
            log.warning("fault", job=name, reason=str(fault))
        except Exception:  # a bug in one job must not end the worker
            log.error("job-failed", job=name, exc_info=True)
        else:
            return True
        rest.begin(now, REST)
        return False

    def _send_all(self) -> None:
        self._parts.outgoing.send_due(wait=True)

    def _poll_when_due(self) -> None:
        if not self._back_off.lasts(self._parts.clock.now()):
            self.poll()

    def poll(self) -> bool:
        """Fetch what is new in every folder and carry all letters that are due; whether all folders went well."""
        parts = self._parts
        self._guard("refresh", parts.refresh)
        fetched = threading.Event()
        carrying = self._carrier.submit(self._carry, fetched)
        try:
            faults = self._poll_folders()
        finally:
            fetched.set()
            self._more.set()
            carrying.result()
        self._note_faults(faults)
        return not faults and not self._storage_failed

    def _poll_folders(self) -> list[Exception]:
        """Poll one folder after the other; the faults."""
        faults: list[Exception] = []
        for folder in self._parts.folders:
            fault = self._poll_folder(folder)
            if fault is not None:
                faults.append(fault)
            if isinstance(fault, _OF_ALL_FOLDERS):
                break
        return faults

    def _poll_folder(self, folder: str) -> Exception | None:
        """Poll one folder; the fault that ended it, None when it went well."""
        try:
            polled = self._parts.poll.run(folder, on_batch=self._more.set, stopping=self._parts.stop.is_set)
        except StorageFull as fault:
            log.error("storage-full", folder=folder, reason=str(fault))
            return fault
        except (LoginRefused, UnsafeLogin) as fault:
            log.error("mailbox-refused", folder=folder, reason=str(fault))
            return fault
        except Transient as fault:
            log.warning("mailbox-fault", folder=folder, reason=str(fault))
            return fault
        except Exception as fault:  # a bug in one folder must not stop the others
            log.error("poll-failed", folder=folder, exc_info=True)
            return fault
        if polled.fetched or polled.gone or polled.stuck:
            log.info("polled", folder=folder, fetched=polled.fetched, gone=polled.gone, stuck=list(polled.stuck))
        return None

    def _note_faults(self, faults: Sequence[Exception]) -> None:
        """After faults, wait ever longer and not in step with others; a good poll forgets them.

        A folder that is not opened makes the others wait for nothing.
        """
        counted = [fault for fault in faults if not isinstance(fault, FolderRefused)]
        self._faults = self._faults + 1 if counted else 0
        self._back_off = _Rest()
        if counted:
            refused = isinstance(counted[-1], (LoginRefused, UnsafeLogin))
            pause = delay(self._faults, self._parts.poll_every, refused=refused)
            self._back_off.begin(self._parts.clock.now(), pause)

    def _carry(self, fetched: threading.Event) -> None:
        """Carry due letters until fetching has ended and none is left."""
        parts = self._parts
        self._storage_failed = False
        while not parts.stop.is_set():
            self._more.clear()
            last = fetched.is_set()
            try:
                carried = parts.process.carry_due(parts.stop.is_set)
            except StorageFull as fault:
                log.error("storage-full", job="carry", reason=str(fault))
                self._storage_failed = True
                return
            except Exception:  # the ledger itself failed: told, and tried again at the next poll
                log.error("carry-failed", exc_info=True)
                self._storage_failed = True
                return
            if carried == 0:
                if last:
                    return
                self._more.wait(1.0)
