"""Who may open which page. One table, one check, before any view runs.

The table decides by *role*, page by page. Which *objects* an account sees is decided by the engine
from the same grants (a case is visible through its parties): what is not theirs is
:class:`~engine.errors.NotFound`, which becomes a 404 and a line in the log.
A route missing from the table, or a line without a route, stops :func:`web.app.create_app`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ConfigurationError
from engine.model import Actor
from web.accounts import current_account

AUDITOR = "auditor"
DESIGNER = "process_designer"
ADMINISTRATOR = "administrator"
PROTECTION_OFFICER = "data_protection_officer"
FUNDER = "funder"

_OVERSIGHT = frozenset({AUDITOR, DESIGNER, ADMINISTRATOR, PROTECTION_OFFICER, FUNDER})
"""Roles that do no casework. Every other role code comes from a scheme's lanes and is casework."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may open a page.

    :ivar meaning: for people who read the table.
    :ivar public: opens without signing in.
    """

    meaning: str
    admits: Callable[[Actor], bool]
    public: bool = False


ANYONE = Rule("anyone, signed in or not", lambda actor: True, public=True)
SIGNED_IN = Rule("any account", lambda actor: True)
CASEWORKERS = Rule("whoever holds a role in a scheme", lambda actor: bool(actor.roles - _OVERSIGHT))
COMMITTEE_ROLES = frozenset({"committee_secretary", "committee_member"})
"""Roles that every scheme gives to those who sit in a committee or keep its sessions."""
COMMITTEE_PEOPLE = Rule(
    "committees' members and secretaries", lambda actor: bool(actor.roles & COMMITTEE_ROLES)
)
COMMITTEE_READERS = Rule(
    "committees' members and secretaries, and auditors",
    lambda actor: bool(actor.roles & {*COMMITTEE_ROLES, AUDITOR}),
)
CASE_READERS = Rule(
    "caseworkers and auditors",
    lambda actor: bool(actor.roles - {DESIGNER, ADMINISTRATOR, PROTECTION_OFFICER, FUNDER}),
)
REPORT_READERS = Rule(
    "caseworkers, auditors and funders",
    lambda actor: bool(actor.roles - {DESIGNER, ADMINISTRATOR, PROTECTION_OFFICER}),
)
DIRECTORY_READERS = Rule(
    "caseworkers, auditors and administrators",
    lambda actor: bool(actor.roles - {DESIGNER, PROTECTION_OFFICER, FUNDER}),
)
DESIGNERS = Rule(
    "process designers and administrators",
    lambda actor: bool(actor.roles & {DESIGNER, ADMINISTRATOR}),
)
OPERATORS = Rule(
    "administrators, and roles that a scheme may name: the engine asks which, case by case",
    lambda actor: ADMINISTRATOR in actor.roles or bool(actor.roles - _OVERSIGHT),
)
ADMINISTRATORS = Rule("administrators", lambda actor: ADMINISTRATOR in actor.roles)

PROTECTORS = Rule(
    "data protection officers and administrators",
    lambda actor: bool(actor.roles & {PROTECTION_OFFICER, ADMINISTRATOR}),
)
OVERSEERS = Rule(
    "data protection officers, administrators and auditors",
    lambda actor: bool(actor.roles & {PROTECTION_OFFICER, ADMINISTRATOR, AUDITOR}),
)
PROTECTION_OFFICERS = Rule(
    "data protection officers", lambda actor: PROTECTION_OFFICER in actor.roles
)

POLICY: Mapping[str, Rule] = {
    "pages.language": ANYONE,
    "pages.health": ANYONE,
    "pages.ready": ANYONE,
    "pages.metrics": ANYONE,
    "security.login": ANYONE,
    "security.logout": SIGNED_IN,
    "pages.home": SIGNED_IN,
    "accounts.substitute": SIGNED_IN,
    "accounts.name": SIGNED_IN,
    "accounts.end": SIGNED_IN,
    "accounts.notices": SIGNED_IN,
    "accounts.choose_notices": SIGNED_IN,
    "administration.first": ANYONE,
    "administration.choose": ANYONE,
    "administration.index": ADMINISTRATORS,
    "administration.create": ADMINISTRATORS,
    "administration.account": ADMINISTRATORS,
    "administration.link": ADMINISTRATORS,
    "administration.activity": ADMINISTRATORS,
    "administration.grant": ADMINISTRATORS,
    "administration.revoke": ADMINISTRATORS,
    "worklist.index": CASEWORKERS,
    "worklist.task": CASEWORKERS,
    "worklist.answer": CASEWORKERS,
    "worklist.claim": CASEWORKERS,
    "worklist.release": CASEWORKERS,
    "start.index": CASEWORKERS,
    "start.form": CASEWORKERS,
    "start.answer": CASEWORKERS,
    "cases.index": CASE_READERS,
    "cases.case": CASE_READERS,
    "cases.action": CASEWORKERS,
    "cases.send": CASEWORKERS,
    "cases.upload": CASEWORKERS,
    "cases.download": CASE_READERS,
    "cases.files": CASE_READERS,
    "cases.new_version": CASEWORKERS,
    "cases.letter": CASEWORKERS,
    "cases.write": CASEWORKERS,
    "reports.index": REPORT_READERS,
    "reports.report": REPORT_READERS,
    "reports.export": REPORT_READERS,
    "notices.index": CASE_READERS,
    "notices.preview": CASE_READERS,
    "notices.problems": CASEWORKERS,
    "notices.settle": CASEWORKERS,
    "versions.index": DESIGNERS,
    "versions.version": DESIGNERS,
    "versions.plan": DESIGNERS,
    "versions.find_case": DESIGNERS,
    "versions.case": DESIGNERS,
    "versions.move_case": DESIGNERS,
    "versions.undo_case": DESIGNERS,
    "versions.run": DESIGNERS,
    "versions.batch": DESIGNERS,
    "versions.steer": DESIGNERS,
    "versions.undo": DESIGNERS,
    "operations.index": ADMINISTRATORS,
    "operations.retry_start": ADMINISTRATORS,
    "people.index": CASEWORKERS,
    "people.new": CASEWORKERS,
    "people.register": CASEWORKERS,
    "people.person": CASEWORKERS,
    "people.edit": CASEWORKERS,
    "people.change": CASEWORKERS,
    "people.add_identifier": CASEWORKERS,
    "people.remove_identifier": CASEWORKERS,
    "people.consent": CASEWORKERS,
    "people.consents": CASEWORKERS,
    "people.withdraw": CASEWORKERS,
    "people.new_sheet": CASEWORKERS,
    "people.sheet": CASEWORKERS,
    "people.household": CASEWORKERS,
    "people.leave_household": CASEWORKERS,
    "people.link": CASEWORKERS,
    "people.erasure": CASEWORKERS,
    "people.reads": CASEWORKERS,
    "people.duplicates": CASEWORKERS,
    "people.compare": CASEWORKERS,
    "people.decide": CASEWORKERS,
    "people.emergency": CASEWORKERS,
    "people.open_emergency": CASEWORKERS,
    "committees.index": COMMITTEE_READERS,
    "committees.body": COMMITTEE_READERS,
    "committees.call": COMMITTEE_PEOPLE,
    "committees.session": COMMITTEE_READERS,
    "committees.steer": COMMITTEE_PEOPLE,
    "committees.attend": COMMITTEE_PEOPLE,
    "committees.votes": COMMITTEE_PEOPLE,
    "committees.cast": COMMITTEE_PEOPLE,
    "committees.file": COMMITTEE_READERS,
    "committees.score": COMMITTEE_PEOPLE,
    "committees.declare": COMMITTEE_PEOPLE,
    "committees.deciding": COMMITTEE_PEOPLE,
    "committees.decide": COMMITTEE_PEOPLE,
    "committees.minutes": COMMITTEE_READERS,
    "committees.minutes_pdf": COMMITTEE_READERS,
    "committees.annex": COMMITTEE_READERS,
    "committees.annex_pdf": COMMITTEE_READERS,
    "organisations.index": DIRECTORY_READERS,
    "organisations.organisation": DIRECTORY_READERS,
    "organisations.accreditation": DIRECTORY_READERS,
    "organisations.specifications": DIRECTORY_READERS,
    "organisations.specification": DIRECTORY_READERS,
    "organisations.new_specification": CASEWORKERS,
    "organisations.publish_specification": CASEWORKERS,
    "organisations.new": CASEWORKERS,
    "organisations.create": CASEWORKERS,
    "organisations.edit": CASEWORKERS,
    "organisations.change": CASEWORKERS,
    "organisations.grant": CASEWORKERS,
    "organisations.set_status": CASEWORKERS,
    "referrals.index": CASE_READERS,
    "referrals.sent": CASE_READERS,
    "referrals.referral": CASE_READERS,
    "referrals.services": DIRECTORY_READERS,
    "referrals.answer": CASEWORKERS,
    "referrals.report": CASEWORKERS,
    "referrals.revoke": CASEWORKERS,
    "referrals.new": CASEWORKERS,
    "referrals.send": CASEWORKERS,
    "payments.index": CASE_READERS,
    "payments.payment": CASE_READERS,
    "payments.refund": CASEWORKERS,
    "payments.funding": CASE_READERS,
    "payments.budgets": CASE_READERS,
    "payments.heading": CASE_READERS,
    "payments.move": CASEWORKERS,
    "payments.orders": CASE_READERS,
    "payments.order": CASE_READERS,
    "payments.new_order": CASEWORKERS,
    "payments.create_order": CASEWORKERS,
    "payments.decide_order": CASEWORKERS,
    "payments.order_file": CASEWORKERS,
    "payments.statement": CASE_READERS,
    "payments.read_in": CASEWORKERS,
    "surveys.case": CASE_READERS,
    "surveys.survey": CASE_READERS,
    "surveys.export": CASEWORKERS,
    "protection.emergencies": OVERSEERS,
    "protection.review": PROTECTORS,
    "protection.erasures": OVERSEERS,
    "protection.decide": PROTECTORS,
    "protection.ask_due": PROTECTORS,
    "protection.reads": OVERSEERS,
    "protection.person_reads": OVERSEERS,
    "protection.access": PROTECTION_OFFICERS,
    "protection.export": PROTECTION_OFFICERS,
    "operations.retry": OPERATORS,
    "operations.case": OPERATORS,
    "operations.ask_order": OPERATORS,
    "operations.give_order": OPERATORS,
    "operations.ask_move": OPERATORS,
    "operations.move": OPERATORS,
    "operations.ask_value": OPERATORS,
    "operations.set_value": OPERATORS,
}

DESIGNERS_ROOMS = frozenset(
    room
    for room in {endpoint.partition(".")[0] for endpoint in POLICY}
    if all(
        rule is DESIGNERS for endpoint, rule in POLICY.items() if endpoint.partition(".")[0] == room
    )
)
"""Rooms that are process designers' tools from end to end: blueprints, and folders of sources."""


def install(app: Flask, policy: Mapping[str, Rule] = POLICY) -> None:
    """Check every route against the table and guard every request with it.

    :raises ConfigurationError: a route has no rule, or a rule has no route.
    """
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    if missing := sorted(endpoints - set(policy)):
        raise ConfigurationError(
            f"Nobody said who may open {', '.join(missing)}: add a line to web/policy.py."
        )
    if idle := sorted(set(policy) - endpoints):
        raise ConfigurationError(
            f"web/policy.py rules on {', '.join(idle)}, which no route has: remove the line."
        )
    app.extensions["policy"] = policy
    app.before_request(_guard)


def admits(endpoint: str, actor: Actor | None) -> bool:
    """Tell whether this actor may open this page; pages use it to leave out dead links."""
    rule: Rule = current_app.extensions["policy"][endpoint]
    return rule.public or (actor is not None and rule.admits(actor))


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page; Flask answers 404
    account = current_account()
    if admits(request.endpoint, account.actor if account else None):
        return None
    if account is None:
        return redirect(url_for("security.login", next=_way_back()))
    return abort(403)


def _way_back() -> str | None:
    # A form sent after the session ended cannot be replayed by a redirect: go to where it was.
    return request.full_path.rstrip("?") if request.method == "GET" else None
