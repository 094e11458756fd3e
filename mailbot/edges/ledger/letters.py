"""Letters on their path, and the submissions that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from mailbot import codec
from mailbot.edges.ledger import events, sketches
from mailbot.edges.ledger.tables import judgements, letters, numbers, revisions, submissions
from mailbot.errors import UserError
from mailbot.lifecycle import STATE_OF_VERDICT, letter_moves
from mailbot.model import (
    Dossier,
    Finding,
    Judgement,
    LetterRow,
    Mode,
    Outcome,
    RawMessage,
    Severity,
    Stage,
    StoredFile,
    Submission,
)
from mailbot.ports import Numbering, StoredRevision

TRIES = 3
"""How many deaths of the reading child park a letter."""

_WORK = (Stage.RECEIVED, Stage.JUDGED, Stage.FILED)
LONGEST_REASON = 2000  # characters; a reason is for people
_LETTER = select(letters).where(letters.c.id == bindparam("letter"))  # made once: these are asked for at each step
_STAGE = select(letters.c.stage).where(letters.c.id == bindparam("letter"))


# --- looking ---------------------------------------------------------------------------------------------------------


def row_of(row: Row[Any]) -> LetterRow:
    """A row of `letters` as the model has it."""
    return LetterRow(
        id=row.id,
        raw=RawMessage(
            sha256=row.sha256,
            path=row.path,
            bytes=row.bytes,
            announced=row.announced,
            arrived_at=row.arrived_at,
            complete=row.complete,
        ),
        stage=row.stage,
        adopted=row.adopted,
        first_seen=row.first_seen,
        crashes=row.crashes,
        alone=row.alone,
        too_old=row.too_old,
        kind=row.kind,
        verdict=row.verdict,
        sender=row.sender,
        subject=row.subject,
        message_id=row.message_id,
        reason=row.fault or row.reason,
        next_try_at=row.next_try_at,
    )


def due_query(stage: Stage, now: datetime, limit: int) -> Select[Any]:
    """Letters of one stage whose time has come, oldest first, along the index."""
    ready = letters.c.next_try_at.is_(None) | (letters.c.next_try_at <= now)
    return select(letters).where(letters.c.stage == stage, ready).order_by(letters.c.id).limit(limit)


def due(connection: Connection, now: datetime, limit: int) -> list[LetterRow]:
    """Letters with a step to do, oldest first."""
    found = [row for stage in _WORK for row in connection.execute(due_query(stage, now, limit))]
    return [row_of(row) for row in sorted(found, key=lambda row: int(row.id))[:limit]]


def letter_row(connection: Connection, letter: int) -> LetterRow:
    """One letter; LookupError when there is none."""
    row = connection.execute(_LETTER, {"letter": letter}).one_or_none()
    if row is None:
        raise LookupError(f"there is no letter {letter}")
    return row_of(row)


def _stage_of(connection: Connection, letter: int) -> Stage:
    stage: Stage | None = connection.scalar(_STAGE, {"letter": letter})
    if stage is None:
        raise LookupError(f"there is no letter {letter}")
    return stage


def find(connection: Connection, name: str) -> LetterRow | None:
    """By id, `L-<first 8 of its SHA-256>` or more of it, or the SHA-256; UserError when it may be several."""
    if name.isascii() and name.isdigit() and len(name) < 19:
        wanted = letters.c.id == int(name)
    else:
        start = name.lower().removeprefix("l-")
        if len(start) < 8 or set(start) - set("0123456789abcdef"):
            return None
        wanted = letters.c.sha256.between(start, start + "g")
    rows = connection.execute(select(letters).where(wanted).order_by(letters.c.id).limit(2)).all()
    if len(rows) > 1:
        raise UserError(f"{name} may be several letters: name more of the SHA-256")
    return row_of(rows[0]) if rows else None


def in_stage(connection: Connection, stage: Stage) -> list[LetterRow]:
    """All letters in one stage, oldest first."""
    rows = connection.execute(select(letters).where(letters.c.stage == stage).order_by(letters.c.id))
    return [row_of(row) for row in rows]


def twin_query(fingerprint: str, letter: int) -> Select[Any]:
    """Other letters with this fingerprint that are no copies themselves."""
    same = (letters.c.fingerprint == fingerprint, letters.c.id != letter, letters.c.stage != Stage.COPY)
    return select(func.min(letters.c.id)).where(*same)


def twin(connection: Connection, fingerprint: str, letter: int) -> int | None:
    """The oldest of the letter's twins; an empty fingerprint has none."""
    oldest: int | None = connection.scalar(twin_query(fingerprint, letter)) if fingerprint else None
    return oldest


