"""Decisions that need no more than their table: variables in, constants out.

Most tables of a case read a few variables, compare them with constants and give constants. Such a
decision is laid out once, when its file is read: what is left for an evaluation is one lookup a
column. Whatever is unusual (another kind of value, a value that is not allowed, rules that
contradict the hit policy) is left to the general evaluation, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from engine.dmn.boxed import Literal, Nothing, Typed
from engine.dmn.expressions import nodes_in
from engine.dmn.hits import Hit, HitPolicy, nothing, settle
from engine.dmn.index import Lookup, column, constants
from engine.dmn.model import Decision, Element, InputData
from engine.dmn.result import DecisionResult
from engine.dmn.session import Box, FiredDecision, showable
from engine.dmn.table import DecisionTable, Input, allowed_by
from engine.dmn.types import ItemType
from engine.errors import DecisionError
from engine.feel import UnaryTests, Value
from engine.feel.syntax import ListOf, Name, Unary
from engine.feel.syntax import Literal as LiteralNode

_Outcome = tuple[Value, tuple[Hit, ...]]
"""A value and the hits that count for it."""


@dataclass(frozen=True, slots=True)
class Direct:
    """One decision, laid out.

    :ivar read: from the caller's variables to the columns' inputs.
    :ivar lookups: of each column.
    :ivar allowed: the bit that stays set while every input is of its column's kind and allowed.
    :ivar all: that bit and those of all rules.
    :ivar first: only the first rule that matches counts.
    :ivar known: outcomes by the bits of the rules that match and the bit of ``allowed``, where
        they are settled beforehand.
    """

    id: str
    table: DecisionTable
    type: ItemType | None
    read: Callable[[Any], tuple[Any, ...]]
    lookups: tuple[Lookup, ...]
    allowed: int
    all: int
    first: bool
    hits: tuple[Hit, ...]
    known: Mapping[int, _Outcome]

    def decide(self, context: Mapping[str, Any]) -> DecisionResult | None:
        """Return the outcome; ``None`` where the general evaluation must find it."""
        try:
            inputs = self.read(context)
            bits = self.all
            for lookup, value in zip(self.lookups, inputs):  # noqa: B905 - the keyword takes time
                bits &= lookup(value)
        except (KeyError, ArithmeticError):
            return None
        known = self.known.get(bits)
        if known is not None:
            return DirectResult(known, self, inputs)
        if not bits & self.allowed:
            return None
        bits ^= self.allowed
        if self.first:
            bits &= -bits
            known = self.known.get(bits | self.allowed)
            if known is not None:
                return DirectResult(known, self, inputs)
        return self._several(bits, inputs)

    def _several(self, bits: int, inputs: Sequence[Value]) -> DecisionResult | None:
        table = self.table
        hits = [hit for hit in self.hits if bits >> (hit.index - 1) & 1]
        if not hits:
            return None
        try:
            fired, value = settle(table.policy, table.aggregator, hits, table.ranking)
        except DecisionError:
            return None  # The general evaluation says it with the inputs.
        if self.type is not None:
            value, problem = self.type.taken(value)
            if problem:
                return None
        return DirectResult((value, tuple(fired)), self, inputs)

    def reasons(
        self, value: Value, inputs: Sequence[Value], hits: Sequence[Hit]
    ) -> tuple[FiredDecision, ...]:
        """Return the reason, as the general evaluation gives it."""
        table = self.table
        seen = {c.label: value for c, value in zip(table.inputs, inputs, strict=True)}
        rules = tuple(table.fired(hit) for hit in hits)
        return (FiredDecision(self.id, seen, rules, showable(value)),)


class DirectResult(DecisionResult):
    """A direct decision's result; its reason is put together when it is asked for."""

    __slots__ = ("_decision", "_hits", "_inputs")
    warnings = ()
    kept_warnings = ()

    def __init__(self, outcome: _Outcome, decision: Direct, inputs: Sequence[Value]) -> None:
        self.value, self._hits = outcome
        self._reasons = None
        self._decision = decision
        self._inputs = inputs

    def _explained(self) -> tuple[FiredDecision, ...]:
        return self._decision.reasons(self.value, self._inputs, self._hits)


