"""The schema, as SQLAlchemy Core sees it; `migrations/` builds the same step by step (a test compares the two).

Times are whole microseconds since 1970 in UTC, aware outside. States are stored by their value. Lists and the model's
types are JSON made by `mailbot.codec`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from mailbot import codec
from mailbot.model import HeldBy, Kind, MailCause, MailState, Stage, SubmissionState, Verdict

REVISION = "0004"
"""The newest revision in `migrations/`; kept here so that a current ledger opens without Alembic."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970 in UTC; ValueError for a naive one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger keeps no time without a zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text; NUL and lone surrogates, which no database takes, become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else codec.clean(value)


class One(TypeDecorator[StrEnum]):
    """A member of a StrEnum, by its value."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__(32)
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.members(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.members(value)


class Strings(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return codec.dump(value or ())

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...]:
        return () if value is None else tuple(json.loads(value))


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

folders = Table(
    "folders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("polled_at", Instant),
    Column("listed_at", Instant),
    Column("audited_at", Instant),
    UniqueConstraint("name", "uidvalidity"),
)


class UidState(StrEnum):
    """What a UID stands for."""

    KNOWN = "known"  # a letter of ours
    ADOPTED = "adopted"  # there at the first start, not fetched yet
    GONE = "gone"  # no longer in the folder


uids = Table(
    "uids",
    metadata,
    Column("folder", Integer, ForeignKey("folders.id"), nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("state", One(UidState), nullable=False),
    Column("adopted", Boolean, nullable=False),  # there at the first start, whatever became of it
    Column("letter", Integer, ForeignKey("letters.id")),
    Column("arrived_at", Instant),
    Column("bytes", BigInteger),
    PrimaryKeyConstraint("folder", "uid"),
    Index(None, "folder", "state"),
    Index(None, "letter"),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("path", Words, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("announced", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("stage", One(Stage), nullable=False),
    Column("adopted", Boolean, nullable=False),
    Column("too_old", Boolean, nullable=False),
    Column("crashes", Integer, nullable=False, default=0),
    Column("next_try_at", Instant),
    Column("fault", Words, nullable=False, default=""),  # why it waits or is parked; gone with the next stage
    Column("copy_of", Integer, ForeignKey("letters.id")),
    Column("alone", Boolean, nullable=False, default=False, server_default="0"),  # never a revision of another one
    Column("about", Integer),  # the submission of whose history it is; no key, for submissions have one to letters
    # known once it is judged
    Column("kind", One(Kind)),
    Column("verdict", One(Verdict)),
    Column("trial", Boolean, nullable=False, default=False),
    Column("sender", Words, nullable=False, default=""),
    Column("subject", Words, nullable=False, default=""),
    Column("message_id", Words, nullable=False, default=""),
    Column("fingerprint", Words, nullable=False, default=""),
    Column("reason", Words, nullable=False, default=""),
    Column("faults", Strings, nullable=False, default=()),
    UniqueConstraint("sha256"),
    Index(None, "stage", "id"),
    Index(None, "fingerprint"),
    Index(None, "verdict", "first_seen"),
    Index(None, "first_seen", "stage", "adopted", "trial", "verdict"),
    Index(None, "copy_of"),
    Index(None, "about"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("letter", Integer, ForeignKey("letters.id"), primary_key=True),
    Column("rulebook", Words, nullable=False),
    Column("judged_at", Instant, nullable=False),
    Column("dossier", Words, nullable=False),
    Column("judgement", Words, nullable=False),
)

numbers = Table(
    "numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Words, nullable=False),
    Column("year", Integer, nullable=False),
    Column("running", Integer, nullable=False),
    Column("letter", Integer, ForeignKey("letters.id"), nullable=False),
    Column("article", Integer, nullable=False),
    Column("state", One(SubmissionState), nullable=False),
    Column("verdict", One(Verdict), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("issue", Words),
    Column("column", Words),
    Column("title", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("authors", Strings, nullable=False),
    Column("folder", Words, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("pictures", Integer, nullable=False),
    Column("faults", Strings, nullable=False),  # of the article; those of the letter stand there
    UniqueConstraint("number"),
    UniqueConstraint("year", "running"),
    UniqueConstraint("letter", "article"),
    Index(None, "state"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("letter", Integer, ForeignKey("letters.id"), nullable=False),
    Column("filed_at", Instant, nullable=False),
    Column("manifest", Words, nullable=False),
    Column("article", Integer, nullable=False, server_default="0"),  # of its letter
    Column("split_at", Instant),  # when its letter was taken out of the submission again
    PrimaryKeyConstraint("submission", "revision"),
    Index(None, "letter"),
)

later_judgements = Table(
    "later_judgements",  # the first one of a letter stands in `judgements`
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False),
    Column("rulebook", Words, nullable=False),
    Column("judged_at", Instant, nullable=False),
    Column("judgement", Words, nullable=False),  # of its whole letter
    Column("letter", Integer, nullable=False, server_default="0"),  # that letter: added later, so without a key
    Index(None, "submission", "id"),
)

moves = Table(
    "moves",  # a row while a submission has a new place and does not lie there yet
    metadata,
    Column("submission", Integer, ForeignKey("submissions.id"), primary_key=True, autoincrement=False),
    Column("lies_in", Words, nullable=False),
)

sketches = Table(
    "sketches",
    metadata,
    Column("submission", Integer, ForeignKey("submissions.id"), primary_key=True, autoincrement=False),
    Column("correspondent", Words, nullable=False),  # the sender in lower case
    Column("arrived_at", Instant, nullable=False),
    Column("whole", String(32), nullable=False),  # "" where the text is too short to be known again
    Column("hashes", LargeBinary, nullable=False),
    Index(None, "correspondent", "arrived_at"),
)
"""By what a submission is known again: who sent it when, and the sketch of its text (`mailbot.sketch`)."""

sketch_keys = Table(
    "sketch_keys",
    metadata,
    Column("hash", BigInteger, nullable=False),
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False),
    PrimaryKeyConstraint("hash", "submission"),
    sqlite_with_rowid=False,
)
"""The smallest hashes of each sketch: what resembles a text shares one of them."""

mails = Table(
    "mails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cause", One(MailCause), nullable=False),
    Column("cause_id", Words, nullable=False),
    Column("about", Integer, nullable=False),  # the submission, 0 for none: null would not be unique
    Column("state", One(MailState), nullable=False),
    Column("rank", Integer, nullable=False),  # 0 goes before 1
    Column("letter", Integer, ForeignKey("letters.id")),
    Column("submission", Integer, ForeignKey("submissions.id")),
    Column("kind", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("correspondent", Words, nullable=False),  # the recipient in lower case
    Column("subject", Words, nullable=False),
    Column("message_id", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("repeated", Boolean, nullable=False, default=False),  # a digest that goes out a second time
    Column("went_at", Instant),  # when it went out, or may have
    Column("reply", Words, nullable=False, default=""),
    Column("content", LargeBinary, nullable=False),
    Column("held_by", One(HeldBy)),  # why it was queued
    Column("release_at", Instant),  # when a queued one is released by itself, null for never
    UniqueConstraint("cause", "cause_id", "about"),
    Index(None, "state", "rank", "id"),
    Index(None, "letter", "cause"),
    Index(None, "submission"),
    Index(None, "message_id"),
    Index(None, "correspondent", "created_at"),
    Index(None, "created_at"),
    Index(None, "went_at"),
)

bounces = Table(
    "bounces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("letter", Integer, ForeignKey("letters.id"), nullable=False),
    Column("mail", Integer, ForeignKey("mails.id")),  # null where it cannot be told which mail came back
    Column("correspondent", Words, nullable=False),  # whom it did not reach, in lower case
    Column("at", Instant, nullable=False),
    Column("hard", Boolean, nullable=False),
    Column("proven", Boolean, nullable=False),  # it names our Message-ID, which nobody guesses
    Column("status", Words, nullable=False),
    Column("words", Words, nullable=False),
    UniqueConstraint("letter", "correspondent"),
    Index(None, "correspondent", "at"),
    Index(None, "mail"),
)
"""What came back of our mails, by delivery reports."""

kept_files = Table(
    "kept_files",
    metadata,
    Column("kind", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("files", Words, nullable=False),
    PrimaryKeyConstraint("kind", "version"),
)

notes = Table(
    "notes",
    metadata,
    Column("key", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Words, nullable=False),
    Column("thing", Words, nullable=False),
    Column("was", Words, nullable=False),
    Column("now", Words, nullable=False),
    Column("why", Words, nullable=False),
    Index(None, "thing", "id"),
)

version_table = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The one row by which Alembic knows a database's revision; here so that it can be read without Alembic."""
