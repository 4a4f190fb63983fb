"""Documents of a case: checked, encrypted under their owner's key, opened by tier."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import NotFound, StateUnreadable
from engine.model import SYSTEM, Actor, CaseRef, Tier
from engine.ports import Clock
from engine.store import UnitOfWork
from engine.store.cases import read_case
from handlers.documents import store
from handlers.documents.described import (
    Document,
    DocumentHeld,
    Harmful,
    OpenedDocument,
    described,
    told_of,
)
from handlers.documents.files import DocumentFiles
from handlers.documents.scanning import Scanner, ScannerAway, ScanState
from handlers.documents.sniffing import DocumentRefused, check_title, media_type
from handlers.people import Access, Keyring, decrypt, encrypt, keyed_name, new_id, owner_of


@dataclass(frozen=True, slots=True)
class Documents:
    """Stores and opens documents.

    :ivar limit_bytes: largest file that a person may hand in.
    :ivar scanner: looks for harmful files; ``None`` where the site has none.
    :ivar quarantine: whether files are kept unopened while the scanner is away, not refused.
    """

    keyring: Keyring
    access: Access
    files: DocumentFiles
    clock: Clock
    limit_bytes: int
    scanner: Scanner | None = None
    quarantine: bool = False

    def take(
        self,
        case: CaseRef,
        content: bytes,
        filename: str,
        actor: Actor,
        *,
        tier: Tier,
        purpose: str,
        replaces: str | None = None,
    ) -> Document:
        """Check, scan and store a file that somebody handed in, in a transaction of its own.

        The scan is over before the transaction begins: no lock is held while another program
        looks at a file. A finding is recorded in the case's history.

        :param replaces: id of the document of which this is a new version; tier and purpose are
            then that document's.
        :raises DocumentRefused: see :meth:`store_document`; ``infected``; ``scanner-away``.
        :raises NotFound: what it replaces is not the actor's to open.
        :raises RevisionConflict: somebody else handed in a new version just now.
        """
        try:
            scan = self.look_through(content, filename)
        except Harmful as found:
            with self.access.database.unit_of_work() as uow:
                self._record_finding(uow, case.id, purpose, found.name, actor.account_id)
            raise found.refusal(filename) from None
        with self.access.database.unit_of_work() as uow:
            if replaces is not None:
                old = self._replaceable(uow, case, replaces, actor)
                tier, purpose = old.tier, old.purpose
            else:
                old = None
            return self.store_document(
                uow, case, content, filename, actor, tier=tier, purpose=purpose, scan=scan, old=old
            )

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
        scan: ScanState = ScanState.UNSCANNED,
        letter: str = "",
        old: store.DocumentRow | None = None,
        document_id: str = "",
    ) -> Document:
        """Take a file into a case. Its id is what process variables and forms hold.

        Nothing is scanned here: what people hand in comes by :meth:`take`.

        The encrypted file is on disk before the row commits: a crash between the two leaves a
        file that :meth:`sweep` deletes, never a row without its file.

        :param purpose: code of what it is handed in for, such as ``business-plan``.
        :param document_id: an id chosen before, so that the same request stores it once.
        :raises RevisionConflict: that id, or that version, is stored already.
        :raises DocumentRefused: empty, too large, of a type not accepted, or named as another.
        :raises StoreUnavailable: the disk is full or read-only.
        :raises NotFound: the person was erased.
        """
        stored = self.put(
            uow,
            case.id,
            owner_of(case, tier),
            content,
            filename,
            actor,
            tier=tier,
            purpose=purpose,
            scan=scan,
            letter=letter,
            old=old,
            document_id=document_id,
        )
        at = self.clock.now()
        uow.record(case.id, "document.stored", told_of(stored), actor=actor.account_id, at=at)
        return stored

    def put(
        self,
        uow: UnitOfWork,
        case_id: str | None,
        owner: str,
        content: bytes,
        filename: str,
        actor: Actor,
        *,
        tier: Tier,
        purpose: str,
        scan: ScanState,
        letter: str = "",
        old: store.DocumentRow | None = None,
        document_id: str = "",
    ) -> Document:
        """Encrypt a file under its owner's key and keep it; no history is told of it here.

        :raises Conflict: that id, or that version, is stored already.
        """
        title, kind = self.check(content, filename)
        now = self.clock.now()
        key = self.keyring.for_writing(uow, owner, now)
        document_id = document_id or new_id()
        name = keyed_name(key, content)
        self.files.write(name, encrypt(key, content, _file_place(owner, name)))
        row = store.DocumentRow(
            id=document_id,
            case_id=case_id,
            owner=owner,
            tier=tier,
            file_name=name,
            title=encrypt(key, title.encode(), _title_place(owner, document_id)),
            media_type=kind,
            size_bytes=len(content),
            purpose=purpose,
            uploaded_at=now,
            uploaded_by=actor.account_id,
            series=document_id if old is None else old.series,
            version=1 if old is None else old.version + 1,
            scan=scan,
            letter=letter,
        )
        store.insert_document(uow, row)
        return described(row, title)

    def open_document(self, uow: UnitOfWork, document_id: str, reader: Actor) -> OpenedDocument:
        """Return a document with its content, and log who opened it.

        :raises NotFound: there is none, the reader's tiers do not open it, or its owner was
            erased: which of these is not told.
        :raises DocumentHeld: it waits to be scanned, or harm was found in it.
        :raises StateUnreadable: the file was damaged.
        """
        row = store.read_document(uow, document_id)
        if row.case_id is None:
            raise NotFound("document", document_id)
        case = read_case(uow, row.case_id).ref
        if row.tier not in self.access.open_tiers(uow, case, reader):
            raise NotFound("document", document_id)
        if row.scan not in store.USABLE:
            raise DocumentHeld(document_id, row.scan)
        content = self.content(uow, row)
        opened = [(row.owner, f"document:{row.id}", row.tier)]
        self.access.log(uow, case, reader.account_id, opened, "documents.open")
        return OpenedDocument(self.titled(uow, row), content)

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
                    found.append(self.titled(uow, row))
                except NotFound:
                    continue
        return tuple(found)

    def sweep(self, uow: UnitOfWork) -> int:
        """Delete files that no document refers to, a day after they were written.

        :returns: how many files were deleted.
        """
        return self.files.sweep(lambda names: store.known_files(uow, names))

    def check(self, content: bytes, filename: str) -> tuple[str, str]:
        """Return a file's title and media type.

        :raises DocumentRefused: empty, too large, of a type not accepted, or named as another.
        """
        title = check_title(filename)
        self._check_size(content, title)
        return title, media_type(content, title)

    def rescan(self) -> tuple[int, int, int]:
        """Scan what was stored unscanned; what is found harmful is not given out any more.

        :returns: how many were looked at, found harmful, and could not be read (erased or lost).
        :raises ScannerAway: the site has no scanner, or it does not answer.
        """
        if self.scanner is None:
            raise ScannerAway("This site has no scanner. Set PASSERELLE_CLAMD.")
        database = self.access.database
        with database.snapshot() as uow:
            rows = store.unscanned(uow)
        looked = harmful = lost = 0
        for row in rows:
            try:
                with database.snapshot() as uow:
                    content = self.content(uow, row)
            except (NotFound, StateUnreadable):
                lost += 1
                continue
            found = self.scanner.scan(content)
            looked += 1
            harmful += found is not None
            self._note(row, found)
        return looked, harmful, lost

    def _note(self, row: store.DocumentRow, found: str | None) -> None:
        state = ScanState.CLEAN if found is None else ScanState.INFECTED
        with self.access.database.unit_of_work() as uow:
            if not store.set_scan(uow, row, state) or found is None:
                return
            if row.case_id is not None:
                self._record_finding(uow, row.case_id, row.purpose, found, SYSTEM.account_id)

    def content(self, uow: UnitOfWork, row: store.DocumentRow) -> bytes:
        """Return a document's content in clear; who may read it the caller has asked.

        :raises NotFound: its owner was erased, or its file is gone.
        """
        key = self.keyring.existing(uow, row.owner)
        place = _file_place(row.owner, row.file_name)
        return decrypt(key, self.files.read(row.file_name), place)

    def look_through(self, content: bytes, filename: str) -> ScanState:
        """Check and scan a file that is being handed in.

        :raises DocumentRefused: see :meth:`check`; ``scanner-away``.
        :raises Harmful: something was found in it.
        """
        self.check(content, filename)
        if self.scanner is None:
            return ScanState.UNSCANNED
        try:
            found = self.scanner.scan(content)
        except ScannerAway as away:
            if self.quarantine:
                return ScanState.WAITING
            raise DocumentRefused("scanner-away", f"{away} Nothing was stored.") from away
        if found is not None:
            raise Harmful(found)
        return ScanState.CLEAN

    def _record_finding(
        self, uow: UnitOfWork, case_id: str, purpose: str, found: str, account_id: str
    ) -> None:
        data = {"purpose": purpose, "found": found[:100]}
        uow.record(case_id, "document.infected", data, actor=account_id, at=self.clock.now())

    def _replaceable(
        self, uow: UnitOfWork, case: CaseRef, document_id: str, actor: Actor
    ) -> store.DocumentRow:
        named = store.read_document(uow, document_id)
        open_tiers = self.access.open_tiers(uow, case, actor)
        if named.case_id != case.id or named.tier not in open_tiers:
            raise NotFound("document", document_id)
        return store.newest_of(uow, named)

    def _check_size(self, content: bytes, title: str) -> None:
        if not content:
            raise DocumentRefused("empty", f"'{title}' is empty. Hand in the right file.")
        if len(content) > self.limit_bytes:
            raise DocumentRefused(
                "too-large",
                f"'{title}' has {len(content) / 1e6:.1f} MB; at most "
                f"{self.limit_bytes / 1e6:.1f} MB can be taken. Scan it at a lower resolution.",
            )

    def titled(self, uow: UnitOfWork, row: store.DocumentRow) -> Document:
        """Return what may be known of a document; who may know it the caller has asked.

        :raises NotFound: its owner was erased.
        """
        key = self.keyring.existing(uow, row.owner)
        return described(row, decrypt(key, row.title, _title_place(row.owner, row.id)).decode())


def _file_place(owner: str, name: str) -> str:
    return f"file {owner} {name}"


def _title_place(owner: str, document_id: str) -> str:
    return f"title {owner} {document_id}"
