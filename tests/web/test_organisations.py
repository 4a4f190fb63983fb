"""Pages of organisations: who sees what, changes with their errors, accreditation, figures."""

from __future__ import annotations

import re

import pytest

from handlers import demo
from handlers.organisations import (
    Status,
    accreditations_of,
    read_operator,
    read_organisation,
)
from tests.web.conftest import Browser, Site

LITTORAL, HORIZON, TUNISIAN = "op-littoral-appui", "op-horizon", "op-tn-1"


@pytest.fixture
def site(site: Site) -> Site:
    """A site with the demo's organisations."""
    with site.engine.store.unit_of_work() as uow:
        demo.seed(uow)
    return site


def form(browser: Browser, organisation: str = LITTORAL) -> dict[str, object]:
    """Open the profile's form and return what stands in it."""
    browser.get(f"/organisations/{organisation}/edit")
    revision = re.search(r'name="revision" value="(\d+)"', browser.page)
    assert revision is not None
    return {
        "revision": revision.group(1),
        "name": "Littoral Appui Inventé",
        "type": "private",
        "email": "littoral@demo.invalid",
        "language": "en",
        "capacity": "41",
        "active": "true",
        "levels": ["social", "business"],
        "regions": ["littoral"],
        "sectors": ["commerce"],
        "languages": ["fr", "en"],
    }


def test_the_list_shows_the_countrys_organisations_and_no_others(site: Site) -> None:
    browser = site.browser("conseiller")
    assert browser.get("/organisations").status_code == 200
    assert "Cabinet Horizon Imaginaire" in browser.page
    assert "Association imaginaire Jasmin" not in browser.page
    browser.get("/organisations?kind=committee")
    assert "Cabinet Horizon Imaginaire" not in browser.page
    browser.get("/organisations?search=zzz")
    assert "Aucun organisme" in browser.page
    assert browser.get("/organisations?page=99999&region=%00&kind=x").status_code == 200


def test_an_operator_reads_itself_whole_and_of_others_what_is_public(site: Site) -> None:
    browser = site.browser("conseiller")
    browser.get(f"/organisations/{LITTORAL}")
    assert "Samuel Ekambi" in browser.page
    assert "littoral-appui@demo.invalid" in browser.page
    assert "Places prises\N{NO-BREAK SPACE}: 0 sur 40" in browser.page
    browser.get(f"/organisations/{HORIZON}")
    assert "Agréé" in browser.page
    for inside in ("Hadja Oumarou", "horizon@demo.invalid", "Places prises"):
        assert inside not in browser.page


@pytest.mark.parametrize("name", ["conseiller", "ofii", "auditeur"])
def test_an_organisation_of_another_country_is_not_there(site: Site, name: str) -> None:
    browser = site.browser(name)
    for path in ("", "/accreditation"):
        assert browser.get(f"/organisations/{TUNISIAN}{path}").status_code == 404
    assert browser.get("/organisations/nobody").status_code == 404


@pytest.mark.parametrize("name", ["conseiller", "responsable", "finance", "comite", "accueil"])
def test_nobody_but_the_agency_changes_anything(site: Site, name: str) -> None:
    browser = site.browser(name)
    (held,) = _held(site)
    assert browser.get(f"/organisations/{LITTORAL}/edit").status_code == 403
    browser.get(f"/organisations/{LITTORAL}")
    for path, data in (
        ("edit", {"name": "X"}),
        ("accreditation", {"specification": "cm-ofii-operator-1", "since": "2026-03-01"}),
        (f"accreditation/{held}", {"status": "withdrawn", "reason": "x"}),
    ):
        assert browser.post(f"/organisations/{LITTORAL}/{path}", dict(data)).status_code == 403
    with site.engine.store.snapshot() as uow:
        assert read_organisation(uow, LITTORAL).name == "Littoral Appui Imaginaire"
        assert [a.status for a in accreditations_of(uow, LITTORAL)] == [Status.ACTIVE]


def test_the_agency_changes_a_profile_and_its_changes_are_told(site: Site) -> None:
    browser = site.browser("ofii")
    assert browser.post(f"/organisations/{LITTORAL}/edit", form(browser)).status_code == 303
    with site.engine.store.snapshot() as uow:
        found = read_operator(uow, LITTORAL)
    assert (found.organisation.name, found.capacity) == ("Littoral Appui Inventé", 41)
    assert found.regions == {"littoral"}
    browser.get(f"/organisations/{LITTORAL}")
    assert "Profil modifié" in browser.page
    assert "Paul Etoundi" in browser.page


