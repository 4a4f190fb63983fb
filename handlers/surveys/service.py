"""Taking surveys and reading them: results are sealed in the person's file, opened by tier."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import Conflict, NotFound
from engine.model import Actor, CaseRef, Tier
from engine.ports import TieredValue
from engine.store import UnitOfWork
from handlers.people import PersonalFields, new_id
from handlers.surveys import store
from handlers.surveys.instrument import Instrument, read_instrument
from handlers.surveys.scoring import Scores, score
from handlers.surveys.store import InstrumentRow, Survey

SHIPPED = Path(__file__).parent / "instruments"
"""Instruments that come with the program."""

RESULT = "survey_result"
"""Key under which a person's file keeps each result."""

_MOMENT = re.compile(r"intake|m[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Result:
    """What was answered in a survey and what it comes to.

    :ivar answers: code chosen, by question.
    :ivar scores: from 0 to 1 by dimension; ``None`` where too little was answered.
    """

    answers: Mapping[str, str]
    scores: Mapping[str, Decimal | None]


def import_instrument(uow: UnitOfWork, content: bytes, name: str, at: datetime) -> bool:
    """Store a version of an instrument; ``False`` if it is stored already.

    :raises InstrumentRefused: the file has problems.
    :raises Conflict: this version is stored with another content; a version never changes.
    """
    instrument = read_instrument(content, name)
    known = store.find_instrument(uow, instrument.code, instrument.version)
    if known is None:
        row = InstrumentRow(instrument.code, instrument.version, content, at)
        store.insert_instrument(uow, row)
        return True
    if read_instrument(known.content, name) == instrument:
        return False
    raise Conflict(
        f"{name}: version {instrument.version} of {instrument.code} is stored and differs. "
        "A version never changes: give this one a version of its own."
    )


def import_shipped(uow: UnitOfWork, at: datetime) -> int:
    """Store those of the shipped instruments that are missing; return how many."""
    files = sorted(SHIPPED.glob("*.toml"))
    return sum(import_instrument(uow, file.read_bytes(), file.name, at) for file in files)


def instrument_of(uow: UnitOfWork, code: str, version: str | None = None) -> Instrument:
    """Return a version of an instrument, the one imported last if none is named.

    :raises NotFound: it was not imported.
    """
    row = store.find_instrument(uow, code, version)
    if row is None:
        raise NotFound("survey instrument", code if version is None else f"{code} {version}")
    return read_instrument(row.content, f"{code} {row.version}")


def is_moment(text: str) -> bool:
    """Tell whether a text names a moment.

    >>> is_moment("intake"), is_moment("m12"), is_moment("later")
    (True, True, False)
    """
    return _MOMENT.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Surveys:
    """Records what was answered, and opens it to whose tiers it is."""

    fields: PersonalFields

    def take(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        instrument: Instrument,
        moment: str,
        *,
        key: str,
        actor: Actor,
        at: datetime,
    ) -> tuple[Survey, Mapping[str, str]]:
        """Score what was answered in this case since its last survey, and seal the result.

        Answers of an earlier survey never count again: what was left open now is unanswered.

        :param key: of the call that asks; a second time gives what the first one recorded.
        :returns: the survey, and commitments to its result for history; none the second time.
        :raises UnknownAnswer: the form and this version of the instrument do not fit.
        :raises NotFound: the person was erased.
        """
        known = store.survey_of_call(uow, key)
        if known is not None:
            return known, {}
        before = store.last_survey(uow, case.id, instrument.code)
        answers = self.fields.read_written_here(
            uow,
            case,
            instrument.keys,
            "surveys.record",
            after=before.taken_at if before else None,
        )
        scores = score(instrument, answers)
        sealed = {RESULT: TieredValue(_sealed(answers, scores), Tier.PSYCHOSOCIAL)}
        written = self.fields.write(uow, case, sealed, actor)
        survey = Survey(
            id=new_id(),
            call_key=key,
            case_id=case.id,
            instrument=instrument.code,
            version=instrument.version,
            moment=moment,
            taken_at=at,
            taken_by=actor.account_id,
            answered=scores.count.answered,
            applicable=scores.count.applicable,
            complete=scores.complete,
            reference=written.references[RESULT],
        )
        store.insert_survey(uow, survey)
        return survey, written.commitments

    def results(
        self, uow: UnitOfWork, case: CaseRef, surveys: Sequence[Survey], reader: Actor
    ) -> Mapping[str, Result]:
        """Return the results that the reader's tiers open, by survey; each reading is logged.

        Those of an erased person are left out like those closed to the reader.
        """
        references = [survey.reference for survey in surveys]
        opened = self.fields.read_references(uow, case, references, reader)
        return {
            survey.id: _result(opened[survey.reference])
            for survey in surveys
            if survey.reference in opened
        }


def _sealed(answers: Mapping[str, Any], scores: Scores) -> dict[str, Any]:
    return {"answers": dict(answers), "scores": dict(scores.by_dimension)}


def _result(value: Mapping[str, Any]) -> Result:
    return Result(dict(value["answers"]), dict(value["scores"]))
