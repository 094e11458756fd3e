"""What came back of our mails, by delivery reports: which mail each speaks of, and whom no mail reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from mailbot.edges.ledger import events, outbox
from mailbot.edges.ledger.tables import bounces, letters, mails, submissions
from mailbot.ports import BounceRow, MailSummary

_LATEST = 20  # mails to one address that are compared with a report
_NAMES = 50  # Message-IDs of one report that are looked up
_RECIPIENTS = 100  # of one report that are kept


def named(connection: Connection, message_ids: Sequence[str]) -> MailSummary | None:
    """The first mail of ours with one of these Message-IDs."""
    bare = [one for one in (name.strip().strip("<>") for name in message_ids[:_NAMES]) if one]
    names = [name for one in bare for name in (one, f"<{one}>")]
    found = outbox.show(connection, outbox.summaries().where(mails.c.message_id.in_(names)).order_by(mails.c.id))
    return found[0] if found else None


def went_query(address: str, since: datetime, until: datetime) -> Select[Any]:
    """What went out to an address meanwhile, newest first, along the index of its correspondent."""
    these = (mails.c.correspondent == address.lower(), mails.c.went_at.between(since, until))
    return outbox.summaries().where(*these).order_by(mails.c.created_at.desc(), mails.c.id.desc()).limit(_LATEST)


def went_to(connection: Connection, address: str, since: datetime, until: datetime) -> list[MailSummary]:
    """What went out to an address meanwhile, newest first."""
    return outbox.show(connection, went_query(address, since, until))


def keep(connection: Connection, letter: int, reports: Sequence[BounceRow]) -> None:
    """Keep each report of the letter once; what it is about, and the histories of mail and submission, tell of it."""
    kept = set(connection.scalars(select(bounces.c.correspondent).where(bounces.c.letter == letter)))
    for report in reports[:_RECIPIENTS]:
        correspondent = report.recipient.lower()
        if correspondent in kept:
            continue
        kept.add(correspondent)
        connection.execute(
            insert(bounces),
            {
                "letter": letter,
                "mail": report.mail,
                "correspondent": correspondent,
                "at": report.at,
                "hard": report.hard,
                "proven": report.proven,
                "status": report.status,
                "words": report.words,
            },
        )
        if report.mail is not None:
            _tell(connection, letter, report)


def _tell(connection: Connection, letter: int, report: BounceRow) -> None:
    """The letter belongs to the submission of the mail that came back; both histories say so."""
    how = "for good" if report.hard else "for now"
    why = f"letter:{letter} says that it did not reach {report.recipient} {how}: {report.status} {report.words}"
    wanted = select(mails.c.state, mails.c.submission, mails.c.letter).where(mails.c.id == report.mail)
    row = connection.execute(wanted).one()
    events.note(connection, report.at, f"mail:{report.mail}", row.state, row.state, why)
    about = row.submission or connection.scalar(_first_of(row.letter))
    if about is None:
        return
    unset = (letters.c.id == letter, letters.c.about.is_(None))
    connection.execute(update(letters).where(*unset), {"about": about})
    state = connection.execute(select(submissions.c.state).where(submissions.c.id == about)).scalar_one()
    events.note(connection, report.at, f"submission:{about}", state, state, f"mail:{report.mail} came back: {why}")


def _first_of(letter: int | None) -> Select[Any]:
    """The first submission that came with a letter."""
    return select(submissions.c.id).where(submissions.c.letter == letter).order_by(submissions.c.article).limit(1)


def between(connection: Connection, start: datetime, end: datetime) -> list[BounceRow]:
    """What came back of our mails by letters first seen meanwhile, oldest first."""
    columns = (bounces, mails.c.kind, mails.c.subject, outbox.number_of().label("number"))
    wanted = (
        select(*columns)
        .join(mails, mails.c.id == bounces.c.mail)
        .join(letters, letters.c.id == bounces.c.letter)
        .where(letters.c.first_seen >= start, letters.c.first_seen < end)
        .order_by(letters.c.first_seen, bounces.c.id)
    )
    return [
        BounceRow(
            letter=row.letter,
            at=row.at,
            recipient=row.correspondent,
            hard=row.hard,
            status=row.status,
            words=row.words,
            mail=row.mail,
            proven=row.proven,
            kind=row.kind,
            subject=row.subject,
            number=row.number,
        )
        for row in connection.execute(wanted)
    ]


def hard_query(address: str, since: datetime) -> Select[Any]:
    """How many mails to an address came back for good, along the index."""
    these = (bounces.c.correspondent == address.lower(), bounces.c.at >= since, bounces.c.hard, bounces.c.proven)
    return select(func.count(bounces.c.mail.distinct())).where(*these)


def hard(connection: Connection, address: str, since: datetime) -> int:
    """How many mails to this address came back for good since then, as far as reports prove it."""
    return connection.scalar(hard_query(address, since)) or 0
