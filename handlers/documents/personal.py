"""Documents of a person's own file, outside any case: the sheets that they signed.

Who sees the person with the identity tier open sees them; who works with the person hands them in.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import NotFound
from engine.model import Actor, Tier
from engine.store import UnitOfWork
from handlers.documents import store
from handlers.documents.described import (
    Document,
    DocumentHeld,
    Harmful,
    OpenedDocument,
    told_of,
)
from handlers.documents.scanning import ScanState
from handlers.documents.service import Documents
from handlers.people import PersonFiles, members, person_owner

CONSENT_SHEET = "consent-sheet"
"""What a sheet is handed in for on which a person signed what they agree to."""


@dataclass(frozen=True, slots=True)
class PersonDocuments:
    """Stores and opens what lies in people's own files, under their keys."""

    room: Documents
    people: PersonFiles

    def scan(self, content: bytes, filename: str) -> ScanState:
        """Check and scan a file before any transaction: none waits for another program.

        :raises DocumentRefused: empty, too large, not accepted, ``infected``, ``scanner-away``.
        """
        try:
            return self.room.look_through(content, filename)
        except Harmful as found:
            raise found.refusal(filename) from None

    def take(
        self,
        uow: UnitOfWork,
        person_id: str,
        content: bytes,
        filename: str,
        actor: Actor,
        *,
        scan: ScanState,
        purpose: str = CONSENT_SHEET,
        replaces: str | None = None,
        document_id: str = "",
    ) -> Document:
        """Store a file that was scanned; the histories of the person's cases tell that it was.

        :param scan: what :meth:`scan` said of it.
        :param replaces: id of the document of which this is a new version.
        :param document_id: an id chosen by the form: sent twice, it is stored once.
        :raises NotFound: the person is not the actor's to see, or has no such document.
        :raises NotAllowed: the actor does not work with the person.
        :raises Conflict: somebody else handed in a new version just now.
        """
        row, _ = self.people.changing(uow, person_id, actor)
        if document_id and (known := self._find(uow, person_id, document_id)) is not None:
            return self.room.titled(uow, known)
        old = None if replaces is None else self._named(uow, person_id, replaces)
        if old is not None:
            purpose, old = old.purpose, store.newest_of(uow, old)
        stored = self.room.put(
            uow,
            None,
            person_owner(row.id) if old is None else old.owner,
            content,
            filename,
            actor,
            tier=Tier.IDENTITY,
            purpose=purpose,
            scan=scan,
            old=old,
            document_id=document_id,
        )
        at = self.room.clock.now()
        self.people.tell(uow, row.id, "document.stored", told_of(stored), actor, at)
        return stored

    def listed(
        self, uow: UnitOfWork, person_id: str, reader: Actor, purpose: str = CONSENT_SHEET
    ) -> tuple[Document, ...]:
        """Return what was handed in for a purpose, the newest first; none to whom it is closed.

        :raises NotFound: the person is not the reader's to see, or was erased.
        """
        if not self._open_to(uow, person_id, reader):
            return ()
        owners = [person_owner(each) for each in members(uow, person_id)]
        rows = store.documents_of_owners(uow, owners, purpose)
        return tuple(self.room.titled(uow, row) for row in rows)

    def open(
        self, uow: UnitOfWork, person_id: str, document_id: str, reader: Actor
    ) -> OpenedDocument:
        """Return a document with its content; who opened it is logged.

        :raises NotFound: there is none, or it is closed to the reader.
        :raises DocumentHeld: it waits to be scanned, or harm was found in it.
        """
        if not self._open_to(uow, person_id, reader):
            raise NotFound("document", document_id)
        row = self._named(uow, person_id, document_id)
        if row.scan not in store.USABLE:
            raise DocumentHeld(document_id, row.scan)
        content = self.room.content(uow, row)
        opened = [(row.owner, f"document:{row.id}", row.tier)]
        self.room.access.log(uow, None, reader.account_id, opened, "documents.open")
        return OpenedDocument(self.room.titled(uow, row), content)

    def _open_to(self, uow: UnitOfWork, person_id: str, reader: Actor) -> bool:
        _, standing = self.people.seen(uow, person_id, reader)
        return Tier.IDENTITY in standing.every

    def _named(self, uow: UnitOfWork, person_id: str, document_id: str) -> store.DocumentRow:
        found = self._find(uow, person_id, document_id)
        if found is None:
            raise NotFound("document", document_id)
        return found

    def _find(self, uow: UnitOfWork, person_id: str, document_id: str) -> store.DocumentRow | None:
        owners = {person_owner(each) for each in members(uow, person_id)}
        try:
            row = store.read_document(uow, document_id)
        except NotFound:
            return None
        return row if row.case_id is None and row.owner in owners else None
