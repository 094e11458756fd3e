"""Carries one letter one step: the only order of effects between a letter's arrival and its answer.

    RECEIVED --read, judge--> JUDGED --file--> FILED --compose, queue--> ANSWERING | CLOSED
        |                        other bytes of a known letter: COPY
        +-- the reading child dies three times: PARKED

What is durable is always written before the stage that tells of it, so that a death between two steps only means that
the step is done again: the letter before RECEIVED, verdict and numbers with JUDGED in one transaction, the files before
FILED, the mail with ANSWERING in one transaction. `mailbot.outgoing` takes it from there to CLOSED.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import zip_longest
from pathlib import Path

import structlog

from mailbot.bounced import record_bounce
from mailbot.brakes import Brakes
from mailbot.call import call_of
from mailbot.errors import MailbotError, ReaderDied, StorageFull, Transient, WorkLost
from mailbot.examining import examine
from mailbot.history import Past
from mailbot.lifecycle import UNSENT
from mailbot.merging import Merging
from mailbot.model import (
    Dossier,
    Draft,
    Filing,
    Hold,
    Judgement,
    Kind,
    Letter,
    LetterRow,
    MailCause,
    Notice,
    Office,
    Role,
    Stage,
    Submission,
)
from mailbot.moving import finish_moves
from mailbot.names import folder_name, place
from mailbot.notices.compose import compose
from mailbot.notices.message import draft_answer
from mailbot.notices.seal import sealed
from mailbot.notices.templates import Templates
from mailbot.notices.who import addressee
from mailbot.ports import Clock, Ledger, Numbering, Reader, Scanner, Store, StoredRevision
from mailbot.quantities import Rate
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import Rulebook
from mailbot.steps import At, Step, unhindered

log = structlog.get_logger()

AFTER_A_DEATH = timedelta(seconds=30)
"""The pause before a letter is read again on which the reading child died; it grows with each death."""

MOST_MARKS = 5
"""So many signed marks stand in one answer; a letter that quotes any of them belongs to the whole."""

AFTER_A_BUG = timedelta(hours=1)
"""How long a letter waits after an error that nobody foresaw, once it is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the settings say about letters and answers. `notices` is send, queue or off; `key` seeds Message-IDs.

    `per_correspondent`, `breaker`, `flips` (a share) and `hold_for` are the brakes on notices, None for none.
    """

    office: Office
    office_name: str
    numbering: Numbering
    notices: str
    per_correspondent: Rate | None
    key: bytes
    breaker: Rate | None = None
    flips: float | None = None
    hold_for: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Sources:
    """What may change while the worker runs: asked for anew at each letter."""

    rulebook: Callable[[], Rulebook]
    templates: Callable[[], Templates]


class Process:
    """Letters from RECEIVED to ANSWERING or CLOSED. Not thread-safe: one thread carries letters."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        store: Store,
        reader: Reader,
        sources: Sources,
        policy: Policy,
        clock: Clock,
        at: At = unhindered,
        scanner: Scanner | None = None,
        brakes: Brakes | None = None,
    ) -> None:
        self._brakes = brakes or Brakes(ledger=ledger, policy=policy)
        self._ledger, self._store, self._reader, self._scanner = ledger, store, reader, scanner
        self._sources, self._policy, self._clock, self._at = sources, policy, clock, at
        self._merging = Merging(ledger, store, reader, at)
        self._past = Past(ledger, policy.office, policy.key)
        self._next: LetterRow | None = None
        self._expected: int | None = None
        self._step = {Stage.RECEIVED: self._judge, Stage.JUDGED: self._file, Stage.FILED: self._answer}

    def carry_due(self, stopping: Callable[[], bool], limit: int = 50) -> int:
        """Carry each due letter as far as it goes now; how many were due. StorageFull when the disk is full."""
        rows = self._ledger.due_letters(self._clock.now(), limit)
        for row, self._next in zip_longest(rows, rows[1:]):
            if stopping():
                break
            self.carry(row, stopping)
        return len(rows)

    def carry(self, row: LetterRow, stopping: Callable[[], bool] = lambda: False) -> None:
        """Carry one letter until it is answered, closed, set aside or has to wait.

        No fault of one letter ends the worker or delays another one; only a full disk concerns all and is raised.
        While the worker is `stopping` its reading child may be ended from outside: that is no try of the letter.
        """
        while row.stage in self._step:
            try:
                self._step[row.stage](row)
            except StorageFull:
                raise
            except ReaderDied as fault:
                if not stopping():
                    self._reader_died(row, str(fault))
                return
            except WorkLost as fault:
                self._store.drop_work(row.raw)  # taken out anew at the next try
                self._wait(row, str(fault))
                return
            except Transient as fault:
                self._wait(row, str(fault))
                return
            except Exception as fault:  # a bug met by one letter must not stop the others
                log.error("letter-failed", letter=row.id, stage=row.stage, exc_info=True)
                self._failed(row, fault)
                return
            row = self._ledger.letter_row(row.id)
        log.info("letter", letter=row.id, stage=row.stage, kind=row.kind, verdict=row.verdict)

    # --- the three steps ----------------------------------------------------------------------------------------------

    def _judge(self, row: LetterRow) -> None:
        now = self._clock.now()
        dossier = self._examine(row)
        self._look_ahead()
        self._at(Step.LETTER_READ)
        twin = self._ledger.twin(dossier.letter.fingerprint, row.id) if dossier.letter.readable else None
        if twin is not None:
            self._ledger.is_copy(row.id, twin, now)
            self._store.drop_work(row.raw)
            return
        judgement = judge(dossier, self._sources.rulebook())
        self._ledger.judged(row.id, dossier, judgement, now, self._policy.numbering)
        self._at(Step.LETTER_JUDGED)

    def _file(self, row: LetterRow) -> None:
        submissions = self._ledger.submissions_of(row.id)
        if submissions or row.kind is Kind.WITHDRAWAL:  # a new revision is filed where its submission now lies
            finish_moves(self._ledger, self._store, self._at)
        if submissions:
            dossier, judgement = self._ledger.verdict_of(row.id)
            self._take_out(row, dossier)
            revisions = [self._store_one(row, one, dossier, judgement) for one in submissions]
        else:
            revisions = []
        self._ledger.filed(row.id, revisions, self._clock.now())
        self._at(Step.LETTER_FILED)
        self._store.drop_work(row.raw)

    def _answer(self, row: LetterRow) -> None:
        if row.kind is Kind.BOUNCE and record_bounce(self._ledger, row.id, self._ledger.verdict_of(row.id)[0]):
            self._at(Step.BOUNCE_RECORDED)
        draft = self._draft(row)
        if row.alone and self._ledger.mails_to(row.id):
            self._correct(row, draft)
            return
        hold = self._brakes.hold(draft, self._clock.now()) if draft is not None else None
        outdated = self._outdated(row, hold) if draft is not None else ()
        self._ledger.answered(row.id, draft, self._clock.now(), hold=hold, instead_of=outdated)
        self._at(Step.LETTER_ANSWERING)

    # --- what they need -----------------------------------------------------------------------------------------------

    def _examine(self, row: LetterRow) -> Dossier:
        if row.id != self._expected:
            self._store.drop_work(row.raw)  # what an earlier, failed try left there
        self._expected = None
        dossier = examine(
            self._reader,
            self._store.letter(row.raw),
            self._store.work(row.raw),
            message=row.raw,
            office=lambda letter: self._policy.office,
            history=partial(self._past.history_alone if row.alone else self._past.history, row.raw.arrived_at),
            scanner=self._scanner,
            elsewhere=partial(self._past.is_elsewhere, row.raw.arrived_at, self._sources.rulebook().issues),
            merging=None if row.alone else self._merging,
        )
        return replace(dossier, adopted=row.adopted, too_old=row.too_old)

    def _look_ahead(self) -> None:
        """Let the reader begin with the next letter while this one is judged, filed and answered."""
        row, self._next = self._next, None
        if row is not None and row.stage is Stage.RECEIVED:
            self._store.drop_work(row.raw)
            self._reader.expect(self._store.letter(row.raw), self._store.work(row.raw))
            self._expected = row.id

    def _take_out(self, row: LetterRow, dossier: Dossier) -> None:
        """Make sure that the letter's files lie in its work folder: a death may have come between two steps."""
        if _is_taken_out(dossier, self._store.work(row.raw)):
            return
        self._store.drop_work(row.raw)
        work = self._store.work(row.raw)
        letter = self._reader.letter(self._store.letter(row.raw), work)
        older = tuple(file for file in dossier.letter.files if file.letter)
        if older:
            self._merging.gather(older, work)
            letter = replace(letter, files=(*letter.files, *(file for file in older if (work / file.where).exists())))
        if not _is_taken_out(dossier, work):  # what lay in archives
            self._reader.manuscripts(_refusing(letter, dossier), work)

    def _store_one(
        self, row: LetterRow, submission: Submission, dossier: Dossier, judgement: Judgement
    ) -> StoredRevision:
        manuscript = dossier.manuscripts[submission.article]
        folder = submission.folder or place(
            submission.state,
            submission.issue,
            folder_name(submission.number, submission.unit, submission.title),
        )
        files = tuple(
            file
            for index, file in enumerate(dossier.letter.files)
            if file.where and file.role is not Role.REFUSED  # it stays in the letter
            and (index == manuscript.file or file.submission in (submission.article, None))
        )  # fmt: skip
        filing = Filing(
            number=submission.number,
            revision=submission.revision,
            folder=folder,
            raw=row.raw,
            files=files,
            text=manuscript.text,
            facts=_facts(submission, dossier, judgement),
        )
        return StoredRevision(submission.id, folder, self._store.file(filing))

    def _draft(self, row: LetterRow) -> Draft | None:
        dossier, judgement = self._ledger.verdict_of(row.id)
        if judgement.answer is None or self._policy.notices == "off":
            return None
        submissions = self._ledger.submissions_of(row.id)
        if judgement.articles and not dossier.trial and dossier.kind in (Kind.SUBMISSION, Kind.REPLY):
            dossier, judgement = _current(dossier, judgement, submissions)
            if not submissions:  # a later letter was judged meanwhile: its answer says what holds
                return None
        notice = self._compose(dossier, judgement, submissions)
        if notice is None:
            return None
        return draft_answer(
            notice,
            dossier,
            letter_id=row.id,
            submission=submissions[0].id if submissions else self._first_of(dossier),
            office_name=self._policy.office_name,
            secret=self._policy.key,
            at=self._clock.now(),
        )

    def _first_of(self, dossier: Dossier) -> int | None:
        """The submission that an answer about none of its own is listed with: who answers that has a claim to it."""
        found = (self._ledger.submission(number) for number in _rightly_named(dossier))
        return next((one.id for one in found if one is not None), None)

    def _compose(self, dossier: Dossier, judgement: Judgement, submissions: Sequence[Submission]) -> Notice | None:
        to, _ = addressee(dossier)
        kind, now = judgement.answer, self._clock.now()
        return compose(
            dossier,
            judgement,
            submissions,
            office_name=self._policy.office_name,
            issue_names=self._sources.rulebook().issue_names,
            column_names=self._sources.rulebook().column_names,
            templates=self._sources.templates(),
            call=call_of(self._sources.rulebook(), dossier.office, dossier.arrived_at),
            mark=" ".join(sealed(self._policy.key, number) for number in _marked(dossier, submissions)),
            last_answer=bool(to and kind and self._brakes.last_answer(to, kind, now)),
        )

    def _correct(self, row: LetterRow, draft: Draft | None) -> None:
        """A letter that was answered as a revision and turned out to be none: what holds now is a correction."""
        if draft is not None and draft.submission is not None:
            again = replace(draft, cause=MailCause.CORRECTION, cause_id=f"alone:{row.id}")
            now = self._clock.now()
            self._ledger.queue(again, now, hold=self._brakes.hold(again, now))
        self._ledger.answered(row.id, None, self._clock.now())
        self._at(Step.LETTER_ANSWERING)

    def _outdated(self, row: LetterRow, hold: Hold | None) -> tuple[int, ...]:
        """Answers to earlier letters that have not gone out, and say nothing that is true after this one.

        Where this one is held, only those that are held for the same: nobody shall hear nothing at all.
        """
        earlier = {
            letter
            for submission in self._ledger.submissions_of(row.id)
            if submission.revision > 1
            for _, letter, _ in self._ledger.revision_letters(submission.id)
            if letter != row.id and not self._ledger.submissions_of(letter)
        }
        mails = (mail for letter in sorted(earlier) for mail in self._ledger.mails_to(letter))
        unsent = (mail for mail in mails if mail.state in UNSENT)
        return tuple(mail.id for mail in unsent if hold is None or mail.held_by is hold.by)

    def _reader_died(self, row: LetterRow, reason: str) -> None:
        now = self._clock.now()
        if row.stage is not Stage.RECEIVED:  # it was read before, and is only taken out once more
            self._ledger.postpone(row.id, now + AFTER_A_BUG, reason)
            log.warning("letter-waits", letter=row.id, stage=row.stage, reason=reason)
            return
        stage = self._ledger.reader_died(row.id, reason, now, now + AFTER_A_DEATH * (row.crashes + 1))
        self._store.drop_work(row.raw)
        log.warning("reader-died", letter=row.id, now=stage, reason=reason)

    def _failed(self, row: LetterRow, fault: Exception) -> None:
        """What nobody foresaw: while a letter is being judged it counts as a death; later it waits and is tried again.

        A mistake of a person (a template that cannot be rendered with this letter) is named, with file and line.
        """
        if isinstance(fault, MailbotError):
            reason = str(fault)
        else:
            reason = f"mailbot itself failed at stage {row.stage} ({type(fault).__name__}): the worker's log says where"
        self._reader_died(row, reason)

    def _wait(self, row: LetterRow, reason: str) -> None:
        self._ledger.postpone(row.id, self._clock.now() + timedelta(minutes=2), reason)
        log.warning("letter-waits", letter=row.id, stage=row.stage, reason=reason)


