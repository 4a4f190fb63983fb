"""Hit policies: from the rules that matched to the table's value (DMN 1.5, 8.2.11).

A *hit* is a rule that matched, with its outputs. The seven policies differ in which hits count
and whether one value or a list comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.errors import DecisionError
from engine.feel import Value, equal, less, parse


class HitPolicy(StrEnum):
    """What a table does when several rules match."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregator(StrEnum):
    """What COLLECT makes of one output column."""

    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched.

    :ivar index: the rule's place, counting from 1.
    :ivar rule_id: its id in the file.
    :ivar outputs: its output values, in column order.
    :ivar value: the outputs as the table gives them: one value, or a context by output name.
    """

    index: int
    rule_id: str
    outputs: tuple[Value, ...]
    value: Value

    def __str__(self) -> str:
        return f"{self.index} ({self.rule_id})" if self.rule_id else str(self.index)


Settled = tuple[Sequence[Hit], Value]
"""The hits that counted, and the table's value."""

Ranking = Callable[[Hit], tuple[int, ...]]
"""Where a hit's outputs stand in the output value lists; the smallest has the highest priority."""


def settle(
    policy: HitPolicy, aggregator: Aggregator | None, hits: Sequence[Hit], ranking: Ranking
) -> Settled:
    """Return which hits count and what they make together. There is at least one hit.

    :raises DecisionError: the hits contradict the policy; the message names the rules.
    """
    if policy is HitPolicy.COLLECT:
        return hits, _collected(aggregator, hits)
    if policy is HitPolicy.RULE_ORDER:
        return hits, tuple(hit.value for hit in hits)
    if policy is HitPolicy.OUTPUT_ORDER:
        return hits, tuple(hit.value for hit in sorted(hits, key=ranking))
    if policy is HitPolicy.PRIORITY:
        best = min(hits, key=ranking)
        return [best], best.value
    if policy is HitPolicy.UNIQUE and len(hits) > 1:
        raise DecisionError(
            f"rules {_listed(hits)} all match, and the hit policy UNIQUE allows one. "
            "Make their conditions exclude one another, or choose another hit policy."
        )
    if policy is HitPolicy.ANY:
        _same_outputs(hits)
        return hits, hits[0].value
    return hits[:1], hits[0].value


def nothing(policy: HitPolicy, aggregator: Aggregator | None) -> Value:
    """Return a table's value when no rule matches and no default is given.

    Null, except for COLLECT: an empty list, or the count 0.
    """
    if policy is not HitPolicy.COLLECT:
        return None
    if aggregator is Aggregator.COUNT:
        return Decimal(0)
    return () if aggregator is None else None


def _same_outputs(hits: Sequence[Hit]) -> None:
    for hit in hits[1:]:
        if equal(hit.value, hits[0].value) is not True:
            raise DecisionError(
                f"rules {hits[0]} and {hit} both match with different outputs, and the hit policy "
                "ANY wants them equal. Correct one of them, or choose another hit policy."
            )


_SUM = parse("sum(values)")


def _collected(aggregator: Aggregator | None, hits: Sequence[Hit]) -> Value:
    values = tuple(hit.value for hit in hits)
    if aggregator is None:
        return values
    if aggregator is Aggregator.COUNT:
        return Decimal(len(values))
    if aggregator is Aggregator.SUM:
        total = _SUM.evaluate({"values": values})
        if total is None:
            raise DecisionError(_not_comparable(hits, "add up"))
        return total
    best = values[0]
    for value in values[1:]:
        smaller = less(value, best)
        if smaller is None:
            raise DecisionError(_not_comparable(hits, "compare"))
        if smaller is (aggregator is Aggregator.MIN):
            best = value
    return best


def _not_comparable(hits: Sequence[Hit], what: str) -> str:
    return (
        f"the outputs of rules {_listed(hits)} do not {what}. "
        "Give them values of one kind, or remove the aggregation."
    )


def _listed(hits: Sequence[Hit]) -> str:
    return " and ".join(map(str, hits)) if len(hits) == 2 else ", ".join(map(str, hits))
