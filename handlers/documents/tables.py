"""The table of documents; the files themselves lie encrypted in the site's documents folder."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from engine.store.tables import UtcDateTime

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", String(32), primary_key=True),
    # None where a person's own file holds it, outside any case.
    Column("case_id", String(32)),
    Column("owner", String(64), nullable=False),
    Column("tier", String(16), nullable=False),
    Column("file_name", String(64), nullable=False),
    Column("title", LargeBinary, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Column("uploaded_by", String(64), nullable=False),
    # The first version's id; a new version keeps the old.
    Column("series", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("scan", String(12), nullable=False),
    Column("letter", String(64), nullable=False),
    UniqueConstraint("series", "version", name="uq_documents_series_version"),
    Index("ix_documents_case", "case_id", "uploaded_at"),
    Index("ix_documents_owner", "owner", "purpose"),
    Index("ix_documents_file_name", "file_name"),
    Index("ix_documents_scan", "scan"),
)
