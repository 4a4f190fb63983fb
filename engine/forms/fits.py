"""Whether one answer, read as its type, keeps to what its field demands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.errors import FeelError
from engine.feel import Expression, parse, to_text
from engine.forms.model import CHOICES, Bound, Field
from engine.forms.typed import Wrong

_MATCHES = parse("matches(text, pattern)")
_PHONE_DIGITS = range(6, 16)


def fits(each: Field, value: Any, scope: Mapping[str, Any], now: datetime | None) -> None:
    """Check a value against its field.

    :param scope: what the field's own expressions may read.
    :param now: the moment whose UTC day ``not_past`` compares with.
    :raises Wrong: it does not fit.
    """
    if value is None or value == () or (each.kind == "checkbox" and value is False):
        if each.required:
            raise Wrong("required")
    elif each.kind == "number":
        _bounded(each, value, scope, now)
    elif each.kind == "date":
        _dated(each, value, now)
    elif each.kind in CHOICES:
        known = {choice for choice, _ in choices(each, scope, now)}
        if not set(value if isinstance(value, tuple) else (value,)) <= known:
            raise Wrong("option")
    elif isinstance(value, str):
        _written(each, value)


def choices(
    each: Field, variables: Mapping[str, Any], now: datetime | None = None
) -> tuple[tuple[str, str], ...]:
    """Return value and text of each choice of a field: its own, a variable's, or computed ones.

    A list of contexts gives ``value`` (or ``id``) and ``label``; a list of codes itself.
    """
    if each.options_from is not None:
        listed: Any = each.options_from.evaluate(variables, now=now)
    elif each.options_key is not None:
        listed = variables.get(each.options_key)
    else:
        return each.options
    found: list[tuple[str, str]] = []
    for one in listed if isinstance(listed, tuple | list) else ():
        if isinstance(one, Mapping):
            value = one.get("value", one.get("id"))
            found.append((to_text(value), to_text(one.get("label", value))))
        else:
            found.append((to_text(one), to_text(one)))
    return tuple(found)


def pattern_fault(pattern: str) -> str:
    """Return what is wrong with a pattern; empty if nothing is."""
    value, warnings = _MATCHES.evaluate_with_warnings({"text": "", "pattern": pattern})
    return "; ".join(warnings) if value is None else ""


def _bound(bound: Bound, scope: Mapping[str, Any], now: datetime | None) -> Decimal | None:
    if not isinstance(bound, Expression):
        return bound
    value = bound.evaluate(scope, now=now)
    return value if isinstance(value, Decimal) else None


def _bounded(each: Field, value: Decimal, scope: Mapping[str, Any], now: datetime | None) -> None:
    least, most = _bound(each.minimum, scope, now), _bound(each.maximum, scope, now)
    if least is not None and value < least:
        raise Wrong("minimum", least=to_text(least))
    if most is not None and value > most:
        raise Wrong("maximum", most=to_text(most))
    exponent = value.normalize().as_tuple().exponent
    if each.digits is not None and isinstance(exponent, int) and -exponent > each.digits:
        raise Wrong("digits", most=each.digits)


def _dated(each: Field, value: date, now: datetime | None) -> None:
    if each.not_past and now is not None and value < now.date():
        raise Wrong("past")


def _written(each: Field, value: str) -> None:
    least, most = each.length
    if len(value) > most:
        raise Wrong("long", most=most, length=len(value))
    if len(value) < least:
        raise Wrong("short", least=least)
    if any(_unkeepable(sign) for sign in value):
        raise Wrong("signs")
    if each.form_of is not None and not _SHAPES[each.form_of](value):
        raise Wrong(each.form_of)
    if each.pattern is not None and not _matches(value, each.pattern):
        raise Wrong("pattern")


def _unkeepable(sign: str) -> bool:
    # Half of a surrogate pair is no character: UTF-8, so every store, refuses it.
    return (sign < " " and sign not in "\n\r\t") or "\ud800" <= sign <= "\udfff"


def _matches(value: str, pattern: str) -> bool:
    try:
        return _MATCHES.evaluate({"text": value, "pattern": pattern}) is True
    except FeelError:
        return False  # The pattern passed its budget on this text: it did not match in time.


def _is_email(text: str) -> bool:
    local, _at, domain = text.rpartition("@")
    names = domain.split(".")
    plain = not any(sign.isspace() or sign in '<>()[],;:"' for sign in text)
    return plain and bool(local) and "@" not in local and len(names) > 1 and all(names)


def _is_phone(text: str) -> bool:
    digits = text.removeprefix("+").translate(str.maketrans("", "", " .-()/\u00a0\u202f"))
    return digits.isascii() and digits.isdecimal() and len(digits) in _PHONE_DIGITS


_SHAPES = {"email": _is_email, "phone": _is_phone}
