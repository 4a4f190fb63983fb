"""Versions of documents, lists by step, and letters in three languages."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from engine.errors import (
    BusinessError,
    ConfigurationError,
    HandlerFailed,
    NotFound,
    RevisionConflict,
)
from engine.model import CaseRef, Tier
from handlers.composition import compose_letters
from handlers.documents import checklist, read_declared
from handlers.documents.placeholders import BLANK, Template
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
from tests.handlers.test_documents import PDF, PNG, store
from tests.handlers.test_documents_scanning import take

PROCESSES = Path(__file__).parents[2] / "processes"
SHARED = PROCESSES / "common" / "documents.toml"
OWN = PROCESSES / "cm" / "ofii" / "documents.toml"
NAMED = {
    "family_name": ("Ngo <b>Imaginaire</b> & *fille*", Tier.IDENTITY),
    "given_names": ("Awa", Tier.IDENTITY),
    "safe_contact_phone": ("+237 699 00 00 01", Tier.PROTECTION),
}


def declared(site: Site, shared: bytes = b"", own: bytes = b"") -> CaseRef:
    """Return a case whose publication declares these documents."""
    files = {
        "common/documents.toml": shared or SHARED.read_bytes(),
        "documents.toml": own or OWN.read_bytes(),
    }
    return site.case("d", files=files)


def test_a_new_version_keeps_the_old_and_what_it_was_for(site: Site) -> None:
    case = site.case()
    first = store(site, case, tier=Tier.CASE)
    second = take(site, case, PDF + b"2", replaces=first.id)
    assert (second.series, second.version, second.purpose) == (first.id, 2, "business-plan")
    with site.store.unit_of_work() as uow:
        assert site.documents.open_document(uow, first.id, OFFICER).content == PDF
        assert site.documents.open_document(uow, second.id, OFFICER).content == PDF + b"2"


def test_two_new_versions_of_one_document_the_second_is_told(site: Site) -> None:
    case = site.case()
    first = store(site, case, tier=Tier.CASE)
    take(site, case, PDF + b"2", replaces=first.id)
    with pytest.raises(RevisionConflict):
        take(site, case, PDF + b"3", replaces=first.id)


def test_a_version_of_what_is_not_yours_or_of_another_case_is_not_found(site: Site) -> None:
    case = site.write(site.case("a"), {"family_name": ("A", Tier.IDENTITY)})
    document = store(site, case, tier=Tier.PROTECTION)
    for where, who in ((case, SECRETARY), (case, STRANGER), (site.case("b"), OFFICER)):
        with pytest.raises(NotFound):
            site.documents.take(
                where, PDF, "a.pdf", who, tier=Tier.CASE, purpose="x", replaces=document.id
            )


def test_a_steps_list_tells_what_is_there_and_what_is_missing(site: Site) -> None:
    case = declared(site)
    letters = compose_letters(site.settings, site.store, site.clock)
    with site.store.unit_of_work() as uow:
        site.documents.store_document(
            uow, case, PDF, "p.pdf", OFFICER, tier=Tier.CASE, purpose="business_plan"
        )
        items = checklist(uow, letters.declarations, case.id, "Task_ValidateBusinessPlan")
        nothing = checklist(uow, letters.declarations, case.id, "Task_Other")
    assert [(item.need.code, item.there) for item in items] == [
        ("feasibility_report", False),
        ("business_plan", True),
    ]
    assert nothing == ()


def test_the_handler_asks_for_a_steps_whole_list(site: Site) -> None:
    case = declared(site)
    with pytest.raises(BusinessError) as missing:
        site.run("documents.require", case, step="Task_RequireCommitteeFile")
    assert missing.value.variables["missing"] == ["committee_file"]
    with site.store.unit_of_work() as uow:
        site.documents.store_document(
            uow, case, PDF, "p.pdf", OFFICER, tier=Tier.CASE, purpose="committee_file"
        )
    site.run("documents.require", case, step="Task_RequireCommitteeFile")
    with pytest.raises(HandlerFailed, match="needs none"):
        site.run("documents.require", case, step="Task_Wrong")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Invitation à un rendez-vous"),
        ("en", "Invitation to an appointment"),
        ("ar", "دعوة إلى موعد"),
    ],
)
def test_a_process_writes_a_letter_that_becomes_a_document_of_the_case(
    site: Site, tmp_path: Path, language: str, title: str
) -> None:
    case = site.write(declared(site), NAMED)
    values = {"date": NOW.date(), "hour": "10:00", "place": "Bureau imaginaire"}
    result = site.run(
        "documents.generate", case, letter="invitation", language=language, values=values
    )
    with site.store.unit_of_work() as uow:
        opened = site.documents.open_document(uow, result["document"], ADVISER)
        with pytest.raises(NotFound):
            site.documents.open_document(uow, result["document"], STRANGER)
    assert opened.content.startswith(b"%PDF")
    assert opened.document.title == f"{title}.pdf"
    assert (opened.document.tier, opened.document.letter) == (Tier.IDENTITY, "invitation")
    assert "document.stored" in site.kinds(case)
    for path, content in bytes_below(tmp_path):
        assert b"Ngo <b>" not in content, path


def test_what_people_typed_is_text_in_a_letter_never_markup(sqlite_site: Site) -> None:
    case = sqlite_site.write(declared(sqlite_site), NAMED)
    letters = compose_letters(sqlite_site.settings, sqlite_site.store, sqlite_site.clock)
    with sqlite_site.store.unit_of_work() as uow:
        html = letters.write(uow, case, "invitation", "fr", {}, OFFICER).html
    assert "Ngo &lt;b&gt;Imaginaire&lt;/b&gt; &amp; *fille*" in html
    assert BLANK in html  # no date was given
    assert case.reference not in html


def test_a_letter_names_what_its_tier_and_its_writer_may_read_and_no_more(
    sqlite_site: Site,
) -> None:
    source = b"""
