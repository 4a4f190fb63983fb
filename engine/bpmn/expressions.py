"""Texts of a diagram that are computed: FEEL, or a literal where Camunda 8 takes one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.findings import Findings, Place
from engine.errors import FeelError
from engine.feel import Expression, certain_warnings, parse
from engine.rules import Stop, said

FEEL_LANGUAGES = ("feel",)
CAMUNDA = "{http://camunda.org/schema/zeebe/"


class Stuck(Exception):
    """The interpreter cannot go on at an element; it becomes an incident.

    :ivar stop: why, in any language. :ivar code: as in :class:`engine.model.IncidentRaised`.
    :ivar message: why, in English.
    """

    def __init__(self, message_id: str, **figures: Any) -> None:
        self.stop = Stop(message_id, figures)
        self.code = self.stop.code
        self.message = self.stop.told("en")
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Formula:
    """A text of the diagram that has a value.

    :ivar text: as written, without a leading ``=``.
    :ivar expression: ``None`` if the text itself is the value.
    """

    text: str
    expression: Expression | None = None

    @property
    def is_literal(self) -> bool:
        """Whether the text itself is the value."""
        return self.expression is None

    def value(self, context: Mapping[str, Any], now: datetime) -> Any:
        """Return the value where these variables are visible.

        :raises Stuck: the expression passed its budget.
        """
        if self.expression is None:
            return self.text
        try:
            return self.expression.evaluate(context, now=now)
        except FeelError as error:
            raise Stuck("not-computed", text=self.text, error=error) from error

    def why_null(self, context: Mapping[str, Any], now: datetime) -> Stop | FeelError | str:
        """Return what FEEL has to say of a value that came out null; never a value itself.

        :returns: something that an incident can speak of.
        """
        if self.expression is None:
            return ""
        missing = sorted(name for name in self.expression.free_names if name not in context)
        if missing:
            return Stop("missing", {"names": ", ".join(missing)})
        try:
            _, warnings = self.expression.evaluate_with_warnings(context, now=now, values=False)
        except FeelError as error:
            return error
        return " ".join(warnings[:3])


class Expressions:
    """Parses the expressions of one file and notes what does not parse."""

    def __init__(self, file: str, findings: Findings, declared_language: str | None) -> None:
        self._file = file
        self._findings = findings
        self._declared = declared_language

    def feel(
        self, text: str | None, node: Any, what: str, *, language: str | None = None
    ) -> Formula | None:
        """Return a text that is FEEL with or without a leading ``=``; ``None`` if empty.

        :param language: as declared for this text, where the node itself does not.
        """
        source = (text or "").strip()
        if not source:
            return None
        if not self._speaks_feel(node, what, language):
            return Formula(source)
        return self._parse(source.removeprefix("=").strip(), node, what)

    def mixed(self, text: str | None, node: Any, what: str) -> Formula | None:
        """Return a text that is FEEL with a leading ``=`` and a literal without one."""
        source = (text or "").strip()
        if not source:
            return None
        if not source.startswith("="):
            return Formula(source)
        return self._parse(source[1:].strip(), node, what)

    def time(self, text: str | None, node: Any, what: str) -> Formula | None:
        """Return a moment, duration or cycle: ISO 8601 as it stands, otherwise FEEL."""
        source = (text or "").strip()
        if ISO_TIME.fullmatch(source):
            return Formula(source)
        return self.feel(source, node, what)

    def is_feel(self, node: Any) -> bool:
        """Return whether a text's own or the file's language is FEEL, or none is said."""
        return _is_feel(node.get("language") or self._declared)

    def _speaks_feel(self, node: Any, what: str, language: str | None) -> bool:
        if str(node.tag).startswith(CAMUNDA):
            return True  # There it is FEEL, whatever the file declares for BPMN's own texts.
        language = node.get("language") or language or self._declared
        if _is_feel(language):
            return True
        self._findings.error(
            "language",
            Place.of(self._file, node),
            said("its {what} is written in '{language}'.", what=what, language=language),
            "Write it in FEEL; no other language runs here.",
        )
        return False

    def _parse(self, source: str, node: Any, what: str) -> Formula:
        try:
            expression = parse(source)
        except FeelError as error:
            at = (
                ""
                if error.position is None
                else said(", character {place}", place=error.position + 1)
            )
            self._findings.error(
                "feel",
                Place.of(self._file, node),
                said(
                    "its {what} '{source}' does not parse{at}: {error}",
                    what=what,
                    source=source,
                    at=at,
                    error=error,
                ),
                "Correct the expression.",
            )
            # It is refused, so nothing runs it; what depends on it need not complain as well.
            return Formula(source)
        for why in certain_warnings(expression.tree):
            message = said(
                "its {what} '{source}' is null in part: {why}.", what=what, source=source, why=why
            )
            place = Place.of(self._file, node)
            self._findings.warning("feel-null", place, message, "Correct the expression.")
        return Formula(source, expression)


def _is_feel(language: str | None) -> bool:
    return not language or any(word in language.lower() for word in FEEL_LANGUAGES)


_DURATION = r"-?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
_MOMENT = r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d|@[\w/+-]+)?)?"
_REPEATED = rf"{_DURATION}(/{_MOMENT})?|{_MOMENT}/({_DURATION}|{_MOMENT})"
ISO_TIME = re.compile(rf"{_MOMENT}|(R\d*/)?({_REPEATED})")
