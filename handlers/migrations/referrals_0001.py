"""Referrals: the directory of what organisations can give, and what was referred to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "referrals_0001"
down_revision = None
branch_labels = ("referrals",)
depends_on = "handlers_0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "referral_services",
        sa.Column("organisation_id", sa.String(64), primary_key=True),
        sa.Column("need", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(64), primary_key=True),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.CheckConstraint("capacity >= 0", name="ck_referral_services_capacity"),
    )
    op.create_index("ix_referral_services_need", "referral_services", ["need", "region"])
    op.create_table(
        "referrals",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("call_key", sa.String(255), nullable=False, unique=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("need", sa.String(64), nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("priority", sa.String(32), nullable=False),
        sa.Column("from_organisation", sa.String(64), nullable=False),
        sa.Column("to_organisation", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("shared_keys", sa.Text, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(64), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.String(64)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(32)),
        sa.Column("words", sa.LargeBinary),
    )
    op.create_index("ix_referrals_case", "referrals", ["case_id", "sent_at"])
    op.create_index("ix_referrals_sender", "referrals", ["from_organisation", "status"])
    op.create_index("ix_referrals_receiver", "referrals", ["to_organisation", "status"])
