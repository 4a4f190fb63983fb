"""What is measured: a condition and a decision table, each as FEEL and by hand in Python."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.dmn import DecisionModel, read_decisions
from tests.unit.dmn.support import decision, dmn, table

CONDITION = 'amount > 1000 and assistance = "business"'
CONDITION_CONTEXT: dict[str, object] = {"amount": Decimal(1200), "assistance": "business"}
_LIMIT = Decimal(1000)


def condition_by_hand(context: Mapping[str, Any]) -> bool:
    """Return what :data:`CONDITION` says, on decimals."""
    return bool(context["amount"] > _LIMIT and context["assistance"] == "business")


COLUMNS = ("assistance", "region", "amount", "age", "household")
_ASSISTANCES = ("business", "employment", "social", "training")
_REGIONS = ("north", "littoral", "centre", "east", "west")
RULES = 20


def table_source() -> bytes:
    """Return a table of 20 rules and 5 inputs: texts, comparisons and ranges; rule by rule
    another assistance and region, so that each rule is reached.
    """
    rules = [
        [
            f'"{_ASSISTANCES[place % 4]}"',
            f'"{_REGIONS[place % 5]}"',
            f"> {500 * place}",
            f"[{18 + place}..{40 + place})",
            f"<= {3 + place % 4}",
            f'"outcome {place + 1}"',
        ]
        for place in range(RULES)
    ]
    return dmn(decision(table(COLUMNS, ["outcome"], rules, attributes='hitPolicy="FIRST"')))


def read_table() -> DecisionModel:
    """Return the table, read."""
    return read_decisions(table_source(), "bench.dmn")


def context_of(place: int) -> dict[str, object]:
    """Return variables that the rule of this place, counting from 0, is the first to match."""
    return {
        "assistance": _ASSISTANCES[place % 4],
        "region": _REGIONS[place % 5],
        "amount": Decimal(500 * place + 1),
        "age": Decimal(18 + place),
        "household": Decimal(3),
    }


NOTHING_MATCHES: dict[str, object] = {**context_of(0), "household": Decimal(30)}