def verdict_of(connection: Connection, letter: int) -> tuple[Dossier, Judgement]:
    """What was kept when the letter was judged; LookupError when it was not."""
    row = connection.execute(select(judgements).where(judgements.c.letter == letter)).one_or_none()
    if row is None:
        raise LookupError(f"letter {letter} is not judged")
    return codec.load(Dossier, row.dossier), codec.load(Judgement, row.judgement)


# --- moving ----------------------------------------------------------------------------------------------------------


def move(
    connection: Connection,
    letter: int,
    to: Stage,
    at: datetime,
    why: str = "",
    who: str = events.MAILBOT,
    **values: object,
) -> Stage:
    """One step of the table of stages, with its event; what kept the letter waiting is over."""
    was = _stage_of(connection, letter)
    stage = letter_moves(was, to)
    changed = {"stage": stage, "next_try_at": None, "fault": ""} | values
    connection.execute(update(letters).where(letters.c.id == letter), changed)
    events.note(connection, at, f"letter:{letter}", was, stage, why, who)
    return stage


def reader_died(connection: Connection, letter: int, reason: str, at: datetime, retry_at: datetime) -> Stage:
    """Count one death of the reading child; the third parks the letter."""
    row = letter_row(connection, letter)
    letter_moves(row.stage, Stage.PARKED)
    crashes, reason = row.crashes + 1, reason[:LONGEST_REASON]
    if crashes >= TRIES:
        return move(connection, letter, Stage.PARKED, at, reason, crashes=crashes, fault=reason)
    _wait(connection, letter, retry_at, reason, crashes=crashes)
    events.note(connection, at, f"letter:{letter}", row.stage, row.stage, f"try {crashes}: {reason}")
    return row.stage


def postpone(connection: Connection, letter: int, until: datetime, reason: str, at: datetime) -> None:
    """Same stage, later."""
    stage, reason = letter_row(connection, letter).stage, reason[:LONGEST_REASON]
    _wait(connection, letter, until, reason)
    events.note(connection, at, f"letter:{letter}", stage, stage, reason)


def _wait(connection: Connection, letter: int, until: datetime, reason: str, **values: object) -> None:
    changed = {"next_try_at": until, "fault": reason} | values
    connection.execute(update(letters).where(letters.c.id == letter), changed)


# --- the submissions that are made of them ----------------------------------------------------------------------------


def faults_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What was found against a letter or an article, in a line each: what the digest shows."""
    return tuple(
        (finding.message or finding.title)[:LONGEST_REASON]
        for finding in findings
        if finding.outcome is Outcome.FAILED and finding.mode is Mode.ON and finding.severity is not Severity.NOTE
    )


def told_by(dossier: Dossier, judgement: Judgement, index: int) -> dict[str, Any]:
    """What dossier and judgement say of a submission whose article this is."""
    article, manuscript = judgement.articles[index], dossier.manuscripts[index]
    return {
        "article": index,
        "state": STATE_OF_VERDICT[article.verdict],
        "verdict": article.verdict,
        "issue": article.issue,
        "column": article.column,
        "title": manuscript.known_as,
        "unit": article.unit or "",
        "authors": tuple(author.name for author in article.authors),
        "characters": manuscript.characters,
        "pictures": len(manuscript.pictures),
        "faults": faults_of(article.findings),
    }


def number(
    connection: Connection,
    letter: int,
    index: int,
    dossier: Dossier,
    judgement: Judgement,
    at: datetime,
    numbering: Numbering,
) -> int:
    """Make the submission of one article; its id."""
    told = told_by(dossier, judgement, index)
    year = dossier.arrived_at.year
    name, running = _next_number(connection, year, numbering)
    made: int = connection.execute(
        insert(submissions).returning(submissions.c.id),
        {"number": name, "year": year, "running": running, "letter": letter, "revision": 1, "folder": "", **told},
    ).scalar_one()
    sketches.keep(connection, made, index, dossier)
    events.note(connection, at, f"submission:{made}", "", told["state"], f"{name} from letter:{letter}")
    return made


def _next_number(connection: Connection, year: int, numbering: Numbering) -> tuple[str, int]:
    """The year's next number. One that is taken (a pattern without the year in it) is passed over."""
    last = connection.scalar(select(numbers.c.last).where(numbers.c.year == year))
    running = (last or 0) + 1
    while connection.scalar(select(submissions.c.id).where(submissions.c.number == numbering(year, running))):
        running += 1  # ends: the pattern has the running number in it
    if last is None:
        connection.execute(insert(numbers).values(year=year, last=running))
    else:
        connection.execute(update(numbers).where(numbers.c.year == year).values(last=running))
    return numbering(year, running), running


