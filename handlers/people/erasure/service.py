"""Erasing a person: asked by one, approved by another, repeated by a restore.

The keys of the person's files and of the cases about them are destroyed: fields, free text, files
and drafts become unreadable wherever they lie, backups of the database included as soon as the
log of erasures is replayed. What they are found by is deleted. Rows, events and commitments stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import ConfigurationError, Conflict, NotAllowed, NotFound
from engine.model import Actor, CaseStatus
from engine.ports import Clock
from engine.store import Store, UnitOfWork
from handlers.people import store as keys
from handlers.people.duplicates.store import forget_suspicions
from handlers.people.erasure import store
from handlers.people.erasure.log import Erasure, ErasureLog
from handlers.people.erasure.retention import keeping
from handlers.people.erasure.store import ErasureRequest, Ground, RequestStatus
from handlers.people.files.store import cases_of, lock_persons, members, read_person
from handlers.people.index.store import forget_tokens
from handlers.people.keyring import case_owner, person_owner
from handlers.people.roles import Schemes

_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class Erasures:
    """Requests, approvals, and the erasure itself."""

    log: ErasureLog
    schemes: Schemes
    clock: Clock

    def ask(self, uow: UnitOfWork, person_id: str, ground: Ground, actor: Actor) -> ErasureRequest:
        """Ask that a person be erased; a second request while one waits is the same one.

        The caller has asked whether the actor may see the person.

        :raises NotFound: there is no such person.
        """
        root = read_person(uow, person_id).root
        (row,) = lock_persons(uow, [root])
        if row.erased_at is not None:
            raise NotFound("person", person_id)
        waiting = store.open_request(uow, root)
        if waiting is not None:
            return waiting
        now = self.clock.now()
        request = ErasureRequest(
            keys.new_id(), root, ground, RequestStatus.ASKED, now, actor.account_id
        )
        store.insert_request(uow, request)
        self._tell(uow, root, "erasure.asked", {"ground": ground.value}, actor, now)
        return request

    def refuse(self, uow: UnitOfWork, request_id: str, actor: Actor) -> None:
        """Refuse a request.

        :raises NotFound: there is none.
        :raises Conflict: somebody decided it already.
        """
        request, now = self._request(uow, request_id), self.clock.now()
        self._close(uow, request, RequestStatus.REFUSED, actor, now)
        self._tell(uow, request.person_id, "erasure.refused", {}, actor, now)

    def approve(self, uow: UnitOfWork, request_id: str, actor: Actor) -> None:
        """Approve a request of somebody else's, and erase the person with it.

        :raises NotFound: there is no such request.
        :raises NotAllowed: the actor asked it.
        :raises Conflict: decided already; a case is open; or a funder may still audit one.
        :raises StoreUnavailable: the log of erasures cannot be written; nothing was erased.
        """
        request, now = self._request(uow, request_id), self.clock.now()
        if request.asked_by == actor.account_id:
            raise NotAllowed("Nobody approves an erasure that they asked for. Ask a colleague.")
        lock_persons(uow, members(uow, request.person_id))
        self._check_free(uow, request.person_id, now)
        self._close(uow, request, RequestStatus.DONE, actor, now)
        files = members(uow, request.person_id)
        cases = cases_of(uow, files, None, now)
        owners = (*map(person_owner, files), *(case_owner(case.id) for case in cases))
        self._tell(uow, request.person_id, "person.erased", {}, actor, now)
        erasure = Erasure(keys.new_id(), now, owners)
        # On disk first: a crash before the commit leaves an erasure to be repeated, never one
        # that a later restore could forget.
        self.log.append(erasure)
        apply(uow, erasure)

    def obstacle(self, uow: UnitOfWork, person_id: str) -> str | None:
        """Return why a person cannot be erased now: ``active``, ``audit-hold``; else ``None``."""
        now = self.clock.now()
        kept = keeping(uow, self.schemes, person_id, now)
        if any(case.status is CaseStatus.ACTIVE for case in kept.cases):
            return "active"
        if kept.held_until is not None and kept.held_until > now:
            return "audit-hold"
        return None

    def _check_free(self, uow: UnitOfWork, person_id: str, now: datetime) -> None:
        obstacle = self.obstacle(uow, person_id)
        if obstacle == "active":
            raise Conflict("A case about this person is open. Close it first; nothing was erased.")
        if obstacle is not None:
            until = keeping(uow, self.schemes, person_id, now).held_until
            raise Conflict(
                f"A funder may audit a case about this person until {until:%Y-%m-%d}; nothing was "
                "erased. Approve it after that day."
            )

    def _request(self, uow: UnitOfWork, request_id: str) -> ErasureRequest:
        request = store.read_request(uow, request_id)
        if request is None:
            raise NotFound("erasure request", request_id)
        return request

    def _close(
        self,
        uow: UnitOfWork,
        request: ErasureRequest,
        status: RequestStatus,
        actor: Actor,
        now: datetime,
    ) -> None:
        if not store.close_request(uow, request.id, status, now, actor.account_id):
            raise Conflict("Somebody decided this request already. Nothing was changed.")

    def _tell(
        self,
        uow: UnitOfWork,
        person_id: str,
        kind: str,
        data: dict[str, str],
        actor: Actor,
        now: datetime,
    ) -> None:
        for case in cases_of(uow, members(uow, person_id), None, now):
            uow.record(case.id, kind, data, actor=actor.account_id, at=now)


def apply(uow: UnitOfWork, erasure: Erasure) -> None:
    """Destroy the keys of an erasure and what its persons are found by; a second time is nothing.

    Owners that this database does not know are passed over: it is older than they are.
    """
    persons = [o.removeprefix(_PERSON) for o in erasure.owners if o.startswith(_PERSON)]
    for owner in erasure.owners:
        keys.destroy_key(uow, owner, erasure.at)
    store.mark_erased(uow, persons, erasure.at)
    forget_tokens(uow, persons)
    forget_suspicions(uow, persons)
    store.blank_searches(uow, persons)
    store.insert_erasure(uow, erasure.id, erasure.at)


def unknown(uow: UnitOfWork, log: ErasureLog) -> tuple[Erasure, ...]:
    """Return the erasures of the log that this database does not know."""
    logged = log.read()
    known = store.known_erasures(uow, [each.id for each in logged])
    return tuple(each for each in logged if each.id not in known)


def replay(database: Store, log: ErasureLog) -> int:
    """Do again what the log says and this database does not know; return how many it were."""
    with database.unit_of_work() as uow:
        missing = unknown(uow, log)
        for erasure in missing:
            apply(uow, erasure)
    return len(missing)


def refuse_unreplayed(database: Store, log: ErasureLog) -> None:
    """Refuse to open a database that does not know erasures of the log.

    :raises ConfigurationError: a backup was restored; says how to go on.
    """
    with database.snapshot() as uow:
        missing = unknown(uow, log)
    if missing:
        raise ConfigurationError(
            f"{log.path} tells of {len(missing)} erasures that this database does not know: it was "
            "restored from a backup. Run 'passerelle people replay-erasures' before it is opened."
        )


def catch_up(database: Store, log: ErasureLog) -> str:
    """Repeat, in a database that comes from a backup, the erasures after it; say how many.

    :raises ConfigurationError: the log is not this site's: it lacks erasures of before the backup,
        so nobody knows which came after it.
    """
    logged = {each.id for each in log.read()}
    with database.snapshot() as uow:
        lost = store.erasure_ids(uow) - logged
    if lost:
        raise ConfigurationError(
            f"The backup knows {len(lost)} erasures of which {log.path} does not tell: the log is "
            "missing, or another site's. Put this site's log of erasures there (its own backup, "
            "or PASSERELLE_ERASURE_LOG) first; without it whoever was erased would be back."
        )
    return f"{replay(database, log)} erasures of {log.path} were repeated."
