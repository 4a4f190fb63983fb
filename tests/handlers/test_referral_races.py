"""Two people at once: one place is given once, one referral is answered once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from engine.errors import Conflict
from handlers.referrals import NoPlaceLeft, ReferralMoved, Status, answer, report
from tests.handlers.referral_support import CLERK, Told, desk, offered, ready, sent, status
from tests.handlers.support import Site


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Run these at the same moment; return what each gave, or the conflict it met."""
    start, met = threading.Barrier(len(acts)), list[object]()

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            met.append(act())
        except Conflict as error:
            met.append(error)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met


def answering(site: Site, referral_id: str, told: Told, *, accept: bool) -> Callable[[], Status]:
    def act() -> Status:
        with site.store.unit_of_work() as uow:
            answer(desk(site, uow, CLERK, told), referral_id, accept=accept, reason="Complet.")
        return Status.ACCEPTED if accept else Status.DECLINED

    return act


def test_two_acceptances_of_the_last_place_give_it_once(site: Site) -> None:
    names, told = ("a", "b", "c", "d"), Told()
    referrals = [sent(site, ready(site, name, capacity=1)) for name in names]
    met = at_once([answering(site, each, told, accept=True) for each in referrals])
    assert met.count(Status.ACCEPTED) == 1
    lost = [each for each in met if isinstance(each, NoPlaceLeft)]
    assert len(lost) == 3
    assert all("has no place left for 'housing'" in str(error) for error in lost)
    found = [status(site, each).status for each in referrals]
    assert sorted(found) == [Status.ACCEPTED, Status.SENT, Status.SENT, Status.SENT]
    assert len(told) == 1


def test_a_place_that_feedback_frees_is_given_to_who_waited(site: Site) -> None:
    first, second = (sent(site, ready(site, name, capacity=1)) for name in ("a", "b"))
    told = Told()
    answering(site, first, told, accept=True)()
    with site.store.unit_of_work() as uow:
        report(desk(site, uow, CLERK, told), first, outcome="helped", feedback="Logé.")
    assert answering(site, second, told, accept=True)() is Status.ACCEPTED


def test_a_referral_answered_by_two_people_at_once_is_answered_once(site: Site) -> None:
    case, told = ready(site), Told()
    referral = sent(site, case)
    acts = [answering(site, referral, told, accept=accept) for accept in (True, False) * 2]
    met = at_once(acts)
    (won,) = (each for each in met if isinstance(each, Status))
    assert sum(isinstance(each, ReferralMoved) for each in met) == 3
    assert status(site, referral).status is won
    assert told == [("referral-answered", referral, won.value)]
    assert site.kinds(case).count(f"referral.{won}") == 1
    assert bool(offered(site, case))
