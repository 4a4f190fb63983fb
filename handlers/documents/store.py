"""Rows of documents. No encryption here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.errors import NotFound, RevisionConflict
from engine.model import Tier
from engine.store import UnitOfWork
from engine.store.tables import cases
from handlers.documents.scanning import ScanState
from handlers.documents.tables import documents

USABLE = (ScanState.UNSCANNED, ScanState.CLEAN)
"""States in which a document counts as handed in and may be opened."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document at rest.

    :ivar owner: whose key protects it.
    :ivar file_name: name of the encrypted file, a keyed hash of owner and content.
    :ivar title: the name that its uploader gave, encrypted.
    :ivar series: id of its first version; ``version`` counts from 1.
    :ivar letter: code of the letter it was written from; ``""`` if somebody handed it in.
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
    series: str
    version: int = 1
    scan: ScanState = ScanState.UNSCANNED
    letter: str = ""


def insert_document(uow: UnitOfWork, row: DocumentRow) -> None:
    """Write a document's row.

    :raises RevisionConflict: somebody else handed in that version just now.
    """
    values = {column.name: getattr(row, column.name) for column in documents.c}
    values |= {"tier": row.tier.value, "scan": row.scan.value}
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(sa.insert(documents).values(**values))
    except IntegrityError:
        raise RevisionConflict(row.case_id) from None


def newest_version(uow: UnitOfWork, series: str) -> DocumentRow:
    """Return the newest version of a document.

    :raises NotFound: there is no such document.
    """
    d = documents.c
    row = uow.connection.execute(
        sa.select(documents).where(d.series == series).order_by(d.version.desc()).limit(1)
    ).first()
    if row is None:
        raise NotFound("document", series)
    return _document(row._mapping)


def unscanned(uow: UnitOfWork) -> tuple[DocumentRow, ...]:
    """Return the documents of which nobody knows yet whether they are harmful, oldest first."""
    d = documents.c
    rows = uow.connection.execute(
        sa.select(documents)
        .where(d.scan.in_((ScanState.UNSCANNED.value, ScanState.WAITING.value)))
        .order_by(d.uploaded_at, d.id)
    )
    return tuple(_document(row._mapping) for row in rows)


def set_scan(uow: UnitOfWork, row: DocumentRow, state: ScanState) -> bool:
    """Say what is known of a file now; ``False`` if somebody else said it meanwhile."""
    d = documents.c
    done = uow.connection.execute(
        sa.update(documents)
        .where(d.id == row.id, d.scan == row.scan.value)
        .values(scan=state.value)
    )
    return done.rowcount == 1


def every_document(uow: UnitOfWork) -> tuple[tuple[DocumentRow, str], ...]:
    """Return every document of the site with its case's reference, for exports."""
    rows = uow.connection.execute(
        sa.select(documents, cases.c.reference)
        .join(cases, documents.c.case_id == cases.c.id)
        .order_by(documents.c.uploaded_at, documents.c.id)
    )
    return tuple((_document(row._mapping), row.reference) for row in rows)


def usable_by_purpose(uow: UnitOfWork, case_id: str) -> dict[str, str]:
    """Return the newest document of a case for each purpose, of those that may be opened."""
    d = documents.c
    rows = uow.connection.execute(
        sa.select(d.purpose, d.id)
        .where(
            d.case_id == case_id,
            d.scan.in_(USABLE),
        )
        .order_by(d.uploaded_at, d.version, d.id)
    )
    return {row.purpose: row.id for row in rows}


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
    rows = uow.connection.execute(
        sa.select(d.purpose).where(d.case_id == case_id, d.scan.in_(USABLE)).distinct()
    )
    return frozenset(row.purpose for row in rows)


def missing_documents(
    uow: UnitOfWork, case_id: str, document_ids: Collection[str]
) -> tuple[str, ...]:
    """Return those of the ids that are no documents of the case, sorted."""
    d = documents.c
    rows = uow.connection.execute(
        sa.select(d.id).where(
            d.case_id == case_id, d.id.in_(sorted(document_ids)), d.scan.in_(USABLE)
        )
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
    values["scan"] = ScanState(values["scan"])
    values["title"] = bytes(values["title"])
    return DocumentRow(**values)
