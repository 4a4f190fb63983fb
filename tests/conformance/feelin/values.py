"""One notation for the values of both, so that they compare: JSON with kinds written out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import FeelError
from engine.feel import FeelFunction, Range, Value, parse, to_text

FOLDER = Path(__file__).parent
CONTEXT: dict[str, object] = {
    "amount": 1200,
    "rate": 0.1,
    "assistance": "business",
    "on-site visits": 3,
    "person": {"name": "Awa", "age": 34},
    "people": [
        {"name": "Awa", "age": 34, "active": True},
        {"name": "Kofi", "age": 61, "active": False},
        {"name": "Lina", "age": 27, "active": True},
    ],
}


def expressions() -> list[str]:
    """Return the expressions of the list."""
    lines = (FOLDER / "expressions.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("//")]


def differences() -> dict[str, dict[str, str]]:
    """Return, by expression, what feelin gives instead and the reason."""
    read = tomllib.loads((FOLDER / "differences.toml").read_text("utf-8"))
    return {one["expression"]: one for one in read["difference"]}


def ours(expression: str) -> Any:
    """Return the value in engine.feel, or ``error``."""
    try:
        return tagged(parse(expression, CONTEXT).evaluate(CONTEXT))
    except FeelError:
        return "error"


def theirs(outcome: Mapping[str, Any]) -> Any:
    """Return the value that feelin gave, or ``error``."""
    return "error" if "error" in outcome else _plain(outcome["value"])


def shown(value: Any) -> str:
    """Return a compared value as the list of differences writes it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def tagged(value: Value) -> Any:
    """Return one of our values in the common notation."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Decimal):
        return {"number": _number(value)}
    if isinstance(value, tuple):
        return [tagged(item) for item in value]
    if isinstance(value, Mapping):
        return {"context": {key: tagged(item) for key, item in value.items()}}
    if isinstance(value, FeelFunction):
        return {"function": True}
    return {"range" if isinstance(value, Range) else "temporal": to_text(value)}


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "number" in value:
        return {"number": _number(Decimal(value["number"]))}
    if "context" in value:
        return {"context": {key: _plain(item) for key, item in value["context"].items()}}
    return value
