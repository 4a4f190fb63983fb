"""Documents: encrypted under their owner's key, opened by tier, of the accepted types only."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import BusinessError, NotFound, StateUnreadable, StoreUnavailable
from engine.model import CaseRef, Tier
from handlers.documents import Document, DocumentRefused
from handlers.people import sensitive_reads
from tests.handlers.support import (
    ADVISER,
    NOW,
    OFFICER,
    SECRETARY,
    STRANGER,
    Site,
    bytes_below,
)

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nle plan d'affaires de Mme Imaginaire\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(32)


def archive(*names: str, mimetype: str | None = None) -> bytes:
    """Return a ZIP archive with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        if mimetype is not None:
            target.writestr("mimetype", mimetype)
        for name in names:
            target.writestr(name, "<x/>")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
MACROS = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
ODT = archive("content.xml", mimetype="application/vnd.oasis.opendocument.text")
ODS = archive("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet")


def store(
    site: Site,
    case: CaseRef,
    content: bytes = PDF,
    name: str = "plan.pdf",
    tier: Tier = Tier.IDENTITY,
) -> Document:
    """Hand in a file as an officer."""
    with site.store.unit_of_work() as uow:
        return site.documents.store_document(
            uow, case, content, name, OFFICER, tier=tier, purpose="business-plan"
        )


def files(site: Site) -> list[Path]:
    """Return the encrypted files on disk."""
    return [path for path, _ in bytes_below(site.settings.var_dir / "documents")]


def test_a_document_comes_back_to_whoever_its_tier_is_open_to(site: Site) -> None:
    case = site.write(site.case(), {"family_name": ("A", Tier.IDENTITY)})
    document = store(site, case, tier=Tier.PROTECTION)
    with site.store.unit_of_work() as uow:
        opened = site.documents.open_document(uow, document.id, ADVISER)
        assert (opened.content, opened.document.title) == (PDF, "plan.pdf")
        assert opened.document.media_type == "application/pdf"
        for reader in (SECRETARY, STRANGER):
            with pytest.raises(NotFound):
                site.documents.open_document(uow, document.id, reader)
            assert site.documents.list_documents(uow, case, reader) == ()
        assert [d.id for d in site.documents.list_documents(uow, case, ADVISER)] == [document.id]
        with pytest.raises(NotFound):
            site.documents.open_document(uow, "nothing", ADVISER)


def test_opening_a_document_is_logged_and_storing_it_is_in_history(site: Site) -> None:
    case = site.case()
    document = store(site, case, tier=Tier.CASE)
    with site.store.snapshot() as uow:
        site.documents.open_document(uow, document.id, SECRETARY)
    with site.store.snapshot() as uow:
        (read,) = sensitive_reads(uow, case.id)
    assert (read.account_id, read.keys) == ("secretary", (f"document:{document.id}",))
    assert site.kinds(case) == ["document.stored"]


def test_neither_content_nor_name_lies_in_clear(sqlite_site: Site, tmp_path: Path) -> None:
    store(sqlite_site, sqlite_site.case(), name="plan-imaginaire.pdf")
    for path, content in bytes_below(tmp_path):
        assert b"Mme Imaginaire" not in content, path
        assert b"plan-imaginaire" not in content, path
        assert "imaginaire" not in path.name


def test_one_owners_file_is_kept_once_and_two_owners_never_share_one(sqlite_site: Site) -> None:
    one, two = sqlite_site.case("a"), sqlite_site.case("b")
    first, again, other = (store(sqlite_site, case) for case in (one, one, two))
    assert len({first.id, again.id, other.id}) == 3
    assert len(files(sqlite_site)) == 2


def test_an_erased_persons_documents_cannot_be_opened(site: Site) -> None:
    case = site.write(site.case(), {"family_name": ("A", Tier.IDENTITY)})
    document = store(site, case)
    with site.store.unit_of_work() as uow:
        assert case.subject is not None
        site.fields.keyring.erase_person(uow, case.subject, NOW)
    with site.store.unit_of_work() as uow:
        with pytest.raises(NotFound):
            site.documents.open_document(uow, document.id, OFFICER)
        assert site.documents.list_documents(uow, case, OFFICER) == ()


