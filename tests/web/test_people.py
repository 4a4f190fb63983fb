"""People's pages: found, opened, compared, erased; each part for whom it is and for nobody else."""

from __future__ import annotations

import json
import re

from handlers.people import Wanted, sensitive_reads
from tests.web.conftest import Browser, Site, actor


def subject(site: Site, case_id: str) -> str:
    """Return whom a case is about."""
    found = site.engine.case(case_id, actor("ofii")).subject
    assert found is not None
    return found


def register(browser: Browser, **typed: str) -> str:
    """Open a file by its form and return the person's id."""
    page = browser.get("/people/new").text
    home = re.search(r'name="organisation" value="([^"]+)"', page)
    person_id = re.search(r'name="person_id" value="([^"]+)"', page)
    assert home is not None
    assert person_id is not None
    sent: dict[str, object] = {"organisation": home[1], "person_id": person_id[1], **typed}
    answer = browser.post("/people/new", sent)
    assert answer.status_code == 303, answer.text
    assert browser.post("/people/new", sent).headers["Location"] == answer.headers["Location"]
    return person_id[1]


def test_a_file_is_opened_once_though_its_form_is_sent_twice_and_found_in_either_script(
    site: Site,
) -> None:
    browser = site.browser("ofii")
    person_id = register(browser, family_name_ar="بن علي", given_names_ar="فاطمة")
    page = browser.get("/people?name=Fatma+Benali").text
    assert person_id in page
    assert "بن علي" in page
    assert person_id not in browser.get("/people?name=Chantal").text


def test_a_form_with_something_wrong_says_what_and_keeps_what_was_typed(site: Site) -> None:
    browser = site.browser("ofii")
    browser.get("/people/new")
    answer = browser.post("/people/new", {"organisation": "ofii-cm", "email": "nowhere"})
    assert answer.status_code == 422
    assert "adresse comme" in answer.text
    assert 'value="nowhere"' in answer.text
    assert browser.get("/people?born=31/31/1990").status_code == 422


def test_a_file_of_another_organisation_does_not_exist(site: Site) -> None:
    person_id = register(site.browser("ofii"), family_name="Secrète")
    stranger = site.browser("conseiller2")
    for path in ("", "/edit", "/reads"):
        assert stranger.get(f"/people/{person_id}{path}").status_code == 404
    assert person_id not in stranger.get("/people?name=Secrète").text


def test_safe_contact_is_shown_to_who_protects_and_to_nobody_else(site: Site) -> None:
    case_id = site.start()
    person_id = subject(site, case_id)
    officer = site.browser("ofii")
    officer.get(f"/people/{person_id}/edit")
    answer = officer.post(
        f"/people/{person_id}/edit",
        {
            "safe_contact_family_unaware": "true",
            "safe_contact_silence": "ne pas parler du retour",
            "family_name": "Essai",
        },
    )
    assert answer.status_code == 303
    assert "ne pas parler du retour" in officer.get(f"/people/{person_id}").text
    with site.engine.store.unit_of_work() as uow:
        uow.add_party(case_id, "comite-demo", "committee", site.clock.now())
        uow.add_party(case_id, "op-littoral-appui", "operator", site.clock.now())
    for name in ("comite", "responsable"):
        page = site.browser(name).get(f"/people/{person_id}").text
        assert "Essai" in page, name
        assert "ne pas parler" not in page, name
        edit = site.browser(name).get(f"/people/{person_id}/edit")
        assert edit.status_code == (200 if name == "responsable" else 403), name
        assert "safe_contact" not in edit.text


