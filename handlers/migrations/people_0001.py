"""People: how they are found, merged, read in an emergency, and erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "people_0001"
down_revision = None
branch_labels = ("people",)
depends_on = "handlers_0001"


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _finding()
    _pairs()
    _exceptions()


def _finding() -> None:
    op.create_table(
        "person_tokens",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("persons.id"), primary_key=True),
        sa.Column("key_fingerprint", sa.String(16), primary_key=True),
        sa.Column("token", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(1), nullable=False),
    )
    op.create_index("ix_person_tokens_token", "person_tokens", ["token"])
    op.create_table(
        "person_searches",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("persons", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_searches_account", "person_searches", ["account_id", "at"])


def _pairs() -> None:
    op.create_table(
        "person_pairs",
        sa.Column("low", sa.String(32), sa.ForeignKey("persons.id"), primary_key=True),
        sa.Column("high", sa.String(32), sa.ForeignKey("persons.id"), primary_key=True),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("kept", sa.String(32)),
        sa.Column("found_at", _moment(), nullable=False),
    )
    op.create_index("ix_person_pairs_high", "person_pairs", ["high"])
    op.create_index("ix_person_pairs_status", "person_pairs", ["status", "score"])
    op.create_table(
        "pair_decisions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("low", sa.String(32), nullable=False),
        sa.Column("high", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("kept", sa.String(32)),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pair_decisions_pair", "pair_decisions", ["low", "high", "id"])


def _exceptions() -> None:
    op.create_table(
        "emergency_accesses",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("until", _moment(), nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("verdict", sa.String(16)),
        sa.Column("reviewed_at", _moment()),
        sa.Column("reviewed_by", sa.String(64)),
    )
    op.create_index("ix_emergency_accesses_account", "emergency_accesses", ["account_id", "until"])
    op.create_index("ix_emergency_accesses_person", "emergency_accesses", ["person_id", "at"])
    op.create_table(
        "erasure_requests",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("ground", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("asked_at", _moment(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("decided_at", _moment()),
        sa.Column("decided_by", sa.String(64)),
    )
    op.create_index("ix_erasure_requests_person", "erasure_requests", ["person_id", "status"])
    op.create_index("ix_erasure_requests_status", "erasure_requests", ["status", "asked_at"])
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("scrubbed_at", _moment()),
    )
