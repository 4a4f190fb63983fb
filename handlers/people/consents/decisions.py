"""What a person agrees to or withdraws outside any form, with the sheet they signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.model import Actor
from engine.store import UnitOfWork
from handlers.people.consents.service import decide_consent
from handlers.people.consents.store import Purpose
from handlers.people.files.service import PersonFiles
from handlers.people.files.store import members


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a person.

    :ivar recipient: organisation that data may be shared with; ``""`` for a purpose as a whole.
    """

    purpose: Purpose
    given: bool
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Takes down decisions, and tells the histories of the person's cases."""

    files: PersonFiles

    def record(
        self,
        uow: UnitOfWork,
        person_id: str,
        decisions: Iterable[Decision],
        actor: Actor,
        *,
        sheet: str | None = None,
    ) -> int:
        """Take down what a person agrees to or withdraws; return how many were new.

        A withdrawal holds for all files of the person. The same decision with the same sheet is
        taken down once, however often it is sent.

        :param sheet: document id of the sheet that the person signed.
        :raises NotFound: the person is not the actor's to see, or was erased.
        :raises NotAllowed: the actor does not work with the person.
        """
        row, _ = self.files.changing(uow, person_id, actor)
        return sum(self._one(uow, row.id, each, actor, sheet) for each in decisions)

    def _one(
        self, uow: UnitOfWork, person_id: str, decision: Decision, actor: Actor, sheet: str | None
    ) -> bool:
        now = self.files.clock.now()
        written = [
            decide_consent(
                uow,
                each,
                decision.purpose,
                decision.given,
                at=now,
                by=actor.account_id,
                recipient=decision.recipient,
                sheet=sheet,
            )
            for each in (members(uow, person_id) if not decision.given else (person_id,))
        ]
        if any(written):
            data = {"purpose": decision.purpose.value, "given": decision.given}
            data |= {"organisation": decision.recipient} if decision.recipient else {}
            self.files.tell(uow, person_id, "consent.recorded", data, actor, now)
        return any(written)
