"""Publications of which some processes are documentation only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0005"
down_revision = "engine_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep which processes a publication holds as documentation; none where it is null."""
    op.add_column("deployments", sa.Column("documentation", sa.Text))
