"""What begins cases by itself, and which case has had which message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables of starts and deliveries; give buffered messages an identity."""
    _starts()
    op.create_table(
        "message_deliveries",
        sa.Column("message_id", sa.String(32), primary_key=True),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("expires_at", _moment(), nullable=False),
    )
    op.create_index("ix_message_deliveries_expires", "message_deliveries", ["expires_at"])
    op.add_column(
        "buffered_messages",
        sa.Column("message_id", sa.String(32), nullable=False, server_default=""),
    )
    op.execute("UPDATE buffered_messages SET message_id = 'before-' || id")
    op.create_index(
        "ix_buffered_messages_message_id", "buffered_messages", ["message_id"], unique=True
    )


def _starts() -> None:
    op.create_table(
        "start_events",
        sa.Column("scheme", sa.String(100), primary_key=True),
        sa.Column("element_id", sa.String(255), primary_key=True),
        sa.Column("trigger", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(255), primary_key=True),
    )
    op.create_index("ix_start_events_name", "start_events", ["trigger", "name"])
    op.create_table(
        "start_jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("scheme", sa.String(100), nullable=False),
        sa.Column("deployment_id", sa.String(32), sa.ForeignKey("deployments.id")),
        sa.Column("element_id", sa.String(255), nullable=False),
        sa.Column("trigger", sa.String(16), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("due_at", _moment(), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_start_jobs_status_due", "start_jobs", ["status", "due_at", "id"])
    op.create_index("ix_start_jobs_scheme", "start_jobs", ["scheme"])
