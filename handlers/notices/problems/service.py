"""Looking whether contact details were corrected, and closing what waits for that."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from engine.errors import Conflict, HandlerFailed, NotAllowed, NotFound
from engine.model import SYSTEM, Actor
from engine.ports import Clock
from engine.store import Store, UnitOfWork
from engine.store.cases import read_case
from handlers.notices import store as notices
from handlers.notices.problems import store
from handlers.notices.problems.store import ContactProblem
from handlers.notices.receivers import SUBJECT, Receivers
from handlers.notices.wording import DISCREET
from handlers.people import CHANGED_BY, changed_since

_WAYS = ("safe_contact_channel", "safe_contact_email", "safe_contact_phone")


@dataclass(frozen=True, slots=True)
class Problems:
    """What waits for somebody to correct contact details."""

    database: Store
    clock: Clock
    receivers: Receivers

    def mine(self, uow: UnitOfWork, actor: Actor) -> tuple[ContactProblem, ...]:
        """Return what the actor is to act on: in cases in which they work with the person."""
        found = store.problems_seen(uow, actor, self.clock.now())
        return tuple(each for each in found if self._may_act(uow, each.case_id, actor))

    def settle(self, uow: UnitOfWork, case_id: str, receiver: str, actor: Actor) -> None:
        """Close by hand: the receiver is reached in another way, and there is nothing to correct.

        :raises NotFound: the case is not the actor's to see.
        :raises NotAllowed: the actor does not work with the person.
        :raises Conflict: somebody closed it already.
        """
        now = self.clock.now()
        if not self.receivers.fields.access.kinds_in(uow, case_id, actor):
            raise NotFound("case", case_id)
        if not self._may_act(uow, case_id, actor):
            raise NotAllowed("Contact details are looked after by roles that work with the person.")
        if not store.close_problem(uow, case_id, receiver, now, actor.account_id):
            raise Conflict("Somebody has seen to these contact details already.")
        self._tell(uow, case_id, receiver, actor)

    def recheck(self) -> int:
        """Close what was corrected; the worker looks, and the page after somebody changed a file.

        A person's rules are decrypted only where the file was written since the bounce.

        :returns: how many were closed.
        """
        with self.database.snapshot() as uow:
            found = [each for each in store.every_problem(uow) if self._may_work(uow, each)]
        return sum(self._recheck(each) for each in found)

    def _recheck(self, problem: ContactProblem) -> bool:
        with self.database.unit_of_work() as uow:
            now = self.clock.now()
            if not self._works_again(uow, problem):
                store.mark_checked(uow, problem, now)
                return False
            if not store.close_problem(
                uow, problem.case_id, problem.receiver, now, SYSTEM.account_id
            ):
                return False
            self._tell(uow, problem.case_id, problem.receiver, SYSTEM)
            return True

    def _may_work(self, uow: UnitOfWork, problem: ContactProblem) -> bool:
        """Tell, without opening anybody's file, whether a second look is worth it."""
        if problem.receiver != SUBJECT:
            return self._works_again(uow, problem)  # An organisation's address is no secret.
        subject = problem.subject
        return subject is not None and changed_since(uow, subject, _WAYS, problem.checked_at)

    def _works_again(self, uow: UnitOfWork, problem: ContactProblem) -> bool:
        case = read_case(uow, problem.case_id).ref
        with suppress(HandlerFailed, NotFound):
            plan = self.receivers.plan(
                uow, case, DISCREET, problem.receiver, self.clock.now(), "notices.recheck"
            )
            # Whoever asked not to be written to any more is reached in another way as well.
            return plan.reason is not notices.Reason.BAD_ADDRESS
        return False

    def _may_act(self, uow: UnitOfWork, case_id: str, actor: Actor) -> bool:
        kinds = self.receivers.fields.access.kinds_in(uow, case_id, actor)
        return bool(kinds & CHANGED_BY)

    def _tell(self, uow: UnitOfWork, case_id: str, receiver: str, actor: Actor) -> None:
        uow.record(
            case_id,
            "contact.corrected",
            {"to": receiver},
            actor=actor.account_id,
            at=self.clock.now(),
        )
