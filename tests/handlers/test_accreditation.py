"""Accreditation: on a version of a set of specifications, from a day to a day, with a status."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.errors import Conflict, HandlerFailed, InvalidAnswer, NotFound
from handlers.organisations import (
    Accreditation,
    Status,
    accredit,
    accreditations_of,
    change_status,
    events_of,
    publish_specification,
    read_specification,
)
from handlers.organisations.demo import OFII_OPERATOR
from tests.handlers.support import NOW, Site

HORIZON = "op-horizon"
TODAY = NOW.date()
SECOND = replace(OFII_OPERATOR, version=2)


def publish(site: Site) -> None:
    """Publish the second version of the panel's specifications."""
    with site.store.unit_of_work() as uow:
        publish_specification(uow, SECOND)


def grant(site: Site, since: date, until: date | None = None) -> Accreditation:
    """Accredit on the second version."""
    with site.store.unit_of_work() as uow:
        return accredit(uow, HORIZON, SECOND.id, since, until, by="officer", at=NOW)


def move(site: Site, accreditation_id: str, status: Status, reason: str = "Contrôle") -> None:
    """Change where an accreditation stands."""
    with site.store.unit_of_work() as uow:
        change_status(uow, accreditation_id, status, reason, by="officer", at=NOW)


def held(site: Site) -> tuple[Accreditation, ...]:
    """Return the accreditations of op-horizon."""
    with site.store.snapshot() as uow:
        return accreditations_of(uow, HORIZON)


def found(
    site: Site, name: str = "found", specification: str | None = "cm-ofii-operator"
) -> list[str]:
    """Return the operators that a designation considers."""
    operators = site.run(
        "organisations.find_operators",
        site.case(name),
        level="business",
        region="centre",
        specification=specification,
    )["operators"]
    return [operator["id"] for operator in operators]


def test_designation_considers_the_accredited_only_where_the_scheme_asks(site: Site) -> None:
    (first,) = held(site)
    assert HORIZON in found(site, "a")
    move(site, first.id, Status.SUSPENDED)
    assert HORIZON not in found(site, "b")
    assert HORIZON in found(site, "c", None)
    move(site, first.id, Status.ACTIVE)
    assert HORIZON in found(site, "d")
    move(site, first.id, Status.WITHDRAWN)
    assert HORIZON not in found(site, "e")


def test_an_accreditation_holds_from_its_first_day_to_its_last(site: Site) -> None:
    publish(site)
    made = grant(site, TODAY, TODAY + timedelta(days=10))
    days = (TODAY - timedelta(days=1), TODAY, made.until, TODAY + timedelta(days=11))
    assert [made.holds_on(day) for day in days if day] == [False, True, True, False]


def test_the_end_of_a_period_shuts_an_operator_out_of_designation(site: Site) -> None:
    (first,) = held(site)
    assert first.until is not None
    site.clock.move_to(NOW + (first.until - TODAY) + timedelta(days=1))
    assert found(site) == []


def test_specifications_that_are_not_published_stop_the_designation_with_a_remedy(
    site: Site,
) -> None:
    with pytest.raises(HandlerFailed, match="'tn-tounesna-operator', which is not published in CM"):
        found(site, specification="tn-tounesna-operator")


def test_a_published_version_never_changes(site: Site) -> None:
    with site.store.unit_of_work() as uow:
        assert publish_specification(uow, OFII_OPERATOR) is False
        with pytest.raises(Conflict, match="Publish version 2"):
            publish_specification(uow, replace(OFII_OPERATOR, criteria=()))
        assert read_specification(uow, OFII_OPERATOR.id) == OFII_OPERATOR


def test_two_accreditations_on_one_version_do_not_overlap(site: Site) -> None:
    publish(site)
    made = grant(site, TODAY, TODAY + timedelta(days=10))
    with pytest.raises(Conflict, match="already"):
        grant(site, TODAY + timedelta(days=10))
    move(site, made.id, Status.WITHDRAWN)
    grant(site, TODAY + timedelta(days=10))
    assert len(held(site)) == 3


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (date(2020, 1, 1), None, "since"),
        (TODAY, TODAY - timedelta(days=1), "until"),
    ],
)
def test_dates_that_make_no_period_are_refused_by_field(
    site: Site, since: date, until: date | None, field: str
) -> None:
    publish(site)
    with pytest.raises(InvalidAnswer) as refused:
        grant(site, since, until)
    assert set(refused.value.errors) == {field}


def test_specifications_of_another_country_accredit_nobody_here(site: Site) -> None:
    with site.store.unit_of_work() as uow, pytest.raises(InvalidAnswer) as refused:
        accredit(uow, HORIZON, "tn-tounesna-operator-1", TODAY, None, by="officer", at=NOW)
    assert set(refused.value.errors) == {"specification"}


def test_a_withdrawn_accreditation_stays_withdrawn(site: Site) -> None:
    (first,) = held(site)
    move(site, first.id, Status.WITHDRAWN)
    with pytest.raises(Conflict, match="cannot become active"):
        move(site, first.id, Status.ACTIVE)


def test_every_change_says_who_and_why_and_none_goes_without_a_reason(site: Site) -> None:
    (first,) = held(site)
    with pytest.raises(InvalidAnswer):
        move(site, first.id, Status.SUSPENDED, "  ")
    move(site, first.id, Status.SUSPENDED, "Rapports attendus")
    with site.store.snapshot() as uow:
        last = events_of(uow, HORIZON)[0]
    assert (last.account_id, last.kind) == ("officer", "accreditation-changed")
    assert last.data["reason"] == "Rapports attendus"
    with pytest.raises(NotFound):
        move(site, "0" * 32, Status.SUSPENDED)
