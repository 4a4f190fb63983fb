"""Tables of committees: bodies, members, sessions, files, votes, decisions, minutes.

Signed minutes and their annex are never changed (triggers forbid update and delete). Nothing here
refers to ``cases`` by a foreign key, as in people.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from engine.store.tables import UtcDateTime

metadata = MetaData()

committee_bodies = Table(
    "committee_bodies",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("country", String(2), nullable=False),
    Column("organisation_id", String(64), nullable=False),
    Column("prefix", String(32), nullable=False, unique=True),
    Column("quorum", Integer, nullable=False),
    Column("majority", String(16), nullable=False),
    Column("casting_vote", Boolean, nullable=False),
    Column("documents", Text, nullable=False),
    Column("grid", Text, nullable=False),
    Column("source", String(300), nullable=False),
    CheckConstraint("quorum >= 1", name="ck_committee_bodies_quorum"),
)

committee_members = Table(
    "committee_members",
    metadata,
    Column("body_id", ForeignKey("committee_bodies.id"), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("votes", Boolean, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Index("ix_committee_members_account", "account_id"),
)

committee_sessions = Table(
    "committee_sessions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("body_id", ForeignKey("committee_bodies.id"), nullable=False),
    Column("number", String(64), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("planned_for", UtcDateTime, nullable=False),
    Column("place", String(200), nullable=False),
    Column("called_at", UtcDateTime, nullable=False),
    Column("called_by", String(64), nullable=False),
    Column("opened_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index("ix_committee_sessions_body", "body_id", "planned_for"),
)

attendances = Table(
    "attendances",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("session_id", ForeignKey("committee_sessions.id"), nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Index("ix_attendances_session", "session_id", "account_id"),
)

committee_files = Table(
    "committee_files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(500), nullable=False, unique=True),
    Column("body_id", ForeignKey("committee_bodies.id"), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("preparers", Text, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("session_id", ForeignKey("committee_sessions.id")),
    Column("wanted_session_id", ForeignKey("committee_sessions.id")),
    Column("position", Integer),
    Index("ix_committee_files_waiting", "body_id", "status", "submitted_at"),
    Index("ix_committee_files_session", "session_id", "position"),
    Index("ix_committee_files_case", "case_id", "submitted_at"),
)

conflicts_of_interest = Table(
    "conflicts_of_interest",
    metadata,
    Column("file_id", ForeignKey("committee_files.id"), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("ground", String(16), nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    Column("file_id", ForeignKey("committee_files.id"), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("criterion", String(64), primary_key=True),
    Column("points", Integer, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
)

votes = Table(
    "votes",
    metadata,
    Column("file_id", ForeignKey("committee_files.id"), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("vote", String(8), nullable=False),
    Column("cast_at", UtcDateTime, nullable=False),
)

committee_decisions = Table(
    "committee_decisions",
    metadata,
    Column("file_id", ForeignKey("committee_files.id"), primary_key=True),
    Column("session_id", ForeignKey("committee_sessions.id"), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("next_session_id", ForeignKey("committee_sessions.id")),
    Column("conditional", Boolean, nullable=False),
    Column("votes_for", Integer, nullable=False),
    Column("votes_against", Integer, nullable=False),
    Column("abstentions", Integer, nullable=False),
    Column("present", Integer, nullable=False),
    Column("recused", Integer, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("decided_by", String(64), nullable=False),
    Index("ix_committee_decisions_session", "session_id"),
)

minutes = Table(
    "minutes",
    metadata,
    Column("session_id", ForeignKey("committee_sessions.id"), primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("signed_by", String(64), nullable=False),
)

minutes_annex = Table(
    "minutes_annex",
    metadata,
    Column("session_id", ForeignKey("minutes.session_id"), primary_key=True),
    Column("file_id", ForeignKey("committee_files.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
