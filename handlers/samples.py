"""Small valid documents, for scenarios that hand one in (``Settings.store_document``)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from pathlib import PurePath

from engine.errors import InvalidAnswer
from engine.model import Actor, CaseRef, Tier
from engine.ports import Clock
from engine.settings import Settings
from engine.store import Store, UnitOfWork
from handlers.composition import compose_documents

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""One empty page of A4."""

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
"""One dot."""

SAMPLES: Mapping[str, bytes] = {
    ".pdf": PDF,
    ".png": PNG,
    ".csv": b"element,valeur\nexemple,1\n",
    ".txt": b"Exemple.\n",
}
"""What is handed in under a file name with this ending."""


def sample(filename: str) -> bytes:
    """Return a small valid document of the type that a file name says.

    :raises InvalidAnswer: there is no sample of that type.
    """
    content = SAMPLES.get(PurePath(filename).suffix.lower())
    if content is None:
        known = ", ".join(SAMPLES)
        raise InvalidAnswer({"file": f"'{filename}': there are samples of {known} only."})
    return content


def document_desk(settings: Settings, store: Store, clock: Clock) -> Callable[..., str]:
    """Return what hands in a sample document and gives its id."""
    documents = compose_documents(settings, store, clock)

    def hand_in(
        uow: UnitOfWork,
        case: CaseRef,
        filename: str,
        actor: Actor,
        *,
        tier: Tier,
        purpose: str,
    ) -> str:
        content = sample(filename)
        stored = documents.store_document(
            uow, case, content, filename, actor, tier=tier, purpose=purpose
        )
        return stored.id

    return hand_in
