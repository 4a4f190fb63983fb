"""Two people at once: each decision about a person is taken once, the second is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from engine.errors import Conflict
from engine.model import Actor
from engine.store import UnitOfWork
from handlers.people import Ground, members
from handlers.people.emergency.store import emergencies
from tests.handlers.people_support import end_case, known, people_of, subject
from tests.handlers.support import OFFICER, Site, person
from tests.handlers.test_people_duplicates import ARABIC, LATIN
from tests.handlers.test_people_erasure import AFTER_HOLD, APPROVER, ASKER

Act = Callable[[UnitOfWork], object]


def at_once(site: Site, *acts: Act) -> list[str]:
    """Do all of this at the same moment, each in its transaction; return how each ended."""
    start = threading.Barrier(len(acts))
    ended: list[str] = []

    def run(act: Act) -> None:
        start.wait()
        try:
            with site.store.unit_of_work() as uow:
                act(uow)
        except Conflict:
            ended.append("conflict")
        else:
            ended.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ended)


@pytest.mark.parametrize("crosswise", [False, True])
def test_two_merges_of_one_pair_join_them_once(site: Site, crosswise: bool) -> None:
    one, other = subject(known(site, "a", **ARABIC)), subject(known(site, "b", **LATIN))
    room = people_of(site).duplicates
    pair = (other, one) if crosswise else (one, other)
    ended = at_once(
        site,
        lambda uow: room.merge(uow, one, other, OFFICER),
        lambda uow: room.merge(uow, *pair, OFFICER),
    )
    assert ended == ["conflict", "done"]
    with site.store.snapshot() as uow:
        assert set(members(uow, one)) == {one, other}


def test_an_erasure_that_two_approve_at_once_happens_once(site: Site) -> None:
    case = known(site, "a", **LATIN)
    end_case(site, case)
    site.clock.move_to(AFTER_HOLD)
    room = people_of(site).erasures
    with site.store.unit_of_work() as uow:
        request = room.ask(uow, subject(case), Ground.PERSON, ASKER)
    ended = at_once(
        site,
        lambda uow: room.approve(uow, request.id, APPROVER),
        lambda uow: room.approve(uow, request.id, Actor("third")),
    )
    assert ended == ["conflict", "done"]
    assert len(room.log.read()) == 1
    assert site.kinds(case).count("person.erased") == 1


def test_an_emergency_access_asked_twice_at_once_is_one(site: Site) -> None:
    case = known(site, "a", **LATIN)
    far = person("far", "adviser", organisation="op-horizon")
    room = people_of(site).emergencies
    reason = "menace directe, famille injoignable"

    def ask(uow: UnitOfWork) -> object:
        return room.open(uow, case.reference, reason, far)

    assert at_once(site, ask, ask) == ["done", "done"]
    with site.store.snapshot() as uow:
        assert len(emergencies(uow)) == 1
