"""An instrument as data: a version's questions, their answers' values, weights and dimensions.

A file is TOML: ``code``, ``version``, ``official``, ``minimum_completeness``, ``source``, texts in
French, English and Arabic (``[title]``, ``[notice]``, ``[dimensions.NAME]``), lists of answers
(``[[scales.NAME]]`` with ``code``, ``value`` from 0 to 1 or none for "not applicable") and
``[[questions]]`` (``key``, ``dimension``, ``scale``, ``weight``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.errors import PasserelleError

LANGUAGES = ("fr", "en", "ar")
_CODE = re.compile(r"[a-z][a-z0-9-]{0,62}")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.]{0,30}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")

Texts = Mapping[str, str]
"""A text by language: ``fr``, ``en``, ``ar``."""


class InstrumentRefused(PasserelleError):
    """An instrument's file cannot be used; says every problem, with its place in the file.

    :ivar problems: one text each.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that may be chosen.

    :ivar value: from 0 (worst) to 1 (best); ``None``: the question does not apply to the person.
    """

    code: str
    value: Decimal | None
    texts: Texts


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    :ivar key: the form field that asks it.
    :ivar weight: above 0, relative to the other questions of its dimension.
    """

    key: str
    dimension: str
    weight: Decimal
    answers: tuple[Answer, ...]
    texts: Texts

    def answer(self, code: object) -> Answer | None:
        """Return the answer of that code, if the question has it."""
        return next((each for each in self.answers if each.code == code), None)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of a survey; never changed once it is stored.

    :ivar official: whether the body whose name it bears publishes it; otherwise ``notice`` is
        shown wherever a score is.
    :ivar minimum_completeness: share of the questions that apply, from 0 to 1, below which a
        dimension gets no score.
    """

    code: str
    version: str
    official: bool
    minimum_completeness: Decimal
    source: str
    title: Texts
    notice: Texts
    dimensions: Mapping[str, Texts]
    questions: tuple[Question, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The form fields of its questions, in order."""
        return tuple(question.key for question in self.questions)


def read_instrument(content: bytes, name: str = "instrument") -> Instrument:
    """Read an instrument's file.

    :param name: of the file, for messages.
    :raises InstrumentRefused: says what is wrong, where, and what to do; all of it at once.
    """
    try:
        data = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InstrumentRefused((f"{name}: it is no TOML in UTF-8: {error}.",)) from error
    reader = _Reader(name, [])
    built = reader.instrument(data)
    if reader.problems:
        raise InstrumentRefused(tuple(reader.problems))
    return built


@dataclass(slots=True)
class _Reader:
    """Reads the parsed file, noting every problem on the way."""

    name: str
    problems: list[str]

    def wrong(self, place: str, reason: str) -> None:
        self.problems.append(f"{self.name}, {place}: {reason}")

    def instrument(self, data: Mapping[str, Any]) -> Instrument:
        official = data.get("official")
        if not isinstance(official, bool):
            self.wrong("official", "say true or false.")
        dimensions = self._table(data, "dimensions")
        scales = {
            name: self._scale(f"scales.{name}", answers)
            for name, answers in self._table(data, "scales").items()
        }
        return Instrument(
            code=self._matching(data, "code", _CODE, "code"),
            version=self._matching(data, "version", _VERSION, "version"),
            official=official is True,
            minimum_completeness=self._number(
                data.get("minimum_completeness"), "minimum_completeness", most=1
            ),
            source=self._text(data.get("source"), "source"),
            title=self._texts(data.get("title"), "title"),
            notice=self._texts(data.get("notice"), "notice"),
            dimensions={
                name: self._texts(texts, f"dimensions.{name}") for name, texts in dimensions.items()
            },
            questions=self._questions(data.get("questions"), dimensions, scales),
        )

    def _questions(
        self,
        found: Any,
        dimensions: Mapping[str, Any],
        scales: Mapping[str, tuple[Answer, ...]],
    ) -> tuple[Question, ...]:
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.wrong("questions", "write one [[questions]] table or more.")
            return ()
        questions = [
            self._question(f"question {number}", each, dimensions, scales)
            for number, each in enumerate(found, 1)
        ]
        keys = [question.key for question in questions]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.wrong("questions", f"key '{key}' stands there more than once.")
        for name in dimensions:
            if not any(question.dimension == name for question in questions):
                self.wrong(f"dimensions.{name}", "no question belongs to it.")
        return tuple(questions)

    def _question(
        self,
        place: str,
        data: Mapping[str, Any],
        dimensions: Mapping[str, Any],
        scales: Mapping[str, tuple[Answer, ...]],
    ) -> Question:
        dimension, scale = data.get("dimension"), data.get("scale")
        if dimension not in dimensions:
            self.wrong(place, f"dimension '{dimension}' is not among [dimensions].")
        if scale not in scales:
            self.wrong(place, f"scale '{scale}' is not among [[scales.…]].")
        weight = self._number(data.get("weight"), f"{place}, weight")
        if weight <= 0:
            self.wrong(f"{place}, weight", "write a number above 0.")
        return Question(
            key=self._matching(data, "key", _KEY, f"{place}, key"),
            dimension=str(dimension),
            weight=weight,
            answers=scales.get(str(scale), ()),
            texts=self._texts(data, place),
        )

    def _scale(self, place: str, found: Any) -> tuple[Answer, ...]:
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.wrong(place, "write one [[…]] table an answer.")
            return ()
        answers = tuple(self._answer(f"{place}, answer {n}", a) for n, a in enumerate(found, 1))
        codes = [answer.code for answer in answers]
        if len(set(codes)) < len(codes):
            self.wrong(place, "two answers have one code.")
        if sum(answer.value is not None for answer in answers) < 2:
            self.wrong(place, "at least two answers need a value.")
        return answers

    def _answer(self, place: str, data: Mapping[str, Any]) -> Answer:
        value = data.get("value")
        return Answer(
            code=self._matching(data, "code", _CODE, f"{place}, code"),
            value=None if value is None else self._number(value, f"{place}, value", most=1),
            texts=self._texts(data, place),
        )

    def _table(self, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = data.get(name)
        if isinstance(found, dict) and found:
            return found
        self.wrong(name, "this table is missing or empty.")
        return {}

    def _texts(self, found: Any, place: str) -> Texts:
        texts = found if isinstance(found, dict) else {}
        return {
            language: self._text(texts.get(language), f"{place}, {language}")
            for language in LANGUAGES
        }

    def _text(self, found: Any, place: str) -> str:
        if isinstance(found, str) and found.strip():
            return found.strip()
        self.wrong(place, "a text is missing.")
        return ""

    def _matching(
        self, data: Mapping[str, Any], name: str, pattern: re.Pattern[str], place: str
    ) -> str:
        found = data.get(name)
        if isinstance(found, str) and pattern.fullmatch(found):
            return found
        self.wrong(place, f"'{found}' does not fit {pattern.pattern}.")
        return ""

    def _number(self, found: Any, place: str, most: int | None = None) -> Decimal:
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            self.wrong(place, "write a number.")
            return Decimal(1)
        number = Decimal(found)
        if not number.is_finite() or number < 0 or (most is not None and number > most):
            self.wrong(place, f"{number} is not between 0 and {most or 'any number above it'}.")
        return number