def test_what_is_wrong_is_told_beside_its_field_and_kept_as_typed(site: Site) -> None:
    browser = site.browser("ofii")
    wrong = form(browser) | {"email": "nulle part", "capacity": "beaucoup", "regions": ["sfax"]}
    assert browser.post(f"/organisations/{LITTORAL}/edit", wrong).status_code == 422
    for shown in ('value="nulle part"', 'value="beaucoup"', 'href="#email"', 'href="#region"'):
        assert shown in browser.page
    assert 'id="region"' in browser.page


def test_a_form_opened_before_another_change_writes_nothing_over_it(site: Site) -> None:
    early, later = site.browser("ofii"), site.browser("ofii")
    first = form(early)
    later.post(f"/organisations/{LITTORAL}/edit", form(later))
    again = early.post(f"/organisations/{LITTORAL}/edit", first | {"name": "Autre"})
    assert again.status_code == 409
    with site.engine.store.snapshot() as uow:
        assert read_organisation(uow, LITTORAL).name == "Littoral Appui Inventé"


def _held(site: Site, organisation: str = LITTORAL) -> list[str]:
    with site.engine.store.snapshot() as uow:
        return [a.id for a in accreditations_of(uow, organisation)]


def test_an_accreditation_is_suspended_with_a_reason_resumed_and_withdrawn(site: Site) -> None:
    browser = site.browser("ofii")
    (held,) = _held(site)
    path = f"/organisations/{LITTORAL}/accreditation"
    browser.get(path)
    assert browser.post(f"{path}/{held}", {"status": "suspended"}).status_code == 422
    assert f'href="#reason-{held}"' in browser.page
    for status in ("suspended", "active", "withdrawn"):
        sent = {"status": status, "reason": "Rapports attendus"}
        assert browser.post(f"{path}/{held}", dict(sent)).status_code == 303
    assert browser.post(f"{path}/{held}", {"status": "active", "reason": "x"}).status_code == 303
    browser.get(path)
    assert browser.page.count("Rapports attendus") == 3
    assert "vient de changer cet agrément" in browser.page
    with site.engine.store.snapshot() as uow:
        assert [a.status for a in accreditations_of(uow, LITTORAL)] == [Status.WITHDRAWN]


def test_an_accreditation_of_another_organisation_is_not_changed_through_this_one(
    site: Site,
) -> None:
    browser = site.browser("ofii")
    browser.get(f"/organisations/{LITTORAL}/accreditation")
    (others,) = _held(site, HORIZON)
    sent = {"status": "withdrawn", "reason": "x"}
    path = f"/organisations/{LITTORAL}/accreditation/{others}"
    assert browser.post(path, dict(sent)).status_code == 404


def test_an_organisation_is_accredited_once_for_the_same_days(site: Site) -> None:
    browser = site.browser("ofii")
    path = "/organisations/minjec-demo/accreditation"
    browser.get(path)
    wrong = {"specification": "cm-ofii-operator-1", "since": "2026-03-02", "until": "2026-01-01"}
    assert browser.post(path, dict(wrong)).status_code == 422
    assert 'href="#until"' in browser.page
    assert browser.post(path, {"specification": "tn-tounesna-operator-1"}).status_code == 422
    right = wrong | {"until": ""}
    assert browser.post(path, dict(right)).status_code == 303
    browser.get(path)
    assert browser.post(path, dict(right)).status_code == 409
    assert len(_held(site, "minjec-demo")) == 1


def test_a_period_that_makes_no_sense_counts_the_last_year(site: Site) -> None:
    browser = site.browser("auditeur")
    for asked in (
        "first=2026-03-01&last=2025-01-01",
        "first=x",
        "first=0001-01-01&last=9999-12-31",
    ):
        assert browser.get(f"/organisations/{LITTORAL}?{asked}").status_code == 200
        assert 'value="2025-03-02"' in browser.page


def new_organisation(**changes: object) -> dict[str, object]:
    """Return what the form of a new organisation sends."""
    return {
        "country": "CM",
        "name": "Fournitures Inventées",
        "kind": "company",
        "type": "private",
        "email": "fournitures@demo.invalid",
        "language": "fr",
        "active": "true",
        "regions": ["littoral"],
    } | changes


