"""Submissions that are judged again: the new judgement beside the first one, the new place, the mail about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from mailbot import codec
from mailbot.edges.ledger import events, outbox
from mailbot.edges.ledger.letters import faults_of, letter_row, submission_of
from mailbot.edges.ledger.tables import judgements, later_judgements, letters, moves, submissions
from mailbot.lifecycle import WrongTransition, submission_moves
from mailbot.model import Judgement, Stage, Submission, Verdict
from mailbot.ports import Correction, JudgedAgain

_ANSWERED = frozenset({Stage.ANSWERING, Stage.CLOSED})


def judged_again(
    connection: Connection,
    letter: int,
    judgement: Judgement,
    changes: Sequence[JudgedAgain],
    verdict: Verdict,
    correction: Correction | None,
    who: str,
    at: datetime,
) -> None:
    """All that a new judgement changes, at once."""
    stage = letter_row(connection, letter).stage
    if stage not in _ANSWERED:
        raise WrongTransition(f"letter {letter} is {stage}: it is still on its way")
    kept = codec.dump(judgement)
    for change in changes:
        _change(connection, letter, judgement, change, kept, who, at)
    values: dict[str, object] = {"verdict": verdict}
    of_letter = select(func.count()).select_from(submissions).where(submissions.c.letter == letter)
    if len(changes) == connection.scalar(of_letter):  # else some still stand under what was found in the letter then
        values["faults"] = faults_of(judgement.findings)
    connection.execute(update(letters).where(letters.c.id == letter), values)
    if correction is not None:
        outbox.correct(connection, letter, correction, who, at)


def _change(
    connection: Connection,
    letter: int,
    judgement: Judgement,
    change: JudgedAgain,
    kept: str,
    who: str,
    at: datetime,
) -> None:
    seen = change.seen
    this = submissions.c.id == seen.id
    row = connection.execute(select(submissions).where(this)).one_or_none()
    if row is None or submission_of(row) != seen or seen.letter != letter:
        raise WrongTransition(f"{seen.number} has changed meanwhile")
    article = judgement.articles[seen.article]
    state = seen.state if change.state is seen.state else submission_moves(seen.state, change.state)
    new = {"submission": seen.id, "letter": letter, "rulebook": judgement.rulebook, "judged_at": at, "judgement": kept}
    connection.execute(insert(later_judgements), new)
    connection.execute(
        update(submissions).where(this),
        {
            "state": state,
            "verdict": article.verdict,
            "issue": change.issue,
            "column": change.column,
            "unit": change.unit,
            "folder": change.folder,
            "faults": faults_of(article.findings),
        },
    )
    if change.folder != seen.folder:
        if connection.scalar(select(moves.c.submission).where(moves.c.submission == seen.id)) is not None:
            raise WrongTransition(f"{seen.number} does not lie yet where it was moved to")
        connection.execute(insert(moves), {"submission": seen.id, "lies_in": seen.folder})
    events.note(connection, at, f"submission:{seen.id}", seen.state, state, change.why, who)


def judgements_of(connection: Connection, submission: int) -> list[Judgement]:
    """The first one of its latest letter, then the later ones; LookupError when there is no such submission."""
    first = (
        select(judgements.c.judgement)
        .join(submissions, submissions.c.letter == judgements.c.letter)
        .where(submissions.c.id == submission)
    )
    text = connection.scalar(first)
    if text is None:
        raise LookupError(f"there is no submission {submission}")
    later = (
        select(later_judgements.c.judgement)
        .join(submissions, submissions.c.id == later_judgements.c.submission)
        .where(submissions.c.id == submission, later_judgements.c.letter == submissions.c.letter)
    )
    texts = [text, *connection.scalars(later.order_by(later_judgements.c.id))]
    return [codec.load(Judgement, text) for text in texts]


def to_move(connection: Connection) -> list[tuple[Submission, str]]:
    """What has a new place and does not lie there yet; where it lies."""
    wanted = select(submissions, moves.c.lies_in).join(moves, moves.c.submission == submissions.c.id)
    return [(submission_of(row), row.lies_in) for row in connection.execute(wanted.order_by(submissions.c.id))]


def moved(connection: Connection, submission: int) -> None:
    """It lies in its place; done twice is done. No event: where it belongs was told when it was judged."""
    connection.execute(delete(moves).where(moves.c.submission == submission))
