"""Judgements beside the first one, and moves that are under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; nothing was judged again before."""
    op.create_table(
        "later_judgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_later_judgements_submission"),
        sa.PrimaryKeyConstraint("id", name="pk_later_judgements"),
    )
    op.create_index("ix_later_judgements_submission_id", "later_judgements", ["submission", "id"])
    op.create_table(
        "moves",
        sa.Column("submission", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lies_in", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_moves_submission"),
        sa.PrimaryKeyConstraint("submission", name="pk_moves"),
    )
