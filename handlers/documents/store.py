"""Rows of documents. No encryption here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import Tier
from engine.store import UnitOfWork
from handlers.documents.tables import documents


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document at rest.

    :ivar owner: whose key protects it.
    :ivar file_name: name of the encrypted file, a keyed hash of owner and content.
    :ivar title: the name that its uploader gave, encrypted.
    """

    id: str
    case_id: str
    owner: str
    tier: Tier
    file_name: str
    title: bytes
    media_type: str
    size_bytes: int
    purpose: str
    uploaded_at: datetime
    uploaded_by: str


def insert_document(uow: UnitOfWork, row: DocumentRow) -> None:
    """Write a document's row."""
    values = {column.name: getattr(row, column.name) for column in documents.c}
    values["tier"] = row.tier.value
    uow.connection.execute(sa.insert(documents).values(**values))


def read_document(uow: UnitOfWork, document_id: str) -> DocumentRow:
    """Return one document's row.

    :raises NotFound: there is none.
    """
    row = uow.connection.execute(sa.select(documents).where(documents.c.id == document_id)).first()
    if row is None:
        raise NotFound("document", document_id)
    return _document(row._mapping)


def documents_of(uow: UnitOfWork, case_id: str) -> tuple[DocumentRow, ...]:
    """Return a case's documents, the oldest first."""
    d = documents.c
    rows = uow.connection.execute(
        sa.select(documents).where(d.case_id == case_id).order_by(d.uploaded_at, d.id)
    )
    return tuple(_document(row._mapping) for row in rows)


def purposes_of(uow: UnitOfWork, case_id: str) -> frozenset[str]:
    """Return what documents were handed in for in a case."""
    d = documents.c
    rows = uow.connection.execute(sa.select(d.purpose).where(d.case_id == case_id).distinct())
    return frozenset(row.purpose for row in rows)


def missing_documents(
    uow: UnitOfWork, case_id: str, document_ids: Collection[str]
) -> tuple[str, ...]:
    """Return those of the ids that are no documents of the case, sorted."""
    d = documents.c
    rows = uow.connection.execute(
        sa.select(d.id).where(d.case_id == case_id, d.id.in_(sorted(document_ids)))
    )
    return tuple(sorted(set(document_ids) - {row.id for row in rows}))


def known_files(uow: UnitOfWork, file_names: Collection[str]) -> frozenset[str]:
    """Return those of the file names that some document refers to."""
    d = documents.c
    rows = uow.connection.execute(
        sa.select(d.file_name).where(d.file_name.in_(sorted(file_names))).distinct()
    )
    return frozenset(row.file_name for row in rows)


def _document(m: sa.RowMapping) -> DocumentRow:
    values = {column.name: m[column] for column in documents.c}
    values["tier"] = Tier(values["tier"])
    values["title"] = bytes(values["title"])
    return DocumentRow(**values)
