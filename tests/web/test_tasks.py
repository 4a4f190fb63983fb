"""The worklist and the task page: taking, keeping, completing, and being too late."""

from __future__ import annotations

import io
from datetime import timedelta

from engine.model import Grant
from tests.web.conftest import CONFIRMED, Browser, Site, actor
from web.accounts import AccountRow, find_account, hash_password, save_account
from web.accounts.demo import DEMO_PASSWORD


def _second_officer(site: Site) -> None:
    grants = (Grant("agency_officer", "ofii-cm", "CM"),)
    password = hash_password(DEMO_PASSWORD)
    row = AccountRow("ofii2@demo.invalid", "Odile Second", password, "second", grants=grants)
    save_account(site.engine.store, row)


def _complete(browser: Browser, task_id: str, **changes: object) -> int:
    browser.get(f"/tasks/{task_id}")
    sent = {**CONFIRMED, **changes, "_intent": "complete"}
    return browser.post(f"/tasks/{task_id}", sent).status_code


def test_new_task_waits_for_its_group_until_somebody_takes_it(site: Site) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    assert task_id in browser.get("/tasks?which=group").text
    assert task_id not in browser.get("/tasks").text
    browser.get(f"/tasks/{task_id}")
    assert browser.post(f"/tasks/{task_id}/claim").status_code == 303
    assert task_id in browser.get("/tasks").text
    assert task_id not in browser.get("/tasks?which=group").text
    browser.get(f"/tasks/{task_id}")
    assert browser.post(f"/tasks/{task_id}/release").status_code == 303
    assert task_id in browser.get("/tasks?which=group").text


def test_task_due_soon_and_overdue_says_so_in_words(site: Site) -> None:
    site.start()
    browser = site.browser("ofii")
    assert "Bientôt due" not in browser.get("/tasks?which=group").text
    site.clock.move_to(site.clock.now() + timedelta(days=5))
    assert "Bientôt due" in browser.get("/tasks?which=group").text
    site.clock.move_to(site.clock.now() + timedelta(days=10))
    assert "En retard" in browser.get("/tasks?which=group").text


def test_worklist_is_searched_by_reference(site: Site) -> None:
    first, second = (site.engine.case(site.start(), actor("ofii")).reference for _ in "ab")
    found = site.browser("ofii").get(f"/tasks?which=group&search={first[-5:]}").text
    assert first in found
    assert second not in found
    none = site.browser("ofii").get("/tasks?which=group&search=<b>").text
    assert "&lt;b&gt;" in none
    assert "<b>" not in none


def test_long_worklist_is_paged(site: Site) -> None:
    for _ in range(21):
        site.start()
    browser = site.browser("ofii")
    first = browser.get("/tasks?which=group").text
    assert "page=2" in first
    assert browser.get("/tasks?which=group&page=2").text.count("CM-OFII-") == 1
    assert browser.get("/tasks?which=group&page=x").status_code == 200


def test_completing_leads_to_the_case_and_says_what_was_done(site: Site) -> None:
    case_id = site.start()
    task_id = site.task(case_id)
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    assert _complete(browser, task_id) == 303
    page = browser.get(f"/cases/{case_id}").text
    assert "Fait\N{NO-BREAK SPACE}: Confirmer le type d" in page
    assert "Approuver le dossier" in page
    assert task_id in browser.get("/tasks?which=done").text


def test_wrong_answer_is_told_beside_the_field_and_in_a_summary_and_what_was_typed_stays(
    site: Site,
) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    assert _complete(browser, task_id, adults="many", note="À revoir <i>bientôt</i>") == 422
    page = browser.page
    assert 'href="#f-adults"' in page
    assert 'id="f-adults-error"' in page
    assert 'value="many"' in page
    assert "À revoir &lt;i&gt;bientôt&lt;/i&gt;" in page
    assert 'value="450000"' in page
    assert site.task(task_id.partition("-")[0]) == task_id


def test_error_in_a_row_of_a_table_leads_to_its_cell(site: Site) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    blank = {"budget.0.line": "", "budget.0.cost": ""}
    second = {"budget.1._row": "1", "budget.1.line": "Aliments", "budget.1.cost": "x"}
    assert _complete(browser, task_id, **blank, **second) == 422
    assert 'href="#f-budget.0.cost"' in browser.page
    assert 'value="Aliments"' in browser.page


def test_draft_is_kept_word_for_word_and_shown_again_to_its_author_only(site: Site) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    browser.get(f"/tasks/{task_id}")
    typed = {**CONFIRMED, "adults": "peut-être 3", "note": "à demander", "_intent": "draft"}
    assert browser.post(f"/tasks/{task_id}", typed).status_code == 303
    again = browser.get(f"/tasks/{task_id}").text
    for kept in ('value="peut-être 3"', "à demander", 'value="Couveuse"', 'value="2026-02-14"'):
        assert kept in again
    _second_officer(site)
    assert "à demander" not in site.browser("ofii2").get(f"/tasks/{task_id}").text


