"""The table of documents; the files themselves lie encrypted in the site's documents folder."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

from engine.store.tables import UtcDateTime

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("tier", String(16), nullable=False),
    Column("file_name", String(64), nullable=False),
    Column("title", LargeBinary, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Column("uploaded_by", String(64), nullable=False),
    Index("ix_documents_case", "case_id", "uploaded_at"),
    Index("ix_documents_file_name", "file_name"),
)
