"""Committees: bodies, members, sessions, files, votes, decisions, minutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.final import forbid_rewriting

revision = "committees_0001"
down_revision = None
branch_labels = ("committees",)
depends_on = "handlers_0001"

_FINAL = ("committee_decisions", "minutes", "minutes_annex")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _bodies()
    _sessions()
    _files()
    _judgements()
    _decisions()
    _minutes()
    forbid_rewriting(_FINAL)


def _bodies() -> None:
    op.create_table(
        "committee_bodies",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(32), nullable=False, unique=True),
        sa.Column("quorum", sa.Integer, nullable=False),
        sa.Column("majority", sa.String(16), nullable=False),
        sa.Column("casting_vote", sa.Boolean, nullable=False),
        sa.Column("documents", sa.Text, nullable=False),
        sa.Column("grid", sa.Text, nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.CheckConstraint("quorum >= 1", name="ck_committee_bodies_quorum"),
    )
    op.create_table(
        "committee_members",
        sa.Column("body_id", sa.String(64), sa.ForeignKey("committee_bodies.id"), primary_key=True),
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("votes", sa.Boolean, nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("until", _moment()),
    )
    op.create_index("ix_committee_members_account", "committee_members", ["account_id"])


def _sessions() -> None:
    op.create_table(
        "committee_sessions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("body_id", sa.String(64), sa.ForeignKey("committee_bodies.id"), nullable=False),
        sa.Column("number", sa.String(64), nullable=False, unique=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("planned_for", _moment(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("called_at", _moment(), nullable=False),
        sa.Column("called_by", sa.String(64), nullable=False),
        sa.Column("opened_at", _moment()),
        sa.Column("closed_at", _moment()),
    )
    op.create_index("ix_committee_sessions_body", "committee_sessions", ["body_id", "planned_for"])
    op.create_table(
        "attendances",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "session_id", sa.String(32), sa.ForeignKey("committee_sessions.id"), nullable=False
        ),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("arrived_at", _moment(), nullable=False),
        sa.Column("left_at", _moment()),
    )
    op.create_index("ix_attendances_session", "attendances", ["session_id", "account_id"])


def _files() -> None:
    op.create_table(
        "committee_files",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(500), nullable=False, unique=True),
        sa.Column("body_id", sa.String(64), sa.ForeignKey("committee_bodies.id"), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency", sa.String(3)),
        sa.Column("preparers", sa.Text, nullable=False),
        sa.Column("submitted_at", _moment(), nullable=False),
        sa.Column("session_id", sa.String(32), sa.ForeignKey("committee_sessions.id")),
        sa.Column("wanted_session_id", sa.String(32), sa.ForeignKey("committee_sessions.id")),
        sa.Column("position", sa.Integer),
    )
    op.create_index(
        "ix_committee_files_waiting", "committee_files", ["body_id", "status", "submitted_at"]
    )
    op.create_index("ix_committee_files_session", "committee_files", ["session_id", "position"])
    op.create_index("ix_committee_files_case", "committee_files", ["case_id", "submitted_at"])


def _judgements() -> None:
    op.create_table(
        "conflicts_of_interest",
        sa.Column("file_id", sa.String(32), sa.ForeignKey("committee_files.id"), primary_key=True),
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("ground", sa.String(16), nullable=False),
        sa.Column("declared_at", _moment(), nullable=False),
    )
    op.create_table(
        "scores",
        sa.Column("file_id", sa.String(32), sa.ForeignKey("committee_files.id"), primary_key=True),
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("criterion", sa.String(64), primary_key=True),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("given_at", _moment(), nullable=False),
    )
    op.create_table(
        "votes",
        sa.Column("file_id", sa.String(32), sa.ForeignKey("committee_files.id"), primary_key=True),
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("vote", sa.String(8), nullable=False),
        sa.Column("cast_at", _moment(), nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "committee_decisions",
        sa.Column("file_id", sa.String(32), sa.ForeignKey("committee_files.id"), primary_key=True),
        sa.Column(
            "session_id", sa.String(32), sa.ForeignKey("committee_sessions.id"), nullable=False
        ),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency", sa.String(3)),
        sa.Column("next_session_id", sa.String(32), sa.ForeignKey("committee_sessions.id")),
        sa.Column("conditional", sa.Boolean, nullable=False),
        sa.Column("votes_for", sa.Integer, nullable=False),
        sa.Column("votes_against", sa.Integer, nullable=False),
        sa.Column("abstentions", sa.Integer, nullable=False),
        sa.Column("present", sa.Integer, nullable=False),
        sa.Column("recused", sa.Integer, nullable=False),
        sa.Column("decided_at", _moment(), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
    )
    op.create_index("ix_committee_decisions_session", "committee_decisions", ["session_id"])


def _minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column(
            "session_id", sa.String(32), sa.ForeignKey("committee_sessions.id"), primary_key=True
        ),
        sa.Column("number", sa.String(64), nullable=False, unique=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signed_at", _moment(), nullable=False),
        sa.Column("signed_by", sa.String(64), nullable=False),
    )
    op.create_table(
        "minutes_annex",
        sa.Column(
            "session_id", sa.String(32), sa.ForeignKey("minutes.session_id"), primary_key=True
        ),
        sa.Column("file_id", sa.String(32), sa.ForeignKey("committee_files.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
