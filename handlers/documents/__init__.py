"""Documents: files of a case, encrypted under their owner's key, opened by tier."""

from handlers.documents.files import DocumentFiles
from handlers.documents.handlers import require
from handlers.documents.service import Document, Documents, OpenedDocument
from handlers.documents.sniffing import SUFFIXES, DocumentRefused
from handlers.documents.store import missing_documents, purposes_of

__all__ = [
    "SUFFIXES",
    "Document",
    "DocumentFiles",
    "DocumentRefused",
    "Documents",
    "OpenedDocument",
    "missing_documents",
    "purposes_of",
    "require",
]
