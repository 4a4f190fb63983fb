"""What diagrams ask about documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import BusinessError, HandlerFailed, NotFound
from engine.model import SYSTEM
from engine.ports import HandlerCall, HandlerFunction, handler
from handlers.documents.checklist import checklist
from handlers.documents.checks import review
from handlers.documents.declared import Declarations
from handlers.documents.letters import Letters
from handlers.documents.service import Documents
from handlers.documents.store import missing_documents
from handlers.transaction import own


def require_handler(declarations: Declarations) -> HandlerFunction:
    """Return the handler ``documents.require`` for a site."""

    @handler("documents.require", local=True, review=review)
    def check(
        call: HandlerCall,
        documents: Sequence[str] | None = None,
        purpose: str = "",
        step: str = "",
    ) -> None:
        """Check that documents were handed in for this case, by their ids or by a step's list.

        :param documents: their ids; one id alone will do.
        :param purpose: code of what they are for, named to whoever must hand them in.
        :param step: id of the step whose list in ``documents.toml`` must be there whole.
        :raises BusinessError: ``document-missing``: there is none, one is not of this case, or
            one of the step's list is missing (``missing``: their codes).
        """
        if step:
            _require_list(call, declarations, step)
        if documents is not None or purpose or not step:
            require(call, documents, purpose)

    return check


def generate_handler(room: Documents, letters: Letters) -> HandlerFunction:
    """Return the handler ``documents.generate`` for a site."""

    @handler("documents.generate", local=True, outputs=("document",))
    def generate(
        call: HandlerCall,
        letter: str,
        language: str = "fr",
        values: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """Write a letter of ``documents.toml`` and store it with the case, encrypted, as a PDF.

        :param language: ``fr``, ``en`` or ``ar``.
        :param values: what its text may name beside ``case``, ``person`` and ``today``.
        :returns: ``document``: its id.
        :raises HandlerFailed: no such letter or language.
        """
        uow = own(call)
        try:
            written = letters.write(uow, call.case, letter, language, values or {}, None)
        except NotFound as error:
            raise HandlerFailed(
                f"{call.element_id} writes the letter '{letter}' in '{language}': there is none. "
                "Declare [letters] in documents.toml, or correct the name."
            ) from error
        stored = room.store_document(
            uow,
            call.case,
            written.pdf(),
            f"{written.title}.pdf",
            SYSTEM,
            tier=written.letter.tier,
            purpose=letter,
            letter=letter,
        )
        return {"document": stored.id}

    return generate


def _require_list(call: HandlerCall, declarations: Declarations, step: str) -> None:
    items = checklist(own(call), declarations, call.case.id, step)
    if not items:
        raise HandlerFailed(
            f"{call.element_id} checks the documents of step '{step}', which needs none. Name the "
            "step in [needs.…] steps of documents.toml, or correct it here."
        )
    missing = [item.need.code for item in items if not item.there]
    if missing:
        raise BusinessError(
            "document-missing",
            f"{call.element_id} of case {call.case.reference} needs {', '.join(missing)}. Hand "
            "them in on the case's page.",
            {"missing": missing, "purpose": missing[0]},
        )


def require(call: HandlerCall, documents: Sequence[str] | None, purpose: str) -> None:
    """Check that documents were handed in for a call's case; other rooms' handlers ask it too.

    :raises BusinessError: ``document-missing``: there is none, or one is not of this case.
    """
    given = (documents,) if isinstance(documents, str) else tuple(documents or ())
    wanted = [document for document in given if document]
    missing = missing_documents(own(call), call.case.id, wanted)
    if missing or not wanted:
        which = f"document {', '.join(missing)} is not of this case" if missing else "none is there"
        raise BusinessError(
            "document-missing",
            f"{call.element_id} of case {call.case.reference} needs the document '{purpose}', and "
            f"{which}. Hand it in on the case's page.",
            {"purpose": purpose},
        )
