"""Personal answers: encrypted, readable by tier, gone with their key."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import ConfigurationError, NotFound, StateUnreadable
from engine.model import SYSTEM, Actor, Grant, Tier
from engine.service.scheme import RoleKind
from handlers.composition import compose_fields
from handlers.people import sensitive_reads, tiers_of
from handlers.people.vault import Vault, canonical, commitment, decrypt, encrypt
from tests.handlers.support import (
    ADVISER,
    AUDITOR,
    FINANCE,
    NOW,
    OFFICER,
    SECRETARY,
    STRANGER,
    Site,
    bytes_below,
    person,
    tiered,
)

FIELDS = {
    "family_name": ("Ngo Imaginaire", Tier.IDENTITY),
    "trafficking": ("menacée par un passeur", Tier.PROTECTION),
    "residence_status": ("irregular", Tier.LEGAL),
    "account_number": ("1234567890", Tier.PAYMENT),
    "counselling": ("dort mal", Tier.PSYCHOSOCIAL),
    "comment": ("rappeler lundi", Tier.CASE),
}


def test_each_role_reads_its_tiers_and_no_other(site: Site) -> None:
    case = site.write(site.case(), FIELDS)
    readable = {
        "officer": set(FIELDS),
        "adviser": {"family_name", "trafficking", "counselling", "comment"},
        "secretary": {"family_name", "comment"},
        "finance": {"family_name", "account_number", "comment"},
        "auditor": {"comment"},
        "stranger": set(),
    }
    for reader in (OFFICER, ADVISER, SECRETARY, FINANCE, AUDITOR, STRANGER):
        assert set(site.read(case, reader, *FIELDS)) == readable[reader.account_id]


def test_a_role_held_in_another_organisation_opens_nothing(site: Site) -> None:
    case = site.write(site.case(), FIELDS)
    both = Actor(
        "both",
        (Grant("agency_officer", "elsewhere"), Grant("committee_secretary", "op-littoral-appui")),
    )
    assert set(site.read(case, both, *FIELDS)) == {"family_name", "comment"}


def test_the_engine_itself_reads_nothing_through_the_sink(site: Site) -> None:
    case = site.write(site.case(), FIELDS)
    assert site.read(case, SYSTEM, *FIELDS) == {}


def test_every_kind_of_value_comes_back_as_it_was_written(site: Site) -> None:
    values = {
        "text": "é ع\n",
        "number": Decimal("1234.50"),
        "day": date(1990, 2, 28),
        "moment": NOW,
        "length": timedelta(days=3),
        "flag": True,
        "nothing": None,
        "rows": ({"name": "A", "age": Decimal(3)}, {"name": "B", "age": Decimal(5)}),
    }
    case = site.write(site.case(), {k: (v, Tier.IDENTITY) for k, v in values.items()})
    assert dict(site.read(case, OFFICER, *values)) == values


def test_the_first_personal_answer_opens_a_persons_file_and_later_ones_use_it(site: Site) -> None:
    case = site.case()
    assert site.write(case, {"comment": ("x", Tier.CASE)}).subject is None
    first = site.write(case, {"family_name": ("A", Tier.IDENTITY)})
    again = site.write(first, {"family_name": ("B", Tier.IDENTITY)})
    assert first.subject is not None
    assert again.subject == first.subject
    assert site.read(again, OFFICER, "family_name") == {"family_name": "B"}


def test_a_reference_still_opens_the_version_that_it_was_given_for(site: Site) -> None:
    case = site.write(site.case(), {"family_name": ("A", Tier.IDENTITY)})
    references = []
    for value in ("first visit", "second visit"):
        with site.store.unit_of_work() as uow:
            fields = {"note": (value, Tier.PSYCHOSOCIAL)}
            written = site.fields.write(uow, case, tiered(fields), OFFICER)
        references.append(written.references["note"])
    with site.store.unit_of_work() as uow:
        read = site.fields.read_references(uow, case, references, ADVISER)
        closed = site.fields.read_references(uow, case, references, SECRETARY)
    assert [read[reference] for reference in references] == ["first visit", "second visit"]
    assert closed == {}


def test_another_cases_references_do_not_open(site: Site) -> None:
    mine, other = site.case("a"), site.case("b")
    with site.store.unit_of_work() as uow:
        fields = tiered({"note": ("secret", Tier.CASE)})
        written = site.fields.write(uow, other, fields, OFFICER)
        reference = written.references["note"]
        assert site.fields.read_references(uow, mine, [reference], OFFICER) == {}


def test_every_read_of_a_sensitive_tier_is_logged_and_no_other(site: Site) -> None:
    case = site.write(site.case(), FIELDS)
    site.read(case, SECRETARY, *FIELDS)
    site.read(case, FINANCE, *FIELDS)
    with site.store.snapshot() as uow:
        (read,) = sensitive_reads(uow, case.id)
    assert (read.account_id, read.tiers, read.keys) == (
        "finance",
        (Tier.PAYMENT,),
        ("account_number",),
    )


def test_a_read_in_a_snapshot_is_logged_all_the_same(site: Site) -> None:
    case = site.write(site.case(), FIELDS)
    with site.store.snapshot() as uow:
        assert site.fields.read(uow, case, ["trafficking"], ADVISER)
    with site.store.snapshot() as uow:
        assert [read.account_id for read in sensitive_reads(uow, case.id)] == ["adviser"]


def test_no_answer_lies_in_clear_in_the_database_file(sqlite_site: Site, tmp_path: Path) -> None:
    case = sqlite_site.write(sqlite_site.case(), FIELDS)
    with sqlite_site.store.unit_of_work() as uow:
        sqlite_site.fields.seal(uow, case, b"brouillon confidentiel")
    needles = [str(value).encode() for value, _ in FIELDS.values()] + [b"brouillon confidentiel"]
    for path, content in bytes_below(tmp_path):
        assert [n for n in needles if n in content] == [], path


def test_an_erased_persons_answers_and_drafts_are_unreadable_and_the_cases_own_stay(
    site: Site,
) -> None:
    case = site.write(site.case(), FIELDS)
    with site.store.unit_of_work() as uow:
        sealed = site.fields.seal(uow, case, b"draft")
        assert case.subject is not None
        site.fields.keyring.erase_person(uow, case.subject, NOW)
    assert site.read(case, OFFICER, *FIELDS) == {"comment": "rappeler lundi"}
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        site.fields.unseal(uow, case, sealed)
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        site.fields.write(uow, case, tiered({"x": ("y", Tier.IDENTITY)}), OFFICER)


def test_a_draft_sealed_before_the_subject_was_known_opens_afterwards(site: Site) -> None:
    case = site.case()
    with site.store.unit_of_work() as uow:
        sealed = site.fields.seal(uow, case, b"draft")
    known = site.write(case, {"family_name": ("A", Tier.IDENTITY)})
    with site.store.unit_of_work() as uow:
        assert site.fields.unseal(uow, known, sealed) == b"draft"


def test_a_draft_moved_to_another_case_or_damaged_does_not_open(site: Site) -> None:
    case, other = site.case("a"), site.case("b")
    with site.store.unit_of_work() as uow:
        sealed = site.fields.seal(uow, case, b"draft")
        site.fields.seal(uow, other, b"x")
        stolen = sealed.replace(case.id.encode(), other.id.encode(), 1)
        for broken in (stolen, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"nonsense"):
            with pytest.raises(StateUnreadable):
                site.fields.unseal(uow, other if broken is stolen else case, broken)


def test_two_first_writers_of_one_owner_use_one_key(site: Site) -> None:
    case, names = site.case(), [f"note{number}" for number in range(4)]
    start = threading.Barrier(len(names))

    def write(name: str) -> None:
        start.wait()
        site.write(case, {name: (name, Tier.CASE)})

    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert dict(site.read(case, OFFICER, *names)) == {name: name for name in names}


def test_a_commitment_proves_the_value_to_whoever_holds_its_salt() -> None:
    salt = b"s" * 32
    expected = hashlib.sha256(salt + canonical(date(1990, 2, 28))).hexdigest()
    assert commitment(salt, date(1990, 2, 28)) == expected
    assert commitment(salt, date(1990, 3, 1)) != expected


def test_one_value_written_twice_has_two_commitments(site: Site) -> None:
    fields = tiered({"family_name": ("A", Tier.IDENTITY)})
    case = site.case()
    with site.store.unit_of_work() as uow:
        first = site.fields.write(uow, case, fields, OFFICER).commitments["family_name"]
        second = site.fields.write(uow, case, fields, OFFICER).commitments["family_name"]
    assert first != second
    assert len(first) == 64


def test_a_ciphertext_opens_only_in_its_own_place() -> None:
    key = bytes(32)
    sealed = encrypt(key, b"plain", "here")
    assert decrypt(key, sealed, "here") == b"plain"
    with pytest.raises(StateUnreadable, match="there"):
        decrypt(key, sealed, "there")


def test_the_master_key_is_made_once_readable_by_its_owner_alone(sqlite_site: Site) -> None:
    sqlite_site.write(sqlite_site.case(), FIELDS)
    path = Vault(sqlite_site.settings).path
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_text()
    assert Vault(sqlite_site.settings).path.read_text() == before


def test_a_master_key_open_to_everyone_is_refused(sqlite_site: Site) -> None:
    path = Vault(sqlite_site.settings).path
    path.chmod(0o604)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        _ = Vault(sqlite_site.settings).path


@pytest.mark.parametrize("content", ["", "ab", "zz" * 32, "é"])
def test_a_file_that_holds_no_key_is_refused(sqlite_site: Site, content: str) -> None:
    path = Vault(sqlite_site.settings).path
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"master\.key"):
        _ = Vault(sqlite_site.settings).path


def test_a_named_master_key_that_is_missing_is_never_made(sqlite_site: Site) -> None:
    named = sqlite_site.settings.var_dir / "elsewhere.key"
    settings = replace(sqlite_site.settings, master_key_file=named)
    with pytest.raises(ConfigurationError, match="no master key"):
        _ = Vault(settings).path
    assert not named.exists()


def test_a_lost_master_key_stops_reads_and_writes_instead_of_mixing_keys(sqlite_site: Site) -> None:
    case = sqlite_site.write(sqlite_site.case(), FIELDS)
    other = sqlite_site.case("b")
    Vault(sqlite_site.settings).path.unlink()
    fields = compose_fields(sqlite_site.settings, sqlite_site.store, sqlite_site.clock)
    with sqlite_site.store.unit_of_work() as uow:
        with pytest.raises(ConfigurationError, match="right key"):
            fields.read(uow, case, ["family_name"], OFFICER)
        with pytest.raises(ConfigurationError, match="right key"):
            fields.write(uow, other, tiered({"a": ("b", Tier.CASE)}), OFFICER)


def test_whoever_holds_no_role_opens_no_tier() -> None:
    assert tiers_of([]) == frozenset()
    assert Tier.LEGAL not in tiers_of([RoleKind.COUNSELLOR, RoleKind.COMMITTEE])


def test_the_reading_roles_are_those_of_a_visible_case_only_while_it_is_visible(site: Site) -> None:
    case = site.write(site.case("a", "op-horizon"), FIELDS)
    reader = person("late", "adviser", organisation="op-horizon")
    assert site.read(case, reader, "family_name")
    with site.store.unit_of_work() as uow:
        uow.end_party(case.id, "op-horizon", NOW)
    assert site.read(case, reader, "family_name") == {}
