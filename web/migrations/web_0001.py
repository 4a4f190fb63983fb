"""Accounts and the roles they hold."""

import sqlalchemy as sa
from alembic import op

revision = "web_0001"
down_revision = None
branch_labels = ("web",)
depends_on = "engine_0001"


def upgrade() -> None:
    """Create the tables of accounts."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("email", sa.String(320), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("session_key", sa.String(64), nullable=False, unique=True),
        sa.Column("locale", sa.String(8)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "account_grants",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("account_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.String(64)),
        sa.Column("country", sa.String(2)),
        sa.Column("schemes", sa.Text, nullable=False),
        sa.Column("sees_cases", sa.Boolean, nullable=False),
    )
    op.create_index("ix_account_grants_account_id", "account_grants", ["account_id"])


def downgrade() -> None:
    """Drop the tables of accounts."""
    op.drop_table("account_grants")
    op.drop_table("accounts")
