"""New master and search keys in place of the old: nothing lost, killed or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.errors import ConfigurationError, Conflict
from engine.model import Tier
from handlers.people import Wanted, compose_people, rotation
from handlers.people import store as keys
from handlers.people import tables as t
from handlers.people.rotation import (
    forget_master_keys,
    reindex,
    rotate_master_key,
    rotate_search_key,
)
from tests.handlers.people_support import find, known, people_of, subject
from tests.handlers.support import OFFICER, Site
from tests.handlers.test_people_duplicates import ARABIC, LATIN


def quiet(_: str) -> None:
    """Say nothing."""


def fingerprints(site: Site) -> set[str]:
    """Return the master keys that something is wrapped with."""
    with site.store.snapshot() as uow:
        rows = uow.connection.execute(sa.select(t.data_keys.c.master_fingerprint).distinct())
        return {row.master_fingerprint for row in rows}


def test_a_new_master_key_wraps_every_key_and_everything_still_opens(site: Site) -> None:
    case = known(site, "a", **LATIN)
    old = fingerprints(site)
    vault = people_of(site).vault
    assert rotate_master_key(site.store, vault, quiet) >= 1
    assert fingerprints(site) == {vault.keys.current.fingerprint}
    assert fingerprints(site) != old
    assert site.read(case, OFFICER, "family_name") == {"family_name": "Gasmi"}
    again = replace(site, ports=replace(site.ports, fields=people_of(site).fields))
    assert again.read(case, OFFICER, "family_name") == {"family_name": "Gasmi"}


def test_a_rotation_killed_after_any_batch_is_finished_by_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [known(site, f"c{number}", **LATIN) for number in range(5)]
    monkeypatch.setattr(rotation, "BATCH", 2)
    vault = people_of(site).vault
    calls = 0
    rewrap = keys.rewrap_key

    def dies(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        rewrap(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "rewrap_key", dies)
    with pytest.raises(KeyboardInterrupt):
        rotate_master_key(site.store, vault, quiet)
    assert len(fingerprints(site)) == 2
    assert all(site.read(case, OFFICER, "family_name") for case in cases)
    with pytest.raises(Conflict, match="rotate-master-key"):
        forget_master_keys(site.store, vault)
    monkeypatch.setattr(keys, "rewrap_key", rewrap)
    current = vault.keys.current.fingerprint
    rotate_master_key(site.store, people_of(site).vault, quiet)
    assert fingerprints(site) == {current}
    assert len(forget_master_keys(site.store, vault)) == 1
    assert all(site.read(case, OFFICER, "family_name") for case in cases)


def test_a_rotation_killed_between_its_files_goes_on_with_the_key_that_was_made(
    site: Site,
) -> None:
    case = known(site, "a", **LATIN)
    vault = people_of(site).vault
    half = vault.keys.path.with_name("master.key.next")
    half.write_text("ab" * 32 + "\n")
    half.chmod(0o600)
    rotate_master_key(site.store, vault, quiet)
    assert vault.keys.current.secret == bytes.fromhex("ab" * 32)
    assert site.read(case, OFFICER, "family_name")


def test_what_another_process_wraps_with_the_old_key_meanwhile_opens(site: Site) -> None:
    known(site, "a", **LATIN)
    elsewhere = compose_people(site.settings, site.store, site.clock).vault
    wrapped, fingerprint = elsewhere.wrap("case:x", b"k" * 32)
    vault = people_of(site).vault
    rotate_master_key(site.store, vault, quiet)
    assert vault.unwrap("case:x", wrapped, fingerprint) == b"k" * 32
    assert elsewhere.wrap("case:y", b"k" * 32)[1] == vault.keys.current.fingerprint


def test_a_replaced_key_that_is_gone_is_named_and_nothing_is_read(site: Site) -> None:
    case = known(site, "a", **LATIN)
    vault = people_of(site).vault
    old = vault.keys.current.fingerprint
    vault.keys.replace()
    vault.keys.forget(old)
    with pytest.raises(ConfigurationError, match=old):
        site.read(case, OFFICER, "family_name")


def test_people_are_found_before_while_and_after_the_search_key_changes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = known(site, "a", **LATIN), known(site, "b", **{**ARABIC, "given_names_ar": "سنية"})
    directory = people_of(site).search.directory
    old = directory.search_keys.current.fingerprint
    directory.search_keys.replace()
    assert next(hit.person_id for hit in find(site, Wanted("Khadija Gasmi"))) == subject(one)
    assert rotate_search_key(site.store, directory, quiet) == 2
    assert [key.fingerprint for key in directory.search_keys.known()] != [old]
    assert len(directory.search_keys.known()) == 1
    assert next(hit.person_id for hit in find(site, Wanted("سنية القاسمي"))) == subject(other)
    with site.store.snapshot() as uow:
        rows = uow.connection.execute(sa.select(t.person_tokens.c.key_fingerprint).distinct())
        assert [row.key_fingerprint for row in rows] == [directory.search_keys.current.fingerprint]


def test_an_index_that_was_lost_is_made_again(site: Site) -> None:
    case = known(site, "a", **LATIN)
    with site.store.unit_of_work() as uow:
        uow.connection.execute(sa.delete(t.person_tokens))
    assert find(site, Wanted("Gasmi")) == ()
    assert reindex(site.store, people_of(site).search.directory) == 1
    assert [hit.person_id for hit in find(site, Wanted("Gasmi"))] == [subject(case)]


def test_neither_key_is_derived_from_the_other(site: Site) -> None:
    site.write(site.case(), {"a": ("b", Tier.CASE)})
    room = people_of(site)
    assert room.vault.keys.current.secret != room.search.directory.search_keys.current.secret
