"""One policy: every route crossed with every role, and what is not yours does not exist."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from structlog.testing import capture_logs

from engine.errors import ConfigurationError
from tests.web.conftest import Site, actor
from web import policy
from web.accounts.demo import DEMO_ACCOUNTS
from web.policy import POLICY, Rule

CASEWORK = {
    "local_administration",
    "agency_officer",
    "adviser",
    "operator_manager",
    "committee_secretary",
    "committee_member",
    "finance_officer",
}
COMMITTEE = {"committee_secretary", "committee_member"}
OVERSIGHT = {"administrator", "auditor", "data_protection_officer"}
EXPECTED = {
    "pages.language": "everyone",
    "pages.health": "everyone",
    "pages.ready": "everyone",
    "pages.metrics": "everyone",
    "security.login": "everyone",
    "security.logout": "signed in",
    "pages.home": "signed in",
    "accounts.substitute": "signed in",
    "accounts.name": "signed in",
    "accounts.end": "signed in",
    "accounts.notices": "signed in",
    "accounts.choose_notices": "signed in",
    "administration.first": "everyone",
    "administration.choose": "everyone",
    "administration.index": {"administrator"},
    "administration.create": {"administrator"},
    "administration.account": {"administrator"},
    "administration.link": {"administrator"},
    "administration.activity": {"administrator"},
    "administration.grant": {"administrator"},
    "administration.revoke": {"administrator"},
    "worklist.index": CASEWORK,
    "worklist.task": CASEWORK,
    "worklist.answer": CASEWORK,
    "worklist.claim": CASEWORK,
    "worklist.release": CASEWORK,
    "start.index": CASEWORK,
    "start.form": CASEWORK,
    "start.answer": CASEWORK,
    "cases.index": CASEWORK | {"auditor"},
    "cases.case": CASEWORK | {"auditor"},
    "cases.download": CASEWORK | {"auditor"},
    "surveys.case": CASEWORK | {"auditor"},
    "surveys.survey": CASEWORK | {"auditor"},
    "surveys.export": CASEWORK,
    "cases.action": CASEWORK,
    "cases.send": CASEWORK,
    "cases.upload": CASEWORK,
    "cases.files": CASEWORK | {"auditor"},
    "cases.new_version": CASEWORK,
    "cases.letter": CASEWORK,
    "cases.write": CASEWORK,
    "reports.index": CASEWORK | {"auditor", "funder"},
    "reports.report": CASEWORK | {"auditor", "funder"},
    "reports.export": CASEWORK | {"auditor", "funder"},
    "notices.index": CASEWORK | {"auditor"},
    "notices.preview": CASEWORK | {"auditor"},
    "notices.problems": CASEWORK,
    "notices.settle": CASEWORK,
    "versions.index": {"process_designer", "administrator"},
    "versions.version": {"process_designer", "administrator"},
    "versions.plan": {"process_designer", "administrator"},
    "versions.find_case": {"process_designer", "administrator"},
    "versions.case": {"process_designer", "administrator"},
    "versions.move_case": {"process_designer", "administrator"},
    "versions.undo_case": {"process_designer", "administrator"},
    "versions.run": {"process_designer", "administrator"},
    "versions.batch": {"process_designer", "administrator"},
    "versions.steer": {"process_designer", "administrator"},
    "versions.undo": {"process_designer", "administrator"},
    "operations.index": {"administrator"},
    "operations.retry_start": {"administrator"},
    "people.index": CASEWORK,
    "people.new": CASEWORK,
    "people.register": CASEWORK,
    "people.person": CASEWORK,
    "people.edit": CASEWORK,
    "people.change": CASEWORK,
    "people.add_identifier": CASEWORK,
    "people.remove_identifier": CASEWORK,
    "people.consent": CASEWORK,
    "people.consents": CASEWORK,
    "people.withdraw": CASEWORK,
    "people.new_sheet": CASEWORK,
    "people.sheet": CASEWORK,
    "people.household": CASEWORK,
    "people.leave_household": CASEWORK,
    "people.link": CASEWORK,
    "people.erasure": CASEWORK,
    "people.reads": CASEWORK,
    "people.duplicates": CASEWORK,
    "people.compare": CASEWORK,
    "people.decide": CASEWORK,
    "people.emergency": CASEWORK,
    "people.open_emergency": CASEWORK,
    "committees.index": COMMITTEE | {"auditor"},
    "committees.body": COMMITTEE | {"auditor"},
    "committees.call": COMMITTEE,
    "committees.session": COMMITTEE | {"auditor"},
    "committees.steer": COMMITTEE,
    "committees.attend": COMMITTEE,
    "committees.votes": COMMITTEE,
    "committees.cast": COMMITTEE,
    "committees.file": COMMITTEE | {"auditor"},
    "committees.score": COMMITTEE,
    "committees.declare": COMMITTEE,
    "committees.deciding": COMMITTEE,
    "committees.decide": COMMITTEE,
    "committees.minutes": COMMITTEE | {"auditor"},
    "committees.minutes_pdf": COMMITTEE | {"auditor"},
    "committees.annex": COMMITTEE | {"auditor"},
    "committees.annex_pdf": COMMITTEE | {"auditor"},
    "referrals.index": CASEWORK | {"auditor"},
    "referrals.sent": CASEWORK | {"auditor"},
    "referrals.referral": CASEWORK | {"auditor"},
    "referrals.services": CASEWORK | {"auditor", "administrator"},
    "referrals.answer": CASEWORK,
    "referrals.report": CASEWORK,
    "referrals.revoke": CASEWORK,
    "referrals.new": CASEWORK,
    "referrals.send": CASEWORK,
    "organisations.index": CASEWORK | {"auditor", "administrator"},
    "organisations.organisation": CASEWORK | {"auditor", "administrator"},
    "organisations.accreditation": CASEWORK | {"auditor", "administrator"},
    "organisations.specifications": CASEWORK | {"auditor", "administrator"},
    "organisations.specification": CASEWORK | {"auditor", "administrator"},
    "organisations.new_specification": CASEWORK,
    "organisations.publish_specification": CASEWORK,
    "organisations.new": CASEWORK,
    "organisations.create": CASEWORK,
    "organisations.edit": CASEWORK,
    "organisations.change": CASEWORK,
    "organisations.grant": CASEWORK,
    "organisations.set_status": CASEWORK,
    "payments.index": CASEWORK | {"auditor"},
    "payments.payment": CASEWORK | {"auditor"},
    "payments.refund": CASEWORK,
    "payments.funding": CASEWORK | {"auditor"},
    "payments.budgets": CASEWORK | {"auditor"},
    "payments.heading": CASEWORK | {"auditor"},
    "payments.move": CASEWORK,
    "payments.orders": CASEWORK | {"auditor"},
    "payments.order": CASEWORK | {"auditor"},
    "payments.new_order": CASEWORK,
    "payments.create_order": CASEWORK,
    "payments.decide_order": CASEWORK,
    "payments.order_file": CASEWORK,
    "payments.statement": CASEWORK | {"auditor"},
    "payments.read_in": CASEWORK,
    "protection.emergencies": OVERSIGHT,
    "protection.review": {"administrator", "data_protection_officer"},
    "protection.erasures": OVERSIGHT,
    "protection.decide": {"administrator", "data_protection_officer"},
    "protection.ask_due": {"administrator", "data_protection_officer"},
    "protection.reads": OVERSIGHT,
    "protection.person_reads": OVERSIGHT,
    "protection.access": {"data_protection_officer"},
    "protection.export": {"data_protection_officer"},
    "operations.retry": CASEWORK | {"administrator"},
    "operations.case": CASEWORK | {"administrator"},
    "operations.ask_order": CASEWORK | {"administrator"},
    "operations.give_order": CASEWORK | {"administrator"},
    "operations.ask_move": CASEWORK | {"administrator"},
    "operations.move": CASEWORK | {"administrator"},
    "operations.ask_value": CASEWORK | {"administrator"},
    "operations.set_value": CASEWORK | {"administrator"},
}
"""Written out again here, on purpose: a change of the policy must be made twice."""


def _addresses(app: Flask) -> list[tuple[str, str, str]]:
    fill = {
        "case_id": "0" * 32,
        "task_id": f"{'0' * 32}-1",
        "scheme": "xx/none",
        "document_id": "0" * 32,
        "activation": 1,
        "incident_id": 1,
        "start_id": 1,
        "batch_id": "0" * 32,
        "act": "pause",
        "code": "fr",
        "person_id": "0" * 32,
        "referral_id": "0" * 32,
        "organisation_id": "nobody",
        "specification_id": "none-1",
        "account_id": "nobody",
        "secret": "none",
        "accreditation_id": "0" * 32,
        "one": "0" * 32,
        "other": "1" * 32,
        "key": "identifier.x",
        "access_id": "0" * 32,
        "request_id": "0" * 32,
        "substitution_id": "0" * 32,
        "order": "suspend",
        "body_id": "none",
        "session_id": "0" * 32,
        "file_id": "0" * 32,
        "what": "open",
        "payment_id": "0" * 32,
        "heading_id": "0" * 32,
        "order_id": "0" * 32,
        "kind": "xml",
        "survey_id": "0" * 32,
        "suffix": "csv",
        "number": "1",
    }
    found = []
    for rule in app.url_map.iter_rules():
        with app.test_request_context():
            path = rule.build({name: fill[name] for name in rule.arguments})[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append((rule.endpoint, method, path))
    return found


def test_policy_is_the_one_that_is_written_here() -> None:
    assert set(POLICY) == set(EXPECTED)


@pytest.mark.parametrize("account", DEMO_ACCOUNTS, ids=lambda each: each.name)
def test_every_route_opens_to_the_roles_of_the_policy_and_to_no_other(
    site: Site, account: object
) -> None:
    person = next(each for each in DEMO_ACCOUNTS if each is account)
    browser = site.browser(person.name)
    roles = person.actor.roles
    for endpoint, method, path in _addresses(site.app):
        if endpoint == "security.logout":
            continue  # it ends the session that the other routes need
        expected = EXPECTED[endpoint]
        open_to = isinstance(expected, str) or bool(roles & expected)
        answer = browser.post(path) if method == "POST" else browser.get(path)
        to_sign_in = answer.headers.get("Location", "").startswith("/sign-in?next=")
        refused = answer.status_code == 403 or to_sign_in
        assert refused is not open_to, (endpoint, method, path, answer.status)


def test_signed_out_visitor_reaches_public_pages_only(site: Site) -> None:
    for endpoint, method, path in _addresses(site.app):
        if method == "GET" and EXPECTED[endpoint] != "everyone":
            answer = site.browser().get(path)
            assert answer.status_code == 302, endpoint
            assert answer.headers["Location"].startswith("/sign-in?next="), endpoint


def test_a_route_without_a_rule_stops_the_application(site: Site) -> None:
    partial = {name: rule for name, rule in POLICY.items() if name != "cases.case"}
    with pytest.raises(ConfigurationError, match=r"cases\.case"):
        policy.install(site.app, partial)


def test_a_rule_without_a_route_stops_the_application(site: Site) -> None:
    idle = {**POLICY, "cases.erase": Rule("nobody", lambda actor: False)}
    with pytest.raises(ConfigurationError, match=r"cases\.erase"):
        policy.install(site.app, idle)


def test_what_is_not_yours_is_a_404_and_a_line_in_the_log(site: Site) -> None:
    case_id = site.start()
    task_id = site.task(case_id)
    stranger = site.browser("conseiller2")
    for path in (f"/cases/{case_id}", f"/tasks/{task_id}", f"/cases/{case_id}/actions/1"):
        with capture_logs() as logs:
            theirs = stranger.get(path)
        assert theirs.status_code == 404, path
        line = next(entry for entry in logs if entry["event"] == "not found or not theirs")
        assert line["account"] == "demo-conseiller2"
        assert line["path"] == path
    for path in (f"/tasks/{task_id}/claim", f"/tasks/{task_id}", f"/cases/{case_id}/documents"):
        assert stranger.post(path, {"_intent": "complete"}).status_code == 404, path
    missing = stranger.get("/cases/" + "0" * 32).text
    hidden = stranger.get(f"/cases/{case_id}").text
    assert _told(missing, "0" * 32) == _told(hidden, case_id)
    assert site.engine.tasks_of(case_id, actor("ofii"))[0].assignee is None


def test_lists_show_only_what_is_visible(site: Site) -> None:
    reference = site.engine.case(site.start(), actor("ofii")).reference
    assert reference in site.browser("ofii").get("/cases").text
    assert reference in site.browser("auditeur").get("/cases").text
    assert reference not in site.browser("conseiller2").get("/cases").text
    assert reference not in site.browser("conseiller2").get("/tasks?which=group").text


def _told(page: str, case_id: str) -> str:
    """Return a page without the case's id and the token of its forms, which ages by the second."""
    return re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", page.replace(case_id, ""))
