"""The facts that the digest's templates may show (the names of `DigestPage`'s fields are their variables)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbot.model import DayCount


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFact:
    """One submission, or one letter without a submission, on one line of the digest; all strings are cleaned.

    `about` is the submission to which such a letter belongs; `revision` the one that is shown of a submission.
    """

    number: str
    first_seen: datetime
    kind: str
    verdict: str
    state: str
    sender: str
    subject: str
    title: str
    unit: str
    authors: tuple[str, ...]
    issue: str
    characters: int
    pictures: int
    faults: tuple[str, ...]
    reason: str
    answer: str
    about: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries of one standing: a verdict, or adopted, parked, in_work, conversation. `more` were left out."""

    name: str
    entries: tuple[EntryFact, ...]
    more: int = 0

    @property
    def total(self) -> int:
        """All entries, the ones left out counted."""
        return len(self.entries) + self.more


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFact:
    """An outgoing mail that a person should look at: uncertain or failed."""

    id: int
    state: str
    recipient: str
    subject: str
    created: datetime
    reply: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceFact:
    """A mail that came back: to whom it went, about which submission ("" for none), `hard` for good, and why.

    `proven`: the report names this very mail; else it may be a stranger's invention.
    """

    recipient: str
    number: str
    subject: str
    at: datetime
    hard: bool
    proven: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowFact:
    """A rule on trial: of how many it could tell, how many it would not have passed, numbers of some."""

    rule: str
    title: str
    asked: int
    failed: int
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """All that a digest shows, times in the office's zone.

    `days` run from the oldest to today so far, `total` is their sum (its day is the last); `restated` are earlier days
    whose numbers are no longer those of the last digest; `unbalanced` are those that do not add up. What waits for a
    person stands in `waiting` and not again in `groups`. `remarks` are for the admin. `shadows` are what
    rules on trial said of the days' letters: nothing followed from it. `bounces` are our mails that came back.
    """

    office: str
    made: datetime
    days: tuple[DayCount, ...]
    total: DayCount
    restated: tuple[DayCount, ...]
    unbalanced: tuple[date, ...]
    groups: tuple[Group, ...]
    waiting: Group
    mails: tuple[MailFact, ...]
    more_mails: int
    remarks: tuple[str, ...]
    shadows: tuple[ShadowFact, ...] = ()
    bounces: tuple[BounceFact, ...] = ()
    more_bounces: int = 0

    @property
    def empty(self) -> bool:
        """Nothing came and no number changed: `digest.when_empty` decides whether it is sent.

        What is still open would else make a mail each day; it is in the next one that has something new.
        """
        return self.total.received == 0 and not self.restated
