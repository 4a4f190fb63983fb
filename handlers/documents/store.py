"""Rows of documents. No encryption here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.errors import Conflict, NotFound, RevisionConflict
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

    :ivar case_id: ``None`` where it lies in a person's own file, outside any case.
    :ivar owner: whose key protects it.
    :ivar file_name: name of the encrypted file, a keyed hash of owner and content.
    :ivar title: the name that its uploader gave, encrypted.
    :ivar series: id of its first version; ``version`` counts from 1.
    :ivar letter: code of the letter it was written from; ``""`` if somebody handed it in.
    """

    id: str
    case_id: str | None
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

    :raises Conflict: somebody else handed in that version just now.
    """
    values = {column.name: getattr(row, column.name) for column in documents.c}
    values |= {"tier": row.tier.value, "scan": row.scan.value}
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(sa.insert(documents).values(**values))
    except IntegrityError:
        raise newer_version(row) from None


def newer_version(row: DocumentRow) -> Conflict:
    """Return the error that somebody else handed in a newer version of a document."""
    if row.case_id is not None:
        return RevisionConflict(row.case_id)
    return Conflict("Somebody handed in a newer version just now. Look at it, then try again.")


def newest_of(uow: UnitOfWork, row: DocumentRow) -> DocumentRow:
    """Return a document that is its series' newest version.

    :raises Conflict: somebody handed in a newer one.
    """
    d = documents.c
    newest = uow.connection.execute(
        sa.select(sa.func.max(d.version)).where(d.series == row.series)
    ).scalar_one()
    if newest != row.version:
        raise newer_version(row)
    return row


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
    """Return every document of the site with its case's reference, ``""`` of none, for exports."""
    rows = uow.connection.execute(
        sa.select(documents, cases.c.reference)
        .outerjoin(cases, documents.c.case_id == cases.c.id)
        .order_by(documents.c.uploaded_at, documents.c.id)
    )
    return tuple((_document(row._mapping), row.reference or "") for row in rows)


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


def documents_of_owners(
    uow: UnitOfWork, owners: Collection[str], purpose: str
) -> tuple[DocumentRow, ...]:
    """Return what lies for a purpose in people's own files, the newest first."""
    d = documents.c
    rows = uow.connection.execute(
        sa.select(documents)
        .where(d.owner.in_(sorted(owners)), d.purpose == purpose, d.case_id.is_(None))
        .order_by(d.uploaded_at.desc(), d.version.desc(), d.id)
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
