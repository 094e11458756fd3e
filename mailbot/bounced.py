"""Matches a delivery report to the mail of ours that it speaks of, and has the ledger keep it.

Whoever knows an address can write a report that names it. So a report counts for a mail if it names the Message-ID of
that mail, which cannot be guessed, or if it names its recipient (and its subject, where one is told) within a week;
and only the former counts toward being silent to an address (`Ledger.hard_bounces`). What speaks of another mail (an
editor's own letter that came back) is not ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from mailbot.model import Bounce, Dossier, Kind
from mailbot.ports import BounceRow, Ledger, MailSummary

log = structlog.get_logger()

WITHIN = timedelta(days=7)
"""How long after a mail went out a report without its Message-ID is taken to speak of it: no server tries longer."""

SKEW = timedelta(hours=1)
"""How far the provider's clock, by which reports arrive, may be behind ours."""

_MOST = 20  # recipients of one report that are looked for
_CUT = 6  # characters from which on the beginning of a subject stands for it


def record_bounce(ledger: Ledger, letter: int, dossier: Dossier) -> bool:
    """Keep what a bounce says of our mails, if it does; any other letter changes nothing, nor does a second time."""
    bounce = dossier.letter.bounce
    if dossier.kind is not Kind.BOUNCE or bounce is None:
        return False
    rows = _rows(ledger, letter, bounce, dossier.arrived_at)
    if rows:
        ledger.bounced(letter, rows)
        log.warning("bounced", letter=letter, mails=[row.mail for row in rows], hard=bounce.hard, status=bounce.status)
    return bool(rows)


def _rows(ledger: Ledger, letter: int, bounce: Bounce, at: datetime) -> list[BounceRow]:
    named = ledger.mail_named(bounce.message_ids)
    if named is not None:
        return [_row(letter, bounce, at, named, proven=True)]
    guesses = (_guessed(ledger, recipient, bounce, at) for recipient in bounce.recipients[:_MOST])
    return [_row(letter, bounce, at, mail, proven=False) for mail in guesses if mail is not None]


def _row(letter: int, bounce: Bounce, at: datetime, mail: MailSummary, *, proven: bool) -> BounceRow:
    """A mail of ours has one recipient: that is who was not reached, whatever address it was passed on to."""
    return BounceRow(
        letter=letter,
        at=at,
        recipient=mail.recipient,
        hard=bounce.hard,
        status=bounce.status,
        words=bounce.words,
        mail=mail.id,
        proven=proven,
    )


def _guessed(ledger: Ledger, recipient: str, bounce: Bounce, at: datetime) -> MailSummary | None:
    """The last mail to this address of late; where a subject is told, the last with that one.

    Where only a Message-ID is told that is not ours, it is another's mail.
    """
    mails = ledger.went_to(recipient, at - WITHIN, at + SKEW)
    if bounce.subject:
        mails = [mail for mail in mails if _same(bounce.subject, mail.subject)]
    elif bounce.message_ids:
        return None
    return mails[0] if mails else None


def _same(told: str, ours: str) -> bool:
    """Whether a report's subject is that of a mail: providers cut long ones."""
    one, other = ("".join(text.split()).lower() for text in (told, ours))
    beginning = one.rstrip(".…")
    return one == other or (len(beginning) >= _CUT and beginning != one and other.startswith(beginning))
