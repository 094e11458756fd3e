"""One SQLite database: its connections and transactions, and what its faults mean.

Every writing transaction is BEGIN IMMEDIATE: a deferred one that finds another writer cannot wait and fails. The events
are SQLAlchemy's documented recipe ("Enabling Non-Legacy SQLite Transactional Modes").
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.pool import QueuePool, StaticPool

from mailbot.errors import MailbotError, Permanent, StorageFull, Transient

BUSY_SECONDS = 30
"""How long a transaction waits for another process's to end."""

_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Database:
    """The database in a file, or in memory when `path` is None. Any thread may use it; transactions do not nest.

    Raises StorageFull when the disk takes nothing more, Transient when another process holds it too long, Permanent
    when it is damaged.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._writing = threading.RLock()  # writers of this process queue here instead of polling for SQLite's lock
        self._engine = _engine(path)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view, for looking only."""
        if self.path is None:  # one connection for all threads: they take turns
            with self.write() as connection:
                yield connection
            return
        with meaning(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back when anything is raised."""
        with self._writing, meaning(self.path), self._engine.connect() as plain:
            connection = plain.execution_options(mailbot_writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def _engine(path: Path | None) -> Engine:
    """An engine whose errors do not repeat what was to be written: they go into the log."""
    arguments: dict[str, Any] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args=arguments, hide_parameters=True)
    else:
        engine = create_engine(url(path), poolclass=QueuePool, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        _prepare(connection)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("mailbot_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def url(path: Path) -> URL:
    """The database in this file, whatever characters its name has."""
    return URL.create("sqlite", database=str(path))


def _prepare(connection: sqlite3.Connection) -> None:
    """What holds for each connection: durable at commit, keys checked, transactions begun by us."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "journal_size_limit=67108864"):
        connection.execute(f"PRAGMA {pragma}").close()


@contextmanager
def meaning(path: Path | None) -> Iterator[None]:
    """Faults of the database inside come out as errors of mailbot."""
    try:
        yield
    except DBAPIError as error:
        raise _fault(path, error.orig) from error
    except StatementError as error:  # a value that a column does not take: the caller's mistake, under its own name
        raise error.orig or error from error
    except sqlite3.Error as error:
        raise _fault(path, error) from error


def _fault(path: Path | None, error: BaseException | None) -> MailbotError:
    """What a fault of SQLite means for the worker, by its primary result code."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    where = f"the ledger {path}" if path else "the ledger"
    if code in _FULL:
        return StorageFull(f"{where} cannot be written: {error}")
    if code in _BUSY:
        return Transient(f"{where} is held by another process: {error}")
    return Permanent(f"{where}: {error}")
