"""From answers to scores: pure arithmetic, no database, no clock.

A dimension's score is Σwv / Σw over the answers that apply (domain file, part F). Which share of
the questions that apply was answered is its completeness; below the instrument's minimum there is
no score. A score never decides anything: nothing is refused or closed on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from engine.errors import PasserelleError
from handlers.surveys.instrument import Answer, Instrument, Question

_PLACES = Decimal("0.0001")


class UnknownAnswer(PasserelleError):
    """An answer is not among those of its question; the answer itself is not told.

    :ivar key: the question's.
    """

    def __init__(self, instrument: Instrument, key: str) -> None:
        self.key = key
        super().__init__(
            f"The answer to '{key}' is not among those of {instrument.code} version "
            f"{instrument.version}. Ask it with the form of this version (passerelle surveys form)."
        )


@dataclass(frozen=True, slots=True)
class Count:
    """How much was answered.

    :ivar answered: questions with an answer that has a value.
    :ivar applicable: questions that apply to the person: all but those answered "not applicable".
    """

    answered: int
    applicable: int

    @property
    def completeness(self) -> Decimal:
        """Share answered of what applies, from 0 to 1; 0 where nothing applies."""
        if not self.applicable:
            return Decimal(0)
        return _rounded(Decimal(self.answered) / Decimal(self.applicable))

    def reaches(self, minimum: Decimal) -> bool:
        """Tell whether enough was answered for a score; never without any answer."""
        return self.answered > 0 and self.answered >= minimum * self.applicable


@dataclass(frozen=True, slots=True)
class Scores:
    """What a survey comes to.

    :ivar count: over all its questions.
    :ivar complete: whether the minimum is reached over all its questions.
    :ivar by_dimension: from 0 to 1, four decimals; ``None`` where too little was answered.
    """

    count: Count
    complete: bool
    by_dimension: Mapping[str, Decimal | None]


def score(instrument: Instrument, answers: Mapping[str, object]) -> Scores:
    """Score answers.

    :param answers: code chosen, by the question's key; a question without one is unanswered.
    :raises UnknownAnswer: a code is not among its question's.
    """
    chosen = [
        (question, _chosen(instrument, question, answers)) for question in instrument.questions
    ]
    count = _count(answer for _, answer in chosen)
    return Scores(
        count=count,
        complete=count.reaches(instrument.minimum_completeness),
        by_dimension={
            name: _dimension(
                [(q, a) for q, a in chosen if q.dimension == name],
                instrument.minimum_completeness,
            )
            for name in instrument.dimensions
        },
    )


def _chosen(
    instrument: Instrument, question: Question, answers: Mapping[str, object]
) -> Answer | None:
    code = answers.get(question.key)
    if code is None or code == "":
        return None
    answer = question.answer(code)
    if answer is None:
        raise UnknownAnswer(instrument, question.key)
    return answer


def _count(answers: Iterable[Answer | None]) -> Count:
    listed = list(answers)
    aside = sum(answer is not None and answer.value is None for answer in listed)
    answered = sum(answer is not None and answer.value is not None for answer in listed)
    return Count(answered, len(listed) - aside)


def _dimension(chosen: list[tuple[Question, Answer | None]], minimum: Decimal) -> Decimal | None:
    if not _count(answer for _, answer in chosen).reaches(minimum):
        return None
    weights = values = Decimal(0)
    for question, answer in chosen:
        if answer is not None and answer.value is not None:
            weights += question.weight
            values += question.weight * answer.value
    return _rounded(values / weights)


def _rounded(share: Decimal) -> Decimal:
    return share.quantize(_PLACES, ROUND_HALF_EVEN)
