"""Checking an answer: what is typed → values for the process, personal values, errors.

Answers come as strings (from a page) or as typed JSON (from a program). What a hidden field holds
is dropped: nobody could see it, so nothing after it may depend on it either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.feel import Value, to_feel, to_text
from engine.forms.fits import fits
from engine.forms.model import ANSWERED, Field, Form, walk
from engine.forms.texts import told
from engine.forms.typed import Wrong, rows_of, typed
from engine.labels import Labels
from engine.ports import TieredValue


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after it was checked.

    :ivar values: by key, for the process; an optional field left empty is ``None``.
    :ivar tiered: by key, for the sink.
    :ivar errors: by key (``table.row.column`` in tables), one sentence each; nothing else is to be
        used if there are any.
    """

    values: Mapping[str, Any]
    tiered: Mapping[str, TieredValue]
    errors: Mapping[str, str]


@dataclass(slots=True)
class _Check:
    form_id: str
    scope: Mapping[str, Any]
    now: datetime | None
    labels: Labels
    errors: dict[str, str] = field(default_factory=dict)


def validate(
    form: Form,
    answer: Mapping[str, object],
    *,
    variables: Mapping[str, Any],
    now: datetime | None,
    labels: Labels,
) -> Checked:
    """Check an answer against its form.

    :param variables: what the form's conditions may read beside the answer itself.
    :param labels: their locale picks the language of the errors (fr, en, ar).
    :raises FeelError: a condition passes its evaluation budget.
    """
    shown, scope = _look(form, answer, variables, now)
    check = _Check(form.id, scope, now, labels)
    values: dict[str, Any] = {}
    tiered: dict[str, TieredValue] = {}
    for each in form.answerable():
        if each.readonly or each.key not in shown:
            continue
        value = _value(check, each, each.key, answer.get(each.key))
        if each.tier is None or each.kind == "file":
            values[each.key] = value
        elif value is not None and value != ():
            tiered[each.key] = TieredValue(value, each.tier)
    return Checked(values, tiered, check.errors)


def visible(
    form: Form,
    answer: Mapping[str, object],
    *,
    variables: Mapping[str, Any],
    now: datetime | None = None,
) -> frozenset[str]:
    """Return the keys of the fields that are shown for what is answered so far."""
    return frozenset(_look(form, answer, variables, now)[0])


def computed(each: Field, scope: Mapping[str, Any], now: datetime | None = None) -> str:
    """Return the text of an expression field; empty where it gives null."""
    value = computed_value(each, scope, now)
    return "" if value is None else to_text(value)


def computed_value(each: Field, scope: Mapping[str, Any], now: datetime | None = None) -> Value:
    """Return what an expression field gives, for whoever writes numbers in a language."""
    return None if each.expression is None else each.expression.evaluate(scope, now=now)


def answer_scope(
    form: Form,
    answer: Mapping[str, object],
    variables: Mapping[str, Any],
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return what the form's expressions may read: variables, answers so far, computed fields.

    An answer that does not read as its type counts as null, one that is hidden as not given.
    """
    return _look(form, answer, variables, now)[1]


def _look(
    form: Form, answer: Mapping[str, object], variables: Mapping[str, Any], now: datetime | None
) -> tuple[set[str], dict[str, Any]]:
    """Return the keys that are shown, and what conditions read after all was decided in order."""
    scope = dict(variables)
    for each in form.answerable():
        if each.key in answer:
            scope[each.key] = _read(each, answer[each.key])
        else:
            scope.setdefault(each.key, None)
    shown: set[str] = set()
    _decide(form.fields, scope, variables, now, shown)
    return shown, scope


def _decide(
    fields: tuple[Field, ...],
    scope: dict[str, Any],
    variables: Mapping[str, Any],
    now: datetime | None,
    shown: set[str],
) -> None:
    for each in fields:
        if each.hide is not None and each.hide.evaluate(scope, now=now) is True:
            for hidden in walk((each,)):
                if hidden.kind in ANSWERED:
                    scope[hidden.key] = variables.get(hidden.key)
            continue
        shown.add(each.key)
        if each.kind == "group":
            _decide(each.children, scope, variables, now, shown)
        elif each.expression is not None:
            scope[each.key] = each.expression.evaluate(scope, now=now)


def _read(each: Field, raw: object) -> Any:
    try:
        return typed(each, raw)
    except Wrong:
        return None


def _value(check: _Check, each: Field, name: str, raw: object) -> Any:
    """Return one checked value; errors go to the check under ``name``."""
    try:
        if each.kind == "table":
            return _rows(check, each, name, raw)
        value = typed(each, raw)
        fits(each, value, check.scope, check.now)
        return value
    except Wrong as wrong:
        label = check.labels.field(check.form_id, each.key, each.label)
        check.errors[name] = told(check.labels.locale, wrong.name, field=label, **wrong.figures)
        return None


def _rows(check: _Check, each: Field, name: str, raw: object) -> Any:
    rows = rows_of(raw)
    if each.required and not rows:
        raise Wrong("required")
    return to_feel(
        [
            {
                column.key: _value(
                    check, column, f"{name}.{number}.{column.key}", row.get(column.key)
                )
                for column in each.children
            }
            for number, row in rows
        ]
    )
