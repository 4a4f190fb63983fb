"""Contact details that do not work: for somebody to correct, and closed when they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict, NotAllowed, NotFound
from engine.model import CaseRef, Tier
from handlers.composition import compose_notices
from handlers.notices import Problems, problems_seen, take_back
from handlers.organisations import read_organisation
from handlers.people import sensitive_reads
from tests.handlers.people_support import about
from tests.handlers.support import AUDITOR, FINANCE, OFFICER, STRANGER, Site
from tests.handlers.test_notices import SAFE
from tests.handlers.test_notices_carriers import returned


def bounced(site: Site, name: str = "a") -> CaseRef:
    """Return a case whose person's mail came back."""
    case = about(site, site.write(site.case(name), SAFE))
    site.run("notices.send", case, template="news", to="subject")
    site.clock.move_to(site.clock.now() + timedelta(minutes=1))
    assert take_back(site.store, returned(case), site.clock.now())
    return case


def problems(site: Site) -> Problems:
    """Return the service on this site."""
    return compose_notices(site.settings, site.store, site.clock).problems


def open_in(site: Site) -> list[tuple[str, str]]:
    """Return what an officer is to act on."""
    with site.store.snapshot() as uow:
        return [(each.case_id, each.receiver) for each in problems(site).mine(uow, OFFICER)]


def test_a_bounce_is_for_whoever_works_with_the_person_until_another_address_is_written(
    site: Site,
) -> None:
    case = bounced(site)
    assert open_in(site) == [(case.id, "subject")]
    with site.store.snapshot() as uow:
        for other in (FINANCE, AUDITOR, STRANGER):
            assert problems(site).mine(uow, other) == ()
        assert problems_seen(uow, STRANGER, site.clock.now(), case_id=case.id) == ()
        before = len(sensitive_reads(uow, case.id))
    assert problems(site).recheck() == 0
    with site.store.snapshot() as uow:
        assert len(sensitive_reads(uow, case.id)) == before  # nothing was decrypted in vain
    site.clock.move_to(site.clock.now() + timedelta(minutes=1))
    site.write(case, {"safe_contact_email": ("autre@demo.invalid", Tier.PROTECTION)})
    (work,) = (work for work in site.ports.periodic if work.name == "notices.recheck")
    work.run()
    assert open_in(site) == []
    assert site.kinds(case)[-1] == "contact.corrected"


def test_the_same_address_written_again_corrects_nothing(sqlite_site: Site) -> None:
    case = bounced(sqlite_site)
    sqlite_site.clock.move_to(sqlite_site.clock.now() + timedelta(minutes=1))
    sqlite_site.write(case, SAFE)
    assert problems(sqlite_site).recheck() == 0
    assert open_in(sqlite_site) == [(case.id, "subject")]
    with sqlite_site.store.snapshot() as uow:
        before = len(sensitive_reads(uow, case.id))
    sqlite_site.clock.move_to(sqlite_site.clock.now() + timedelta(minutes=5))
    assert problems(sqlite_site).recheck() == 0
    with sqlite_site.store.snapshot() as uow:
        assert len(sensitive_reads(uow, case.id)) == before  # looked at once, not every time


def test_who_is_reached_in_another_way_is_closed_by_hand_once(site: Site) -> None:
    case, room = bounced(site), problems(site)
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        room.settle(uow, case.id, "subject", STRANGER)
    with pytest.raises(NotAllowed), site.store.unit_of_work() as uow:
        room.settle(uow, case.id, "subject", FINANCE)
    with site.store.unit_of_work() as uow:
        room.settle(uow, case.id, "subject", OFFICER)
    with pytest.raises(Conflict), site.store.unit_of_work() as uow:
        room.settle(uow, case.id, "subject", OFFICER)
    assert open_in(site) == []
    site.run("notices.send", case, activation=2, template="news", to="subject")
    assert open_in(site) == [(case.id, "subject")]  # it still does not work


def test_an_organisations_dead_mailbox_is_told_in_the_case_it_was_written_about(
    site: Site,
) -> None:
    case, to = site.case(), "organisation:op-horizon"
    site.run("notices.send", case, template="task", to=to)
    assert take_back(site.store, returned(case), site.clock.now())
    assert open_in(site) == [(case.id, to)]
    with site.store.unit_of_work() as uow:
        assert read_organisation(uow, "op-horizon").email
        uow.connection.exec_driver_sql(
            "UPDATE organisations SET email = 'neuf@demo.invalid' WHERE id = 'op-horizon'"
        )
    assert problems(site).recheck() == 1
    assert open_in(site) == []
