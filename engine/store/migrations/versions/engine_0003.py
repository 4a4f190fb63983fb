"""Cases that moved to another version, with what undoes it, and migrations in bulk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0003"
down_revision = "engine_0002"
branch_labels = None
depends_on = None


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _deployment(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), sa.ForeignKey("deployments.id"), nullable=False)


def upgrade() -> None:
    """Create the tables; find the running cases of a version without reading them all."""
    op.create_table(
        "case_migrations",
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        _deployment("from_deployment"),
        _deployment("to_deployment"),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.Column("state_before", sa.LargeBinary),
        sa.Column("rows_before", sa.LargeBinary),
        sa.Column("migrated_at", _moment(), nullable=False),
        sa.Column("migrated_by", sa.String(64), nullable=False),
        sa.Column("undone_at", _moment()),
    )
    op.create_table(
        "migration_batches",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("scheme", sa.String(100), nullable=False),
        _deployment("from_deployment"),
        _deployment("to_deployment"),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
    )
    op.create_index("ix_migration_batches_scheme", "migration_batches", ["scheme", "created_at"])
    op.create_table(
        "migration_items",
        sa.Column(
            "batch_id", sa.String(32), sa.ForeignKey("migration_batches.id"), primary_key=True
        ),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("at", _moment()),
    )
    op.create_index("ix_migration_items_status", "migration_items", ["batch_id", "status"])
    op.create_index("ix_cases_deployment", "cases", ["deployment_id", "ended_at", "id"])
