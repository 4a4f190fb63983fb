"""Decision tables: inputs, rules, outputs, and what makes a rule fire (DMN 1.5, clause 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.dmn.hits import Aggregator, Hit, HitPolicy, nothing, settle
from engine.dmn.session import Box, FiredRule, Scope, Session, showable
from engine.errors import DecisionError, FeelError
from engine.feel import Context, Meter, UnaryTests, Value, equal, to_text

RULES_AN_EXPRESSION = 50
"""Rules of constants that cost about as much as one expression."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input column.

    :ivar label: as reasons name it: the expression as written.
    :ivar allowed: tests of which a value must pass each.
    """

    label: str
    box: Box
    allowed: tuple[UnaryTests, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Output:
    """An output column.

    :ivar name: key in the result's context; ``""`` allowed where there is one output only.
    :ivar allowed: tests of which a value must pass each.
    :ivar priorities: the output values in order, the first with the highest priority.
    :ivar default: the value when no rule matches.
    """

    name: str
    allowed: tuple[UnaryTests, ...]
    priorities: tuple[Value, ...]
    default: Box | None
    where: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The tests of one rule for one input. A cell that anything passes is left out.

    :ivar column: the input's place, counting from 0.
    :ivar reads: names in the tests, those of built-ins too: a variable may have such a name.
    """

    column: int
    tests: UnaryTests
    reads: frozenset[str]
    where: str

    def passes(self, value: Value, scope: Scope, session: Session) -> bool:
        """Return whether the input passes; what cannot be known does not.

        :raises DecisionError: the tests pass FEEL's budget.
        """
        if not self.reads:
            return self.tests.test(value, {}, now=session.now, meter=session.meter) is True
        session.spend()
        seen = {name: scope[name] for name in self.reads if name in scope}
        try:
            verdict, warnings = self.tests.judged(value, seen, now=session.now, meter=session.meter)
        except FeelError as error:
            raise DecisionError(f"{self.where}: {error}") from error
        for warning in warnings:
            session.warn(self.where, warning)
        return verdict is True


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a cell an input that it restricts, an expression an output.

    :ivar broken: why the rule cannot be used; ``""`` where it can.
    """

    id: str
    index: int
    annotation: str
    cells: tuple[Cell, ...]
    outputs: tuple[Box, ...]
    broken: str = ""

    def fires(self, values: Sequence[Value], scope: Scope, session: Session) -> bool:
        """Return whether every input passes its cell.

        :raises DecisionError: the rule could not be read.
        """
        if self.broken:
            raise DecisionError(self.broken)
        return all(cell.passes(values[cell.column], scope, session) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table, ready to be evaluated."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: HitPolicy
    aggregator: Aggregator | None
    where: str

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the value, and note inputs and fired rules as the reason.

        :raises DecisionError: an input or output is not among its allowed values, or the rules
            that match contradict the hit policy.
        """
        session.spend(1 + len(self.rules) // RULES_AN_EXPRESSION)
        values = [self._input(column, scope, session) for column in self.inputs]
        hits = self._hits(values, scope, session)
        try:
            fired, value = self._settled(hits, scope, session)
        except DecisionError as error:
            seen = ", ".join(
                f"{column.label} = {to_text(value) if value is not None else 'null'}"
                for column, value in zip(self.inputs, values, strict=True)
            )
            raise DecisionError(f"{self.where}: with {seen}: {error}") from error
        session.note_table(
            {c.label: showable(v) for c, v in zip(self.inputs, values, strict=True)},
            [self.fired(hit) for hit in fired],
        )
        return value

    def _input(self, column: Input, scope: Scope, session: Session) -> Value:
        value = column.box.evaluate(scope, session)
        if not allowed_by(column.allowed, value, session.meter):
            raise DecisionError(
                f"{column.where}: {column.label} is {to_text(value)}, which its input values do "
                "not allow. Correct the value where it is set, or add it to the input values."
            )
        return value

    def _hits(self, values: Sequence[Value], scope: Scope, session: Session) -> list[Hit]:
        hits: list[Hit] = []
        for rule in self.rules:
            if rule.fires(values, scope, session):
                hits.append(self._hit(rule, scope, session))
                if self.policy is HitPolicy.FIRST:
                    break
        return hits

    def _hit(self, rule: Rule, scope: Scope, session: Session) -> Hit:
        outputs = tuple(box.evaluate(scope, session) for box in rule.outputs)
        for column, value in zip(self.outputs, outputs, strict=True):
            if not allowed_by(column.allowed, value, session.meter):
                raise DecisionError(
                    f"{column.where}: rule {rule.index} gives {to_text(value)}, which the output "
                    "values do not allow. Correct the rule, or add it to the output values."
                )
        return Hit(rule.index, rule.id, outputs, self.made_of(outputs))

    def made_of(self, outputs: Sequence[Value]) -> Value:
        """Return a rule's value: its only output, or a context of them by name."""
        if len(self.outputs) == 1:
            return outputs[0]
        return Context(zip((column.name for column in self.outputs), outputs, strict=True))

    def _settled(
        self, hits: Sequence[Hit], scope: Scope, session: Session
    ) -> tuple[Sequence[Hit], Value]:
        if hits:
            return settle(self.policy, self.aggregator, hits, self.ranking)
        if all(column.default is None for column in self.outputs):
            return (), nothing(self.policy, self.aggregator)
        defaults = [c.default.evaluate(scope, session) if c.default else None for c in self.outputs]
        return (), self.made_of(defaults)

    def ranking(self, hit: Hit) -> tuple[int, ...]:
        """Return where a hit's outputs stand in the output values; the smallest comes first."""
        pairs = zip(self.outputs, hit.outputs, strict=True)
        return tuple(_rank(column.priorities, value) for column, value in pairs)

    def fired(self, hit: Hit) -> FiredRule:
        """Return the hit's rule as reasons tell it."""
        rule = self.rules[hit.index - 1]
        return FiredRule(id=rule.id, index=rule.index, annotation=rule.annotation)


def allowed_by(allowed: Sequence[UnaryTests], value: Value, meter: Meter | None = None) -> bool:
    """Return whether a value is among the allowed ones; null is, and a list of allowed ones."""
    if value is None or all(tests.test(value, {}, meter=meter) is not False for tests in allowed):
        return True
    return isinstance(value, tuple) and all(allowed_by(allowed, item, meter) for item in value)


def _rank(priorities: Sequence[Value], value: Value) -> int:
    for place, one in enumerate(priorities):
        if equal(one, value) is True:
            return place
    return len(priorities)
