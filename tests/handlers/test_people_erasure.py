"""A person erased: unreadable everywhere, history whole, and so after a restore."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.composition import open_engine
from engine.errors import ConfigurationError, Conflict, NotAllowed, NotFound, StoreUnavailable
from engine.history.verify import verify_events
from engine.model import SYSTEM, Actor, CaseRef, Tier
from engine.store import Store, upgrade
from engine.store.cases import DeploymentRow, insert_deployment
from engine.store.queries import read_events
from handlers.composition import MIGRATIONS
from handlers.people import ErasureLog, Wanted, refuse_unreplayed
from handlers.people.erasure.log import Erasure
from handlers.people.erasure.retention import due
from handlers.people.erasure.service import replay
from handlers.people.erasure.store import Ground, RequestStatus, requests, unscrubbed
from handlers.people.erasure.upkeep import scrub_erased
from handlers.people.index.store import searches
from handlers.people.store import read_key
from tests.handlers.people_support import end_case, find, known, people_of, subject
from tests.handlers.support import NOW, OFFICER, SCHEME, Site, bytes_below, tiered
from tests.handlers.test_people_duplicates import ARABIC, LATIN
from web import MIGRATIONS as PAGES

ASKER, APPROVER = Actor("asker"), Actor("approver")
AFTER_HOLD = NOW + timedelta(days=366 * 8)


def erase(site: Site, case: CaseRef) -> None:
    """Ask for and approve the erasure of a case's subject, after every hold."""
    site.clock.move_to(max(site.clock.now(), AFTER_HOLD))
    erasures = people_of(site).erasures
    with site.store.unit_of_work() as uow:
        request = erasures.ask(uow, subject(case), Ground.PERSON, ASKER)
    with site.store.unit_of_work() as uow:
        erasures.approve(uow, request.id, APPROVER)


def test_an_erased_person_is_unreadable_everywhere_and_history_still_verifies(site: Site) -> None:
    case = known(site, "a", **LATIN)
    site.write(case, {"comment": ("appeler Mme Gasmi", Tier.CASE)})
    find(site, Wanted("Khadija Gasmi"))
    with site.store.unit_of_work() as uow:
        sealed = site.fields.seal(uow, case, b"draft")
        stored = site.documents.store_document(
            uow,
            case,
            b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n",
            "a.pdf",
            OFFICER,
            tier=Tier.IDENTITY,
            purpose="x",
        )
    end_case(site, case)
    erase(site, case)
    assert site.read(case, OFFICER, *LATIN, "comment") == {}
    assert find(site, Wanted("Khadija Gasmi")) == ()
    for look in (
        lambda uow: site.fields.unseal(uow, case, sealed),
        lambda uow: site.documents.open_document(uow, stored.id, OFFICER),
        lambda uow: people_of(site).files.show(uow, subject(case), OFFICER),
        lambda uow: people_of(site).subject_access.gather(uow, subject(case), OFFICER),
        lambda uow: site.fields.write(uow, case, tiered({"x": ("y", Tier.IDENTITY)}), OFFICER),
    ):
        with pytest.raises(NotFound), site.store.unit_of_work() as uow:
            look(uow)
    with site.store.snapshot() as uow:
        assert verify_events(case.id, read_events(uow, case.id), uow.lock_tail(case.id)) == []
        assert {s.digest for s in searches(uow, person_ids=[subject(case)], limit=9)} == {""}
    assert site.kinds(case)[-2:] == ["erasure.asked", "person.erased"]


def test_merged_files_are_erased_together(site: Site) -> None:
    one, other = known(site, "a", **ARABIC), known(site, "b", **LATIN)
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.merge(uow, subject(one), subject(other), OFFICER)
    end_case(site, one)
    end_case(site, other)
    erase(site, one)
    assert site.read(other, OFFICER, *LATIN) == {}
    assert site.read(one, OFFICER, *ARABIC) == {}


def test_nobody_approves_what_they_asked_for_and_nobody_twice(site: Site) -> None:
    case = known(site, "a", **LATIN)
    end_case(site, case)
    site.clock.move_to(AFTER_HOLD)
    erasures = people_of(site).erasures
    with site.store.unit_of_work() as uow:
        request = erasures.ask(uow, subject(case), Ground.PERSON, ASKER)
        assert erasures.ask(uow, subject(case), Ground.MISTAKE, APPROVER) == request
    with pytest.raises(NotAllowed), site.store.unit_of_work() as uow:
        erasures.approve(uow, request.id, ASKER)
    assert site.read(case, OFFICER, "family_name")
    with site.store.unit_of_work() as uow:
        erasures.approve(uow, request.id, APPROVER)
    with pytest.raises(Conflict), site.store.unit_of_work() as uow:
        erasures.approve(uow, request.id, APPROVER)


