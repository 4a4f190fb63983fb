"""Context and miscellaneous built-ins (DMN 1.5, tables 79, 82 and 83)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.feel.compare import equal
from engine.feel.failure import Failure
from engine.feel.messages import a
from engine.feel.registry import builtin
from engine.feel.runtime import Run
from engine.feel.values import Context, FarDate, FarMoment, FeelTime, Value, kind_of, zone_name


@builtin("get value", "m: context, key: string")
def get_value(m: Mapping[str, Value], key: str) -> Value:
    """Return the entry of that name."""
    if key not in m:
        raise Failure("no-entry", key=key[:60])
    return m[key]


@builtin("get value", "context: context, keys: list")
def get_nested_value(context: Value, keys: tuple[Value, ...]) -> Value:
    """Return the entry that a path of names leads to. Camunda's addition to DMN."""
    value = context
    for key in keys:
        if not isinstance(key, str) or not isinstance(value, Mapping) or key not in value:
            raise Failure("path-ends", key=key[:60] if isinstance(key, str) else a(key))
        value = value[key]
    return value


@builtin("get entries", "m: context", run=True)
def get_entries(run: Run, m: Mapping[str, Value]) -> Value:
    """Return a list with a context of ``key`` and ``value`` for each entry."""
    run.meter.spend_items(3 * len(m))
    return tuple(Context({"key": key, "value": value}) for key, value in m.items())


@builtin("context", "entries: list", run=True)
def context_of_entries(run: Run, entries: tuple[Value, ...]) -> Value:
    """Return the context of a list of ``key`` and ``value`` pairs."""
    run.meter.spend_items(len(entries))
    made: dict[str, Value] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or not {"key", "value"} <= entry.keys():
            raise Failure("odd-entry")
        key = entry["key"]
        if not isinstance(key, str) or key in made:
            raise Failure("odd-keys")
        made[key] = entry["value"]
    return Context(made)


@builtin("context put", "context: context, key: string, value: any?", run=True)
def context_put(run: Run, context: Mapping[str, Value], key: str, value: Value) -> Value:
    """Return the context with one entry added or replaced."""
    run.meter.spend_items(len(context) + 1)
    return Context({**context, key: value})


@builtin("context put", "context: context, keys: list, value: any", run=True)
def context_put_nested(
    run: Run, context: Mapping[str, Value], keys: tuple[Value, ...], value: Value
) -> Value:
    """Return the context with the entry at a path of names added or replaced."""
    if not keys or not isinstance(keys[0], str):
        raise Failure("no-keys")
    run.meter.spend_items(len(context) + 1)
    first = keys[0]
    if len(keys) == 1:
        return Context({**context, first: value})
    inner = context.get(first)
    if not isinstance(inner, Mapping):
        raise Failure("not-a-context", name=first[:60])
    run.meter.spend_steps()
    return Context({**context, first: context_put_nested(run, inner, keys[1:], value)})


@builtin("context merge", "contexts: list", run=True)
def context_merge(run: Run, contexts: tuple[Value, ...]) -> Value:
    """Return the entries of all contexts; of one name, the last."""
    made: dict[str, Value] = {}
    for context in contexts:
        if not isinstance(context, Mapping):
            raise Failure("list-has", kind=a(context))
        run.meter.spend_items(len(context))
        made.update(context)
    return Context(made)


@builtin("is", "value1?: any, value2?: any", run=True)
def is_same(run: Run, value1: Value = None, value2: Value = None) -> bool:
    """Return whether two values are the same, zones included; never null."""
    if kind_of(value1) != kind_of(value2):
        return False
    if isinstance(value1, datetime) and isinstance(value2, datetime):
        # Python compares moments on the world's time line; here the writing counts as well.
        zones = zone_name(value1) == zone_name(value2)
        same = value1.replace(tzinfo=None) == value2.replace(tzinfo=None)
        return zones and same and value1.utcoffset() == value2.utcoffset()
    if isinstance(value1, FeelTime | FarDate | FarMoment):
        return value1 == value2
    return equal(value1, value2, run.meter) is True


@builtin("get or else", "value: any, default: any")
def get_or_else(value: Value, default: Value) -> Value:
    """Return the value, or the default where it is null. Camunda's addition to DMN."""
    return default if value is None else value


@builtin("is defined", "value: any")
def is_defined(value: Value) -> bool:
    """Return whether the value is not null. Camunda's addition to DMN."""
    return value is not None
