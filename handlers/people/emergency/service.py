"""Opening a file out of turn: for a while, with a reason, told to the administrators, reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from engine.model import Actor, Tier
from engine.ports import Clock
from engine.store import UnitOfWork
from handlers.people.directory import Directory
from handlers.people.emergency import store
from handlers.people.emergency.store import EmergencyAccess, Verdict
from handlers.people.files.store import (
    cases_of,
    erased_persons,
    members,
    read_person,
    subject_by_reference,
)
from handlers.people.files.tiers import PersonAccess
from handlers.people.index.store import candidates, everyone
from handlers.people.keyring import Keyring, person_owner
from handlers.people.names import digits_normal
from handlers.people.store import new_id
from handlers.people.tiers import OPENED_TO
from handlers.people.vault import decrypt, encrypt

LASTS = timedelta(hours=4)
"""How long an emergency access lasts; our own figure."""
SHORTEST_REASON = 10


class Alert(Protocol):
    """Tells those who review that a file was opened out of turn; after the commit, never before.

    The notices room or the web implements it. What is told names nobody.
    """

    def __call__(self, access_id: str, at: datetime) -> None:
        """Tell it."""


@dataclass(frozen=True, slots=True)
class Emergencies:
    """Emergency accesses: opened by caseworkers, reviewed by others."""

    keyring: Keyring
    directory: Directory
    access: PersonAccess
    clock: Clock

    def find(self, uow: UnitOfWork, clue: str) -> str:
        """Return the person of a case's exact reference or of an exact number.

        :raises NotFound: nobody, or more than one, is known by it.
        """
        person_id = subject_by_reference(uow, clue.strip())
        if person_id is None:
            tokens = self.directory.tokens(frozenset({("i", digits_normal(clue))}))
            roots = candidates(uow, tokens, seen=everyone(), least=1, limit=2)
            person_id = roots[0] if len(roots) == 1 else None
        if person_id is None or erased_persons(uow, [person_id]):
            raise NotFound("person", "by this reference or number")
        return read_person(uow, person_id).root

    def open(self, uow: UnitOfWork, clue: str, reason: str, actor: Actor) -> EmergencyAccess:
        """Open a person's identity and protection entries to the actor for :data:`LASTS`.

        Asked again while it lasts, the same access is given.

        :param clue: reference of a case about the person, or one of their numbers.
        :raises InvalidAnswer: there is no real reason.
        :raises NotAllowed: no role of the actor's reads protection entries in any scheme.
        :raises NotFound: nobody is known by the clue.
        """
        if len(reason.strip()) < SHORTEST_REASON:
            raise InvalidAnswer({"reason": "required"})
        if not self._protects(uow, actor):
            raise NotAllowed(
                "Emergency access is for roles that protect people: counsellors, the agency, local "
                "authorities. Ask one of them."
            )
        now, person_id = self.clock.now(), self.find(uow, clue)
        uow.serialize(f"emergency {person_id} {actor.account_id}")
        files = members(uow, person_id)
        if lasting := store.open_emergencies(uow, files, actor.account_id, now):
            return lasting[0]
        access_id, owner = new_id(), person_owner(person_id)
        key = self.keyring.for_writing(uow, owner, now)
        sealed = encrypt(key, reason.strip().encode(), f"emergency {access_id}")
        opened = EmergencyAccess(access_id, person_id, actor.account_id, now, now + LASTS, sealed)
        store.insert_emergency(uow, opened)
        for case in cases_of(uow, files, None, now):
            uow.record(case.id, "emergency.opened", {}, actor=actor.account_id, at=now)
        return opened

    def review(self, uow: UnitOfWork, access_id: str, verdict: Verdict, actor: Actor) -> None:
        """Say whether an emergency access was justified; one that was not ends at once.

        :raises NotFound: there is none.
        :raises NotAllowed: it is the reviewer's own.
        :raises Conflict: somebody reviewed it already.
        """
        found = store.read_emergency(uow, access_id)
        if found is None:
            raise NotFound("emergency access", access_id)
        if found.account_id == actor.account_id:
            raise NotAllowed("Nobody reviews an access of their own. Ask a colleague.")
        now = self.clock.now()
        if not store.review(uow, access_id, verdict, now, actor.account_id):
            raise Conflict("Somebody reviewed this access already. Nothing was changed.")
        for case in cases_of(uow, members(uow, found.person_id), None, now):
            uow.record(
                case.id,
                "emergency.reviewed",
                {"verdict": verdict.value},
                actor=actor.account_id,
                at=now,
            )

    def reason(self, uow: UnitOfWork, access: EmergencyAccess) -> str:
        """Return why a file was opened; empty once the person was erased."""
        try:
            key = self.keyring.existing(uow, person_owner(access.person_id))
        except NotFound:
            return ""
        return decrypt(key, access.reason, f"emergency {access.id}").decode()

    def _protects(self, uow: UnitOfWork, actor: Actor) -> bool:
        schemes = self.access.access.schemes.every(uow)
        return any(
            Tier.PROTECTION in OPENED_TO[config.role_kinds[grant.role]]
            for grant in actor.grants
            if grant.sees_cases
            for scheme, config in schemes.items()
            if grant.role in config.role_kinds and (not grant.schemes or scheme in grant.schemes)
        )