def test_a_refused_request_erases_nothing(site: Site) -> None:
    case = known(site, "a", **LATIN)
    erasures = people_of(site).erasures
    with site.store.unit_of_work() as uow:
        request = erasures.ask(uow, subject(case), Ground.PERSON, ASKER)
        erasures.refuse(uow, request.id, APPROVER)
        assert [r.status for r in requests(uow)] == [RequestStatus.REFUSED]
    assert site.read(case, OFFICER, "family_name")
    assert not ErasureLog(site.settings).path.exists()


def test_an_open_case_and_a_funders_audit_hold_an_erasure_back(site: Site) -> None:
    case = known(site, "a", **LATIN)
    erasures = people_of(site).erasures
    with site.store.unit_of_work() as uow:
        request = erasures.ask(uow, subject(case), Ground.PERSON, ASKER)
        assert erasures.obstacle(uow, subject(case)) == "active"
    with pytest.raises(Conflict, match="is open"), site.store.unit_of_work() as uow:
        erasures.approve(uow, request.id, APPROVER)
    end_case(site, case)
    publish(site)
    with pytest.raises(Conflict, match="2033-11-02"), site.store.unit_of_work() as uow:
        erasures.approve(uow, request.id, APPROVER)
    assert site.read(case, OFFICER, "family_name")


def test_no_file_of_the_database_holds_the_key_of_an_erased_person(sqlite_site: Site) -> None:
    site = sqlite_site
    case = known(site, "a", **LATIN)
    owners = [f"person:{subject(case)}", f"case:{case.id}"]
    site.write(case, {"comment": ("un mot", Tier.CASE)})
    with site.store.snapshot() as uow:
        wrapped = [row.wrapped for owner in owners if (row := read_key(uow, owner))]
    folder = site.store.path.parent
    assert len(wrapped) == 2

    def holding() -> set[str]:
        return {
            path.name
            for path, content in bytes_below(folder)
            if any(key and key in content for key in wrapped)
        }

    assert holding()
    end_case(site, case)
    erase(site, case)
    assert scrub_erased(site.store, people_of(site).erasures)
    assert holding() == set()


def test_scrubbing_waits_for_who_reads_and_is_done_by_the_next_run(sqlite_site: Site) -> None:
    site = sqlite_site
    case = known(site, "a", **LATIN)
    end_case(site, case)
    erasures = people_of(site).erasures
    with site.store.snapshot() as reader:
        assert read_key(reader, f"person:{subject(case)}") is not None
        erase(site, case)
        assert not scrub_erased(site.store, erasures)
    assert scrub_erased(site.store, erasures)
    with site.store.snapshot() as uow:
        assert unscrubbed(uow) == ()


def test_postgresql_writes_the_table_of_keys_into_a_new_file_after_an_erasure(site: Site) -> None:
    if site.store.is_sqlite:
        pytest.skip("SQLite overwrites in place")

    def file() -> object:
        with site.store.snapshot() as uow:
            return uow.connection.exec_driver_sql(
                "SELECT pg_relation_filepath('data_keys'), (SELECT count(*) FROM data_keys)"
            ).one()

    erasures = people_of(site).erasures
    case = known(site, "a", **LATIN)
    before = file()
    assert scrub_erased(site.store, erasures)
    assert file() == before  # nothing was erased yet
    end_case(site, case)
    erase(site, case)
    with site.store.snapshot() as reader:
        assert read_key(reader, f"person:{subject(case)}") is not None
        assert not scrub_erased(site.store, erasures)
    assert file() == before
    assert scrub_erased(site.store, erasures)
    assert file() != before
    assert file()[1] == before[1]  # type: ignore[index]


def publish(site: Site) -> None:
    """Publish the bare cases' scheme under its own name."""
    with site.store.unit_of_work() as uow:
        insert_deployment(
            uow, DeploymentRow("own", "cm/ofii", 1, "1", NOW, "x"), {"scheme.toml": SCHEME}
        )


