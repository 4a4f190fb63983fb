"""Documents of a case: checked, encrypted under their owner's key, opened by tier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import NotFound
from engine.model import Actor, CaseRef, Tier
from engine.ports import Clock
from engine.store import UnitOfWork
from engine.store.cases import read_case
from handlers.documents import store
from handlers.documents.files import DocumentFiles
from handlers.documents.sniffing import DocumentRefused, check_title, media_type
from handlers.people import Access, Keyring, decrypt, encrypt, keyed_name, new_id, owner_of


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader whose tiers open a document may know of it.

    :ivar title: the file name that its uploader gave.
    :ivar purpose: code of what it was handed in for.
    :ivar tier: who may open it.
    """

    id: str
    case_id: str
    title: str
    media_type: str
    size_bytes: int
    tier: Tier
    purpose: str
    uploaded_at: datetime
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document and its content in clear."""

    document: Document
    content: bytes


@dataclass(frozen=True, slots=True)
class Documents:
    """Stores and opens documents.

    :ivar limit_bytes: largest file that a person may hand in.
    """

    keyring: Keyring
    access: Access
    files: DocumentFiles
    clock: Clock
    limit_bytes: int

    def store_document(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        content: bytes,
        filename: str,
        actor: Actor,
        *,
        tier: Tier,
        purpose: str,
    ) -> Document:
        """Take a file into a case. Its id is what process variables and forms hold.

        The encrypted file is on disk before the row commits: a crash between the two leaves a
        file that :meth:`sweep` deletes, never a row without its file.

        :param purpose: code of what it is handed in for, such as ``business-plan``.
        :raises DocumentRefused: empty, too large, of a type not accepted, or named as another.
        :raises StoreUnavailable: the disk is full or read-only.
        :raises NotFound: the person was erased.
        """
        title = check_title(filename)
        self._check_size(content, title)
        kind = media_type(content, title)
        now = self.clock.now()
        owner = owner_of(case, tier)
        key = self.keyring.for_writing(uow, owner, now)
        document_id = new_id()
        name = keyed_name(key, content)
        self.files.write(name, encrypt(key, content, _file_place(owner, name)))
        row = store.DocumentRow(
            id=document_id,
            case_id=case.id,
            owner=owner,
            tier=tier,
            file_name=name,
            title=encrypt(key, title.encode(), _title_place(owner, document_id)),
            media_type=kind,
            size_bytes=len(content),
            purpose=purpose,
            uploaded_at=now,
            uploaded_by=actor.account_id,
        )
        store.insert_document(uow, row)
        data = {"document": document_id, "purpose": purpose, "media_type": kind}
        uow.record(case.id, "document.stored", data, actor=actor.account_id, at=now)
        return _document(row, title)

    def open_document(self, uow: UnitOfWork, document_id: str, reader: Actor) -> OpenedDocument:
        """Return a document with its content, and log who opened it.

        :raises NotFound: there is none, the reader's tiers do not open it, or its owner was
            erased: which of these is not told.
        :raises StateUnreadable: the file was damaged.
        """
        row = store.read_document(uow, document_id)
        case = read_case(uow, row.case_id).ref
        if row.tier not in self.access.open_tiers(uow, case, reader):
            raise NotFound("document", document_id)
        key = self.keyring.existing(uow, row.owner)
        content = decrypt(
            key, self.files.read(row.file_name), _file_place(row.owner, row.file_name)
        )
        opened = [(row.owner, f"document:{row.id}", row.tier)]
        self.access.log(uow, case, reader.account_id, opened, "documents.open")
        return OpenedDocument(self._with_title(uow, row), content)

    def list_documents(self, uow: UnitOfWork, case: CaseRef, reader: Actor) -> tuple[Document, ...]:
        """Return those of a case's documents that the reader's tiers open, the oldest first.

        Documents of an erased person are left out.
        """
        rows = store.documents_of(uow, case.id)
        if not rows:
            return ()
        tiers = self.access.open_tiers(uow, case, reader)
        found = []
        for row in rows:
            if row.tier in tiers:
                try:
                    found.append(self._with_title(uow, row))
                except NotFound:
                    continue
        return tuple(found)

    def sweep(self, uow: UnitOfWork) -> int:
        """Delete files that no document refers to, a day after they were written.

        :returns: how many files were deleted.
        """
        return self.files.sweep(lambda names: store.known_files(uow, names))

    def _check_size(self, content: bytes, title: str) -> None:
        if not content:
            raise DocumentRefused("empty", f"'{title}' is empty. Hand in the right file.")
        if len(content) > self.limit_bytes:
            raise DocumentRefused(
                "too-large",
                f"'{title}' has {len(content) / 1e6:.1f} MB; at most "
                f"{self.limit_bytes / 1e6:.1f} MB can be taken. Scan it at a lower resolution.",
            )

    def _with_title(self, uow: UnitOfWork, row: store.DocumentRow) -> Document:
        key = self.keyring.existing(uow, row.owner)
        return _document(row, decrypt(key, row.title, _title_place(row.owner, row.id)).decode())


def _document(row: store.DocumentRow, title: str) -> Document:
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
    )


def _file_place(owner: str, name: str) -> str:
    return f"file {owner} {name}"


def _title_place(owner: str, document_id: str) -> str:
    return f"title {owner} {document_id}"
