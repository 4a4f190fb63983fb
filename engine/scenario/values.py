"""Values of a scenario: as written, computed (``=…``), or a document to hand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.feel import parse, to_feel

FileTaker = Callable[[str, str | None, str], str]
"""Hands in a document: its file name, what it is for, the field's key; gives its id."""


def evaluated(value: Any, variables: Mapping[str, Any], now: datetime) -> Any:
    """Return the FEEL value that a scenario's value means; text after ``=`` is an expression.

    :raises FeelError: the expression does not parse.
    """
    return to_feel(computed(value, variables, now))


def computed(value: Any, variables: Mapping[str, Any], now: datetime) -> Any:
    """Return a value with every text after ``=`` inside it replaced by what it gives.

    :raises FeelError: an expression does not parse.
    """
    if isinstance(value, str) and value.startswith("="):
        return _plain(parse(value, tuple(variables)).evaluate(variables, now=now))
    if isinstance(value, Mapping):
        return {key: computed(item, variables, now) for key, item in value.items()}
    if isinstance(value, list):
        return [computed(item, variables, now) for item in value]
    return value


def answered(
    answer: Mapping[str, Any], variables: Mapping[str, Any], now: datetime, take: FileTaker
) -> dict[str, Any]:
    """Return an answer as a form takes it: expressions computed, documents handed in.

    :param take: hands in ``{file: name}`` and gives the document's id.
    :raises FeelError: an expression does not parse.
    """
    return {
        key: _handed_in(computed(value, variables, now), key, take) for key, value in answer.items()
    }


def _handed_in(value: Any, key: str, take: FileTaker) -> Any:
    if isinstance(value, list):
        return [_handed_in(item, key, take) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "file" in value and set(value) <= {"file", "purpose"}:
        return take(str(value["file"]), value.get("purpose"), key)
    return {inner: _handed_in(item, inner, take) for inner, item in value.items()}


def _plain(value: Any) -> Any:
    """Return FEEL's lists and contexts as lists and dicts, which forms read."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
