"""Sketches of the submissions' texts, by which earlier ones are known again."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from mailbot.sketch import sketch

revision = "0002"
down_revision = "0001"

_AT_ONCE = 100


def upgrade() -> None:
    """Make the tables, and fill them from the dossiers that are stored."""
    op.create_table(
        "sketches",
        sa.Column("submission", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("correspondent", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.String(length=32), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_sketches_submission"),
        sa.PrimaryKeyConstraint("submission", name="pk_sketches"),
    )
    op.create_index("ix_sketches_correspondent_arrived_at", "sketches", ["correspondent", "arrived_at"])
    op.create_table(
        "sketch_keys",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_sketch_keys_submission"),
        sa.PrimaryKeyConstraint("hash", "submission", name="pk_sketch_keys"),
        sqlite_with_rowid=False,
    )
    letters = op.get_bind().scalars(sa.text("SELECT DISTINCT letter FROM submissions ORDER BY letter")).all()
    for start in range(0, len(letters), _AT_ONCE):
        _fill(letters[start], letters[min(start + _AT_ONCE, len(letters)) - 1])


def _fill(first: int, last: int) -> None:
    """The sketches of what came with the letters from `first` to `last`."""
    stored = sa.text(
        "SELECT s.id, s.article, l.sender, l.arrived_at, j.dossier FROM submissions s"
        " JOIN letters l ON l.id = s.letter JOIN judgements j ON j.letter = s.letter"
        " WHERE s.letter BETWEEN :first AND :last ORDER BY s.id"
    )
    rows: list[dict[str, Any]] = []
    keys: list[dict[str, int]] = []
    for row in op.get_bind().execute(stored, {"first": first, "last": last}):
        made = sketch(json.loads(row.dossier)["manuscripts"][row.article]["text"])
        rows.append(
            {
                "submission": row.id,
                "correspondent": row.sender.lower(),
                "arrived_at": row.arrived_at,
                "whole": made.whole if made else "",
                "hashes": made.packed() if made else b"",
            }
        )
        keys += [{"hash": key, "submission": row.id} for key in made.keys] if made else []
    _insert("sketches", rows)
    _insert("sketch_keys", keys)


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        values = ", ".join(f":{name}" for name in names)
        op.get_bind().execute(sa.text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"), rows)
