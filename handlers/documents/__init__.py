"""Documents: files of a case, encrypted under their owner's key, opened by tier."""

from handlers.documents.checklist import Item, checklist
from handlers.documents.declared import Declarations, Declared, Letter, Need, read_declared
from handlers.documents.described import Document, DocumentHeld, OpenedDocument
from handlers.documents.files import DocumentFiles, files_of
from handlers.documents.handlers import generate_handler, require, require_handler
from handlers.documents.letters import Letters, Written
from handlers.documents.personal import CONSENT_SHEET, PersonDocuments
from handlers.documents.scanning import Clamd, Scanner, ScannerAway, ScanState
from handlers.documents.service import Documents
from handlers.documents.sniffing import SUFFIXES, DocumentRefused
from handlers.documents.store import missing_documents, purposes_of
from handlers.documents.upkeep import upkeep

__all__ = [
    "CONSENT_SHEET",
    "SUFFIXES",
    "Clamd",
    "Declarations",
    "Declared",
    "Document",
    "DocumentFiles",
    "DocumentHeld",
    "DocumentRefused",
    "Documents",
    "Item",
    "Letter",
    "Letters",
    "Need",
    "OpenedDocument",
    "PersonDocuments",
    "ScanState",
    "Scanner",
    "ScannerAway",
    "Written",
    "checklist",
    "files_of",
    "generate_handler",
    "missing_documents",
    "purposes_of",
    "read_declared",
    "require",
    "require_handler",
    "upkeep",
]
