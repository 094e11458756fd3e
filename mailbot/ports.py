"""The seams between the pure middle and the world: what the process needs of mailbox, store, ledger, reader and post.

Each port has one contract suite in `tests/contracts/`, run on every edge and on its in-memory twin (`mailbot.testing`).
Edges raise the errors of `mailbot.errors` and no library's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from mailbot.model import (
    DayCount,
    Dossier,
    Draft,
    Earlier,
    Filing,
    HeldBy,
    Hold,
    Judgement,
    Letter,
    LetterRow,
    MailState,
    OutgoingMail,
    RawMessage,
    Reading,
    SendResult,
    Stage,
    StoredFile,
    Submission,
    SubmissionState,
    Verdict,
)
from mailbot.sketch import Sketch


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait; True if the program was asked to stop meanwhile."""
        ...


# --- The mailbox -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FolderState:
    """What EXAMINE says of a folder, taken afresh at each poll."""

    uidvalidity: int
    exists: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as the server lists it: RFC822.SIZE in bytes, INTERNALDATE aware."""

    uid: int
    arrived_at: datetime
    bytes: int


class Spool(Protocol):
    """A letter's file while it is being written: bytes go in as they come off the socket and are hashed on the way."""

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Append a piece; StorageFull when the disk does not take it."""
        ...

    def restart(self) -> None:
        """Throw away what was written, for a new try."""
        ...

    def discard(self) -> None:
        """Remove the file; harmless when it is kept or gone."""
        ...

    @property
    def bytes(self) -> int:
        """How many bytes were written."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch gave for one UID. `spool` is None where the message is gone or came with an empty body."""

    uid: int
    arrived_at: datetime | None
    bytes: int
    spool: Spool | None


class Mailbox(Protocol):
    """One account's mailbox, looked at and never changed (EXAMINE, BODY.PEEK).

    Any fault of the connection is a Transient error (NetworkLost, LoginRefused, UnsafeLogin) and leaves the mailbox
    unconnected; the next call connects again. One mailbox is used by one thread.
    """

    def examine(self, folder: str) -> FolderState:
        """Connect if need be, NOOP, EXAMINE the folder (decoded name); the later calls work on it."""
        ...

    def uids(self, above: int = 0) -> Sequence[int]:
        """The UIDs greater than `above`, ascending, filtered in the client (`n:*` always gives the last mail)."""
        ...

    def listed(self, uids: Sequence[int]) -> Iterator[Listed]:
        """INTERNALDATE and RFC822.SIZE of those of `uids` that are there; asked in bounded commands."""
        ...

    def fetch(self, uids: Sequence[int], spool: Callable[[], Spool]) -> Iterator[Fetched]:
        """The whole bytes of these messages in one command, each streamed into a spool of its own.

        A UID that the server does not answer is yielded last, as gone. A fault in the middle raises after the
        messages that came whole were yielded.
        """
        ...

    def fetch_header(self, uid: int, spool: Callable[[], Spool]) -> Fetched:
        """Only the message's header (BODY.PEEK[HEADER]), for a letter that is too large to be kept."""
        ...

    def close(self) -> None:
        """Log out and drop the connection; never raises."""
        ...


# --- The store -------------------------------------------------------------------------------------------------------


