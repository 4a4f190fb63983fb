"""Tables of notices: what was sent, to which kind of receiver, never the address itself."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from engine.store.tables import UtcDateTime

metadata = MetaData()

notices = Table(
    "notices",
    metadata,
    Column("key", String(500), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("template", String(64), nullable=False),
    Column("locale", String(2), nullable=False),
    Column("receiver", String(80), nullable=False),
    Column("status", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("reason", String(32), nullable=False),
    # The Message-ID's own part: how a mail that comes back names the notice.
    Column("message", String(32), nullable=False),
    # A keyed hash; the address itself is never here.
    Column("address", String(64), nullable=False),
    Column("due_at", UtcDateTime),
    Column("attempt", Integer, nullable=False),
    Index("ix_notices_case", "case_id", "at"),
    Index("ix_notices_message", "message"),
    Index("ix_notices_queue", "status", "due_at"),
)

bad_addresses = Table(
    "bad_addresses",
    metadata,
    Column("address", String(64), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("notice_key", String(500), nullable=False),
)

contact_problems = Table(
    "contact_problems",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("receiver", String(80), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    # Up to when what was written into the person's file was looked at.
    Column("checked_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String(64)),
    Index("ix_contact_problems_open", "closed_at", "since"),
)