def test_age_alone_makes_an_erasure_due_after_the_longest_of_retention_and_hold(
    site: Site,
) -> None:
    ended, open_ = known(site, "a", **LATIN), known(site, "b", **ARABIC)
    end_case(site, ended)
    publish(site)
    erasures = people_of(site).erasures
    for day, expected in ((NOW + timedelta(days=365 * 6), []), (AFTER_HOLD, [subject(ended)])):
        site.clock.move_to(day)
        with site.store.unit_of_work() as uow:
            assert [k.person_id for k in due(uow, erasures.schemes, day)] == expected
    (work,) = (work for work in site.ports.periodic if work.name == "people.retention")
    work.run()
    work.run()
    with site.store.snapshot() as uow:
        (request,) = requests(uow)
    assert (request.asked_by, request.ground) == (SYSTEM.account_id, Ground.RETENTION)
    assert subject(open_) != request.person_id


def test_where_a_scheme_says_nothing_of_retention_nothing_falls_due(site: Site) -> None:
    case = known(site, "a", **LATIN)
    end_case(site, case)
    with site.store.snapshot() as uow:
        assert list(due(uow, people_of(site).erasures.schemes, AFTER_HOLD)) == []


def test_nothing_is_erased_when_the_log_cannot_be_written(site: Site, tmp_path: Path) -> None:
    case = known(site, "a", **LATIN)
    end_case(site, case)
    (tmp_path / "blocked").write_text("a file where a folder is wanted")
    site.settings = replace(site.settings, erasure_log=tmp_path / "blocked" / "erasures.log")
    with pytest.raises(StoreUnavailable, match="PASSERELLE_ERASURE_LOG"):
        erase(site, case)
    assert site.read(case, OFFICER, "family_name")


def test_a_restored_backup_stays_closed_until_what_was_erased_is_erased_again(
    sqlite_site: Site, tmp_path: Path
) -> None:
    case = known(sqlite_site, "a", **LATIN)
    end_case(sqlite_site, case)
    with (
        closing(sqlite3.connect(sqlite_site.store.path)) as database,
        closing(sqlite3.connect(tmp_path / "backup.db")) as backup,
    ):
        database.backup(backup)
    erase(sqlite_site, case)
    restored = Store(f"sqlite:///{tmp_path / 'backup.db'}")
    log = ErasureLog(sqlite_site.settings)
    with pytest.raises(ConfigurationError, match="replay-erasures"):
        refuse_unreplayed(restored, log)
    assert replay(restored, log) == 1
    assert replay(restored, log) == 0
    refuse_unreplayed(restored, log)
    sqlite_site.store = restored
    assert people_of(sqlite_site)
    with restored.unit_of_work() as uow:
        assert sqlite_site.fields.read(uow, case, list(LATIN), OFFICER) == {}
    restored.close()


def test_the_engine_itself_does_not_open_a_database_that_forgot_an_erasure(
    sqlite_site: Site,
) -> None:
    upgrade(sqlite_site.store, (MIGRATIONS, PAGES))
    open_engine(sqlite_site.settings)
    ErasureLog(sqlite_site.settings).append(Erasure("e1", NOW, ("person:unknown",)))
    with pytest.raises(ConfigurationError, match="replay-erasures"):
        open_engine(sqlite_site.settings)
    replay(sqlite_site.store, ErasureLog(sqlite_site.settings))
    open_engine(sqlite_site.settings)


def test_a_line_torn_by_a_power_cut_is_passed_over_and_the_next_one_reads(
    sqlite_site: Site,
) -> None:
    log = ErasureLog(sqlite_site.settings)
    log.append(Erasure("e1", NOW, ("person:a",)))
    with log.path.open("ab") as file:
        file.write(b'{"id": "e2", "at": "20')
    assert [e.id for e in log.read()] == ["e1"]
    log.append(Erasure("e3", NOW, ("person:b", "case:c")))
    assert [e.id for e in log.read()] == ["e1", "e3"]
    assert log.read()[1].owners == ("person:b", "case:c")


def test_a_destroyed_key_lies_in_no_free_part_of_the_database_file(sqlite_site: Site) -> None:
    case = known(sqlite_site, "a", **LATIN)
    end_case(sqlite_site, case)
    with sqlite_site.store.snapshot() as uow:
        row = read_key(uow, f"person:{subject(case)}")
    assert row is not None
    assert row.wrapped is not None
    erase(sqlite_site, case)
    sqlite_site.store.close()
    with closing(sqlite3.connect(sqlite_site.store.path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path, content in bytes_below(sqlite_site.settings.var_dir.parent):
        assert row.wrapped not in content, path
