"""When things happen: the scheduled worker (`run`) and one pass (`once`).

Three jobs, each at most once at a time, none waiting for another: *poll* fetches and carries letters, *send* empties
the outbox, *digest* looks whether one is due. Fetching and carrying overlap: while the next batch comes off the socket,
a second thread has the last one read. A fault of one job is told and tried again; no exception ends the worker.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from mailbot.backoff import delay
from mailbot.daily import Daily
from mailbot.errors import LoginRefused, StorageFull, Transient, UnsafeLogin
from mailbot.outgoing import Outgoing
from mailbot.poll import Poll
from mailbot.ports import Clock, Ledger, Mailbox, Reader
from mailbot.process import Process

log = structlog.get_logger()

STOP_WITHIN = 10.0
"""Seconds from SIGTERM to the end."""

SEND_EVERY = 5.0
"""Seconds between two looks into the outbox."""


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
        self._not_before: datetime | None = None

    # --- one pass -----------------------------------------------------------------------------------------------------

    def once(self) -> bool:
        """Poll, carry, queue a due digest and send until nothing is due now; whether every folder was polled well."""
        parts = self._parts
        self._begin()
        good = self.poll()
        self._guard("digest", parts.daily.queue_due)
        self._guard("send", lambda: parts.outgoing.send_due(wait=True))
        return good

    def run(self) -> bool:
        """Work until SIGTERM or SIGINT; ends within STOP_WITHIN seconds with nothing half done.

        False when a job was still waiting for a silent server then: the process must end without waiting for it.
        """
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.interval import IntervalTrigger

        parts = self._parts
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: parts.stop.set())
        self._begin()
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        now = parts.clock.now()
        jobs: list[tuple[str, Callable[[], object], float]] = [
            ("poll", self._poll_when_due, parts.poll_every.total_seconds()),
            ("send", parts.outgoing.send_due, SEND_EVERY),
            ("digest", parts.daily.queue_due, 30.0),
        ]
        for name, job, seconds in jobs:
            scheduler.add_job(self._guard, IntervalTrigger(seconds=seconds), (name, job), id=name, next_run_time=now)
        scheduler.start()
        log.info("started", folders=list(parts.folders), poll_every=str(parts.poll_every))
        parts.stop.wait()
        log.info("stopping")
        return self._end(scheduler.shutdown)

    def _begin(self) -> None:
        parts = self._parts
        parts.ledger.note("started_at", parts.clock.now().isoformat())
        parts.daily.started()
        parts.outgoing.recover()

    def _end(self, shutdown: Callable[..., None]) -> bool:
        """Let running jobs finish the letter or mail in hand; after most of the time take the reading child away.

        Whether they have ended. Whatever is cut short is found at the same stage at the next start.
        """
        done = threading.Event()

        def wait() -> None:
            shutdown(wait=True)
            done.set()

        threading.Thread(target=wait, name="shutdown", daemon=True).start()
        if not done.wait(STOP_WITHIN * 0.6):
            self._parts.reader.close()
            return done.wait(STOP_WITHIN * 0.2)
        return True

    # --- the jobs -----------------------------------------------------------------------------------------------------

    def _guard(self, name: str, job: Callable[[], object]) -> None:
        if self._parts.stop.is_set():
            return
        try:
            job()
        except StorageFull as fault:
            log.error("storage-full", job=name, reason=str(fault))
        except Transient as fault:
            log.warning("fault", job=name, reason=str(fault))
        except Exception:
            log.error("job-failed", job=name, exc_info=True)

    def _poll_when_due(self) -> None:
        if self._not_before is None or self._parts.clock.now() >= self._not_before:
            self.poll()

    def poll(self) -> bool:
        """Fetch what is new in every folder and carry all letters that are due; whether all folders went well."""
        parts = self._parts
        self._guard("refresh", parts.refresh)
        fetched = threading.Event()
        carrying = self._carrier.submit(self._carry, fetched)
        try:
            faults = [fault for folder in parts.folders if (fault := self._poll_folder(folder)) is not None]
        finally:
            fetched.set()
            self._more.set()
            carrying.result()
        self._back_off(faults[-1] if faults else None)
        return not faults and not self._storage_failed

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
        except Exception as fault:
            log.error("poll-failed", folder=folder, exc_info=True)
            return fault
        if polled.fetched or polled.gone or polled.stuck:
            log.info("polled", folder=folder, fetched=polled.fetched, gone=polled.gone, stuck=list(polled.stuck))
        return None

    def _back_off(self, fault: Exception | None) -> None:
        """After faults, wait ever longer and not in step with others; a good poll forgets them."""
        self._faults = 0 if fault is None else self._faults + 1
        self._not_before = None
        if fault is not None:
            refused = isinstance(fault, (LoginRefused, UnsafeLogin))
            pause = delay(self._faults, self._parts.poll_every, refused=refused)
            self._not_before = self._parts.clock.now() + pause

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
            except Exception:
                log.error("carry-failed", exc_info=True)
                self._storage_failed = True
                return
            if carried == 0:
                if last:
                    return
                self._more.wait(1.0)
