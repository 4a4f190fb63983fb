"""Checking an answer: what is typed → values for the process, personal values, errors.

Answers come as strings (from a page) or as typed JSON (from a program). What a hidden field holds
is dropped: nobody could see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import to_feel, to_text
from engine.forms.model import Field, Form
from engine.forms.texts import told
from engine.labels import Labels
from engine.ports import TieredValue

MOST_ROWS = 200
MOST_DIGITS = 30


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


class Wrong(Exception):
    """One answer that does not fit; carries the message's name and its figures."""

    def __init__(self, name: str, **figures: object) -> None:
        super().__init__(name)
        self.name = name
        self.figures = figures


@dataclass(slots=True)
class _Check:
    form: Form
    answer: Mapping[str, object]
    variables: Mapping[str, Any]
    now: datetime | None
    labels: Labels
    errors: dict[str, str] = field(default_factory=dict)

    def scope(self) -> dict[str, Any]:
        """Return what conditions see: variables, then what is answered so far, as it reads."""
        return answer_scope(self.form, self.answer, self.variables)


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
    """
    check = _Check(form, answer, variables, now, labels)
    shown = visible(form, answer, variables=variables, now=now)
    values: dict[str, Any] = {}
    tiered: dict[str, TieredValue] = {}
    for each in form.answerable():
        if each.readonly or each.key not in shown:
            continue
        value = _value(check, each, each.key, answer.get(each.key))
        if each.tier is None:
            values[each.key] = value
        elif value is not None:
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
    scope = answer_scope(form, answer, variables)
    shown: set[str] = set()
    _shown(form.fields, scope, now, shown)
    return frozenset(shown)


def computed(each: Field, scope: Mapping[str, Any], now: datetime | None = None) -> str:
    """Return the text of an expression field; empty where it gives null."""
    value = None if each.expression is None else each.expression.evaluate(scope, now=now)
    return "" if value is None else to_text(value)


def answer_scope(
    form: Form, answer: Mapping[str, object], variables: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the form's expressions may read: variables, and what is answered so far.

    An answer that does not read as its type counts as null.
    """
    scope = dict(variables)
    for each in form.answerable():
        if each.key in answer:
            try:
                scope[each.key] = _typed(each, answer[each.key])
            except Wrong:
                scope[each.key] = None
        else:
            scope.setdefault(each.key, None)
    return scope


def choices(each: Field, variables: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return value and text of each choice of a field, from its schema or from a variable."""
    if each.options_key is None:
        return each.options
    listed = variables.get(each.options_key)
    found: list[tuple[str, str]] = []
    for one in listed if isinstance(listed, tuple | list) else ():
        if isinstance(one, Mapping):
            value = one.get("value", one.get("id"))
            found.append((to_text(value), to_text(one.get("label", value))))
        else:
            found.append((to_text(one), to_text(one)))
    return tuple(found)


def _shown(
    fields: tuple[Field, ...], scope: Mapping[str, Any], now: datetime | None, shown: set[str]
) -> None:
    for each in fields:
        if each.hide is not None and each.hide.evaluate(scope, now=now) is True:
            continue
        shown.add(each.key)
        if each.kind == "group":
            _shown(each.children, scope, now, shown)


def _value(check: _Check, each: Field, name: str, raw: object) -> Any:
    """Return one checked value; errors go to the check under ``name``."""
    try:
        if each.kind == "table":
            return _rows(check, each, name, raw)
        value = _typed(each, raw)
        _fits(check, each, value)
        return value
    except Wrong as wrong:
        label = check.labels.field(check.form.id, each.key, each.label)
        check.errors[name] = told(check.labels.locale, wrong.name, field=label, **wrong.figures)
        return None


def _rows(check: _Check, each: Field, name: str, raw: object) -> Any:
    if raw in (None, ""):
        raw = []
    if not isinstance(raw, list | tuple):
        raise Wrong("type")
    rows = [row for row in raw if isinstance(row, Mapping) and any(row.values())]
    if len(rows) > MOST_ROWS:
        raise Wrong("rows", most=MOST_ROWS)
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
            for number, row in enumerate(rows)
        ]
    )


def _typed(each: Field, raw: object) -> Any:
    """Read an answer as its type; nothing answered is ``None``.

    :raises Wrong: it does not read as that type.
    """
    if each.kind == "checkbox":
        return _boolean(raw)
    if each.kind == "checklist":
        listed = [] if raw in (None, "") else raw
        if not isinstance(listed, list | tuple) or not all(isinstance(v, str) for v in listed):
            raise Wrong("type")
        return tuple(dict.fromkeys(str(v) for v in listed))
    if each.kind == "table":
        return to_feel(raw) if isinstance(raw, list | tuple) else None
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if each.kind == "number":
        return _number(raw)
    if each.kind == "date":
        return _date(raw)
    if not isinstance(raw, str):
        raise Wrong("type")
    return raw if each.kind == "textarea" else raw.strip()


def _boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in (None, "", "false", "off"):
        return False
    if raw in ("true", "on"):
        return True
    raise Wrong("type")


def _number(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise Wrong("number")
    text = str(raw).strip()
    for space in (" ", "\u00a0", "\u202f", "'"):
        text = text.replace(space, "")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Wrong("number") from None
    if not value.is_finite() or len(value.as_tuple().digits) > MOST_DIGITS or "e" in text.lower():
        raise Wrong("number")
    return value


def _date(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError:
        raise Wrong("date") from None


def _fits(check: _Check, each: Field, value: Any) -> None:
    if value is None or value == () or (each.kind == "checkbox" and value is False):
        if each.required:
            raise Wrong("required")
        return
    if each.kind == "number":
        _bounded(each, value)
    elif each.kind in {"select", "radio", "checklist"}:
        known = {choice for choice, _ in choices(each, check.scope())}
        if not set(value if isinstance(value, tuple) else (value,)) <= known:
            raise Wrong("option")
    elif isinstance(value, str):
        _written(each, value)


def _bounded(each: Field, value: Decimal) -> None:
    if each.minimum is not None and value < each.minimum:
        raise Wrong("minimum", least=to_text(each.minimum))
    if each.maximum is not None and value > each.maximum:
        raise Wrong("maximum", most=to_text(each.maximum))
    exponent = value.normalize().as_tuple().exponent
    if each.digits is not None and isinstance(exponent, int) and -exponent > each.digits:
        raise Wrong("digits", most=each.digits)


def _written(each: Field, value: str) -> None:
    least, most = each.length
    if len(value) > most:
        raise Wrong("long", most=most, length=len(value))
    if len(value) < least:
        raise Wrong("short", least=least)
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in value):
        raise Wrong("signs")
    if each.pattern is not None and not each.pattern.fullmatch(value):
        raise Wrong("pattern")
