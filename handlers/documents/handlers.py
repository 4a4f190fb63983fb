"""What diagrams ask about documents."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import BusinessError
from engine.ports import HandlerCall, handler
from handlers.documents.store import missing_documents
from handlers.transaction import own


@handler("documents.require", local=True)
def require(call: HandlerCall, documents: Sequence[str], purpose: str) -> None:
    """Check that documents were handed in for this case.

    :param documents: their ids; one id alone will do.
    :param purpose: code of what they are for, named to whoever must hand them in.
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