def test_two_files_are_compared_merged_and_parted_in_the_browser(site: Site) -> None:
    browser = site.browser("ofii")
    one = register(browser, family_name="Gasmi", given_names="Khadija", birth_date="1988-02-05")
    other = register(
        browser, family_name_ar="القاسمي", given_names_ar="خديجة", birth_date="1988-05-02"
    )
    page = browser.get("/people/duplicates").text
    path = re.search(r'href="(/people/duplicates/[0-9a-f]+/[0-9a-f]+)"', page)
    assert path is not None
    side = browser.get(path[1]).text
    assert "Gasmi" in side
    assert "القاسمي" in side
    assert browser.post(path[1], {"decision": "merge", "keep": one}).status_code == 303
    assert "القاسمي" in browser.get(f"/people/{other}").text
    assert browser.post(path[1], {"decision": "merge", "keep": one}).status_code == 409
    browser.get(path[1])
    assert browser.post(path[1], {"decision": "undo"}).status_code == 303
    assert "القاسمي" not in browser.get(f"/people/{one}").text.split("ps-quick")[0]


def test_a_file_opened_in_an_emergency_alerts_is_logged_and_is_reviewed_by_another(
    site: Site,
) -> None:
    case_id = site.start()
    reference = site.engine.case(case_id, actor("ofii")).reference
    person_id = subject(site, case_id)
    far = site.browser("conseiller2")
    assert far.get(f"/people/{person_id}").status_code == 404
    far.get("/people/emergency")
    short = far.post("/people/emergency", {"clue": reference, "reason": "vite"})
    assert short.status_code == 422
    sent = {"clue": reference, "reason": "menace directe, famille injoignable"}
    assert far.post("/people/emergency", dict(sent)).status_code == 303
    assert "Essai" in far.get(f"/people/{person_id}").text
    letters = [
        p.read_text("utf-8", "replace") for p in (site.settings.var_dir / "outbox").rglob("*")
    ]
    assert any("admin@demo.invalid" in text for text in letters)
    assert not any("Essai" in text or reference in text for text in letters)
    officer = site.browser("donnees")
    page = officer.get("/protection").text
    assert "famille injoignable" in page
    access = re.search(r"/protection/emergencies/([0-9a-f]{32})", page)
    assert access is not None
    answer = officer.post(access[0], {"verdict": "not-justified"})
    assert answer.status_code == 303
    assert far.get(f"/people/{person_id}").status_code == 404
    assert officer.post(access[0], {"verdict": "accepted"}).status_code == 409


def test_an_erasure_is_asked_by_one_and_decided_by_another(site: Site) -> None:
    officer = site.browser("ofii")
    person_id = register(officer, family_name="Effaçable")
    officer.get(f"/people/{person_id}")
    answer = officer.post(f"/people/{person_id}/erasure", {"ground": "mistake"})
    assert answer.status_code == 303
    guard = site.browser("donnees")
    request_id = re.search(
        r"/protection/erasures/([0-9a-f]{32})", guard.get("/protection/erasures").text
    )
    assert request_id is not None
    assert officer.post(request_id[0], {"decision": "approve"}).status_code == 403
    assert guard.post(request_id[0], {"decision": "approve"}).status_code == 303
    assert officer.get(f"/people/{person_id}").status_code == 404
    assert person_id not in officer.get("/people?name=Effaçable").text
    assert guard.post(request_id[0], {"decision": "approve"}).status_code == 409


def test_a_copy_of_everything_is_made_for_the_person_and_recorded(site: Site) -> None:
    case_id = site.start()
    reference = site.engine.case(case_id, actor("ofii")).reference
    guard = site.browser("donnees")
    guard.get("/protection/access")
    answer = guard.post("/protection/access", {"clue": reference, "format": "json"})
    data = json.loads(answer.get_data())
    assert "Essai" in {entry["value"] for entry in data["entries"]}
    assert [case["reference"] for case in data["cases"]] == [reference]
    assert "d:" not in answer.get_data(as_text=True)
    guard.get("/protection/access")
    pdf = guard.post("/protection/access", {"clue": reference, "format": "pdf"})
    assert pdf.get_data().startswith(b"%PDF")
    assert guard.post("/protection/access", {"clue": "CM-X-1"}).status_code == 422
    told = site.browser("auditeur").get("/protection/reads").text
    assert "Copie" in told


