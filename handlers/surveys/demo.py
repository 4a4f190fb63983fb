"""Two surveys for the demo's followed-up case; every answer is invented."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.model import Actor, CaseRef, Tier
from engine.ports import TieredValue
from engine.store import UnitOfWork
from handlers.people import PersonalFields
from handlers.surveys.instrument import Answer, Instrument
from handlers.surveys.service import Surveys, instrument_of

_INSTRUMENT = "reintegration-provisional"
_TAKEN = (("intake", 183, 0), ("m6", 0, 1))
"""Moment, days ago, and by how many steps answers are better than at the worst of them."""


def seed_surveys(
    uow: UnitOfWork, fields: PersonalFields, case: CaseRef, actor: Actor, now: datetime
) -> int:
    """Take a survey on arrival and one after six months; return how many, 0 if they are there."""
    instrument, taken = instrument_of(uow, _INSTRUMENT), 0
    for moment, days, better in _TAKEN:
        answers = {
            question.key: TieredValue(_answer(question.answers, number, better), Tier.PSYCHOSOCIAL)
            for number, question in enumerate(instrument.questions)
        }
        fields.write(uow, case, answers, actor)
        at = now - timedelta(days=days)
        taken += _take(uow, fields, case, instrument, moment, at, actor, now)
    return taken


def _take(
    uow: UnitOfWork,
    fields: PersonalFields,
    case: CaseRef,
    instrument: Instrument,
    moment: str,
    at: datetime,
    actor: Actor,
    now: datetime,
) -> bool:
    survey, commitments = Surveys(fields).take(
        uow, case, instrument, moment, key=f"demo/{case.id}/{moment}", actor=actor, at=at
    )
    if commitments:
        told = {"instrument": survey.instrument, "version": survey.version, "moment": moment}
        data = told | {"commitments": dict(commitments)}
        uow.record(case.id, "survey.recorded", data, actor=actor.account_id, at=now)
    return bool(commitments)


def _answer(answers: tuple[Answer, ...], number: int, better: int) -> str:
    scored = [answer for answer in answers if answer.value is not None]
    worst = len(scored) - 1 - number % 3
    return scored[max(0, worst - better * (1 + number % 2))].code
