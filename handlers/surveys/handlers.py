"""What diagrams ask of surveys: record one that was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import HandlerFailed, NotFound
from engine.ports import HandlerCall, HandlerFunction, handler
from handlers.people import PersonalFields
from handlers.surveys.scoring import Count, UnknownAnswer
from handlers.surveys.service import Surveys, instrument_of, is_moment
from handlers.transaction import own, record


def record_handler(fields: PersonalFields) -> HandlerFunction:
    """Return the handler ``surveys.record`` for a site."""

    @handler("surveys.record", local=True, outputs=("survey", "completeness", "complete"))
    def record_survey(
        call: HandlerCall, instrument: str, moment: str, version: str | None = None
    ) -> Mapping[str, Any]:
        """Record the survey that was answered just now, scored and sealed in the person's file.

        Gives its id, its completeness (0 to 1) and whether that is enough. A score is never given:
        no process decides on one.

        :param moment: ``intake``, or ``m`` and a number of months, such as ``m6``.
        :param version: of the instrument; the one imported last if left out.
        :raises HandlerFailed: no such instrument or moment, or the answers do not fit it.
        """
        if not is_moment(moment):
            raise HandlerFailed(_at(call, f"'{moment}' is no moment. Write intake, m6, m12 …"))
        uow = own(call)
        try:
            asked = instrument_of(uow, instrument, version)
            survey, commitments = Surveys(fields).take(
                uow, call.case, asked, moment, key=call.key, actor=call.actor, at=call.now
            )
        except NotFound as error:
            raise HandlerFailed(
                _at(call, f"{error} Import it (passerelle surveys import).")
                if error.kind == "survey instrument"
                else _at(call, str(error))
            ) from error
        except UnknownAnswer as error:
            raise HandlerFailed(_at(call, str(error))) from error
        if commitments:
            told = {"instrument": survey.instrument, "version": survey.version, "moment": moment}
            record(call, "survey.recorded", told | {"commitments": dict(commitments)})
        count = Count(survey.answered, survey.applicable)
        return {
            "survey": survey.id,
            "completeness": count.completeness,
            "complete": survey.complete,
        }

    return record_survey


def _at(call: HandlerCall, reason: str) -> str:
    return f"{call.element_id} of case {call.case.reference}: {reason}"