def test_a_case_is_linked_to_a_known_person_by_its_reference(site: Site) -> None:
    officer = site.browser("ofii")
    person_id = register(officer, family_name="Connue", given_names="Déjà")
    reference = site.engine.case(case_id := site.start(), actor("ofii")).reference
    officer.get(f"/people/{person_id}")
    assert officer.post(f"/people/{person_id}/cases", {"reference": "CM-NO-1"}).status_code == 422
    assert officer.post(f"/people/{person_id}/cases", {"reference": reference}).status_code == 303
    page = officer.get(f"/people/{person_id}").text
    assert reference in page
    assert case_id in page


def test_numbers_consents_and_households_are_kept_on_the_page(site: Site) -> None:
    officer = site.browser("ofii")
    head = register(officer, family_name="Cheffe")
    child = register(officer, family_name="Enfant")
    base = f"/people/{head}"
    officer.get(base)
    sent: dict[str, object] = {"kind": "passport", "country": "cm", "number": "AB 1234"}
    assert officer.post(f"{base}/identifiers", sent).status_code == 303
    wrong = officer.post(f"{base}/identifiers", {**sent, "kind": "x", "country": "Cameroun"})
    assert wrong.status_code == 422
    assert "AB 1234" in officer.get(base).text
    assert head in officer.get("/people?number=ab1234").text
    for given in ("true", "false"):
        consent: dict[str, object] = {"purpose": "promotion", "given": given}
        assert officer.post(f"{base}/consents", consent).status_code == 303
    member: dict[str, object] = {"other": f"https://x/people/{child}", "relation": "child"}
    assert officer.post(f"{base}/household", member).status_code == 303
    assert officer.post(f"{base}/household", member).status_code == 422
    assert "Enfant" in officer.get(base).text
    assert "Cheffe" in officer.get(f"/people/{child}").text


def test_searching_shows_nothing_to_who_may_not_and_names_are_no_part_of_the_logs(
    site: Site,
) -> None:
    site.start(family_name="Introuvable")
    with site.engine.store.unit_of_work() as uow:
        room = site.app.extensions["people"]
        assert room.search.find(uow, Wanted("Introuvable"), actor("conseiller2")) == ()
        assert len(room.search.find(uow, Wanted("Introuvable"), actor("ofii"))) == 1


def test_who_read_a_person_is_told_to_who_works_with_them_and_to_who_watches(site: Site) -> None:
    person_id = subject(site, case_id := site.start())
    officer = site.browser("ofii")
    officer.get(f"/people/{person_id}/edit")
    officer.post(f"/people/{person_id}/edit", {"safe_contact_note": "sonner deux fois"})
    officer.get(f"/people/{person_id}")
    assert "Paul Etoundi" in officer.get(f"/people/{person_id}/reads").text
    watched = site.browser("auditeur").get(f"/protection/persons/{person_id}/reads").text
    assert "Paul Etoundi" in watched
    assert "Essai" not in watched
    with site.engine.store.snapshot() as uow:
        assert sensitive_reads(uow, case_id) == ()


def test_a_draft_of_a_person_who_was_erased_leaves_its_task_open_and_empty(site: Site) -> None:
    task_id = site.task(case_id := site.start())
    site.engine.save_draft(task_id, {"adults": "7"}, actor("ofii"))
    browser = site.browser("ofii")
    assert 'value="7"' in browser.get(f"/tasks/{task_id}").text
    with site.engine.store.unit_of_work() as uow:
        keyring = site.app.extensions["people"].fields.keyring
        keyring.erase_person(uow, subject(site, case_id), site.clock.now())
    page = browser.get(f"/tasks/{task_id}")
    assert page.status_code == 200
    assert 'value="7"' not in page.text


def test_a_name_given_in_a_form_lies_nowhere_in_clear_and_in_no_variable(site: Site) -> None:
    case_id = site.start(family_name="Zwyxlisible")
    browser = site.browser("ofii")
    browser.get("/people?name=Zwyxlisible&number=QQ-998877")
    browser.get(f"/people/{subject(site, case_id)}")
    for path in site.settings.var_dir.parent.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"wyxlisible" not in content, path
            assert b"998877" not in content, path
