"""Opening the ledger: made new, taken as it is, brought up to date, or refused because it is too new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select

from mailbot.edges.ledger.database import Database
from mailbot.edges.ledger.ledger import SqlLedger, utc_now
from mailbot.edges.ledger.tables import REVISION, metadata, version_table
from mailbot.errors import LedgerTooNew, Permanent, Problem, UserError


def open_ledger(path: Path, *, upgrade: bool, now: Callable[[], datetime] = utc_now) -> SqlLedger:
    """The ledger in this file, made if need be.

    An older one is copied to `<name>.before-<revision>` and brought up to date with `upgrade`, for which the caller
    holds the WorkerLock; without `upgrade` it is a UserError. LedgerTooNew for one that a newer mailbot wrote,
    Permanent for a file that is no ledger, StorageFull where it cannot be made.
    """
    database = Database(path)
    try:
        revision = _make(database)
        if revision != REVISION:
            _bring_up(path, revision, upgrade)
    except BaseException:  # whatever ends it: tidied up, and raised on
        database.close()
        raise
    return SqlLedger(database, now)


def memory_ledger(now: Callable[[], datetime] = utc_now) -> SqlLedger:
    """A new ledger in memory: the same code, nothing on disk."""
    database = Database(None)
    _make(database)
    return SqlLedger(database, now)


def _make(database: Database) -> str:
    """The revision that is there, after an empty database got its tables. A ledger that is there is only looked at."""
    with database.read() as connection:
        revision = _revision(connection, database)
    if revision is not None:
        return revision
    with database.write() as connection:
        revision = _revision(connection, database)  # another process may have been faster
        if revision is not None:
            return revision
        metadata.create_all(connection)
        version_table.create(connection)
        connection.execute(insert(version_table).values(version_num=REVISION))
    return REVISION


def _revision(connection: Connection, database: Database) -> str | None:
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if version_table.name not in tables:
        raise Permanent(f"{database.path} is a database, but no ledger of mailbot")
    return str(connection.execute(select(version_table.c.version_num)).scalar_one())


def _bring_up(path: Path, revision: str, wanted: bool) -> None:
    from mailbot.edges.ledger import upgrade  # imports Alembic, which only an older ledger needs

    if not upgrade.is_older(revision):
        raise LedgerTooNew(
            f"the ledger {path} is of revision {revision}, this mailbot knows revisions up to {REVISION}: a newer "
            f"mailbot wrote it. Install that one again, or restore the copy {path.name}.before-{revision}."
        )
    if not wanted:
        raise UserError(
            Problem(
                f"the ledger {path} is of revision {revision}, this mailbot needs {REVISION}",
                hint="`mailbot run` brings it up to date, and so does `mailbot db upgrade`",
            )
        )
    upgrade.upgrade(path)