# --- submissions -----------------------------------------------------------------------------------------------------


def submission_of(row: Row[Any]) -> Submission:
    """A row of `submissions` as the model has it."""
    return Submission(
        id=row.id,
        number=row.number,
        letter=row.letter,
        article=row.article,
        state=row.state,
        revision=row.revision,
        issue=row.issue,
        column=row.column,
        title=row.title,
        unit=row.unit,
        authors=row.authors,
        folder=row.folder,
    )


def submissions_of(connection: Connection, letter: int) -> list[Submission]:
    """In the order of the articles."""
    rows = select(submissions).where(submissions.c.letter == letter).order_by(submissions.c.article)
    return [submission_of(row) for row in connection.execute(rows)]


def all_submissions(connection: Connection) -> list[Submission]:
    """All of them, by number."""
    rows = select(submissions).order_by(submissions.c.year, submissions.c.running)
    return [submission_of(row) for row in connection.execute(rows)]


def submission(connection: Connection, number: str) -> Submission | None:
    """By its number, in whatever case."""
    exact = connection.execute(select(submissions).where(submissions.c.number == number)).one_or_none()
    if exact is None:
        same = func.lower(submissions.c.number) == number.lower()
        exact = connection.execute(select(submissions).where(same).limit(1)).one_or_none()
    return submission_of(exact) if exact is not None else None


def revision_letters(connection: Connection, submission: int) -> list[tuple[int, int, int]]:
    """(revision, letter, article) of every filed revision that was not split off, oldest first."""
    wanted = select(revisions.c.revision, revisions.c.letter, revisions.c.article)
    these = (revisions.c.submission == submission, revisions.c.split_at.is_(None))
    rows = connection.execute(wanted.where(*these).order_by(revisions.c.revision))
    return [(row.revision, row.letter, row.article) for row in rows]


def filed(connection: Connection, letter: int, made: Sequence[StoredRevision], at: datetime) -> None:
    """JUDGED -> FILED: where the submissions lie and what their manifests say."""
    move(connection, letter, Stage.FILED, at)
    for stored in made:
        this = submissions.c.id == stored.submission
        wanted = (submissions.c.revision, submissions.c.state, submissions.c.article)
        row = connection.execute(select(*wanted).where(this)).one_or_none()
        if row is None:
            raise LookupError(f"there is no submission {stored.submission}")
        connection.execute(update(submissions).where(this).values(folder=stored.folder))
        connection.execute(
            insert(revisions),
            {
                "submission": stored.submission,
                "revision": row.revision,
                "letter": letter,
                "article": row.article,
                "filed_at": at,
                "manifest": codec.dump(stored.files),
            },
        )
        why = f"r{row.revision} filed in {stored.folder}"
        events.note(connection, at, f"submission:{stored.submission}", row.state, row.state, why)


def manifest(connection: Connection, submission: int, revision: int) -> tuple[StoredFile, ...]:
    """What was filed; LookupError when nothing was."""
    this = (revisions.c.submission == submission, revisions.c.revision == revision)
    text = connection.scalar(select(revisions.c.manifest).where(*this))
    if text is None:
        raise LookupError(f"submission {submission} has no revision {revision}")
    return codec.load(tuple[StoredFile, ...], text)
