"""Substitutes: who acts in whose place, from when to when."""

import sqlalchemy as sa
from alembic import op

revision = "web_0002"
down_revision = "web_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of substitutions."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "substitutions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("absent_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("substitute_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("named_at", moment, nullable=False),
    )
    op.create_index("ix_substitutions_substitute", "substitutions", ["substitute_id", "until"])
    op.create_index("ix_substitutions_absent", "substitutions", ["absent_id", "until"])


def downgrade() -> None:
    """Drop the table of substitutions."""
    op.drop_table("substitutions")
