"""Incidents that are put in words when they are read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0007"
down_revision = "engine_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what an incident says beside its English words; older ones have these alone."""
    op.add_column("incidents", sa.Column("said", sa.Text))
