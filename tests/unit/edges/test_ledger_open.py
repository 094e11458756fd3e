"""How a ledger's file is made, opened, brought up to date and refused."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from mailbot.edges.ledger import upgrade as upgrading
from mailbot.edges.ledger.open import open_ledger
from mailbot.edges.ledger.tables import REVISION, metadata
from mailbot.errors import LedgerTooNew, Permanent, StorageFull, Transient, UserError
from tests.contracts.ledger import NOW, answering, received
from tests.contracts.ledger_history import sent, text

Later = Callable[..., None]

NEXT = '''
"""A later revision: makes a table with children anew, and orphans them if it is told to."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{before}"


def upgrade() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.add_column(sa.Column("mood", sa.Text(), nullable=False, server_default="fine"))
        letters.alter_column("sender", new_column_name="writer")
    {more}
'''


def _schema(path: Path) -> dict[str, list[str]]:
    """What each table and index is made of, whatever the order of its columns and constraints."""
    with closing(sqlite3.connect(path)) as database:
        made = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    parts = re.compile(r"[\n,]\s*(?![^()]*\)(?!\s*$))")
    return {name: sorted(part.strip(" )\t") for part in parts.split(sql) if part.strip(" )")) for name, sql in made}


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Later:
    """Adds one more revision to the migrations, which does this too."""

    def make(more: str = "pass") -> None:
        scripts = tmp_path / "migrations"
        shutil.copytree(upgrading.SCRIPTS, scripts)
        (scripts / "versions" / "next.py").write_text(NEXT.format(before=REVISION, more=more))
        monkeypatch.setattr(upgrading, "SCRIPTS", scripts)

    return make


def _one_answer(path: Path) -> None:
    ledger = open_ledger(path, upgrade=True)
    answering(ledger, received(ledger, "a")[0])
    ledger.close()


def _query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


def test_migrations_and_tables_agree(tmp_path: Path) -> None:
    """A new ledger is exactly what the migrations build, and Alembic sees no difference to the tables."""
    open_ledger(tmp_path / "new.db", upgrade=True).close()
    upgrading.migrate(tmp_path / "migrated.db")

    assert _schema(tmp_path / "new.db") == _schema(tmp_path / "migrated.db")
    assert ScriptDirectory(str(upgrading.SCRIPTS)).get_current_head() == REVISION
    with create_engine(f"sqlite:///{tmp_path / 'migrated.db'}").connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_connection_is_durable(tmp_path: Path) -> None:
    """WAL, synchronous=FULL, foreign keys on, a busy timeout of 30 seconds."""
    ledger = open_ledger(tmp_path / "mailbot.db", upgrade=True)
    with ledger._database.write() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    ledger.close()

    assert found == ["wal", 2, 1, 30000]


def test_opening_a_current_ledger_needs_no_alembic(tmp_path: Path) -> None:
    """Neither making one nor opening it pays for Alembic."""
    code = (
        "import sys; from pathlib import Path; from mailbot.edges.ledger.open import open_ledger\n"
        "for _ in range(2): open_ledger(Path(sys.argv[1]), upgrade=True).close()\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "mailbot.db")], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"


def test_what_is_kept_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    """A ledger outlives its process, whatever its name is made of."""
    path = tmp_path / "台账 100%?x=1#.db"
    _one_answer(path)
    ledger = open_ledger(path, upgrade=False)

    assert path.exists()
    assert [mail.number for mail in ledger.mails()] == ["SQ-2026-0001"]
    ledger.close()


def test_an_older_ledger_is_brought_up_to_date_on_a_copy(tmp_path: Path, later: Later) -> None:
    """A table with children is made anew and none of them is lost; the old ledger stays beside the new."""
    path = tmp_path / "mailbot.db"
    _one_answer(path)
    later()
    before = upgrading.upgrade(path)

    assert before == tmp_path / "mailbot.db.before-next"
    assert _query(before, "SELECT version_num, sender FROM alembic_version, letters") == [(REVISION, "wang@example.cn")]
    assert _query(path, "SELECT version_num, writer, mood FROM alembic_version, letters") == [
        ("next", "wang@example.cn", "fine")
    ]
    for table in ("uids", "submissions", "mails", "revisions", "judgements"):
        assert _query(path, f"SELECT count(*) FROM {table}") == [(1,)]
    assert _query(path, "PRAGMA journal_mode") == [("wal",)]
    assert not list(tmp_path.glob("*.upgrading*"))


def test_an_upgrade_makes_sketches_of_what_is_stored(tmp_path: Path) -> None:
    """A ledger of the first revision knows, once it is up to date, what it would know had it always been."""
    path, always = tmp_path / "mailbot.db", tmp_path / "always.db"
    ledger = open_ledger(always, upgrade=True)
    for n in range(103):
        sent(ledger, text(n), by=f"Li{n % 3}@example.org")
    sent(ledger, "短", by="")
    ledger.close()
    shutil.copy(always, path)
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            "DROP TABLE moves; DROP TABLE later_judgements; DROP TABLE sketch_keys; DROP TABLE sketches;"
            "DROP TABLE bounces; DROP INDEX ix_mails_created_at; DROP INDEX ix_letters_about;"
            "ALTER TABLE letters DROP COLUMN about;"
            "ALTER TABLE letters DROP COLUMN alone;"
            "ALTER TABLE mails DROP COLUMN held_by; ALTER TABLE mails DROP COLUMN release_at;"
            "ALTER TABLE revisions DROP COLUMN article; ALTER TABLE revisions DROP COLUMN split_at;"
            "UPDATE alembic_version SET version_num = '0001'"
        )
    open_ledger(path, upgrade=True).close()

    assert _schema(path) == _schema(always)
    for table in ("sketches", "sketch_keys"):
        assert _query(path, f"SELECT * FROM {table} ORDER BY 1, 2") == _query(
            always, f"SELECT * FROM {table} ORDER BY 1, 2"
        )
    assert _query(path, "SELECT count(*) FROM sketches") == [(104,)]


def test_an_upgrade_that_was_killed_is_done_at_the_next_start(tmp_path: Path, later: Later) -> None:
    """SIGKILL in the middle of the migration leaves the old ledger, and copies that do not get in the way."""
    path = tmp_path / "mailbot.db"
    _one_answer(path)
    later("import os; os.environ.get('DIE') and os.kill(os.getpid(), 9)")
    code = (
        "import sys; from pathlib import Path; from mailbot.edges.ledger import upgrade\n"
        "upgrade.SCRIPTS = Path(sys.argv[2]); upgrade.upgrade(Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, str(path), str(upgrading.SCRIPTS)]
    assert subprocess.run(command, env={**os.environ, "DIE": "1"}, check=False).returncode == -signal.SIGKILL
    assert _query(path, "SELECT version_num, sender FROM alembic_version, letters") == [(REVISION, "wang@example.cn")]
    (tmp_path / "mailbot.db.before-next.part").write_bytes(b"half a copy")
    upgrading.upgrade(path)

    assert _query(path, "SELECT version_num, writer FROM alembic_version, letters") == [("next", "wang@example.cn")]
    assert sorted(file.name for file in tmp_path.glob("mailbot.db*")) == ["mailbot.db", "mailbot.db.before-next"]


def test_an_upgrade_that_would_orphan_rows_is_refused(tmp_path: Path, later: Later) -> None:
    """The foreign keys are checked before the swap, and the ledger stays as it was."""
    path = tmp_path / "mailbot.db"
    _one_answer(path)
    later('op.execute("DELETE FROM letters")')
    with pytest.raises(Permanent, match="left as it is"):
        upgrading.upgrade(path)

    assert _query(path, "SELECT version_num, count(*) FROM alembic_version, letters") == [(REVISION, 1)]


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, later: Later) -> None:
    """A migration that raises leaves the ledger as it was."""
    path = tmp_path / "mailbot.db"
    _one_answer(path)
    later("1 / 0")
    with pytest.raises(ZeroDivisionError):
        upgrading.upgrade(path)

    assert _query(path, "SELECT version_num, sender FROM alembic_version, letters") == [(REVISION, "wang@example.cn")]


def test_a_write_during_the_upgrade_is_not_lost(tmp_path: Path, later: Later) -> None:
    """What somebody wrote meanwhile is kept, and the upgrade is to be done again."""
    path = tmp_path / "mailbot.db"
    _one_answer(path)
    write = f"import sqlite3; sqlite3.connect({str(path)!r}, isolation_level=None)"
    write += ".execute('INSERT INTO notes VALUES (1, 2)')"
    later(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {write!r}], check=True)")
    with pytest.raises(Transient, match="somebody wrote"):
        upgrading.upgrade(path)

    assert _query(path, "SELECT version_num, value FROM alembic_version, notes") == [(REVISION, "2")]


def test_an_older_ledger_is_not_touched_without_leave(
    tmp_path: Path, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that only looks says who brings it up to date; `run` does."""
    path = tmp_path / "mailbot.db"
    _one_answer(path)
    later()
    monkeypatch.setattr("mailbot.edges.ledger.open.REVISION", "next")
    with pytest.raises(UserError, match="mailbot db upgrade"):
        open_ledger(path, upgrade=False)
    assert not (tmp_path / "mailbot.db.before-next").exists()

    open_ledger(path, upgrade=True).close()
    assert _query(path, "SELECT version_num FROM alembic_version") == [("next",)]


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    """The message says which revision it is, what this mailbot knows, and what to do; nothing is written."""
    path = tmp_path / "mailbot.db"
    _one_answer(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    for upgrade in (True, False):
        with pytest.raises(LedgerTooNew, match=re.escape(f"9999, this mailbot knows revisions up to {REVISION}")):
            open_ledger(path, upgrade=upgrade)

    assert _query(path, "SELECT version_num FROM alembic_version") == [("9999",)]
    assert [file.name for file in tmp_path.glob("*before*")] == []


def test_other_files_are_no_ledgers(tmp_path: Path) -> None:
    """Another database and a file that is none are refused and left alone."""
    with closing(sqlite3.connect(tmp_path / "other.db")) as database:
        database.execute("CREATE TABLE shoes (size)")
    (tmp_path / "text.db").write_text("I am no database. " * 100)
    for name in ("other.db", "text.db"):
        with pytest.raises(Permanent, match=name):
            open_ledger(tmp_path / name, upgrade=True)

    assert _query(tmp_path / "other.db", "SELECT count(*) FROM sqlite_master") == [(1,)]
    with pytest.raises(StorageFull, match="cannot be written"):
        open_ledger(tmp_path / "no folder" / "mailbot.db", upgrade=True)


def test_a_full_disk_is_told_and_passes(tmp_path: Path) -> None:
    """A transaction that finds no room is undone as a whole; with room again the same step works."""
    ledger = open_ledger(tmp_path / "mailbot.db", upgrade=True)
    with ledger._database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageFull):
        received(ledger, *(str(n) for n in range(500)))
    assert ledger.due_letters(NOW, 9) == []
    with ledger._database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1073741823")

    assert len(received(ledger, "a", "b")) == 2
    ledger.close()
