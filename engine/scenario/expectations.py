"""What must hold: each key of ``expect``, compared with where the case stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import equal, to_text
from engine.scenario.situation import Situation
from engine.scenario.source import Block
from engine.scenario.values import evaluated

Check = Callable[[Situation, Any], list[str]]


def unmet(situation: Situation, expected: Mapping[str, Any]) -> list[str]:
    """Return what does not hold, each with what was expected and what is; empty if all does."""
    return [text for key, value in expected.items() for text in _CHECKS[key](situation, value)]


def _differs(what: str, expected: object, actual: object) -> list[str]:
    return [f"{what}: expected {_told(expected)}; it is {_told(actual)}"]


def _told(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value)


def _shown(value: Any) -> str:
    return "null" if value is None else to_text(value)


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _active(situation: Situation, value: Any) -> list[str]:
    expected, actual = sorted(_listed(value)), sorted(t.element_id for t in situation.tasks())
    return [] if expected == actual else _differs("active", expected, actual)


def _status(situation: Situation, value: Any) -> list[str]:
    actual = situation.row.status
    return [] if value == str(actual) else _differs("status", value, actual)


def _incidents(situation: Situation, value: Any) -> list[str]:
    found = situation.incidents()
    if value == len(found):
        return []
    told = "; ".join(f"{i.element_id}: {i.message}" for i in found)
    return _differs("incidents", value, f"{len(found)}{f' ({told})' if told else ''}")


def _variables(situation: Situation, value: Any) -> list[str]:
    known = situation.all_variables()
    now = situation.stage.engine.now()
    wrong: list[str] = []
    for name, wanted in value.items():
        expected = evaluated(wanted, known, now)
        actual = known.get(name)
        if equal(expected, actual) is not True:
            wrong += _differs(f"variable {name}", _shown(expected), _shown(actual))
    return wrong


def _timers(situation: Situation, value: Any) -> list[str]:
    actual = situation.timers()
    ids = sorted(element_id for element_id, _ in actual)
    if not isinstance(value, Mapping):
        expected = sorted(_listed(value))
        return [] if expected == ids else _differs("timers", expected, ids)
    zone = ZoneInfo(situation.stage.deployed.config.time_zone)
    wrong = [] if sorted(value) == ids else _differs("timers", sorted(value), ids)
    for element_id, wanted in value.items():
        due = [moment for other, moment in actual if other == element_id]
        if due and not any(_due(wanted, moment, zone) for moment in due):
            told = [moment.astimezone(zone).isoformat() for moment in due]
            wrong += _differs(f"timer {element_id}", wanted, told)
    return wrong


def _due(wanted: object, moment: datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone)
    if isinstance(wanted, datetime):
        return (wanted if wanted.tzinfo else wanted.replace(tzinfo=zone)) == local
    return isinstance(wanted, date) and wanted == local.date()


def _passed(situation: Situation, value: Any) -> list[str]:
    passed = situation.passed()
    missing = [i for i in _listed(value) if i not in passed]
    return [f"passed: {', '.join(missing)} was not passed"] if missing else []


def _not_passed(situation: Situation, value: Any) -> list[str]:
    passed = situation.passed()
    found = [i for i in _listed(value) if i in passed]
    return [f"not_passed: {', '.join(found)} was passed"] if found else []


def _rules(situation: Situation, value: Any) -> list[str]:
    fired = situation.fired()
    wrong: list[str] = []
    for decision, wanted in value.items():
        expected, actual = sorted(_listed(wanted)), sorted(fired.get(decision, []))
        if expected != actual:
            told = actual if decision in fired else "not evaluated yet"
            wrong += _differs(f"rules of {decision}", expected, told)
    return wrong


def _events(situation: Situation, value: Any) -> list[str]:
    counts = situation.event_counts()
    wrong: list[str] = []
    for kind, wanted in value.items():
        if counts[kind] != wanted:
            wrong += _differs(f"events {kind}", wanted, counts[kind])
    return wrong


def _actions(situation: Situation, value: Any) -> list[str]:
    expected = sorted(_listed(value))
    actual = sorted(s.element_id for s in situation.subscriptions() if s.candidate_groups)
    return [] if expected == actual else _differs("actions", expected, actual)


_CHECKS: Mapping[str, Check] = {
    "active": _active,
    "status": _status,
    "variables": _variables,
    "timers": _timers,
    "passed": _passed,
    "not_passed": _not_passed,
    "rules": _rules,
    "incidents": _incidents,
    "events": _events,
    "actions": _actions,
}

KEYS = frozenset(_CHECKS)
"""What ``expect`` knows."""

_LISTS = frozenset({"active", "passed", "not_passed", "actions"})
_MAPPINGS = frozenset({"variables", "rules", "events"})


def check(block: Block) -> None:
    """Refuse an ``expect`` that cannot be compared.

    :raises ScenarioUnreadable: an unknown key, or a value of the wrong kind.
    """
    block.only(KEYS, "'expect'")
    for key, value in block.items():
        if key in _LISTS and not isinstance(value, list):
            raise block.wrong(f"'{key}' takes a list of ids.", key)
        if key in _MAPPINGS and not isinstance(value, Mapping):
            raise block.wrong(f"'{key}' takes a mapping of names to values.", key)
        if key == "timers" and not isinstance(value, list | Mapping):
            raise block.wrong("'timers' takes a list of ids, or ids with dates.", key)
