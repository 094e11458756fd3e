"""What must survive a restart: small facts, and the last good rules and templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailbot import codec
from mailbot.edges.ledger import events
from mailbot.edges.ledger.tables import kept_files, notes
from mailbot.ports import KeptVersion


def note(connection: Connection, key: str, value: str) -> None:
    """Keep one small fact in place of the one before; no event: these are measurements and marks of the worker."""
    connection.execute(delete(notes).where(notes.c.key == key))
    connection.execute(insert(notes).values(key=key, value=value))


def noted(connection: Connection, key: str) -> str | None:
    """The fact, None if it was never kept."""
    return connection.scalar(select(notes.c.value).where(notes.c.key == key))


def keep(connection: Connection, kind: str, version: str, files: Mapping[str, str], at: datetime) -> None:
    """Keep a set of files under its version and put it in force; one that is in force already stays."""
    in_force = kept(connection, kind, None)
    if in_force is not None and in_force[0] == version:
        return
    connection.execute(delete(kept_files).where(kept_files.c.kind == kind, kept_files.c.version == version))
    connection.execute(insert(kept_files).values(kind=kind, version=version, kept_at=at, files=codec.dump(dict(files))))
    events.note(connection, at, kind, in_force[0] if in_force else "", version, "in force")


def kept(connection: Connection, kind: str, version: str | None) -> tuple[str, dict[str, str]] | None:
    """The set that came into force last, or that of a version; None if there is none."""
    wanted = select(kept_files.c.version, kept_files.c.files).where(kept_files.c.kind == kind)
    if version is not None:
        wanted = wanted.where(kept_files.c.version == version)
    row = connection.execute(wanted.order_by(kept_files.c.kept_at.desc()).limit(1)).one_or_none()
    return None if row is None else (row.version, codec.load(dict[str, str], row.files))


def versions(connection: Connection, kind: str) -> list[KeptVersion]:
    """All that are kept, by the time at which they last came into force."""
    wanted = select(kept_files.c.version, kept_files.c.kept_at).where(kept_files.c.kind == kind)
    return [KeptVersion(row.version, row.kept_at) for row in connection.execute(wanted.order_by(kept_files.c.kept_at))]
