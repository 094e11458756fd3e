"""The outbox: mails waiting to go out, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from mailbot.edges.ledger import events, letters
from mailbot.edges.ledger.holding import is_going
from mailbot.edges.ledger.tables import letters as letter_table
from mailbot.edges.ledger.tables import mails, revisions, submissions
from mailbot.lifecycle import UNSENT, WrongTransition, mail_moves
from mailbot.model import Draft, Hold, MailCause, MailState, NoticeKind, OutgoingMail, SendOutcome, SendResult, Stage
from mailbot.ports import Correction, MailSummary

_FOR_THE_OFFICE = frozenset({MailCause.DIGEST, MailCause.ALARM, MailCause.TRANSCRIPT})
_OUTCOMES = {
    SendOutcome.SENT: MailState.SENT,
    SendOutcome.UNCERTAIN: MailState.UNCERTAIN,
    SendOutcome.REFUSED: MailState.FAILED,
}
"""Where a try that is the last one leads; every other outcome means another try."""


# --- putting in ------------------------------------------------------------------------------------------------------


def answered(
    connection: Connection,
    letter: int,
    draft: Draft | None,
    at: datetime,
    hold: Hold | None,
    instead_of: Sequence[int] = (),
) -> Stage:
    """FILED -> ANSWERING with the draft in the outbox, or -> CLOSED when there is nothing to send.

    The cause's id is always the letter, whatever the draft says, and no submission: one answer a letter (promise 3).
    """
    if draft is None:
        return letters.move(connection, letter, Stage.CLOSED, at, "nothing to answer")
    if draft.cause is not MailCause.ANSWER:
        raise ValueError(f"a letter is answered by an answer, not by a {draft.cause}")
    stage = letters.move(connection, letter, Stage.ANSWERING, at, draft.kind)
    for mail in instead_of:
        row = _row(connection, mail)
        if row.state in UNSENT:
            _set(connection, row, MailState.DISMISSED, at, _outdated_by(letter))
    _put(connection, draft, at, hold, cause_id=str(letter), about=0, letter=letter)
    return stage


def _outdated_by(letter: int) -> str:
    """Why an answer to an earlier letter never goes out."""
    return f"the answer to letter:{letter} says what holds now"


def revive(connection: Connection, letter: int, outdated_by: int, who: str, at: datetime) -> None:
    """The answer to a letter goes out after all: the letter for whose sake it was set aside is split off."""
    these = (mails.c.letter == letter, mails.c.cause == MailCause.ANSWER, mails.c.state == MailState.DISMISSED)
    for row in connection.execute(select(*_BRIEF).where(*these)).all():
        history = events.of(connection, f"mail:{row.id}")
        if history[-1].why == _outdated_by(outdated_by):
            state = MailState.QUEUED if row.held_by else MailState.WAITING
            why = f"letter:{outdated_by} is split off: it holds again"
            _set(connection, row, state, at, why, who=who, next_try_at=at)


def queue(connection: Connection, draft: Draft, at: datetime, hold: Hold | None = None) -> bool:
    """Put a mail that answers no letter into the outbox; False if the same cause put one in already."""
    if draft.cause is MailCause.ANSWER:
        raise ValueError("an answer goes into the outbox with its letter")
    about = draft.submission or 0
    same = (mails.c.cause == draft.cause, mails.c.cause_id == draft.cause_id, mails.c.about == about)
    if connection.scalar(select(mails.c.id).where(*same)) is not None:
        return False
    _put(connection, draft, at, hold, cause_id=draft.cause_id, about=about, letter=None)
    return True


def correct(connection: Connection, letter: int, correction: Correction, who: str, at: datetime) -> None:
    """Put in the mail that corrects what a letter was answered; WrongTransition where a mail to be replaced is gone."""
    for mail in correction.instead_of:
        row = _row(connection, mail)
        if row.state not in UNSENT:
            raise WrongTransition(f"mail {mail} is {row.state}: it cannot be replaced any more")
        _set(connection, row, MailState.DISMISSED, at, "it says what does not hold any more", who=who)
    draft = correction.draft
    if draft is None:
        return
    if draft.cause is not MailCause.CORRECTION or draft.submission is None:
        raise ValueError("a correction corrects what was said of a submission")
    _put(connection, draft, at, correction.hold, cause_id=draft.cause_id, about=draft.submission, letter=letter)


def _put(
    connection: Connection,
    draft: Draft,
    at: datetime,
    hold: Hold | None,
    *,
    cause_id: str,
    about: int,
    letter: int | None,
) -> None:
    """Put a mail in; with a hold it is queued."""
    state = MailState.QUEUED if hold else MailState.WAITING
    made = connection.execute(
        insert(mails).returning(mails.c.id),
        {
            "cause": draft.cause,
            "cause_id": cause_id,
            "about": about,
            "state": state,
            "rank": 0 if draft.cause in _FOR_THE_OFFICE else 1,
            "letter": letter,
            "submission": draft.submission,
            "kind": draft.kind,
            "recipient": draft.recipient,
            "correspondent": draft.recipient.lower(),
            "subject": draft.subject,
            "message_id": draft.message_id,
            "created_at": at,
            "next_try_at": max(at, draft.not_before or at),
            "content": draft.content,
            "held_by": hold.by if hold else None,
            "release_at": hold.until if hold else None,
        },
    ).scalar_one()
    why = f" (held by {hold.by})" if hold else ""
    events.note(connection, at, f"mail:{made}", "", state, f"{draft.cause} {cause_id}: {draft.kind}{why}")


# --- sending ---------------------------------------------------------------------------------------------------------


def due_query(now: datetime) -> Select[Any]:
    """The next mail that may go out: those for the office first, then by age, along the index."""
    ready = (mails.c.state == MailState.WAITING, mails.c.next_try_at <= now)
    return select(mails).where(*ready).order_by(mails.c.rank, mails.c.id).limit(1)


def due(connection: Connection, now: datetime) -> OutgoingMail | None:
    """The next mail that may go out, None when there is none."""
    row = connection.execute(due_query(now)).one_or_none()
    return None if row is None else _outgoing(row)


def one(connection: Connection, mail: int) -> OutgoingMail:
    """One mail with its content; LookupError when there is none."""
    row = connection.execute(select(mails).where(mails.c.id == mail)).one_or_none()
    if row is None:
        raise LookupError(f"there is no mail {mail}")
    return _outgoing(row)


def _outgoing(row: Row[Any]) -> OutgoingMail:
    return OutgoingMail(
        id=row.id,
        state=row.state,
        cause=row.cause,
        kind=row.kind,
        recipient=row.recipient,
        subject=row.subject,
        message_id=row.message_id,
        content=row.content,
        attempts=row.attempts,
        created_at=row.created_at,
        letter=row.letter,
        submission=row.submission,
    )


def next_query() -> Select[Any]:
    """The earliest time at which a waiting mail may be tried."""
    return select(func.min(mails.c.next_try_at)).where(mails.c.state == MailState.WAITING)


def next_at(connection: Connection) -> datetime | None:
    """When the next waiting mail may be tried, None when none waits."""
    at: datetime | None = connection.scalar(next_query())
    return at


def sending(connection: Connection, mail: int, at: datetime) -> None:
    """WAITING -> SENDING, just before the final dot."""
    row = _row(connection, mail)
    if row.state is not MailState.WAITING:
        raise WrongTransition(f"mail {mail} is {row.state}, so it is not being sent")
    _set(connection, row, MailState.SENDING, at, "", went_at=at)


def result(connection: Connection, mail: int, result: SendResult, at: datetime, retry_at: datetime | None) -> None:
    """How the try ended; the letter of an answer is closed with it unless it is tried again."""
    row = _row(connection, mail)
    if row.state not in (MailState.WAITING, MailState.SENDING):
        raise WrongTransition(f"mail {mail} is {row.state}: no try of it can end")
    state = _OUTCOMES.get(result.outcome, MailState.WAITING)
    if state is MailState.UNCERTAIN:
        _uncertain(connection, row, at, retry_at, result.reply, attempts=row.attempts + 1)
        return
    went_at = (row.went_at or at) if state is MailState.SENT else None
    changed = {"went_at": went_at, "attempts": row.attempts + 1, "reply": result.reply}
    if state is MailState.WAITING:
        changed["next_try_at"] = retry_at or at
    _set(connection, row, state, at, result.reply or result.outcome, **changed)


def recover(connection: Connection, at: datetime) -> int:
    """What was SENDING when the worker died is UNCERTAIN; answers how many."""
    rows = connection.execute(select(*_BRIEF).where(mails.c.state == MailState.SENDING)).all()
    for row in rows:
        _uncertain(connection, row, at, None, "the worker ended while it was being sent")
    return len(rows)


def _uncertain(
    connection: Connection, row: Row[Any], at: datetime, retry_at: datetime | None, reply: str, **changed: Any
) -> None:
    """Never sent again by itself (promise 4), but for a digest, which is sent a second time."""
    changed |= {"went_at": row.went_at or at, "reply": reply}
    if row.cause is MailCause.DIGEST and not row.repeated:
        again: dict[str, Any] = {"repeated": True, "next_try_at": retry_at or at}
        _set(connection, row, MailState.WAITING, at, f"delivery unknown, repeated once: {reply}", **changed, **again)
    else:
        _set(connection, row, MailState.UNCERTAIN, at, reply, **changed)


def decide(connection: Connection, mail: int, to: MailState, who: str, at: datetime) -> None:
    """A person releases a mail, has it tried again, or sets it aside."""
    row = _row(connection, mail)
    mail_moves(row.state, to)
    changed: dict[str, Any] = {}
    if to is MailState.WAITING:  # it starts anew
        changed = {"next_try_at": at, "went_at": None, "attempts": 0, "held_by": None, "release_at": None}
    _set(connection, row, to, at, "decided by a person", who=who, **changed)


_BRIEF = [column for column in mails.c if column is not mails.c.content]


def _row(connection: Connection, mail: int) -> Row[Any]:
    row = connection.execute(select(*_BRIEF).where(mails.c.id == mail)).one_or_none()
    if row is None:
        raise LookupError(f"there is no mail {mail}")
    return row


def _set(
    connection: Connection,
    row: Row[Any],
    state: MailState,
    at: datetime,
    why: str,
    who: str = events.MAILBOT,
    **changed: object,
) -> None:
    connection.execute(update(mails).where(mails.c.id == row.id), {"state": state} | changed)
    events.note(connection, at, f"mail:{row.id}", row.state, state, why, who)
    if row.cause is MailCause.ANSWER and state not in (MailState.WAITING, MailState.SENDING):
        _close(connection, row.letter, at, f"mail:{row.id} {state}")


def _close(connection: Connection, letter: int, at: datetime, why: str) -> None:
    """Close the letter that a mail answers; it is closed already where a person had the mail tried again."""
    if connection.scalar(select(letter_table.c.stage).where(letter_table.c.id == letter)) is Stage.ANSWERING:
        letters.move(connection, letter, Stage.CLOSED, at, why)


# --- looking ---------------------------------------------------------------------------------------------------------


def went_query(since: datetime) -> Select[Any]:
    """When mails went out, or may have, along the index."""
    return select(mails.c.went_at).where(mails.c.went_at >= since).order_by(mails.c.went_at)


def sent_times(connection: Connection, since: datetime, *, to_contributors: bool) -> list[datetime]:
    """When mails (or only those to contributors) went out, or may have, ascending."""
    wanted = went_query(since)
    return list(connection.scalars(wanted.where(mails.c.rank == 1) if to_contributors else wanted))


def answers_query(address: str, since: datetime) -> Select[Any]:
    """How many answers of each kind to an address were put in since then, whatever its case."""
    these = (mails.c.correspondent == address.lower(), mails.c.created_at >= since, mails.c.cause == MailCause.ANSWER)
    return select(mails.c.kind, func.count()).where(*these, is_going()).group_by(mails.c.kind)


def answers_to(connection: Connection, address: str, since: datetime) -> dict[str, int]:
    """How many answers of each kind to this address were put in since then, but for those held for a person."""
    return {row[0]: row[1] for row in connection.execute(answers_query(address, since))}


def number_of() -> ColumnElement[str]:
    """The number of the submission that a mail is about: its own, else the first of the letter that it answers."""
    own = select(submissions.c.number).where(submissions.c.id == mails.c.submission).scalar_subquery()
    first = (
        select(submissions.c.number)
        .where(submissions.c.letter == mails.c.letter)
        .order_by(submissions.c.article)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(own, first, "")


def listed(connection: Connection, state: MailState | None) -> list[MailSummary]:
    """Outgoing mails, newest first."""
    wanted = summaries().order_by(mails.c.id.desc())
    return show(connection, wanted if state is None else wanted.where(mails.c.state == state))


def about_letter(connection: Connection, letter: int) -> list[MailSummary]:
    """The answer to a letter and its corrections, oldest first."""
    return show(connection, summaries().where(mails.c.letter == letter).order_by(mails.c.id))


def summaries() -> Select[Any]:
    """Mails with the numbers of their submissions, for `show`."""
    return select(*_BRIEF, number_of().label("number"))


def show(connection: Connection, wanted: Select[Any]) -> list[MailSummary]:
    """The mails as listings show them."""
    return [
        MailSummary(
            id=row.id,
            state=row.state,
            cause=row.cause,
            kind=row.kind,
            recipient=row.recipient,
            subject=row.subject,
            created_at=row.created_at,
            reply=row.reply,
            attempts=row.attempts,
            number=row.number,
            held_by=row.held_by,
            release_at=row.release_at,
        )
        for row in connection.execute(wanted)
    ]


_REFERENCES = 200  # how many Message-IDs of a letter are looked up: a stranger may send thousands


def ours_query(message_ids: Sequence[str]) -> Select[Any]:
    """Mails of ours with these Message-IDs (without brackets), and what they are about."""
    names = [name for one in message_ids for name in (one, f"<{one}>")]
    return select(mails.c.message_id, mails.c.letter, mails.c.submission).where(mails.c.message_id.in_(names))


def find_ours(connection: Connection, message_ids: Sequence[str]) -> tuple[str, ...] | None:
    """The numbers behind the first of these Message-IDs that is ours and has any; none when ours have none."""
    bare = [one for one in (name.strip().strip("<>") for name in message_ids[:_REFERENCES]) if one]
    ours = {row.message_id.strip("<>"): row for row in connection.execute(ours_query(bare))}
    found = [_numbers(connection, ours[one]) for one in bare if one in ours]
    return next((numbers for numbers in found if numbers), () if found else None)


def _numbers(connection: Connection, mail: Row[Any]) -> tuple[str, ...]:
    """The submissions that a mail is about: those of the letter that it answers, else its own."""
    of_letter = select(revisions.c.submission).where(revisions.c.letter == mail.letter, revisions.c.split_at.is_(None))
    these = (submissions.c.letter == mail.letter) | submissions.c.id.in_(of_letter)
    wanted = these if mail.letter is not None else submissions.c.id == mail.submission
    rows = select(submissions.c.number).where(wanted).order_by(submissions.c.year, submissions.c.running)
    found = tuple(connection.scalars(rows))
    return found or tuple(connection.scalars(select(submissions.c.number).where(submissions.c.id == mail.submission)))


def told_lately(connection: Connection, number: str, address: str, since: datetime) -> bool:
    """Whether a `status` about this submission was made for this address."""
    these = (
        mails.c.correspondent == address.lower(),
        mails.c.created_at >= since,
        mails.c.kind == NoticeKind.STATUS,
        submissions.c.number == number,
    )
    told = select(mails.c.id).join(submissions, submissions.c.id == mails.c.submission).where(*these).limit(1)
    return connection.scalar(told) is not None
