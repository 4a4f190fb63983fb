"""Referrals of the demo: one that awaits an answer, one accepted, one with feedback."""

from __future__ import annotations

from engine.model import Actor, CaseStatus
from engine.service import CasesQuery, Engine
from engine.store import UnitOfWork
from handlers.composition import compose_fields
from handlers.referrals import (
    Desk,
    ReferralRefused,
    Request,
    answer,
    refer,
    report,
    shareable,
)
from web.documents import case_ref

_WANTED = (
    # Need, structure, region, priority; how far it goes.
    ("housing", "collectivite-demo", "", "urgent", "sent"),
    ("papers", "collectivite-demo", "", "priority", "accepted"),
    ("business", "op-horizon", "ouest", "ordinary", "sent"),
    ("papers", "collectivite-demo", "", "ordinary", "reported"),
)
_SHARED = ("family_name", "given_names", "phone", "safe_contact_channel", "safe_contact_phone")


def seed_referrals(engine: Engine, sender: Actor, receiver: Actor) -> int:
    """Refer for the sender's first cases whose person agrees, and return how many were referred.

    :param receiver: answers and gives feedback, for its organisation.
    """
    fields = compose_fields(engine.settings, engine.store, engine.clock)

    def desk(uow: UnitOfWork, actor: Actor) -> Desk:
        return Desk(uow, fields, engine.publish_within, actor, engine.now())

    cases = engine.cases(sender, CasesQuery(status=CaseStatus.ACTIVE)).items
    wanted = list(_WANTED)
    for case in cases:
        if not wanted:
            break
        need, structure, region, priority, stage = wanted[0]
        try:
            with engine.store.unit_of_work() as uow:
                ref = case_ref(case)
                keys = tuple(set(_SHARED) & set(shareable(uow, fields, ref, sender)))
                asked = Request("demo", need, priority, structure, tuple(sorted(keys)), region)
                sent = refer(desk(uow, sender), case.id, asked)
                if stage in ("accepted", "reported"):
                    answer(desk(uow, receiver), sent.id, accept=True)
                if stage == "reported":
                    feedback = "Carte délivrée (exemple)."
                    report(desk(uow, receiver), sent.id, outcome="helped", feedback=feedback)
        except ReferralRefused:
            continue  # This person does not agree to share; the next one may.
        wanted.pop(0)
    return len(_WANTED) - len(wanted)
