"""Multi-instance: one instance of an activity for each item, together or one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelMultiInstanceTask as _Parallel
from SpiffWorkflow.bpmn.specs.defaults import SequentialMultiInstanceTask as _Sequential
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.activities import Activity
from engine.bpmn.elements import Loop
from engine.bpmn.expressions import Stuck
from engine.bpmn.scopes import Scope
from engine.bpmn.tokens import Token

INSTANCE_LIMIT = 5_000
"""How many instances one multi-instance may have."""


@dataclass(slots=True)
class Turns:
    """How far a multi-instance has come.

    :ivar total: instances in all. :ivar waiting: items whose instance has not begun.
    :ivar results: the output element of each, in the items' order. :ivar done: instances left.
    :ivar enough: whether the completion condition was met.
    """

    total: int
    waiting: list[Any] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    done: int = 0
    enough: bool = False


class MultiInstance(Activity):
    """The body of a multi-instance: a scope around its instances.

    :ivar instance_name: name of the spec that each instance runs.
    """

    instance_name: str

    def begin(self, token: Token) -> bool:
        """Count the items and begin the first instance, or all."""
        token.case.enter(token)
        self.listen(token)
        if token.turns is None:
            items = self._items(token)
            token.turns = Turns(len(items), items, [None] * len(items))
        token.open_locals()
        waiting = token.turns.waiting
        for _ in range(min(len(waiting), 1) if self._loop.sequential else len(waiting)):
            self._next_instance(token, token.turns)
        return token.turns.total == 0

    def write_outputs(self, token: Token) -> None:
        """Give the collected outputs to the scope outside."""
        name = self._loop.output_name
        if name and token.turns is not None:
            token.case.write(token, token.outer_scope, {name: tuple(token.turns.results)})

    def instance_finished(self, body: Token, token: Token) -> None:
        """Collect an instance's output and ask whether that is enough.

        :raises Stuck: one of the two cannot be computed.
        """
        turns, loop = body.turns, self._loop
        assert turns is not None  # noqa: S101 - a body has turns from its first instance on
        if loop.output is not None:
            turns.results[token.index] = token.kept(loop.output)
        if loop.enough is None:
            return
        numbers = {
            "numberOfInstances": Decimal(turns.total),
            "numberOfCompletedInstances": Decimal(turns.done + 1),
            "numberOfActiveInstances": Decimal(turns.total - len(turns.waiting) - turns.done - 1),
            "numberOfTerminatedInstances": Decimal(0),
        }
        case = token.case
        visible = token.scope.visible(case.outermost, numbers)
        enough = loop.enough.value(visible, case.context.now)
        if not isinstance(enough, bool):
            raise Stuck(
                "expression",
                f"the completion condition '{loop.enough.text}' is neither true nor false. "
                f"{loop.enough.why_null(visible, case.context.now)} Give the variables their "
                "values, then retry.",
            )
        turns.enough = enough

    def instance_left(self, body: Token) -> None:
        """Begin the next instance, or leave the multi-instance."""
        turns = body.turns
        assert turns is not None  # noqa: S101 - a body has turns from its first instance on
        turns.done += 1
        if turns.enough:
            for other in body.children:
                other.cancel()
            body.case.resume(body)
        elif turns.waiting:
            self._next_instance(body, turns)
        elif turns.done == turns.total:
            body.case.resume(body)

    @property
    def _loop(self) -> Loop:
        loop = self.element.loop
        assert loop is not None  # noqa: S101 - this spec is made for elements that have one
        return loop

    def _items(self, token: Token) -> list[Any]:
        loop = self._loop
        formula = loop.collection or loop.cardinality
        assert formula is not None  # noqa: S101 - checked when the scheme was published
        value = token.value(formula)
        if loop.collection is None and isinstance(value, Decimal) and value == int(value) >= 0:
            value = tuple(Decimal(n + 1) for n in range(min(int(value), INSTANCE_LIMIT + 1)))
        if not isinstance(value, tuple | list):
            wanted = "a list" if loop.collection else "a whole number from 0"
            raise Stuck(
                "expression",
                f"the multi-instance's '{formula.text}' is not {wanted}. Give the variables their "
                "values, then retry.",
            )
        if len(value) > INSTANCE_LIMIT:
            raise Stuck(
                "expression",
                f"the multi-instance's '{formula.text}' asks for more than {INSTANCE_LIMIT} "
                "instances. Shorten the list, then retry.",
            )
        return list(value)

    def _next_instance(self, body: Token, turns: Turns) -> None:
        loop = self._loop
        item = turns.waiting.pop(0)
        specs = body.workflow.spec.task_specs
        instance = body._add_child(specs[self.instance_name], TaskState.FUTURE)
        instance.triggered = True
        instance.index = turns.total - len(turns.waiting) - 1
        values: dict[str, Any] = {"loopCounter": Decimal(instance.index + 1)}
        # As in Camunda 8, an output element that is a plain name is the instance's own variable.
        if loop.output is not None and loop.output.text.isidentifier():
            values[loop.output.text] = None
        if loop.item_name:
            values[loop.item_name] = item
        instance.locals = Scope(self.element.id, body.open_locals(), values, keeps=True)
        body.workflow.enter_token(instance)


class ParallelMultiInstance(MultiInstance, _Parallel):  # type: ignore[misc]
    """Every instance at once."""


class SequentialMultiInstance(MultiInstance, _Sequential):  # type: ignore[misc]
    """One instance after another."""