[letters.x]
tier = "identity"
fr = { title = "t", body = "{{ person.family_name }} / {{ person.safe_contact_phone }}" }
en = { title = "t", body = "{{ person.family_name }}" }
ar = { title = "t", body = "{{ person.family_name }}" }
"""
    case = sqlite_site.write(declared(sqlite_site, own=source), NAMED)
    letters = compose_letters(sqlite_site.settings, sqlite_site.store, sqlite_site.clock)
    with sqlite_site.store.unit_of_work() as uow:
        html = letters.write(uow, case, "x", "fr", {}, OFFICER).html
        assert "Imaginaire" in html
        assert "699" not in html
        with pytest.raises(NotFound):
            letters.write(uow, case, "x", "fr", {}, STRANGER)
        assert sensitive_reads(uow, case.id) == ()


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_a_letter_to_bodies_bears_the_letterhead_and_one_to_a_person_does_not(
    sqlite_site: Site, language: str
) -> None:
    case = sqlite_site.write(declared(sqlite_site), NAMED)
    head = read_declared(OWN.read_bytes(), "documents.toml").letterhead
    assert head is not None
    letters = compose_letters(sqlite_site.settings, sqlite_site.store, sqlite_site.clock)
    with sqlite_site.store.unit_of_work() as uow:
        note = letters.write(uow, case, "progress_note", language, {}, OFFICER)
        invitation = letters.write(uow, case, "invitation", language, {}, OFFICER)
    for told in map(escape, (head.name[language], *head.address[language], case.reference)):
        assert told in note.html
        assert told not in invitation.html
    assert note.html.index(escape(head.name[language])) < note.html.index(case.reference)
    assert ('dir="rtl"' in note.html) == (language == "ar")
    assert note.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("path", [SHARED, OWN])
def test_what_is_shipped_reads_in_three_languages(path: Path) -> None:
    found = read_declared(path.read_bytes(), path.name)
    assert found.needs
    for letter in found.letters.values():
        assert set(letter.body) == {"fr", "en", "ar"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"[oops]", "means nothing"),
        (b'[needs.a]\nfr = "a"', "its name in each"),
        (b'[needs.a]\nfr = "a"\nen = "a"\nar = "a"', "the ids of the steps"),
        (b'[letters.a]\ntier = "secret"', "'tier' must be one of"),
        (b'[letters.a]\ntier = "case"\nfr = { title = "a" }', "'title' is missing"),
        (b"[letterhead.fr]\nname = 'x'", "letterhead in each of fr, en and ar"),
        (b"= no toml", "does not read"),
    ],
)
def test_what_a_designer_declares_wrongly_is_told_with_what_to_write(
    source: bytes, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read_declared(source, "documents.toml")


def test_values_are_written_as_each_language_writes_them() -> None:
    template = Template.read("{{ today }} {{ amount }} {{ items }} {{ nothing }}")
    values = {"today": NOW.date(), "amount": 1234, "items": ["a", "b"], "nothing": None}
    assert "2 novembre 2026" in template.fill(values, "fr")
    assert "2 November 2026" in template.fill(values, "en")
    assert "نوفمبر" in template.fill(values, "ar")
    assert "a, b" in template.fill(values, "fr")


def test_an_unknown_letter_is_told_to_the_designer(sqlite_site: Site) -> None:
    case = declared(sqlite_site)
    with pytest.raises(HandlerFailed, match="there is none"):
        sqlite_site.run("documents.generate", case, letter="nothing")


def test_a_picture_replaces_a_picture(sqlite_site: Site) -> None:
    case = sqlite_site.case()
    first = store(sqlite_site, case, PNG, "a.png", tier=Tier.CASE)
    second = sqlite_site.documents.take(
        case, PNG, "b.png", OFFICER, tier=Tier.CASE, purpose="x", replaces=first.id
    )
    assert second.version == 2
