"""What a judged letter makes: new submissions, the next revision of one, a withdrawal, a piece of its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from mailbot import codec
from mailbot.edges.ledger import events, letters, sketches
from mailbot.edges.ledger.tables import judgements, moves, revisions, submissions
from mailbot.edges.ledger.tables import letters as letter_table
from mailbot.errors import Transient
from mailbot.lifecycle import STATE_OF_VERDICT, submission_moves
from mailbot.model import Dossier, Judgement, Kind, Revises, Stage, Submission, SubmissionState
from mailbot.names import folder_name, place
from mailbot.ports import Numbering


def judged(
    connection: Connection, letter: int, dossier: Dossier, judgement: Judgement, at: datetime, numbering: Numbering
) -> list[Submission]:
    """RECEIVED -> JUDGED, with the submissions that are made or changed by it."""
    read = dossier.letter
    letters.move(
        connection,
        letter,
        Stage.JUDGED,
        at,
        f"{dossier.kind}: {judgement.verdict} by rulebook {judgement.rulebook}",
        kind=dossier.kind,
        verdict=judgement.verdict,
        trial=dossier.trial,
        sender=read.sender.address if read.sender else "",
        subject=read.subject,
        message_id=read.message_id,
        fingerprint=read.fingerprint,
        reason="; ".join(judgement.reasons)[: letters.LONGEST_REASON],
        faults=letters.faults_of(judgement.findings),
    )
    kept = {"dossier": codec.dump(dossier), "judgement": codec.dump(judgement), "rulebook": judgement.rulebook}
    connection.execute(insert(judgements), {"letter": letter, "judged_at": at, **kept})
    belongs(connection, letter, dossier, judgement, at)
    if dossier.trial or dossier.kind not in (Kind.SUBMISSION, Kind.REPLY):
        return []
    for index, article in enumerate(judgement.articles):
        if article.verdict not in STATE_OF_VERDICT:
            continue
        seen = dossier.revises[index] if dossier.revises else None
        if seen is None:
            letters.number(connection, letter, index, dossier, judgement, at, numbering)
        else:
            revise(connection, letter, index, seen, dossier, judgement, at)
    return letters.submissions_of(connection, letter)


def revise(
    connection: Connection,
    letter: int,
    index: int,
    seen: Revises,
    dossier: Dossier,
    judgement: Judgement,
    at: datetime,
) -> None:
    """Make an article of this letter the next revision of a submission; the letter of the last one becomes history."""
    row = _row(connection, seen.number, seen.state)
    told = letters.told_by(dossier, judgement, index)
    told["title"] = told["title"] or row.title
    state = told["state"]
    if row.state is not state:
        submission_moves(row.state, state)
    of_this = revisions.c.submission == row.id
    told["revision"] = (connection.scalar(select(func.max(revisions.c.revision)).where(of_this)) or 0) + 1
    connection.execute(update(submissions).where(submissions.c.id == row.id), {"letter": letter, **told})
    to_place(connection, row, state, told["issue"], told["unit"], told["title"])
    attach(connection, row.letter, row.id)
    sketches.replace(connection, row.id, index, dossier)
    why = f"{row.number} r{told['revision']} from letter:{letter}"
    events.note(connection, at, f"submission:{row.id}", row.state, state, why)


def belongs(connection: Connection, letter: int, dossier: Dossier, judgement: Judgement, at: datetime) -> None:
    """What the letter takes back is withdrawn; the letter is in the history of the first that it is about."""
    for number in judgement.withdrawn:
        seen = next((one.state for one in dossier.history.earlier if one.number == number), None)
        _withdraw(connection, letter, _row(connection, number, seen), at)
    for number in dict.fromkeys((*judgement.withdrawn, *dossier.about)):
        wanted = select(submissions.c.id, submissions.c.state).where(submissions.c.number == number)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            continue
        attach(connection, letter, row.id)
        if number not in judgement.withdrawn:
            events.note(
                connection, at, f"submission:{row.id}", row.state, row.state, f"{dossier.kind}: letter:{letter}"
            )


def _withdraw(connection: Connection, letter: int, row: Row[Any], at: datetime) -> None:
    state = submission_moves(row.state, SubmissionState.WITHDRAWN)
    connection.execute(update(submissions).where(submissions.c.id == row.id), {"state": state})
    to_place(connection, row, state, row.issue, row.unit, row.title)
    events.note(connection, at, f"submission:{row.id}", row.state, state, f"taken back by letter:{letter}")


def attach(connection: Connection, letter: int, submission: int) -> None:
    """The letter belongs to the history of this submission; the first that it belonged to stays."""
    this = (letter_table.c.id == letter, letter_table.c.about.is_(None))
    connection.execute(update(letter_table).where(*this), {"about": submission})


def _row(connection: Connection, number: str, state: str | None) -> Row[Any]:
    """The submission as it is; Transient where it is not as it was seen, or its latest letter is not filed yet."""
    row = connection.execute(select(submissions).where(submissions.c.number == number)).one_or_none()
    if row is None or (state is not None and row.state != state):
        raise Transient(f"{number} has changed meanwhile")
    latest = select(letter_table.c.stage).where(letter_table.c.id == row.letter)
    if not row.folder or connection.scalar(latest) is Stage.JUDGED:
        raise Transient(f"{number} is not filed yet")
    return row


def to_place(
    connection: Connection, row: Row[Any], state: SubmissionState, issue: str | None, unit: str, title: str
) -> None:
    """Give it the place of its new state; a move that is under way ends there."""
    folder = place(state, issue, folder_name(row.number, unit, title))
    if folder == row.folder:
        return
    connection.execute(update(submissions).where(submissions.c.id == row.id), {"folder": folder})
    if connection.scalar(select(moves.c.submission).where(moves.c.submission == row.id)) is None:
        connection.execute(insert(moves), {"submission": row.id, "lies_in": row.folder})
