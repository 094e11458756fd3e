"""Takes a letter out of the submissions that it was wrongly made a revision of, to be read again by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailbot.edges.ledger import events, judging, letters, outbox, sketches
from mailbot.edges.ledger.again import judgements_of
from mailbot.edges.ledger.tables import judgements, later_judgements, mails, revisions, submissions
from mailbot.edges.ledger.tables import letters as letter_table
from mailbot.errors import UserError
from mailbot.lifecycle import STATE_OF_VERDICT, UNSENT
from mailbot.model import Dossier, MailState, Stage, SubmissionState

_OVER = frozenset({Stage.ANSWERING, Stage.CLOSED})


def split(connection: Connection, number: str, who: str, at: datetime) -> int:
    """Undo the latest revision of a submission, and with it of all that its letter revised; the letter's id."""
    this = connection.execute(select(submissions).where(submissions.c.number == number)).one_or_none()
    if this is None:
        raise UserError(f"there is no submission {number}; `mailbot submissions list` shows the numbers")
    letter = letters.letter_row(connection, this.letter)
    made = connection.execute(select(submissions).where(submissions.c.letter == letter.id)).all()
    before = {row.id: _before(connection, row.id, letter.id) for row in made}
    if before[this.id] is None:
        raise UserError(f"{number} has one letter only: there is nothing to split off")
    new = [row.number for row in made if before[row.id] is None]
    if new:
        raise UserError(f"the letter of {number} also brought {', '.join(new)}: it cannot be split off")
    if letter.stage not in _OVER:
        raise UserError(f"the letter of {number} is still on its way ({letter.stage}): try again when it is answered")
    seen, _ = letters.verdict_of(connection, letter.id)
    for row in made:
        _back(connection, row, before[row.id], seen, who, at)
    _again(connection, letter.id, at, who)
    return letter.id


def _before(connection: Connection, submission: int, letter: int) -> Row[Any] | None:
    """The revision before the one of this letter."""
    wanted = select(revisions).where(
        revisions.c.submission == submission, revisions.c.letter != letter, revisions.c.split_at.is_(None)
    )
    return connection.execute(wanted.order_by(revisions.c.revision.desc()).limit(1)).one_or_none()


def _back(connection: Connection, row: Row[Any], to: Row[Any] | None, seen: Dossier, who: str, at: datetime) -> None:
    """One submission is again what it was: its state, issue and column as they were when the letter came.

    What became of it meanwhile by a person's will (it was withdrawn, accepted) stays.
    """
    if to is None:
        raise ValueError("only what has an earlier revision goes back to it")
    old = next(one for one in seen.revises if one is not None and one.number == row.number)
    dossier, _ = letters.verdict_of(connection, to.letter)
    state = SubmissionState(old.state) if row.state in STATE_OF_VERDICT.values() else row.state
    connection.execute(
        update(revisions).where(revisions.c.submission == row.id, revisions.c.letter == row.letter).values(split_at=at)
    )
    this = submissions.c.id == row.id
    connection.execute(update(submissions).where(this), {"letter": to.letter, "article": to.article})
    told = letters.told_by(dossier, judgements_of(connection, row.id)[-1], to.article)
    told |= {"state": state, "issue": old.issue, "column": old.column, "revision": to.revision}
    connection.execute(update(submissions).where(this), told)
    judging.to_place(connection, row, state, old.issue, told["unit"], told["title"])
    sketches.replace(connection, row.id, to.article, dossier)
    outbox.revive(connection, to.letter, row.letter, who, at)
    connection.execute(update(letter_table).where(letter_table.c.id == to.letter), {"about": None})
    events.note(connection, at, f"submission:{row.id}", row.state, state, f"letter:{row.letter} is split off", who)


def _again(connection: Connection, letter: int, at: datetime, who: str) -> None:
    """The letter is read once more, by itself; what was judged of it is kept, an unsent answer never goes out."""
    was = connection.execute(select(judgements).where(judgements.c.letter == letter)).one()
    for submission in connection.scalars(select(revisions.c.submission).where(revisions.c.letter == letter)).all():
        kept = {"rulebook": was.rulebook, "judged_at": was.judged_at, "judgement": was.judgement}
        connection.execute(insert(later_judgements), {"submission": submission, "letter": letter, **kept})
    connection.execute(delete(judgements).where(judgements.c.letter == letter))
    unsent = (mails.c.letter == letter, mails.c.state.in_(UNSENT))
    for mail in connection.scalars(select(mails.c.id).where(*unsent)).all():
        outbox.decide(connection, mail, MailState.DISMISSED, who, at)
    values = {"kind": None, "verdict": None, "about": None, "alone": True}
    letters.move(connection, letter, Stage.RECEIVED, at, "split off, to be read by itself", who, **values)