def _marked(dossier: Dossier, submissions: Sequence[Submission]) -> tuple[str, ...]:
    """The numbers whose signed mark an answer carries: of nobody else's submissions, for a mark proves to be ours."""
    return (tuple(one.number for one in submissions) or _rightly_named(dossier))[:MOST_MARKS]


def _rightly_named(dossier: Dossier) -> tuple[str, ...]:
    """What the letter repeats or is about, of its sender's own: anybody may name the number of somebody else's."""
    own = {one.number for one in dossier.history.earlier if one.own}
    return tuple(dict.fromkeys(number for number in (*dossier.repeats, *dossier.about) if number in own))


def _current(dossier: Dossier, judgement: Judgement, submissions: Sequence[Submission]) -> tuple[Dossier, Judgement]:
    """A letter without the articles of which a later letter brought the next revision before this one was answered."""
    left = [one.article for one in submissions]
    if len(left) == len(judgement.articles):
        return dossier, judgement
    return (
        replace(dossier, manuscripts=tuple(dossier.manuscripts[index] for index in left)),
        replace(judgement, articles=tuple(judgement.articles[index] for index in left)),
    )


def _refusing(letter: Letter, dossier: Dossier) -> Letter:
    """The letter, taken out anew, with what was refused then: an infected file is opened as little as before."""
    refused = {file.where: file for file in dossier.letter.files if file.role is Role.REFUSED}
    return replace(letter, files=tuple(refused.get(file.where, file) for file in letter.files))


def _is_taken_out(dossier: Dossier, work: Path) -> bool:
    return all(_has_size(work / file.where, file.bytes) for file in dossier.letter.files if file.where)


def _has_size(path: Path, size: int) -> bool:
    """Whether a file is there in full; a death while it was taken out leaves a part of it."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _facts(submission: Submission, dossier: Dossier, judgement: Judgement) -> dict[str, object]:
    """What a manifest says of a revision beside its files."""
    article = judgement.articles[submission.article]
    sender = dossier.letter.sender
    return {
        "title": submission.title,
        "unit": submission.unit,
        "authors": list(submission.authors),
        "issue": submission.issue,
        "column": submission.column,
        "verdict": article.verdict.value,
        "rulebook": judgement.rulebook,
        "sender": sender.address if sender else "",
        "subject": dossier.letter.subject,
        "arrived_at": dossier.arrived_at.isoformat(),
    }
