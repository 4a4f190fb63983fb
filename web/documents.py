"""Documents of cases on their way in and out of the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Response, current_app, make_response
from werkzeug.datastructures import FileStorage

from engine.errors import CaseEnded, CaseSuspended
from engine.model import Actor, CaseRef, CaseStatus, Tier
from engine.service import CaseView
from handlers.documents import Document, DocumentRefused, Documents, OpenedDocument
from web.accounts import current_actor
from web.context import engine, store
from web.i18n import _l

__all__ = [
    "Document",
    "DocumentRefused",
    "content_of",
    "keep",
    "listed",
    "opened",
    "refusal",
    "take",
    "title_of",
]

_REFUSALS: Mapping[str, Any] = {
    "empty": _l("This file is empty. Choose the right one."),
    "too-large": _l("This file is too large. Scan it at a lower resolution."),
    "type": _l("This kind of file is not accepted. Save it as a PDF and hand it in again."),
    "infected": _l("Harm was found in this file. Nothing was stored; have the device checked."),
    "scanner-away": _l("Files cannot be checked for harm now. Hand it in again a little later."),
    "name": _l("This file's name cannot be used. Rename it and hand it in again."),
    "name-mismatch": _l("This file's name and its content disagree. Choose the right file."),
}


def documents() -> Documents:
    """Return the room that keeps documents."""
    return cast(Documents, current_app.extensions["documents"])


def case_ref(case: CaseView) -> CaseRef:
    """Return what handlers may know of a case."""
    return CaseRef(case.id, case.reference, case.scheme, case.country, case.subject)


def take(
    case_id: str,
    file: FileStorage,
    *,
    purpose: str,
    tier: Tier | None,
    replaces: str | None = None,
) -> str:
    """Store a file that the browser sent with a case, and return the document's id.

    :raises DocumentRefused: empty, too large, or of a type not accepted.
    :raises NotFound: the case is not the signed-in person's to see.
    :raises CaseEnded: the case takes nothing more. :raises CaseSuspended: it takes nothing now.
    """
    view = engine().case(case_id, current_actor())
    if view.status is CaseStatus.SUSPENDED:
        raise CaseSuspended(view.id)
    if view.status.is_final:
        raise CaseEnded(view.id, view.status)
    return keep(view, file, purpose=purpose, tier=tier, replaces=replaces)


def keep(
    case: CaseView,
    file: FileStorage,
    *,
    purpose: str,
    tier: Tier | None,
    replaces: str | None = None,
) -> str:
    """Store a file with a case that the signed-in person acts in now; see :func:`take`.

    :raises DocumentRefused: empty, too large, or of a type not accepted.
    """
    document = documents().take(
        case_ref(case),
        file.read(),
        file.filename or "",
        current_actor(),
        tier=tier or Tier.CASE,
        purpose=purpose,
        replaces=replaces,
    )
    return document.id


def refusal(error: DocumentRefused) -> str:
    """Return why a file was not taken, in the page's language."""
    return str(_REFUSALS.get(error.code, error))


def listed(case: CaseView, reader: Actor | None = None) -> tuple[Document, ...]:
    """Return those documents of a case that the signed-in person may open.

    :param reader: the signed-in person with fewer roles, as they read on some page.
    """
    with store().snapshot() as uow:
        return documents().list_documents(uow, case_ref(case), reader or current_actor())


def opened(document_id: str) -> OpenedDocument:
    """Return a document with its content; who opened it is logged.

    :raises NotFound: there is none, or it is not the signed-in person's to open.
    """
    with store().unit_of_work() as uow:
        return documents().open_document(uow, document_id, current_actor())


def content_of(found: OpenedDocument) -> Response:
    """Return a document as the answer to its reader: a file to keep, which runs nothing here."""
    response = make_response(found.content)
    response.headers.set("Content-Disposition", "attachment", filename=found.document.title)
    response.content_type = found.document.media_type
    # A document is somebody's file, never a page of ours: it may run nothing here.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def title_of(case_id: str, document_id: str) -> str:
    """Return a document's file name; empty if the signed-in person may not open it."""
    case = engine().case(case_id, current_actor())
    return next((each.title for each in listed(case) if each.id == document_id), "")