def test_rows_are_added_and_removed_without_javascript_and_nothing_typed_is_lost(
    site: Site,
) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    browser.get(f"/tasks/{task_id}")
    more = browser.post(f"/tasks/{task_id}", {**CONFIRMED, "_intent": "add:budget"})
    assert more.status_code == 200
    assert 'name="budget.1.line"' in more.text
    assert 'value="Couveuse"' in more.text
    less = browser.post(f"/tasks/{task_id}", {**CONFIRMED, "_intent": "remove:budget:0"})
    assert 'value="Couveuse"' not in less.text
    assert 'value="2026-02-14"' in less.text


def test_computed_field_follows_what_was_typed(site: Site) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    browser.get(f"/tasks/{task_id}")
    page = browser.post(f"/tasks/{task_id}", {"adults": "3", "_intent": "refresh"}).text
    assert ">3\u202f000</output>" in page


def test_of_two_people_completing_one_task_the_second_is_told_who_and_when(site: Site) -> None:
    _second_officer(site)
    task_id = site.task(site.start())
    slow, quick = site.browser("ofii2"), site.browser("ofii")
    slow.get(f"/tasks/{task_id}")
    quick.get(f"/tasks/{task_id}")
    assert _complete(quick, task_id) == 303
    assert _complete(slow, task_id, note="mon travail") == 409
    assert "Paul Etoundi" in slow.page
    assert "2 mars 2026" in slow.page
    assert "mon travail" in slow.page


def test_task_that_a_colleague_holds_is_kept_from_others(site: Site) -> None:
    _second_officer(site)
    task_id = site.task(site.start())
    holder = site.browser("ofii")
    holder.get(f"/tasks/{task_id}")
    holder.post(f"/tasks/{task_id}/claim")
    other = site.browser("ofii2")
    assert "Paul Etoundi a pris cette tâche" in other.get(f"/tasks/{task_id}").text
    assert other.post(f"/tasks/{task_id}/claim").status_code == 409


def test_separation_of_duties_is_explained_and_holds(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("ofii")
    assert _complete(browser, site.task(case_id)) == 303
    approve = site.task(case_id)
    page = browser.get(f"/tasks/{approve}").text
    assert "doit rester séparée" in page
    assert "Terminer la tâche" not in page
    refused = browser.post(f"/tasks/{approve}", {"_intent": "complete", "_reason": "parce que"})
    assert refused.status_code == 409
    assert "parce que" in refused.text
    assert site.task(case_id) == approve


def test_required_reason_is_asked_for_and_the_task_waits_for_it(site: Site) -> None:
    case_id = site.start()
    assert _complete(site.browser("ofii"), site.task(case_id)) == 303
    approve = site.task(case_id)
    finance = site.browser("finance")
    finance.get(f"/tasks/{approve}")
    finance.post(f"/tasks/{approve}/claim")
    finance.get(f"/tasks/{approve}")
    assert finance.post(f"/tasks/{approve}", {"_intent": "complete"}).status_code == 422
    assert 'href="#f-reason"' in finance.page
    assert 'id="f-reason-error"' in finance.page
    sent = {"_intent": "complete", "_reason": "Dossier solide"}
    assert finance.post(f"/tasks/{approve}", sent).status_code == 303
    assert "Clos" in finance.get(f"/cases/{case_id}").text


def test_file_handed_in_stays_when_another_answer_is_wrong(site: Site) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    browser.get(f"/tasks/{task_id}")
    pdf = (io.BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"), "fiche.pdf")
    sent = {**CONFIRMED, "adults": "", "sheet.file": pdf, "_intent": "complete"}
    assert browser.post(f"/tasks/{task_id}", sent).status_code == 422
    assert "«\N{NO-BREAK SPACE}fiche.pdf\N{NO-BREAK SPACE}» est remis" in browser.page


def test_file_of_a_forbidden_type_is_refused_beside_its_field(site: Site) -> None:
    task_id = site.task(site.start())
    browser = site.browser("ofii")
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/claim")
    browser.get(f"/tasks/{task_id}")
    script = (io.BytesIO(b"#!/bin/sh\nrm -rf /\n"), "fiche.pdf")
    sent = {**CONFIRMED, "sheet.file": script, "_intent": "complete"}
    assert browser.post(f"/tasks/{task_id}", sent).status_code == 422
    assert 'id="f-sheet-error"' in browser.page
    assert site.task(task_id.partition("-")[0]) == task_id


def test_language_is_chosen_once_and_kept_with_the_account(site: Site) -> None:
    site.start()
    browser = site.browser("ofii")
    assert (
        browser.get("/language/en?next=/tasks?which=group").headers["Location"].startswith("/tasks")
    )
    assert "Confirm the type of assistance" in browser.get("/tasks?which=group").text
    account = find_account(site.engine.store, email="ofii@demo.invalid")
    assert account is not None
    assert account.locale == "en"
    assert 'lang="en"' in site.browser("ofii").get("/tasks").text
    assert browser.get("/language/xx").status_code == 404
    assert browser.get("/language/fr?next=https://example.org").headers["Location"] == "/"
