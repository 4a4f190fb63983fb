"""What may be known of a document, and why one is not taken or not given out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import PasserelleError
from engine.model import Tier
from handlers.documents import store
from handlers.documents.scanning import ScanState
from handlers.documents.sniffing import DocumentRefused, check_title


class Harmful(Exception):
    """Harm was found in a file that is being handed in.

    :ivar name: what was found.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def refusal(self, filename: str) -> DocumentRefused:
        """Return what whoever hands the file in is told."""
        return DocumentRefused(
            "infected", f"'{check_title(filename)}' was refused: {self.name} was found in it."
        )


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader whose tiers open a document may know of it.

    :ivar case_id: ``None`` where it lies in a person's own file, outside any case.
    :ivar title: the file name that its uploader gave.
    :ivar purpose: code of what it was handed in for.
    :ivar tier: who may open it.
    """

    id: str
    case_id: str | None
    title: str
    media_type: str
    size_bytes: int
    tier: Tier
    purpose: str
    uploaded_at: datetime
    uploaded_by: str
    series: str
    version: int
    scan: ScanState
    letter: str

    @property
    def may_open(self) -> bool:
        """Whether its content is given out: not while nobody knows that it is harmless."""
        return self.scan in store.USABLE


class DocumentHeld(PasserelleError):
    """A document's content is not given out: it waits to be scanned, or harm was found in it."""

    def __init__(self, document_id: str, state: ScanState) -> None:
        why = "harm was found in it" if state is ScanState.INFECTED else "it waits to be scanned"
        super().__init__(f"Document {document_id} is not given out: {why}.")
        self.document_id = document_id
        self.state = state


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document and its content in clear."""

    document: Document
    content: bytes


def told_of(document: Document) -> dict[str, str]:
    """Return what history says of a document that was stored."""
    data = {
        "document": document.id,
        "purpose": document.purpose,
        "media_type": document.media_type,
    }
    return data if document.version == 1 else data | {"version": str(document.version)}


def described(row: store.DocumentRow, title: str) -> Document:
    """Return what may be known of a document whose title was decrypted."""
    return Document(
        id=row.id,
        case_id=row.case_id,
        title=title,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        tier=row.tier,
        purpose=row.purpose,
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by,
        series=row.series,
        version=row.version,
        scan=row.scan,
        letter=row.letter,
    )