def direct(decision: Decision, elements: Mapping[str, Element]) -> Direct | None:
    """Return a decision laid out; ``None`` where it needs the general evaluation."""
    outer = decision.box
    box, kind = (outer.box, outer.type) if isinstance(outer, Typed) else (outer, None)
    drawn = _drawn(decision, elements)
    if drawn is None or not isinstance(box, DecisionTable) or any(r.broken for r in box.rules):
        return None
    columns = _columns(box, drawn)
    hits = _hits(box)
    if columns is None or hits is None:
        return None
    names = [name for name, _ in columns]
    lookups = tuple(lookup for _, lookup in columns)
    allowed = 1 << len(box.rules)
    known = _known(box, kind, hits)
    first = box.policy is HitPolicy.FIRST
    return Direct(
        decision.id,
        box,
        kind,
        _reader(names),
        lookups,
        allowed,
        2 * allowed - 1,
        first,
        hits,
        known,
    )


def _reader(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    name = names[0]
    return lambda context: (context[name],)


def _known(
    table: DecisionTable, kind: ItemType | None, hits: Sequence[Hit]
) -> Mapping[int, _Outcome]:
    """Return outcomes by the bits that matched: of no rule, and of one that is enough alone."""
    allowed = 1 << len(table.rules)
    found: dict[int, _Outcome] = {}
    if all(output.default is None for output in table.outputs):
        found[allowed] = (nothing(table.policy, table.aggregator), ())
    for hit in hits if table.policy in _ONE_IS_ENOUGH else ():
        found[allowed | 1 << (hit.index - 1)] = (hit.value, (hit,))
    if kind is None:
        return found
    taken = {bits: (kind.taken(value), fired) for bits, (value, fired) in found.items()}
    return {bits: (value, fired) for bits, ((value, odd), fired) in taken.items() if not odd}


def _drawn(decision: Decision, elements: Mapping[str, Element]) -> dict[str, InputData] | None:
    """Return the drawn inputs by name; ``None`` if anything else is required."""
    drawn: dict[str, InputData] = {}
    for requirement in decision.requires:
        element = elements.get(requirement.key)
        if not isinstance(element, InputData) or requirement.path != (element.name,):
            return None
        drawn[element.name] = element
    return drawn


def _columns(
    table: DecisionTable, drawn: Mapping[str, InputData]
) -> tuple[tuple[str, Lookup], ...] | None:
    names = [_variable(one.box) for one in table.inputs]
    if None in names or not drawn.keys() <= set(names) or not names:
        return None
    found = []
    for place, (name, one) in enumerate(zip(names, table.inputs, strict=True)):
        lookup = _column(table, place, one, drawn.get(name or ""))
        if lookup is None or name is None:
            return None
        found.append((name, lookup))
    return tuple(found)


def _variable(box: Box) -> str | None:
    tree = box.expression.tree if isinstance(box, Literal) else None
    return tree.name if isinstance(tree, Name) else None


def _column(table: DecisionTable, place: int, one: Input, drawn: InputData | None) -> Lookup | None:
    allowed = 1 << len(table.rules)
    bits: list[tuple[int, UnaryTests]] = []
    for rule in table.rules:
        bits += [(1 << (rule.index - 1), c.tests) for c in rule.cells if c.column == place]
    kind = drawn.type if drawn is not None else None
    lists = [*one.allowed, *(kind.allowed if kind else ())]
    if len(lists) > 1:
        return None
    bits += [(allowed, tests) for tests in lists]
    if any(constants(tests) is None for _, tests in bits):
        return None
    made = column(bits, 2 * allowed - 1)
    if made is None or not _is_of(kind, made.kind):
        return None
    return made.lookup


def _is_of(declared: ItemType | None, kind: type) -> bool:
    if declared is None or declared.feel.kind == "Any":
        return True
    return declared.feel.kind == _NAMES.get(kind)


_NAMES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    Decimal: "number",
    date: "date",
    timedelta: "days and time duration",
}
_CONSTANT = (LiteralNode, Unary, ListOf)
_ONE_IS_ENOUGH = {HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY}


def _hits(table: DecisionTable) -> tuple[Hit, ...] | None:
    """Return each rule as a hit; ``None`` if an output is computed, or not allowed."""
    hits = []
    for rule in table.rules:
        outputs: list[Value] = []
        for output, box in zip(table.outputs, rule.outputs, strict=True):
            written = _written(box)
            if written is None or not allowed_by(output.allowed, written[0]):
                return None
            outputs.append(written[0])
        hits.append(Hit(rule.index, rule.id, tuple(outputs), table.made_of(outputs)))
    return tuple(hits)


def _written(box: Box) -> tuple[Value] | None:
    """Return the value of an output that is written as one."""
    if isinstance(box, Nothing):
        return (None,)
    if not isinstance(box, Literal):
        return None
    tree = box.expression.tree
    if not all(isinstance(node, _CONSTANT) for node in nodes_in(tree)):
        return None
    value, warnings = box.expression.evaluate_with_warnings({})
    return None if warnings else (value,)
