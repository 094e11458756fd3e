"""Builds the world from the settings: the only place that knows which edge stands behind which port."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from mailbot import __version__
from mailbot.config import Settings, load_settings, secret
from mailbot.model import LetterRow, Office, Stage
from mailbot.steps import At, unhindered

if TYPE_CHECKING:  # what a command does not need is not imported for it
    from mailbot.alarms import Alarms
    from mailbot.brakes import Brakes
    from mailbot.daily import Daily
    from mailbot.edges.ledger.lock import WorkerLock
    from mailbot.edges.store import FolderStore
    from mailbot.manuscript.sandbox.reader import ChildReader
    from mailbot.notices.templates import Templates
    from mailbot.outgoing import Outgoing
    from mailbot.poll import Poll
    from mailbot.ports import Clock, Ledger, Mailbox, Post, Scanner
    from mailbot.process import Policy, Process
    from mailbot.rejudge import Rejudge
    from mailbot.rulebook.inforce import InForce
    from mailbot.rulebook.load import Rulebook
    from mailbot.worker import Worker

LEDGER = "mailbot.db"
KEY = "key"


def reader_for(language: str, seconds: int, memory: int) -> ChildReader:
    """A reading child with these limits (seconds, bytes)."""
    from mailbot.manuscript.sandbox.reader import ChildReader

    return ChildReader(language=language, seconds=seconds, memory=memory)


class World:
    """Everything that belongs to one configuration, made when it is first asked for."""

    def __init__(self, config: Path, *, clock: Clock | None = None, at: At = unhindered) -> None:
        self.config = config
        self.settings: Settings = load_settings(config)
        self._clock, self._at = clock, at
        self.stop = threading.Event()
        self._closing: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for close in reversed(self._closing):
            close()

    # --- small facts --------------------------------------------------------------------------------------------------

    @cached_property
    def storage(self) -> Path:
        """The storage folder."""
        return self.settings.paths.storage

    @cached_property
    def ledger_file(self) -> Path:
        """Where the ledger lies."""
        return self.storage / LEDGER

    @cached_property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.settings.office.timezone)

    @cached_property
    def office(self) -> Office:
        """Whose mailbox it is."""
        return self.settings.as_office()

    @cached_property
    def clock(self) -> Clock:
        """The time."""
        from mailbot.edges.clock import SystemClock

        return self._clock or SystemClock(self.stop)

    @cached_property
    def key(self) -> bytes:
        """This installation's secret, made with the ledger (0600): Message-IDs are derived from it.

        Before the first start, when nothing is written, there is none.
        """
        path = self.storage / KEY
        if not path.exists():
            if not self.ledger_file.exists():
                return b""
            self.storage.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{KEY}.{os.getpid()}")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        return path.read_bytes()

    # --- the edges ----------------------------------------------------------------------------------------------------

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger as it is; made and upgraded only by the worker and by `db upgrade`.

        Before the first start it is an empty one in memory: looking leaves no trace.
        """
        if self.ledger_file.exists():
            return self._open_ledger(upgrade=False)
        from mailbot.edges.ledger.open import memory_ledger

        ledger = memory_ledger()
        self._closing.append(ledger.close)
        return ledger

    def _open_ledger(self, *, upgrade: bool) -> Ledger:
        from mailbot.edges.ledger.open import open_ledger

        self.storage.mkdir(parents=True, exist_ok=True)
        ledger = open_ledger(self.ledger_file, upgrade=upgrade)
        self._closing.append(ledger.close)
        return ledger

    @cached_property
    def store(self) -> FolderStore:
        """The files."""
        from mailbot.edges.store import FolderStore

        return FolderStore(self.storage, self.zone, at=self._at)

    @cached_property
    def mailbox(self) -> Mailbox:
        """The office's mailbox."""
        from mailbot.edges.imap import ImapMailbox

        settings = self.settings.mailbox
        mailbox = ImapMailbox(
            host=settings.host,
            port=settings.port,
            security=settings.security,
            username=settings.username or settings.address,
            password=secret(settings.password, self.config.parent, "mailbox.password"),
            ca_file=settings.ca_file,
            version=__version__,
            support=settings.address,
            at=self._at,
        )
        self._closing.append(mailbox.close)
        return mailbox

    @cached_property
    def post(self) -> Post:
        """The way out."""
        from mailbot.edges.smtp import SmtpPost

        settings = self.settings.smtp
        return SmtpPost(
            host=settings.host,
            port=settings.port,
            security=settings.security,
            username=settings.username or self.settings.mailbox.address,
            password=secret(settings.password, self.config.parent, "smtp.password"),
            ca_file=settings.ca_file,
            sender=self.settings.mailbox.address,
            at=self._at,
        )

    @cached_property
    def reader(self) -> ChildReader:
        """The reading child."""
        limits = self.settings.limits
        reader = reader_for(self.settings.office.language, limits.reading_seconds, limits.memory)
        self._closing.append(reader.close)
        return reader

    @cached_property
    def scanner(self) -> Scanner | None:
        """The virus scanner, where one is configured."""
        if self.settings.scan is None:
            return None
        from mailbot.edges.clamd import ClamdScanner

        return ClamdScanner(self.settings.scan)

    # --- rules and templates ------------------------------------------------------------------------------------------

    @cached_property
    def rulebook(self) -> InForce[Rulebook]:
        """The rulebook in force: the folder's, or the last good one."""
        from mailbot.rulebook.inforce import InForce
        from mailbot.rulebook.load import load_rulebook, read_folder

        folder = self.settings.paths.rules
        kept = partial(load_rulebook, examples=False)
        rules = InForce("rules", folder, read_folder, self.edited_rules(folder), self.ledger, kept=kept)
        rules.refresh(self.clock.now())
        return rules

    def edited_rules(self, folder: Path) -> Callable[[Mapping[str, str]], Rulebook]:
        """Loads rules as somebody has just written them in a folder: their examples are tried."""
        from mailbot.ruletests import load_tried

        return partial(load_tried, folder=folder, settings=self.settings, reader=reader_for)

    @cached_property
    def templates(self) -> InForce[Templates]:
        """The templates in force: the folder's, or the last good ones."""
        from mailbot import defaults
        from mailbot.notices.templates import load_templates, read_folder
        from mailbot.rulebook.inforce import InForce

        read = partial(read_folder, language=self.office.language)
        load = partial(load_templates, shipped=lambda: read(defaults.folder("templates")))
        templates = InForce("templates", self.settings.paths.templates, read, load, self.ledger)
        templates.refresh(self.clock.now())
        return templates

    def refresh(self) -> None:
        """Take over changed rules and templates; a broken file leaves the last good ones in force."""
        now = self.clock.now()
        self.rulebook.refresh(now)
        self.templates.refresh(now)
        self.brakes.rules_in_force(self.rulebook.current(), now)
        self.alarms.broken("rules", self.rulebook.version, self.rulebook.problems)
        self.alarms.broken("templates", self.templates.version, self.templates.problems)

    @cached_property
    def alarms(self) -> Alarms:
        """What the admins are told."""
        from mailbot.alarms import Alarms

        return Alarms(
            ledger=self.ledger,
            office=self.office,
            office_name=self.settings.office.name,
            templates=lambda: self.templates.current(),  # read when there is something to tell
            clock=self.clock,
            key=self.key,
        )

    # --- the orders of effects ----------------------------------------------------------------------------------------

    @cached_property
    def policy(self) -> Policy:
        """What the settings say about letters and answers."""
        from mailbot.process import Policy

        notices = self.settings.notices
        return Policy(
            office=self.office,
            office_name=self.settings.office.name,
            numbering=self.settings.number,
            notices=notices.mode,
            per_correspondent=notices.per_correspondent,
            key=self.key,
            breaker=notices.breaker,
            flips=notices.flips,
            hold_for=notices.hold_for,
        )

    @cached_property
    def brakes(self) -> Brakes:
        """What holds mails to contributors back."""
        from mailbot.brakes import Brakes

        return Brakes(ledger=self.ledger, policy=self.policy, alarms=self.alarms)

    @cached_property
    def process(self) -> Process:
        """Letters, step by step."""
        from mailbot.process import Process, Sources

        return Process(
            ledger=self.ledger,
            store=self.store,
            reader=self.reader,
            sources=Sources(self.rulebook.current, self.templates.current),
            policy=self.policy,
            clock=self.clock,
            at=self._at,
            scanner=self.scanner,
            brakes=self.brakes,
        )

    @cached_property
    def rejudge(self) -> Rejudge:
        """Stored submissions, judged again."""
        from mailbot.process import Sources
        from mailbot.rejudge import Rejudge

        return Rejudge(
            ledger=self.ledger,
            store=self.store,
            sources=Sources(self.rulebook.current, self.templates.current),
            policy=self.policy,
            clock=self.clock,
            at=self._at,
        )

    @cached_property
    def poll(self) -> Poll:
        """What is new in the mailbox."""
        from mailbot.poll import Poll

        settings = self.settings.mailbox
        return Poll(
            mailbox=self.mailbox,
            ledger=self.ledger,
            store=self.store,
            clock=self.clock,
            adopt=settings.first_run == "adopt",
            answer_within=settings.answer_within,
            max_letter=settings.max_letter,
            at=self._at,
        )

    @cached_property
    def outgoing(self) -> Outgoing:
        """The outbox, emptied within the caps."""
        from mailbot.outgoing import Outgoing

        settings = self.settings.smtp
        return Outgoing(
            self.ledger,
            self.post,
            self.clock,
            per_hour=settings.per_hour,
            per_day=settings.per_day,
            pause=settings.pause,
            zone=self.zone,
            at=self._at,
            brakes=self.brakes,
            alarms=self.alarms,
        )

    @cached_property
    def daily(self) -> Daily:
        """The digest."""
        from mailbot.daily import Daily, DigestPlan

        digest = self.settings.digest
        return Daily(
            ledger=self.ledger,
            plan=DigestPlan(
                at=digest.at,
                days=frozenset(digest.days),
                when_empty=digest.when_empty,
                editors=self.office.editors,
                account=self.settings.mailbox.address,
                office_name=self.settings.office.name,
                zone=self.zone,
                key=self.key,
            ),
            issue_names=lambda: self.rulebook.current().issue_names,
            templates=self.templates.current,
            clock=self.clock,
            remarks=lambda: [
                str(problem)
                for problem in (
                    *self.rulebook.problems,
                    *self.templates.problems,
                    *self.templates.current().remarks,
                )
            ],
            at=self._at,
        )

    def letters(self) -> list[LetterRow]:
        """Every letter that the ledger knows, whatever its stage."""
        return [row for stage in Stage for row in self.ledger.letters_in(stage)]

    def lock(self) -> WorkerLock:
        """The lock of the one worker on this ledger; WorkerBusy says who holds it."""
        from mailbot.edges.ledger.lock import WorkerLock

        self.storage.mkdir(parents=True, exist_ok=True)
        lock = WorkerLock(self.ledger_file)
        lock.acquire()
        self._closing.append(lock.release)
        return lock

    def holder(self) -> str | None:
        """Which worker holds the ledger, in words; None when none does."""
        from mailbot.edges.ledger.lock import WorkerLock

        return WorkerLock(self.ledger_file).holder()

    def upgrade_ledger(self) -> str:
        """Bring the ledger up to this version; says what was done."""
        copies = set(self.storage.glob(f"{LEDGER}.before-*"))
        self._open_ledger(upgrade=True)
        made = set(self.storage.glob(f"{LEDGER}.before-*")) - copies
        if not made:
            return "nothing to do: the ledger is up to date"
        return f"upgraded; the ledger as it was: {', '.join(str(path) for path in made)}"

    def claim(self) -> None:
        """Become the one worker on this ledger: WorkerBusy when there is one already."""
        self.lock()
        self.__dict__["ledger"] = self._open_ledger(upgrade=True)
        from mailbot.moving import finish_moves

        finish_moves(self.ledger, self.store)
        self.store.clean({row.raw.sha256 for row in self.ledger.letters_in(Stage.JUDGED)})

    @cached_property
    def worker(self) -> Worker:
        """The worker, alone on this ledger: WorkerBusy when there is one already."""
        self.claim()
        from mailbot.worker import Parts, Worker

        self.refresh()
        return Worker(
            Parts(
                ledger=self.ledger,
                mailbox=self.mailbox,
                reader=self.reader,
                poll=self.poll,
                process=self.process,
                outgoing=self.outgoing,
                daily=self.daily,
                clock=self.clock,
                refresh=self.refresh,
                folders=tuple(self.settings.mailbox.folders),
                poll_every=self.settings.mailbox.poll_every,
                stop=self.stop,
            )
        )