class Store(Protocol):
    """The files: every raw letter by month of arrival, every submission by issue. All paths given out are relative."""

    @property
    def root(self) -> Path:
        """The storage folder."""
        ...

    def spool(self) -> Spool:
        """A new file beside the letters, for a letter that is arriving."""
        ...

    def keep(self, spool: Spool, arrived_at: datetime, announced: int, *, complete: bool = True) -> RawMessage:
        """Make the spooled bytes durable under letters/YYYY/MM/<sha256>.eml (arrival in the office's zone).

        The file is fsynced and renamed; its folder is made durable by `sync`. Keeping the same bytes twice is harmless.
        Several threads may keep letters at once.
        """
        ...

    def sync(self) -> None:
        """Make the names given by `keep` since the last call durable (fsync of their folders)."""
        ...

    def letter(self, raw: RawMessage) -> Path:
        """The raw letter's file."""
        ...

    def work(self, raw: RawMessage) -> Path:
        """The letter's private work folder, made if need be: the reading child takes its files out into it."""
        ...

    def drop_work(self, raw: RawMessage) -> None:
        """Remove the work folder; harmless when it is gone."""
        ...

    def file(self, filing: Filing) -> tuple[StoredFile, ...]:
        """Put one revision in its place: written aside, fsynced, renamed; filing twice changes nothing.

        Its manifest.json is in it; the answer is the manifest's list. Bytes come from the letter's work folder:
        WorkLost where they are not there any more. Permanent where other bytes stand under this revision.
        """
        ...

    def move(self, old: str, new: str) -> None:
        """Rename a submission's folder; done already is done."""
        ...

    def free_bytes(self) -> int:
        """What the disk still takes."""
        ...

    def writable(self) -> bool:
        """Whether a file can be made and made durable here."""
        ...

    def letters(self) -> Iterator[tuple[str, str]]:
        """(path, SHA-256 of the bytes as they are now) of every kept letter; "" for what cannot be read."""
        ...

    def manifest(self, folder: str, revision: int) -> tuple[StoredFile, ...]:
        """The list in a filed revision's manifest; Permanent where there is none that can be read."""
        ...

    def check_revision(self, folder: str, revision: int) -> list[str]:
        """What is wrong with a filed revision against its manifest, in words; empty when all is as it was filed."""
        ...

    def revisions(self) -> Iterator[tuple[str, int]]:
        """(folder, revision) of everything that is filed."""
        ...


# --- The reader ------------------------------------------------------------------------------------------------------


class Reader(Protocol):
    """Reads strangers' bytes in a child process with limits. ReaderDied when the child died, hung or broke a limit."""

    def expect(self, raw: Path, work: Path) -> None:
        """Say which letter is asked for next, so that it may be read meanwhile. Raises nothing, promises nothing."""
        ...

    def letter(self, raw: Path, work: Path) -> Letter:
        """Parse the letter and take its files out into `work` (names chosen by us, SHA-256 on the way)."""
        ...

    def manuscripts(self, letter: Letter, work: Path) -> Reading:
        """Read the manuscripts among the letter's files and in its text."""
        ...

    def close(self) -> None:
        """End the child."""
        ...


class Scanner(Protocol):
    """Looks for viruses in a file before anything else reads it."""

    def scan(self, path: Path) -> str | None:
        """The name of what was found, None for nothing (or for a file larger than the scanner takes).

        Transient while the scanner does not answer: nothing counts as clean then.
        """
        ...


# --- The ledger ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FolderMemory:
    """What the ledger knows of one folder under one UIDVALIDITY.

    `highest` is the highest UID known, `known` how many UIDs are known to be in the folder (not those that went away),
    `listed_at` and `audited_at` when the whole list, and all dates and sizes, were last compared.
    """

    id: int
    name: str
    uidvalidity: int
    highest: int
    known: int
    listed_at: datetime | None
    audited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A fetched and kept letter on its way into the ledger; `too_old` by `answer_within`."""

    uid: int
    raw: RawMessage
    too_old: bool = False


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """Where a submission was filed, and what its manifest says."""

    submission: int
    folder: str
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAgain:
    """What becomes of one submission that was judged again.

    `seen` is the submission as it was when that was decided: if it is another one by now, nothing is changed.
    """

    seen: Submission
    state: SubmissionState
    issue: str | None
    column: str | None
    unit: str
    folder: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The mail that tells of it. `instead_of` are mails that have not gone out and shall not go out any more.

    Without a `draft` that is all: nothing is left to be told.
    """

    draft: Draft | None
    hold: Hold | None = None
    instead_of: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One line of the digest: a submission, or a letter without one (`number` is then L-xxxxxxxx)."""

    number: str
    first_seen: datetime
    kind: str
    verdict: str
    state: str
    sender: str
    subject: str
    title: str = ""
    unit: str = ""
    authors: tuple[str, ...] = ()
    issue: str | None = None
    characters: int = 0
    pictures: int = 0
    faults: tuple[str, ...] = ()
    reason: str = ""
    adopted: bool = False
    answer: str = ""  # state of the automatic answer's mail, "" when there is none
    about: str = ""  # of a letter: the submission that it belongs to, or that has a newer revision by now
    revision: int = 0  # of a submission: which one its letter is


@dataclass(frozen=True, slots=True)
class ShadowTally:
    """What a rule on trial (`mode: shadow`) said: how often it could tell, and of what it would not have passed.

    `failed` are numbers of submissions, or L-xxxxxxxx of letters without one, oldest first.
    """

    rule: str
    title: str
    asked: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailSummary:
    """An outgoing mail as listings show it."""

    id: int
    state: MailState
    cause: str
    kind: str
    recipient: str
    subject: str
    created_at: datetime
    reply: str
    attempts: int
    number: str = ""
    held_by: HeldBy | None = None
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceRow:
    """A delivery report as listings show it: `mail` is the mail of ours that it speaks of, None where none was found.

    `proven` when it names that mail by its Message-ID, which nobody can guess. `kind`, `subject` and `number` (of the
    submission, "" for none) are those of that mail.
    """

    letter: int
    at: datetime
    recipient: str
    hard: bool
    status: str
    words: str
    mail: int | None = None
    proven: bool = False
    kind: str = ""
    subject: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One change: who did what to which thing, when, from what to what, why. `thing` is like `letter:12`."""

    at: datetime
    who: str
    thing: str
    was: str
    now: str
    why: str