def test_a_damaged_file_is_told_apart_and_a_lost_one_is_not_found(sqlite_site: Site) -> None:
    document = store(sqlite_site, sqlite_site.case())
    (path,) = files(sqlite_site)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with sqlite_site.store.unit_of_work() as uow:
        with pytest.raises(StateUnreadable, match="backup"):
            sqlite_site.documents.open_document(uow, document.id, OFFICER)
        path.unlink()
        with pytest.raises(NotFound):
            sqlite_site.documents.open_document(uow, document.id, OFFICER)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "a.PDF", "application/pdf"),
        (PNG, "a.png", "image/png"),
        (JPEG, "C:\\scans\\a.jpeg", "image/jpeg"),
        (DOCX, "a.docx", "document"),
        (XLSX, "a.xlsx", "sheet"),
        (ODT, "a.odt", "opendocument.text"),
        (ODS, "a.ods", "opendocument.spreadsheet"),
        ("nom;âge\nA;3\n".encode(), "a.csv", "text/csv"),
        ("âge".encode("cp1252"), "a.txt", "text/plain"),
    ],
)
def test_the_accepted_types_are_known_by_their_content(
    sqlite_site: Site, content: bytes, name: str, kind: str
) -> None:
    assert kind in store(sqlite_site, sqlite_site.case(), content, name).media_type


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "empty"),
        (PDF + bytes(2_000_000), "a.pdf", "too-large"),
        (b"MZ" + bytes(100), "a.exe", "type"),
        (b"MZ" + bytes(100), "a.pdf", "type"),
        (b"GIF89a" + bytes(20), "a.gif", "type"),
        (b"<html></html>", "a.html", "type"),
        (b"just text", "a.pdf", "type"),
        (archive("x"), "a.docx", "type"),
        (MACROS, "a.docx", "type"),
        (b"PK\x03\x04" + bytes(100), "a.docx", "type"),
        (PDF, "a.png", "name-mismatch"),
        (DOCX, "a.xlsx", "name-mismatch"),
        (PDF, "plan", "name-mismatch"),
        (PDF, "  ", "name"),
        (PDF, "a\n.pdf", "name"),
        (PDF, "x" * 300 + ".pdf", "name"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_a_code_and_leaves_nothing(
    sqlite_site: Site, content: bytes, name: str, code: str
) -> None:
    documents = sqlite_site.documents
    site = Site(
        sqlite_site.settings,
        sqlite_site.store,
        sqlite_site.clock,
        sqlite_site.ports,
        type(documents)(
            documents.keyring, documents.access, documents.files, documents.clock, 1_000_000
        ),
    )
    case = site.case()
    with pytest.raises(DocumentRefused) as refused:
        store(site, case, content, name)
    assert refused.value.code == code
    assert set(refused.value.errors) == {"file"}
    assert files(site) == []
    assert site.kinds(case) == []


def test_a_failed_transaction_leaves_a_file_that_the_sweeper_takes_a_day_later(
    sqlite_site: Site,
) -> None:
    case, documents = sqlite_site.case(), sqlite_site.documents
    kept = store(sqlite_site, case)
    with pytest.raises(KeyError), sqlite_site.store.unit_of_work() as uow:
        documents.store_document(uow, case, PNG, "a.png", OFFICER, tier=Tier.CASE, purpose="x")
        raise KeyError
    with sqlite_site.store.unit_of_work() as uow:
        assert len(files(sqlite_site)) == 2
        assert documents.sweep(uow) == 0
        old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
        for path in files(sqlite_site):
            os.utime(path, (old, old))
        assert documents.sweep(uow) == 1
        assert documents.open_document(uow, kept.id, OFFICER).content == PDF


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_stored(sqlite_site: Site) -> None:
    sqlite_site.settings.var_dir.mkdir(exist_ok=True)
    (sqlite_site.settings.var_dir / "documents").write_text("a file where the folder should be")
    case = sqlite_site.case()
    with pytest.raises(StoreUnavailable, match="nothing was stored"):
        store(sqlite_site, case)
    assert sqlite_site.kinds(case) == []


def test_required_documents_must_exist_and_be_of_this_case(site: Site) -> None:
    case, other = site.case("a"), site.case("b")
    mine, foreign = store(site, case).id, store(site, other).id
    site.run("documents.require", case, documents=(mine,), purpose="business-plan")
    site.run("documents.require", case, documents=mine, purpose="business-plan")
    for wanted in ((mine, foreign), (), None, ("nothing",), (None,)):
        with pytest.raises(BusinessError, match="needs the document 'business-plan'") as error:
            site.run("documents.require", case, documents=wanted, purpose="business-plan")
        assert error.value.code == "document-missing"
