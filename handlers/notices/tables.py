"""The table of notices: what was sent, to which kind of receiver, never the address."""

from __future__ import annotations

from sqlalchemy import Column, Index, MetaData, String, Table

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
    Index("ix_notices_case", "case_id", "at"),
)