def test_the_agency_enters_an_organisation_once(site: Site) -> None:
    browser = site.browser("ofii")
    browser.get("/organisations/new")
    made = browser.post("/organisations/new", new_organisation())
    assert (made.status_code, made.headers["Location"]) == (
        303,
        "/organisations/fournitures-inventees",
    )
    again = browser.post("/organisations/new", new_organisation(name="FOURNITURES  inventees"))
    assert again.status_code == 422
    assert "porte déjà ce nom" in browser.page
    assert browser.post("/organisations/new", new_organisation(name="New")).status_code == 303
    with site.engine.store.snapshot() as uow:
        assert read_organisation(uow, "new-2").name == "New"


def test_what_a_new_organisation_lacks_is_told_and_another_country_is_not_written(
    site: Site,
) -> None:
    browser = site.browser("ofii")
    browser.get("/organisations/new")
    wrong = new_organisation(kind="", email="x", name="Ailleurs", country="TN")
    assert browser.post("/organisations/new", wrong).status_code == 422
    for shown in ('href="#kind"', 'href="#email"', 'value="Ailleurs"', 'value="CM"'):
        assert shown in browser.page


@pytest.mark.parametrize("name", ["conseiller", "finance", "comite", "accueil"])
def test_nobody_but_the_agency_enters_or_publishes(site: Site, name: str) -> None:
    browser = site.browser(name)
    for path in ("/organisations/new", "/organisations/specifications/new"):
        assert browser.get(path).status_code == 404
        browser.get("/organisations")
        assert browser.post(path, {"name": "X", "country": "CM"}).status_code == 404
    assert "Enregistrer un organisme" not in browser.page


def written_set(**changes: object) -> dict[str, object]:
    """Return what the form of a set sends."""
    return {
        "code": "cm-essai",
        "country": "CM",
        "version": "1",
        "published_on": "2026-04-01",
        "mark": "I",
        "source": "exemple",
        "name_fr": "Essai",
        "name_en": "Trial",
        "criteria.0.fr": "Premier",
        "criteria.0.en": "First",
        "criteria.2.fr": "Second",
        "criteria.2.en": "Second",
    } | changes


def test_a_set_is_published_from_the_page_and_goes_on_with_a_next_version(site: Site) -> None:
    browser = site.browser("ofii")
    path = "/organisations/specifications/new"
    browser.get(path)
    assert browser.post(path, written_set()).headers["Location"].endswith("/cm-essai-1")
    assert browser.post(path, written_set()).status_code == 409
    browser.get(path + "?of=cm-essai-1")
    assert 'name="version" value="2"' in browser.page
    assert 'name="criteria.1.code" value="c2"' in browser.page
    assert browser.post(path, written_set(version="2", name_fr="Essai revu")).status_code == 303
    browser.get("/organisations/specifications/cm-essai-1")
    assert "Il y a une version plus récente" in browser.page
    browser.get("/organisations/specifications")
    assert "Essai revu" in browser.page
    assert "Pas encore commencé" in browser.page


def test_more_rows_are_given_and_what_is_wrong_is_told_at_its_field(site: Site) -> None:
    browser = site.browser("ofii")
    path = "/organisations/specifications/new"
    browser.get(path)
    assert browser.post(path, written_set(more="1")).status_code == 200
    assert 'name="criteria.4.fr"' in browser.page
    wrong = {"criteria.0.en": "", "code": "Essai !", "published_on": "", "country": "CM"}
    assert browser.post(path, written_set(**wrong)).status_code == 422
    for field in ("criteria.0.en", "code", "published_on"):
        assert f'href="#{field}"' in browser.page
        assert f'id="{field}"' in browser.page
    assert ">Critère 1, En anglais\u00a0: Remplissez ce champ.</a>" in browser.page
    assert browser.post(path, written_set(country="TN")).status_code == 422


def test_sets_of_another_country_are_not_there(site: Site) -> None:
    browser = site.browser("conseiller")
    assert browser.get("/organisations/specifications/cm-ofii-operator-1").status_code == 200
    assert "Cabinet Horizon Imaginaire" in browser.page
    assert browser.get("/organisations/specifications/tn-lemma-association-1").status_code == 404
    browser.get("/organisations/specifications")
    assert "Lemma" not in browser.page
