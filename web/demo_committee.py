"""A session of the demo's finance committee: called, held, decided, its minutes signed."""

from __future__ import annotations

from datetime import timedelta

from engine.model import Actor
from engine.service import Engine
from handlers.committees import (
    OFII_FINANCE,
    FileStatus,
    Outcome,
    Verdict,
    Vote,
    find_files,
)
from handlers.composition import compose_committees
from web.accounts.demo import DEMO_ACCOUNTS

_VOTERS = ("presidence", "vicepresidence", "membre1", "membre2")


def decide_in_session(engine: Engine, case_id: str) -> bool:
    """Let the committee approve what a case asks for; ``False`` if none has it before it."""
    room = compose_committees(engine.settings, engine.store, engine.clock, engine.publish_within)
    secretary, chair, *members = (_actor(name) for name in ("comite", *_VOTERS))
    with engine.store.unit_of_work() as uow:
        files = find_files(uow, case_id=case_id, status=FileStatus.WAITING)
        if not files:
            return False
        soon = engine.now() + timedelta(minutes=1)
        session = room.call(uow, OFII_FINANCE, soon, "Yaoundé (démonstration)", secretary)
        room.open(uow, session.id, secretary)
        for voter in (chair, *members):
            room.attend(uow, session.id, voter.account_id, True, secretary)
        for file in files:
            room.put_on(uow, session.id, file.id, secretary)
            for voter in (chair, *members):
                room.vote(uow, file.id, Vote.FOR, voter)
        verdicts = [Verdict(file.id, Outcome.APPROVED, file.amount) for file in files]
        room.decide(uow, session.id, verdicts, secretary)
        room.sign(uow, session.id, chair)
    return True


def _actor(name: str) -> Actor:
    return next(account.actor for account in DEMO_ACCOUNTS if account.name == name)
