"""What a site is composed of, and what a diagram may ask of it."""

from __future__ import annotations

from pathlib import Path

from engine.clock import OffsetClock, SystemClock
from engine.store import Store
from handlers.composition import MIGRATIONS, compose
from tests.handlers.support import Site, settings_in

REMOTE = {"notices.send"}
LOCAL = {
    "people.record_consents": {"processing", "sharing", "promotion"},
    "people.check_consent": {"purpose"},
    "people.find_duplicates": set(),
    "organisations.applicant": set(),
    "organisations.find_suppliers": set(),
    "organisations.offer": {"organisation"},
    "organisations.end_offer": {"organisation"},
    "organisations.find_operators": {"level", "region"},
    "organisations.open_access": {"organisation", "role"},
    "organisations.close_access": {"organisation"},
    "organisations.assign": {"organisation"},
    "organisations.unassign": {"organisation"},
    "organisations.criteria": {"specification"},
    "organisations.register_applicant": {"name"},
    "organisations.accredit": {"organisation", "specification"},
    "organisations.refuse_accreditation": {"organisation", "specification", "reason"},
    "organisations.change_accreditation": {"organisation", "specification", "status", "reason"},
    "organisations.open_places": {"organisation", "capacity", "levels", "regions"},
    "organisations.note_agreement": {"organisation"},
    "organisations.measure": {"organisation"},
    "documents.require": set(),
    "documents.generate": {"letter"},
    "payments.plan": {"amount", "currency", "shares"},
    "payments.plan_lines": {"lines", "currency"},
    "payments.plan_purchases": {"purchases"},
    "payments.read_lines": set(),
    "payments.request": {"payment"},
    "payments.approve": {"payment"},
    "payments.mark_paid": {"payment", "proof", "paid_on"},
    "payments.refuse": {"payment"},
    "payments.stop": set(),
    "committees.submit": {"committee"},
    "committees.withdraw": set(),
    "payments.refund": {"payment", "amount"},
    "surveys.record": {"instrument", "moment"},
    "referrals.find_services": {"need"},
    "referrals.send": {"need", "priority", "sender", "organisation"},
    "referrals.close": {"referral"},
    "referrals.withdraw": set(),
}


def test_every_handler_is_registered_with_what_it_needs(sqlite_site: Site) -> None:
    specs = sqlite_site.ports.registry.specs
    assert set(specs) == REMOTE | set(LOCAL)
    for name, required in LOCAL.items():
        assert (specs[name].local, specs[name].required) == (True, required), name
    assert not specs["notices.send"].local
    assert all(spec.summary.endswith((".", "…")) for spec in specs.values())


def test_composing_makes_no_secret_and_no_folder(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    ports = compose(settings, Store(settings.database_url))
    assert list(tmp_path.iterdir()) == []
    assert isinstance(ports.clock, SystemClock)
    assert ports.migrations == (MIGRATIONS,)


def test_only_a_demos_clock_can_be_moved(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, demo=True)
    assert isinstance(compose(settings, Store(settings.database_url)).clock, OffsetClock)
