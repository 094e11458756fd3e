"""Bringing an older ledger up to date with Alembic, on a copy.

SQLite cannot change a table in place; Alembic makes it anew, and dropping the old one with foreign keys on would fail
or take the child rows along. So: copy -> migrate the copy with foreign keys off -> check it -> put it in the ledger's
place in one SQLite transaction. Killed at any point, the ledger is the old one or the new one.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event

from mailbot.edges.ledger.database import BUSY_SECONDS, meaning, url
from mailbot.errors import Permanent, Transient

SCRIPTS = Path(__file__).parent / "migrations"
"""Where the revisions are."""


def is_older(revision: str) -> bool:
    """Whether this revision is one that the migrations know and go on from."""
    return revision in {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}


def upgrade(path: Path) -> Path:
    """Bring the ledger up to date; answers where the copy of the old one is, `<name>.before-<new revision>`.

    Transient when somebody else wrote into the ledger meanwhile, StorageFull when there is no room for the copies,
    Permanent when the outcome is not sound: the ledger is then as it was.
    """
    head = ScriptDirectory(str(SCRIPTS)).get_current_head()
    before, copy = path.with_name(f"{path.name}.before-{head}"), path.with_name(f"{path.name}.upgrading")
    with meaning(path), closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as live:
        version = _data_version(live)
        _copy(live, before)
        _copy(live, copy)
        migrate(copy)
        _check(copy)
        if _data_version(live) != version:
            raise Transient(f"somebody wrote into the ledger {path} while it was being brought up to date")
        with closing(sqlite3.connect(copy)) as done:
            done.backup(live)  # one transaction of `live`
        live.execute("PRAGMA journal_mode=WAL").close()
    copy.unlink()
    return before


def migrate(path: Path, revision: str = "head") -> None:
    """Run the migrations on a database that nobody else uses, with foreign keys off."""
    engine = create_engine(url(path), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=OFF").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _data_version(live: sqlite3.Connection) -> int:
    return int(live.execute("PRAGMA data_version").fetchone()[0])


def _copy(live: sqlite3.Connection, to: Path) -> None:
    """A durable copy as of now, complete under its name or not there."""
    aside = to.with_name(f"{to.name}.part")
    aside.unlink(missing_ok=True)
    with closing(sqlite3.connect(aside)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").close()
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(to)


def _check(path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        orphans = copy.execute("PRAGMA foreign_key_check").fetchmany(5)
        sound = copy.execute("PRAGMA integrity_check(5)").fetchall()
    if orphans or sound != [("ok",)]:
        raise Permanent(f"the upgrade would damage the ledger, which is left as it is: {orphans or sound}")
