"""Letters that belong to a submission, mails that are held, and what came back of mails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make columns and table; until now each submission had one letter, and nothing was known of bounces."""
    op.add_column("letters", sa.Column("about", sa.Integer(), nullable=True))
    op.add_column("letters", sa.Column("alone", sa.Boolean(), nullable=False, server_default="0"))
    op.create_index("ix_letters_about", "letters", ["about"])
    op.add_column("revisions", sa.Column("article", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("revisions", sa.Column("split_at", sa.BigInteger(), nullable=True))
    of_submission = "SELECT article FROM submissions WHERE submissions.id = revisions.submission"
    op.execute(f"UPDATE revisions SET article = ({of_submission})")
    op.add_column("later_judgements", sa.Column("letter", sa.Integer(), nullable=False, server_default="0"))
    of_submission = "SELECT letter FROM submissions WHERE submissions.id = later_judgements.submission"
    op.execute(f"UPDATE later_judgements SET letter = ({of_submission})")
    op.add_column("mails", sa.Column("held_by", sa.String(32), nullable=True))
    op.add_column("mails", sa.Column("release_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_mails_created_at", "mails", ["created_at"])
    op.execute("UPDATE mails SET held_by = 'rehearsal' WHERE state = 'queued'")
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("mail", sa.Integer(), nullable=True),
        sa.Column("correspondent", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name="fk_bounces_letter"),
        sa.ForeignKeyConstraint(["mail"], ["mails.id"], name="fk_bounces_mail"),
        sa.PrimaryKeyConstraint("id", name="pk_bounces"),
        sa.UniqueConstraint("letter", "correspondent", name="uq_bounces_letter"),
    )
    op.create_index("ix_bounces_correspondent_at", "bounces", ["correspondent", "at"])
    op.create_index("ix_bounces_mail", "bounces", ["mail"])
