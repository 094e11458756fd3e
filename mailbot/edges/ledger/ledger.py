"""The ledger port on SQL: each method is one transaction around the statements of its theme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from mailbot.edges.ledger import (
    again,
    bounces,
    digest,
    events,
    history,
    holding,
    judging,
    keeping,
    letters,
    mailbox,
    outbox,
    sketches,
    splitting,
)
from mailbot.edges.ledger.database import Database
from mailbot.model import (
    DayCount,
    Dossier,
    Draft,
    Earlier,
    Hold,
    Judgement,
    LetterRow,
    MailState,
    OutgoingMail,
    SendResult,
    Stage,
    StoredFile,
    Submission,
    Verdict,
)
from mailbot.ports import (
    Arrival,
    BounceRow,
    Correction,
    DigestEntry,
    Event,
    FolderMemory,
    JudgedAgain,
    KeptVersion,
    MailSummary,
    Numbering,
    ShadowTally,
    StoredDossier,
    StoredRevision,
)
from mailbot.sketch import Sketch


def utc_now() -> datetime:
    """The time of those changes for which the caller names none."""
    return datetime.now(UTC)


class SqlLedger:
    """`ports.Ledger` on a database; any thread may use it. What the methods promise stands at the port."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    # the mailbox's memory

    def folder(self, name: str, uidvalidity: int) -> FolderMemory | None:
        with self._database.read() as connection:
            return mailbox.folder(connection, name, uidvalidity)

    def folder_seen(self, name: str) -> bool:
        with self._database.read() as connection:
            return mailbox.folder_seen(connection, name)

    def open_folder(self, name: str, uidvalidity: int, at: datetime, adopt: Sequence[int] = ()) -> FolderMemory:
        with self._database.write() as connection:
            return mailbox.open_folder(connection, name, uidvalidity, at, adopt)

    def known(self, folder: int) -> dict[int, tuple[datetime, int] | None]:
        with self._database.read() as connection:
            return mailbox.known(connection, folder)

    def unfetched(self, folder: int) -> list[int]:
        with self._database.read() as connection:
            return mailbox.unfetched(connection, folder)

    def receive(self, folder: int, arrivals: Sequence[Arrival], at: datetime) -> list[int]:
        with self._database.write() as connection:
            return mailbox.receive(connection, folder, arrivals, at)

    def gone(self, folder: int, uids: Sequence[int], at: datetime) -> None:
        with self._database.write() as connection:
            mailbox.gone(connection, folder, uids, at)

    def polled(self, folder: int, at: datetime, *, listed: bool = False, audited: bool = False) -> None:
        with self._database.write() as connection:
            mailbox.polled(connection, folder, at, listed, audited)

    def adopting(self, name: str) -> bool:
        with self._database.read() as connection:
            return mailbox.adopting(connection, name)

    def last_good_poll(self, folders: Sequence[str]) -> datetime | None:
        with self._database.read() as connection:
            return mailbox.last_good_poll(connection, folders)

    # letters on their path

    def due_letters(self, now: datetime, limit: int) -> list[LetterRow]:
        with self._database.read() as connection:
            return letters.due(connection, now, limit)

    def letter_row(self, letter: int) -> LetterRow:
        with self._database.read() as connection:
            return letters.letter_row(connection, letter)

    def find_letter(self, name: str) -> LetterRow | None:
        with self._database.read() as connection:
            return letters.find(connection, name)

    def twin(self, fingerprint: str, letter: int) -> int | None:
        with self._database.read() as connection:
            return letters.twin(connection, fingerprint, letter)

    def earlier(
        self,
        sender: str,
        articles: Sequence[Sketch | None],
        before: datetime,
        since: datetime,
        named: Sequence[str] = (),
    ) -> list[Earlier]:
        with self._database.read() as connection:
            return sketches.earlier(connection, sender, articles, before, since, named)

    def text_of(self, number: str) -> str:
        with self._database.read() as connection:
            return history.text_of(connection, number)

    def hashes_of(self, number: str) -> frozenset[str]:
        with self._database.read() as connection:
            return history.hashes_of(connection, number)

    def told_lately(self, number: str, address: str, since: datetime) -> bool:
        with self._database.read() as connection:
            return outbox.told_lately(connection, number, address, since)

    def is_copy(self, letter: int, of: int, at: datetime) -> None:
        with self._database.write() as connection:
            letters.move(connection, letter, Stage.COPY, at, f"other bytes of letter:{of}", copy_of=of)

    def judged(
        self, letter: int, dossier: Dossier, judgement: Judgement, at: datetime, numbering: Numbering
    ) -> list[Submission]:
        with self._database.write() as connection:
            return judging.judged(connection, letter, dossier, judgement, at, numbering)

    def verdict_of(self, letter: int) -> tuple[Dossier, Judgement]:
        with self._database.read() as connection:
            return letters.verdict_of(connection, letter)

    def dossiers(self, since: datetime | None = None, newest: int | None = None) -> Iterator[StoredDossier]:
        with self._database.read() as connection:
            wanted = history.judged_since(connection, since, newest)
        for start in range(0, len(wanted), history.AT_ONCE):
            with self._database.read() as connection:
                found = history.stored(connection, wanted[start : start + history.AT_ONCE])
            yield from found

    def submissions_of(self, letter: int) -> list[Submission]:
        with self._database.read() as connection:
            return letters.submissions_of(connection, letter)

    def filed(self, letter: int, revisions: Sequence[StoredRevision], at: datetime) -> None:
        with self._database.write() as connection:
            letters.filed(connection, letter, revisions, at)

    def answered(
        self,
        letter: int,
        draft: Draft | None,
        at: datetime,
        *,
        hold: Hold | None = None,
        instead_of: Sequence[int] = (),
    ) -> Stage:
        with self._database.write() as connection:
            return outbox.answered(connection, letter, draft, at, hold, instead_of)

    def reader_died(self, letter: int, reason: str, at: datetime, retry_at: datetime) -> Stage:
        with self._database.write() as connection:
            return letters.reader_died(connection, letter, reason, at, retry_at)

    def postpone(self, letter: int, until: datetime, reason: str) -> None:
        with self._database.write() as connection:
            letters.postpone(connection, letter, until, reason, self._now())

    def letters_in(self, stage: Stage) -> list[LetterRow]:
        with self._database.read() as connection:
            return letters.in_stage(connection, stage)

    def retry_parked(self, letter: int, who: str, at: datetime) -> None:
        with self._database.write() as connection:
            letters.move(connection, letter, Stage.RECEIVED, at, "tried again", who, crashes=0)

    def dismiss_parked(self, letter: int, who: str, at: datetime) -> None:
        with self._database.write() as connection:
            letters.move(connection, letter, Stage.DISMISSED, at, "set aside", who)

    # submissions

    def submissions(self) -> list[Submission]:
        with self._database.read() as connection:
            return letters.all_submissions(connection)

    def submission(self, number: str) -> Submission | None:
        with self._database.read() as connection:
            return letters.submission(connection, number)

    def revision_letters(self, submission: int) -> list[tuple[int, int, int]]:
        with self._database.read() as connection:
            return letters.revision_letters(connection, submission)

    def manifest(self, submission: int, revision: int) -> tuple[StoredFile, ...]:
        with self._database.read() as connection:
            return letters.manifest(connection, submission, revision)

    def judgements_of(self, submission: int) -> list[Judgement]:
        with self._database.read() as connection:
            return again.judgements_of(connection, submission)

    def judged_again(
        self,
        letter: int,
        judgement: Judgement,
        changes: Sequence[JudgedAgain],
        verdict: Verdict,
        correction: Correction | None,
        who: str,
        at: datetime,
    ) -> None:
        with self._database.write() as connection:
            again.judged_again(connection, letter, judgement, changes, verdict, correction, who, at)

    def split(self, number: str, who: str, at: datetime) -> int:
        with self._database.write() as connection:
            return splitting.split(connection, number, who, at)

    def to_move(self) -> list[tuple[Submission, str]]:
        with self._database.read() as connection:
            return again.to_move(connection)

    def moved(self, submission: int) -> None:
        with self._database.write() as connection:
            again.moved(connection, submission)

    # the outbox

    def mails_to(self, letter: int) -> list[MailSummary]:
        with self._database.read() as connection:
            return outbox.about_letter(connection, letter)

    def recover_outbox(self, at: datetime) -> int:
        with self._database.write() as connection:
            return outbox.recover(connection, at)

    def queue(self, draft: Draft, at: datetime, *, hold: Hold | None = None) -> bool:
        with self._database.write() as connection:
            return outbox.queue(connection, draft, at, hold)

    def due_mail(self, now: datetime) -> OutgoingMail | None:
        with self._database.read() as connection:
            return outbox.due(connection, now)

    def mail(self, mail: int) -> OutgoingMail:
        with self._database.read() as connection:
            return outbox.one(connection, mail)

    def next_mail_at(self) -> datetime | None:
        with self._database.read() as connection:
            return outbox.next_at(connection)

    def sent_times(self, since: datetime, *, to_contributors: bool = False) -> list[datetime]:
        with self._database.read() as connection:
            return outbox.sent_times(connection, since, to_contributors=to_contributors)

    def answers_to(self, address: str, since: datetime) -> dict[str, int]:
        with self._database.read() as connection:
            return outbox.answers_to(connection, address, since)

    def answers_made(self, since: datetime, arrived_since: datetime) -> int:
        with self._database.read() as connection:
            return connection.scalar(holding.made_query(since, arrived_since)) or 0

    def trip(self, state: str, until: datetime | None, why: str, who: str, at: datetime) -> int:
        with self._database.write() as connection:
            return holding.trip(connection, state, until, why, who, at)

    def untrip(self, why: str, who: str, at: datetime) -> int:
        with self._database.write() as connection:
            return holding.untrip(connection, why, who, at)

    def release_due(self, at: datetime) -> int:
        with self._database.read() as connection:
            if not holding.any_due(connection, at):  # asked every few seconds: it need not lock the ledger
                return 0
        with self._database.write() as connection:
            return holding.release_due(connection, at)

    def release_all(self, who: str, at: datetime) -> int:
        with self._database.write() as connection:
            return holding.release_all(connection, who, at)

    def mail_sending(self, mail: int, at: datetime) -> None:
        with self._database.write() as connection:
            outbox.sending(connection, mail, at)

    def mail_result(self, mail: int, result: SendResult, at: datetime, retry_at: datetime | None = None) -> None:
        with self._database.write() as connection:
            outbox.result(connection, mail, result, at, retry_at)

    def decide_mail(self, mail: int, to: MailState, who: str, at: datetime) -> None:
        with self._database.write() as connection:
            outbox.decide(connection, mail, to, who, at)

    def mails(self, state: MailState | None = None) -> list[MailSummary]:
        with self._database.read() as connection:
            return outbox.listed(connection, state)

    def find_ours(self, message_ids: Sequence[str]) -> tuple[str, ...] | None:
        with self._database.read() as connection:
            return outbox.find_ours(connection, message_ids)

    # what came back

    def mail_named(self, message_ids: Sequence[str]) -> MailSummary | None:
        with self._database.read() as connection:
            return bounces.named(connection, message_ids)

    def went_to(self, address: str, since: datetime, until: datetime) -> list[MailSummary]:
        with self._database.read() as connection:
            return bounces.went_to(connection, address, since, until)

    def bounced(self, letter: int, reports: Sequence[BounceRow]) -> None:
        with self._database.write() as connection:
            bounces.keep(connection, letter, reports)

    def bounces(self, start: datetime, end: datetime) -> list[BounceRow]:
        with self._database.read() as connection:
            return bounces.between(connection, start, end)

    def hard_bounces(self, address: str, since: datetime) -> int:
        with self._database.read() as connection:
            return bounces.hard(connection, address, since)

    # the digest

    def day_counts(self, days: Sequence[tuple[date, datetime, datetime]]) -> list[DayCount]:
        with self._database.read() as connection:
            return digest.day_counts(connection, days)

    def entries(self, start: datetime, end: datetime) -> list[DigestEntry]:
        with self._database.read() as connection:
            return digest.entries(connection, start, end)

    def open_entries(self) -> list[DigestEntry]:
        with self._database.read() as connection:
            return digest.open_entries(connection)

    def shadows(self, start: datetime, end: datetime) -> list[ShadowTally]:
        with self._database.read() as connection:
            return digest.shadows(connection, start, end)

    # what must survive a restart

    def note(self, key: str, value: str) -> None:
        with self._database.write() as connection:
            keeping.note(connection, key, value)

    def noted(self, key: str) -> str | None:
        with self._database.read() as connection:
            return keeping.noted(connection, key)

    def keep_files(self, kind: str, version: str, files: Mapping[str, str], at: datetime) -> None:
        with self._database.write() as connection:
            keeping.keep(connection, kind, version, files, at)

    def kept_files(self, kind: str, version: str | None = None) -> tuple[str, dict[str, str]] | None:
        with self._database.read() as connection:
            return keeping.kept(connection, kind, version)

    def kept_versions(self, kind: str) -> list[KeptVersion]:
        with self._database.read() as connection:
            return keeping.versions(connection, kind)

    def events(self, thing: str) -> list[Event]:
        with self._database.read() as connection:
            return events.of(connection, thing)

    def close(self) -> None:
        self._database.close()
