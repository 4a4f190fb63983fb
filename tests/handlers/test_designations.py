"""Designations: an offer holds a place, ends once, and what became of it is kept."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from engine.errors import BusinessError, HandlerFailed
from engine.model import CaseRef
from handlers.organisations import (
    Designation,
    Mode,
    Outcome,
    designations_of_case,
    read_operator,
    save_profile,
)
from tests.handlers.support import NOW, Site

HORIZON, LITTORAL = "op-horizon", "op-littoral-appui"


def offer(site: Site, case: CaseRef, organisation: str = HORIZON) -> None:
    """Offer a case as the diagram does."""
    site.run("organisations.offer", case, organisation=organisation)


def places(site: Site, organisation: str = HORIZON) -> int:
    """Return how many places an operator has left."""
    with site.store.snapshot() as uow:
        return read_operator(uow, organisation).capacity_left


def told(site: Site, case: CaseRef) -> tuple[Designation, ...]:
    """Return the case's designations."""
    with site.store.snapshot() as uow:
        return designations_of_case(uow, case.id)


def one_place(site: Site, organisation: str) -> None:
    """Leave an operator one place."""
    with site.store.unit_of_work() as uow:
        save_profile(
            uow,
            organisation,
            capacity=1,
            sectors=["services"],
            regions=["centre"],
            levels=["business"],
        )


def test_an_offer_holds_a_place_and_acceptance_keeps_that_one(site: Site) -> None:
    case, free = site.case(), places(site)
    offer(site, case)
    offer(site, case)
    assert places(site) == free - 1
    site.clock.move_to(NOW + timedelta(days=2))
    site.run("organisations.assign", case, organisation=HORIZON)
    assert places(site) == free - 1
    (made,) = told(site, case)
    assert (made.mode, made.outcome) == (Mode.TABLE, Outcome.ACCEPTED)
    assert (made.made_at, made.ended_at) == (NOW, NOW + timedelta(days=2))
    assert site.kinds(case) == ["operator.offered", "party.added", "operator.assigned"]


def test_a_declined_offer_gives_its_place_back_once_and_keeps_the_reason(site: Site) -> None:
    case, free = site.case(), places(site)
    offer(site, case)
    for _ in range(2):
        site.run(
            "organisations.end_offer",
            case,
            organisation=HORIZON,
            answer="declined",
            reason="conflict",
        )
    assert places(site) == free
    (made,) = told(site, case)
    assert (made.outcome, made.reason_code) == (Outcome.DECLINED, "conflict")
    assert site.kinds(case)[-2:] == ["operator.declined", "party.ended"]


def test_silence_until_the_limit_is_told_apart_from_a_refusal(site: Site) -> None:
    case = site.case()
    offer(site, case)
    site.run("organisations.end_offer", case, organisation=HORIZON)
    (made,) = told(site, case)
    assert (made.outcome, made.reason_code) == (Outcome.EXPIRED, None)


def test_a_case_that_goes_away_takes_back_its_offer_and_the_place(site: Site) -> None:
    case, free = site.case(), places(site)
    offer(site, case)
    site.run("organisations.close_access", case, organisation=HORIZON)
    assert places(site) == free
    assert told(site, case)[0].outcome is Outcome.WITHDRAWN


def test_without_an_offer_the_designation_is_one_by_hand(site: Site) -> None:
    case = site.case()
    site.run("organisations.assign", case, organisation=HORIZON)
    (made,) = told(site, case)
    assert (made.mode, made.outcome, made.ended_at) == (Mode.MANUAL, Outcome.ACCEPTED, NOW)


def test_two_cases_offered_at_once_to_the_last_place_go_to_different_operators(
    site: Site,
) -> None:
    for organisation in (HORIZON, LITTORAL):
        one_place(site, organisation)
    cases = [site.case(name) for name in "abc"]
    start, got, refused = threading.Barrier(len(cases)), [], set()

    def designate(case: CaseRef) -> None:
        start.wait()
        for organisation in (HORIZON, LITTORAL):
            try:
                offer(site, case, organisation)
            except BusinessError as error:
                refused.add(error.code)
            else:
                got.append(organisation)
                return
        got.append("nobody")

    threads = [threading.Thread(target=designate, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(got) == ["nobody", HORIZON, LITTORAL]
    assert refused == {"capacity-full"}
    assert (places(site, HORIZON), places(site, LITTORAL)) == (0, 0)


def test_an_offer_to_nobody_known_names_the_element_and_the_case(site: Site) -> None:
    with pytest.raises(HandlerFailed, match="Task_Test of case CM-OFII-2026-a names 'op-nobody'"):
        offer(site, site.case(), "op-nobody")