@dataclass(frozen=True, slots=True)
class StoredDossier:
    """A judged letter as the ledger keeps it; `submissions` in the order of its articles.

    `dossier` and `judgement` are the JSON that `mailbot.codec` loads, so that a caller parses only what it needs.
    `later` is the judgement that counts now for those submissions (by id) that were judged again.
    """

    letter: int
    arrived_at: datetime
    judged_at: datetime
    rulebook: str
    submissions: tuple[Submission, ...]
    dossier: str
    judgement: str
    later: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of the rules or templates that is kept, and when it last came into force."""

    version: str
    kept_at: datetime


Numbering = Callable[[int, int], str]
"""(year, running number within it) -> the number as it is written (`numbers:` of the configuration)."""


class Ledger(Protocol):
    """The database. Each method is one transaction; each change writes its event; a wrong transition raises."""

    # the mailbox's memory
    def folder(self, name: str, uidvalidity: int) -> FolderMemory | None:
        """What is known of the folder under this UIDVALIDITY."""
        ...

    def folder_seen(self, name: str) -> bool:
        """Whether the folder was ever opened, under whatever UIDVALIDITY."""
        ...

    def open_folder(self, name: str, uidvalidity: int, at: datetime, adopt: Sequence[int] = ()) -> FolderMemory:
        """Begin to remember a folder; `adopt` is the list of UIDs to be filed and not answered (`first_run: adopt`)."""
        ...

    def known(self, folder: int) -> dict[int, tuple[datetime, int] | None]:
        """Every UID known in the folder -> (INTERNALDATE, RFC822.SIZE); None where it was adopted and not fetched yet.

        Gone ones are not in it.
        """
        ...

    def unfetched(self, folder: int) -> list[int]:
        """Adopted UIDs that were not fetched yet, ascending."""
        ...

    def receive(self, folder: int, arrivals: Sequence[Arrival], at: datetime) -> list[int]:
        """Record a batch in one transaction; answers the ids of the letters whose bytes were not known before.

        A UID that stood for other bytes now stands for these. A letter first seen under an adopted UID is adopted.
        Bytes that are known already are recorded as another copy of that letter.
        """
        ...

    def gone(self, folder: int, uids: Sequence[int], at: datetime) -> None:
        """These UIDs are no longer in the folder (never a withdrawal)."""
        ...

    def polled(self, folder: int, at: datetime, *, listed: bool = False, audited: bool = False) -> None:
        """A good poll of the folder ended."""
        ...

    def adopting(self, name: str) -> bool:
        """Whether adopted UIDs of the folder, under its last UIDVALIDITY, are still to be fetched."""
        ...

    def last_good_poll(self, folders: Sequence[str]) -> datetime | None:
        """When all of these folders were last polled well: the oldest of them; None while one never was."""
        ...

    # letters on their path
    def due_letters(self, now: datetime, limit: int) -> list[LetterRow]:
        """Letters with a step to do (RECEIVED, JUDGED, FILED) whose `next_try_at` has come, oldest first."""
        ...

    def letter_row(self, letter: int) -> LetterRow:
        """One letter; LookupError when there is none."""
        ...

    def find_letter(self, name: str) -> LetterRow | None:
        """By id, `L-<first 8 of its SHA-256>`, or the SHA-256 itself; UserError where a short name fits several."""
        ...

    def twin(self, fingerprint: str, letter: int) -> int | None:
        """The oldest other letter with this fingerprint that is no copy itself."""
        ...

    def earlier(
        self,
        sender: str,
        articles: Sequence[Sketch | None],
        before: datetime,
        since: datetime,
        named: Sequence[str] = (),
    ) -> list[Earlier]:
        """The submissions that came until `before`, as they stand now.

        First those of these numbers, then the sender's own since then (addresses compared without case), the newest
        first, at most 100; then what else resembles an article, whoever sent it and when: at most 5 for each of
        `articles` (None: it is too short).
        One that resembles several articles is told of with each. Texts are compared by their sketches alone.
        """
        ...

    def text_of(self, number: str) -> str:
        """The text of a submission's latest revision; LookupError when there is none."""
        ...

    def hashes_of(self, number: str) -> frozenset[str]:
        """SHA-256 of every file that is filed with any revision of a submission."""
        ...

    def told_lately(self, number: str, address: str, since: datetime) -> bool:
        """Whether a mail of the kind `status` about this submission was made for this address since then."""
        ...

    def is_copy(self, letter: int, of: int, at: datetime) -> None:
        """RECEIVED -> COPY."""
        ...

    def judged(
        self, letter: int, dossier: Dossier, judgement: Judgement, at: datetime, numbering: Numbering
    ) -> list[Submission]:
        """RECEIVED -> JUDGED: dossier and judgement are kept, one numbered submission for each new article is made.

        Numbers run gapless within the year of the arrival in the office's zone. An article that is a revision changes
        its submission, what is withdrawn is, and the letter belongs to the history of what it is about. Transient when
        one of these is not as the dossier says any more, or not filed yet: then the letter is to be read again.
        """
        ...

    def verdict_of(self, letter: int) -> tuple[Dossier, Judgement]:
        """The stored dossier and judgement of a judged letter."""
        ...

    def dossiers(self, since: datetime | None = None, newest: int | None = None) -> Iterator[StoredDossier]:
        """All judged letters that arrived since then, in the order of arrival, read bit by bit while it is asked.

        With `newest` only so many of them, those that arrived last.

        What is judged meanwhile is not among them; other methods may be called meanwhile.
        """
        ...

    def submissions_of(self, letter: int) -> list[Submission]:
        """Those whose latest revision it is, in the order of its articles."""
        ...

    def filed(self, letter: int, revisions: Sequence[StoredRevision], at: datetime) -> None:
        """JUDGED -> FILED: where the submissions lie and what their manifests say."""
        ...

    def answered(
        self,
        letter: int,
        draft: Draft | None,
        at: datetime,
        *,
        hold: Hold | None = None,
        instead_of: Sequence[int] = (),
    ) -> Stage:
        """FILED -> ANSWERING with the draft in the outbox, or -> CLOSED when there is nothing to send.

        With a `hold` the mail is queued until its time, or until an admin releases it; the letter waits in ANSWERING.
        Of the mails `instead_of` which it goes those that have not gone out yet never will.
        """
        ...

    def reader_died(self, letter: int, reason: str, at: datetime, retry_at: datetime) -> Stage:
        """Count one death of the reading child on a RECEIVED letter; the third parks it."""
        ...

    def postpone(self, letter: int, until: datetime, reason: str) -> None:
        """A passing fault: same stage, later."""
        ...

    def letters_in(self, stage: Stage) -> list[LetterRow]:
        """All letters in one stage, oldest first."""
        ...

    def retry_parked(self, letter: int, who: str, at: datetime) -> None:
        """PARKED -> RECEIVED, with its tries counted anew."""
        ...

    def dismiss_parked(self, letter: int, who: str, at: datetime) -> None:
        """PARKED -> DISMISSED."""
        ...

    # submissions
    def submissions(self) -> list[Submission]:
        """All of them, by number."""
        ...

    def submission(self, number: str) -> Submission | None:
        """By its number, in whatever case."""
        ...

    def revision_letters(self, submission: int) -> list[tuple[int, int, int]]:
        """(revision, letter, article) of every filed revision that still belongs to it, oldest first."""
        ...

    def manifest(self, submission: int, revision: int) -> tuple[StoredFile, ...]:
        """What was filed."""
        ...

    def judgements_of(self, submission: int) -> list[Judgement]:
        """Every judgement of its letter that ever decided about it, the one that counts now at the end."""
        ...

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
        """Keep a new judgement of a letter beside the first one, for those of its submissions that it shall count for.

        Their state, issue, column and place are what it says, the letter counts under `verdict` (promise 7), and the
        mail about it is in the outbox. WrongTransition, and nothing is changed, where a submission or a mail is not any
        more as it was seen, or the letter is still on its way.
        """
        ...

    def split(self, number: str, who: str, at: datetime) -> int:
        """Take the letter of a submission's latest revision out of it: the letter's id.

        The submission is again what it was before, the letter is RECEIVED and will be read by itself. UserError where
        there is no such number, no earlier revision, or the letter also brought new submissions or is on its way.
        """
        ...

    def to_move(self) -> list[tuple[Submission, str]]:
        """Submissions that have a new place and do not lie there yet; where they lie."""
        ...

    def moved(self, submission: int) -> None:
        """It lies in its place now."""
        ...

    # the outbox
    def mails_to(self, letter: int) -> list[MailSummary]:
        """The mails to the sender of a letter about it (its answer, corrections), oldest first."""
        ...

    def recover_outbox(self, at: datetime) -> int:
        """At the worker's start: a mail found SENDING is UNCERTAIN, a digest is WAITING once more. Answers how many."""
        ...

    def queue(self, draft: Draft, at: datetime, *, hold: Hold | None = None) -> bool:
        """Put a mail that answers no letter into the outbox; False if (submission, cause, cause_id) exists already."""
        ...

    def due_mail(self, now: datetime) -> OutgoingMail | None:
        """The next mail that may go out: digests, alarms and transcripts first, then by age."""
        ...

    def mail(self, mail: int) -> OutgoingMail:
        """One outgoing mail, whatever became of it; LookupError when there is none."""
        ...

    def next_mail_at(self) -> datetime | None:
        """When the next waiting mail may be tried, None when none waits."""
        ...

    def sent_times(self, since: datetime, *, to_contributors: bool = False) -> list[datetime]:
        """When mails went out (or may have), since then, ascending: what the caps count.

        With `to_contributors` no digests, alarms and transcripts.
        """
        ...

    def answers_to(self, address: str, since: datetime) -> dict[str, int]:
        """How many answers of each kind to this address were put into the outbox since then.

        Those that are held back for a person are not counted, those that the breaker holds are.
        """
        ...

    # what is held back
    def answers_made(self, since: datetime, arrived_since: datetime) -> int:
        """How many answers, counted as by `answers_to`, were made since then to letters that arrived since a moment."""
        ...

    def trip(self, state: str, until: datetime | None, why: str, who: str, at: datetime) -> int:
        """Keep the breaker's `state` as the note `breaker`, and queue every mail to a contributor that waits.

        What the breaker holds, also from before, is queued until then (None: until somebody releases it). Answers how
        many these are. Both are one transaction, and one event of the thing `breaker`.
        """
        ...

    def untrip(self, why: str, who: str, at: datetime) -> int:
        """Empty the note, and release what the breaker held; answers how many. Nothing when it is not tripped."""
        ...

    def release_due(self, at: datetime) -> int:
        """Release the queued mails whose time has come; answers how many."""
        ...

    def release_all(self, who: str, at: datetime) -> int:
        """Release all queued mails, whatever held them; answers how many. They go out as caps and pauses allow."""
        ...

    def mail_sending(self, mail: int, at: datetime) -> None:
        """WAITING -> SENDING, just before the final dot."""
        ...

    def mail_result(self, mail: int, result: SendResult, at: datetime, retry_at: datetime | None = None) -> None:
        """How the try ended; the letter that an ANSWER belongs to is CLOSED with it unless it is tried again.

        A digest whose delivery is uncertain goes back to WAITING the first time (promise 4).
        """
        ...

    def decide_mail(self, mail: int, to: MailState, who: str, at: datetime) -> None:
        """A person releases a queued mail or has an uncertain or failed one tried again (`to` WAITING), or sets it
        aside (DISMISSED). LookupError when there is none, WrongTransition for any other state."""
        ...

    def mails(self, state: MailState | None = None) -> list[MailSummary]:
        """Outgoing mails, newest first."""
        ...

    def find_ours(self, message_ids: Sequence[str]) -> tuple[str, ...] | None:
        """The numbers of the submissions that the first of our mails with one of these Message-IDs is about.

        A mail of ours that is about none is passed over where another is about one. None where none is ours.
        """
        ...

    # what came back
    def mail_named(self, message_ids: Sequence[str]) -> MailSummary | None:
        """The first mail of ours with one of these Message-IDs, None where none is ours."""
        ...

    def went_to(self, address: str, since: datetime, until: datetime) -> list[MailSummary]:
        """What went out (or may have) to this address meanwhile, whatever its case: newest first, at most 20."""
        ...

    def bounced(self, letter: int, reports: Sequence[BounceRow]) -> None:
        """Keep what a delivery report says of each recipient, once; saying it again changes nothing.

        The letter is about the submission of the first mail that is named, and both histories tell of it.
        """
        ...

    def bounces(self, start: datetime, end: datetime) -> list[BounceRow]:
        """What came back by letters first seen in [start, end), oldest first; only what speaks of a mail of ours."""
        ...

    def hard_bounces(self, address: str, since: datetime) -> int:
        """How many mails to this address came back for good since then, by reports that name our Message-ID.

        Others may be a stranger's invention, and nobody is to be silenced by a stranger.
        """
        ...

    # the digest
    def day_counts(self, days: Sequence[tuple[date, datetime, datetime]]) -> list[DayCount]:
        """The balance of each (day, its start, its end).

        A letter is in work while it is RECEIVED; from JUDGED on it counts by its verdict, or as adopted, and a trial as
        served. Copies are not counted.
        """
        ...

    def entries(self, start: datetime, end: datetime) -> list[DigestEntry]:
        """What was first seen in [start, end): each submission, and each letter without one."""
        ...

    def open_entries(self) -> list[DigestEntry]:
        """What waits for a person, oldest first: held, parked. What was held when it was adopted waits for nobody."""
        ...

    def shadows(self, start: datetime, end: datetime) -> list[ShadowTally]:
        """What rules on trial said when the letters that were first seen in [start, end) were judged, rule by rule."""
        ...

    # what must survive a restart
    def note(self, key: str, value: str) -> None:
        """Keep one small fact."""
        ...

    def noted(self, key: str) -> str | None:
        """The fact, None if it was never kept."""
        ...

    def keep_files(self, kind: str, version: str, files: Mapping[str, str], at: datetime) -> None:
        """Keep a good set of `rules` or `templates` (name -> text) under its version; the newest is in force."""
        ...

    def kept_files(self, kind: str, version: str | None = None) -> tuple[str, dict[str, str]] | None:
        """The set in force, or that of a version; None if there is none."""
        ...

    def kept_versions(self, kind: str) -> list[KeptVersion]:
        """Every version that ever was in force, the one that came into force last at the end; no text is ever lost."""
        ...

    def events(self, thing: str) -> list[Event]:
        """The history of one thing, oldest first."""
        ...

    def close(self) -> None:
        """Release the database."""
        ...


# --- The post --------------------------------------------------------------------------------------------------------


class Post(Protocol):
    """Sends one mail. Never raises for what a server or a network does: that is what the result says."""

    def send(self, mail: OutgoingMail, before_final_dot: Callable[[], None]) -> SendResult:
        """Connect, log in, hand the mail over; `before_final_dot` is called when all but the final dot has gone."""
        ...
