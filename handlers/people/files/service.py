"""A person's file as a page shows and changes it: by tier, logged, told to the cases' history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import Conflict, NotAllowed, NotFound
from engine.model import Actor, Tier
from engine.ports import Clock
from engine.store import UnitOfWork
from handlers.people import store
from handlers.people.attributes import ATTRIBUTES, IDENTIFIER, IDENTIFIER_TYPES, is_indexed
from handlers.people.consents import Purpose, agrees, consents_of
from handlers.people.directory import Directory
from handlers.people.duplicates.store import find_pairs_of
from handlers.people.files import checks
from handlers.people.files.store import (
    PersonRow,
    cases_of,
    find_person,
    insert_person,
    members,
    recent_persons,
    see_person,
)
from handlers.people.files.tiers import PersonAccess, Standing
from handlers.people.files.view import PersonView
from handlers.people.households import household_of
from handlers.people.keyring import Keyring, person_owner
from handlers.people.profile import Identifier, identifiers_in
from handlers.people.reading import Reading, place
from handlers.people.tiers import CHANGED_BY
from handlers.people.vault import seal_value


@dataclass(frozen=True, slots=True)
class PersonFiles:
    """Opens, shows and changes people's files outside any form."""

    keyring: Keyring
    directory: Directory
    access: PersonAccess
    clock: Clock

    def register(
        self,
        uow: UnitOfWork,
        typed: Mapping[str, str],
        actor: Actor,
        organisation_id: str,
        person_id: str | None = None,
    ) -> str:
        """Open a file in an organisation, before there is a case, and return the person's id.

        :param person_id: made by the form that is sent: sent twice, it opens one file.
        :raises InvalidAnswer: no name, or something typed cannot stand (codes by key).
        :raises NotAllowed: the actor's roles there do not work with people.
        :raises Conflict: the id is another file's.
        """
        if not self.access.kinds_at(uow, organisation_id, actor) & CHANGED_BY:
            raise NotAllowed(
                f"Files are opened in {organisation_id} by roles that work with people. Ask a "
                "colleague there."
            )
        values = checks.check_values(typed, self.clock.now().date())
        checks.require_name(values)
        wanted = person_id or store.new_id()
        uow.serialize(f"person {wanted}")
        if (known := find_person(uow, wanted)) is not None:
            if known.created_by != actor.account_id:
                raise Conflict("This form belongs to another file. Open a new form.")
            return known.id
        return self.take_in(uow, values, actor, organisation_id, wanted)

    def take_in(
        self,
        uow: UnitOfWork,
        values: Mapping[str, Any],
        actor: Actor,
        organisation_id: str,
        person_id: str | None = None,
        identifier: Mapping[str, str] | None = None,
    ) -> str:
        """Open a file with values that were checked; asks nobody's leave (imports, the demo).

        :param identifier: as :func:`~handlers.people.files.checks.check_identifier` gives it.
        """
        every = frozenset(Tier)
        wanted = insert_person(uow, self.clock.now(), actor.account_id, organisation_id, person_id)
        if identifier is not None:
            tier = IDENTIFIER_TYPES[identifier["kind"]]
            key = f"{IDENTIFIER}{store.new_id()}"
            self._write(uow, wanted, {key: dict(identifier)}, every, actor, tier)
        self._write(uow, wanted, _known(values), every, actor)
        return wanted

    def may_register_in(self, uow: UnitOfWork, actor: Actor) -> tuple[str, ...]:
        """Return the organisations in which the actor may open files."""
        homes = dict.fromkeys(g.organisation_id for g in actor.grants if g.organisation_id)
        return tuple(home for home in homes if self.access.kinds_at(uow, home, actor) & CHANGED_BY)

    def brief(self, uow: UnitOfWork, person_id: str, reader: Actor) -> str:
        """Return a person's name as far as the reader may know it; empty otherwise."""
        try:
            row = see_person(uow, person_id, reader, self.clock.now())
        except NotFound:
            return ""
        if Tier.IDENTITY not in self.access.standing(uow, row.id, reader).every:
            return ""
        return self.directory.profile(uow, row.id).shown

    def recent(
        self, uow: UnitOfWork, reader: Actor, limit: int
    ) -> tuple[tuple[PersonRow, str], ...]:
        """Return the files last opened that the reader may see, each with its name."""
        rows = recent_persons(uow, reader, self.clock.now(), limit)
        return tuple((row, self.brief(uow, row.id, reader)) for row in rows)

    def show(self, uow: UnitOfWork, person_id: str, reader: Actor) -> PersonView:
        """Return what the reader may see of a person; sensitive entries are logged.

        :raises NotFound: there is none, it is not the reader's to see, or it was erased.
        """
        now = self.clock.now()
        row, standing = self.seen(uow, person_id, reader)
        files = members(uow, row.id)
        entries = self._open(uow, files, standing, reader)
        return PersonView(
            row=row,
            files=files,
            entries={k: v for k, v in entries.items() if not k.startswith(IDENTIFIER)},
            identifiers=tuple(identifiers_in(entries)),
            tiers=standing.every,
            may_change=standing.may_change,
            cases=cases_of(uow, files, reader, now),
            household=tuple(m for each in files for m in household_of(uow, each, now)),
            consents=tuple(c for each in files for c in consents_of(uow, each)),
            agreed={purpose: agrees(uow, row.id, purpose) for purpose in Purpose},
            pairs=find_pairs_of(uow, files, reader, now),
        )

    def change(
        self, uow: UnitOfWork, person_id: str, typed: Mapping[str, str], actor: Actor
    ) -> None:
        """Write entries as new versions; an empty text takes an entry away.

        :raises InvalidAnswer: something typed cannot stand (codes by key).
        :raises NotAllowed: an entry's tier is closed to the actor.
        """
        row, standing = self.changing(uow, person_id, actor)
        values = checks.check_values(typed, self.clock.now().date())
        known = self._open(uow, members(uow, row.id), standing, actor)
        changed = {key: value for key, value in values.items() if known.get(key) != value}
        self._write(uow, row.id, _but_nothing(changed, known), standing.every, actor)

    def seen(self, uow: UnitOfWork, person_id: str, actor: Actor) -> tuple[PersonRow, Standing]:
        """Return a person's row, and what of their files is open to the actor.

        :raises NotFound: the person is not the actor's to see, or was erased.
        """
        row = see_person(uow, person_id, actor, self.clock.now())
        if row.erased_at is not None:
            raise NotFound("person", person_id)
        return row, self.access.standing(uow, row.id, actor)

    def changing(self, uow: UnitOfWork, person_id: str, actor: Actor) -> tuple[PersonRow, Standing]:
        """Return the same for whoever works with the person.

        :raises NotFound: the person is not the actor's to see, or was erased.
        :raises NotAllowed: the actor only reads.
        """
        row, standing = self.seen(uow, person_id, actor)
        if not standing.may_change:
            raise NotAllowed("A person's file is changed by roles that work with the person.")
        return row, standing

    def add_identifier(
        self, uow: UnitOfWork, person_id: str, kind: str, country: str, number: str, actor: Actor
    ) -> None:
        """Add a number by which an authority knows the person; once, however often it is sent.

        :raises InvalidAnswer: a part cannot stand (codes by part).
        """
        row, standing = self.changing(uow, person_id, actor)
        value = checks.check_identifier(kind, country, number)
        known = identifiers_in(self._open(uow, members(uow, row.id), standing, actor))
        normal = Identifier(**value).normal
        if any((i.kind, i.country, i.normal) == (kind, value["country"], normal) for i in known):
            return
        key = f"{IDENTIFIER}{store.new_id()}"
        self._write(uow, row.id, {key: value}, standing.every, actor, IDENTIFIER_TYPES[kind])

    def remove_identifier(self, uow: UnitOfWork, person_id: str, key: str, actor: Actor) -> None:
        """Take an identifier away; its versions stay until the person is erased.

        :raises NotFound: the person has no such identifier that the actor may read.
        """
        row, standing = self.changing(uow, person_id, actor)
        known = identifiers_in(self._open(uow, members(uow, row.id), standing, actor))
        found = next((each for each in known if each.key == key), None)
        if found is None:
            raise NotFound("identifier", key)
        self._write(
            uow, row.id, {key: None}, standing.every, actor, IDENTIFIER_TYPES.get(found.kind)
        )

    def tell(
        self,
        uow: UnitOfWork,
        person_id: str,
        kind: str,
        data: Mapping[str, Any],
        actor: Actor,
        now: datetime,
    ) -> None:
        """Write an event into the history of every case about a person."""
        for case in cases_of(uow, members(uow, person_id), None, now):
            uow.record(case.id, kind, data, actor=actor.account_id, at=now)

    # --- inside -------------------------------------------------------------------------------

    def _open(
        self, uow: UnitOfWork, files: tuple[str, ...], standing: Standing, reader: Actor
    ) -> dict[str, Any]:
        owners = [person_owner(each) for each in files]
        rows = [row for row in store.newest_fields(uow, owners) if standing.may_open(row)]
        opened = Reading(self.keyring).open(uow, rows)
        entries = [(row.owner, row.key, row.tier) for row, _ in opened]
        self.access.access.log_sensitive(uow, None, reader.account_id, entries, "file.read")
        return {row.key: value for row, value in opened}

    def _write(
        self,
        uow: UnitOfWork,
        person_id: str,
        values: Mapping[str, Any],
        opened: frozenset[Tier],
        actor: Actor,
        tier: Tier | None = None,
    ) -> None:
        tiers = {key: tier or ATTRIBUTES[key].tier for key in values}
        if closed := sorted(set(tiers.values()) - opened):
            raise NotAllowed(f"Your roles do not open this part of the file: {', '.join(closed)}.")
        if not values:
            return
        now, owner = self.clock.now(), person_owner(person_id)
        key_bytes = self.keyring.for_writing(uow, owner, now)
        rows, commitments = [], {}
        for key, value in values.items():
            reference = store.new_id()
            sealed = seal_value(key_bytes, value, place(owner, key, reference))
            commitments[key.partition(".")[0]] = sealed.commitment
            rows.append(
                store.FieldRow(
                    reference,
                    owner,
                    key,
                    tiers[key],
                    sealed.ciphertext,
                    None,
                    now,
                    actor.account_id,
                )
            )
        store.insert_fields(uow, rows)
        if any(map(is_indexed, values)):
            self.directory.refresh(uow, person_id, now)
        self.tell(uow, person_id, "person.updated", {"commitments": commitments}, actor, now)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, False)}


def _but_nothing(changed: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what was empty and stays empty."""
    return {k: v for k, v in changed.items() if v not in (None, False) or known.get(k)}
