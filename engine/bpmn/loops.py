"""Multi-instance: one instance of an activity for each item, together or one after another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelMultiInstanceTask as _Parallel
from SpiffWorkflow.bpmn.specs.defaults import SequentialMultiInstanceTask as _Sequential
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.activities import Activity
from engine.bpmn.carrying import bring_in, carry_out
from engine.bpmn.elements import Event, Loop, LoopBehaviour, Trigger
from engine.bpmn.errors import escalate
from engine.bpmn.expressions import Formula, Stuck
from engine.bpmn.messages import send
from engine.bpmn.scopes import Scope
from engine.bpmn.signals import broadcast, send_signal
from engine.bpmn.tokens import Token
from engine.bpmn.turns import Turns

INSTANCE_LIMIT = 5_000
"""How many instances one multi-instance may have."""


class MultiInstance(Activity):
    """The body of a multi-instance: a scope around its instances.

    :ivar instance_name: name of the spec that each instance runs.
    """

    instance_name: str

    def begin(self, token: Token) -> bool:
        """Count the items and begin the first instance, or all."""
        token.case.enter(token)
        self.listen(token)
        if not token.is_live:
            return False
        if token.turns is None:
            token.turns = self._turns(token)
        token.open_locals()
        total = token.turns.total
        for _ in range(min(total, 1) if self._loop.sequential else total):
            self._next_instance(token, token.turns)
        return total == 0

    def write_outputs(self, token: Token) -> None:
        """Give the collected outputs to the scope outside."""
        loop, name = self._loop, self._loop.output_name
        if not name or token.turns is None:
            return
        collected = {name: tuple(token.turns.results or [None] * token.turns.total)}
        if any(carry.origin == loop.gives for carry in self.element.data.outputs):
            token.open_locals().values.update(collected)
            carry_out(token, loop.gives)
        else:
            token.case.write(token, token.outer_scope, collected)

    def instance_finished(self, body: Token, token: Token) -> None:
        """Collect an instance's output and ask whether that is enough.

        :raises Stuck: one of the two cannot be computed.
        """
        turns, loop = body.turns, self._loop
        assert turns is not None  # noqa: S101 - a body has turns from its first instance on
        if loop.output is not None:
            turns.results[token.index] = token.kept(loop.output)
        _tell_numbers(body, turns, turns.done + 1)
        if loop.enough is not None:
            turns.enough = truth(token, loop.enough, "completion-condition", {})
        turns.throws = [
            event
            for condition, event in loop.throws
            if not (loop.behaviour is LoopBehaviour.ONE and turns.done)
            and (condition is None or truth(token, condition, "behaviour-condition", {}))
        ]

    def instance_left(self, body: Token) -> None:
        """Begin the next instance, or leave the multi-instance."""
        turns = body.turns
        assert turns is not None  # noqa: S101 - a body has turns from its first instance on
        turns.done += 1
        for event in turns.throws:
            _throw(body, event)
        if not body.is_live:
            return  # What it threw has interrupted it.
        if turns.enough:
            for other in list(body.children):
                other.cancel()
            body.case.resume(body)
        elif turns.begun < turns.total:
            self._next_instance(body, turns)
        elif turns.done == turns.total:
            body.case.resume(body)

    @property
    def _loop(self) -> Loop:
        loop = self.element.loop
        assert loop is not None  # noqa: S101 - this spec is made for elements that have one
        return loop

    def _turns(self, token: Token) -> Turns:
        loop = self._loop
        if loop.takes:
            bring_in(token, loop.takes)
        formula = loop.collection or loop.cardinality
        assert formula is not None  # noqa: S101 - checked when the scheme was published
        value = token.value(formula)
        items: list[Any] = []
        total = _whole(value) if loop.collection is None else None
        if loop.collection is not None and isinstance(value, tuple | list):
            items, total = list(value), len(value)
        if total is None:
            raise Stuck("no-list" if loop.collection else "no-count", text=formula.text)
        if total > INSTANCE_LIMIT:
            raise Stuck("too-many-instances", text=formula.text, limit=INSTANCE_LIMIT)
        return Turns(total, items, [None] * total if loop.output is not None else [])

    def _next_instance(self, body: Token, turns: Turns) -> None:
        loop = self._loop
        item = turns.waiting.pop(0) if turns.waiting else Decimal(turns.begun + 1)
        specs = body.workflow.spec.task_specs
        instance = body._add_child(specs[self.instance_name], TaskState.FUTURE)
        instance.triggered = True
        instance.index = turns.begun
        turns.begun += 1
        _tell_numbers(body, turns, turns.done)
        values: dict[str, Any] = {"loopCounter": Decimal(instance.index + 1)}
        # As in Camunda 8, an output element that is a plain name is the instance's own variable.
        if loop.output is not None and loop.output.text.isidentifier():
            values[loop.output.text] = None
        if loop.item_name:
            values[loop.item_name] = item
        instance.locals = Scope(self.element.id, body.open_locals(), values, keeps=True)
        body.workflow.enter_token(instance)


def _tell_numbers(body: Token, turns: Turns, done: int) -> None:
    """Let a multi-instance's own numbers be seen in it.

    Source: BPMN 2.0.2, table 10.30 (attributes of the outer instance).
    """
    body.open_locals().values.update(
        numberOfInstances=Decimal(turns.total),
        numberOfActiveInstances=Decimal(turns.begun - done),
        numberOfCompletedInstances=Decimal(done),
        numberOfTerminatedInstances=Decimal(0),
    )


def _whole(value: Any) -> int | None:
    """Return a whole number from 0; ``None`` for anything else."""
    return int(value) if isinstance(value, Decimal) and value == int(value) >= 0 else None


def truth(token: Token, formula: Formula, what: str, numbers: dict[str, Decimal]) -> bool:
    """Return whether a loop's condition holds where a token is.

    :param what: id of the incident that its failure is.
    :raises Stuck: it is neither true nor false.
    """
    case = token.case
    visible = token.scope.visible(case.outermost, numbers)
    value = formula.value(visible, case.context.now)
    if isinstance(value, bool):
        return value
    raise Stuck(what, text=formula.text, why=formula.why_null(visible, case.context.now))


def _throw(body: Token, event: Event) -> None:
    """Throw what a multi-instance throws when an instance is done; its own edge may catch it."""
    if event.trigger is Trigger.ESCALATION:
        escalate(body, event.code, {})
    elif event.trigger is Trigger.MESSAGE:
        send(body, event.message)
    elif event.name:
        send_signal(body, event.name)
    else:
        broadcast(body.workflow.beside(body), "", {})


class ParallelMultiInstance(MultiInstance, _Parallel):  # type: ignore[misc]
    """Every instance at once."""


class SequentialMultiInstance(MultiInstance, _Sequential):  # type: ignore[misc]
    """One instance after another."""


class StandardLoop(MultiInstance, _Sequential):  # type: ignore[misc]
    """The activity again and again while the loop's condition is true.

    The condition sees ``loopCounter``: how many times it was done.

    Source: BPMN 2.0.2, section 13.3.6 (loop activity).
    """

    def begin(self, token: Token) -> bool:
        """Begin for the first time, unless that is to be asked before."""
        token.case.enter(token)
        self.listen(token)
        if not token.is_live:
            return False
        token.open_locals()
        if token.turns is None:
            turns = Turns(self._maximum(token))
            if turns.total == 0 or (self._loop.test_before and not self._again(token, 0)):
                return True
            token.turns = turns
        self._next_instance(token, token.turns)
        return False

    def write_outputs(self, token: Token) -> None:
        """Nothing: each turn has given its own results."""

    def instance_finished(self, body: Token, token: Token) -> None:
        """Ask whether that was the last time.

        :raises Stuck: it cannot be computed.
        """
        turns = body.turns
        assert turns is not None  # noqa: S101 - a body has turns from its first instance on
        done = turns.done + 1
        turns.enough = done == turns.total or not self._again(token, done)

    def instance_left(self, body: Token) -> None:
        """Begin the next time, or leave the loop."""
        turns = body.turns
        assert turns is not None  # noqa: S101 - a body has turns from its first instance on
        turns.done += 1
        if turns.enough:
            body.case.resume(body)
        else:
            self._next_instance(body, turns)

    def _again(self, token: Token, done: int) -> bool:
        condition = self._loop.condition
        if condition is None:
            return True
        return truth(token, condition, "loop-condition", {"loopCounter": Decimal(done)})

    def _maximum(self, token: Token) -> int:
        """Return how many times at most; a negative number stands for no limit."""
        formula = self._loop.maximum
        if formula is None:
            return -1
        maximum = _whole(token.value(formula))
        if maximum is not None:
            return maximum
        raise Stuck("no-maximum", text=formula.text)

    def _next_instance(self, body: Token, turns: Turns) -> None:
        specs = body.workflow.spec.task_specs
        instance = body._add_child(specs[self.instance_name], TaskState.FUTURE)
        instance.triggered = True
        instance.index = turns.done
        values = {"loopCounter": Decimal(turns.done + 1)}
        instance.locals = Scope(self.element.id, body.open_locals(), values)
        body.workflow.enter_token(instance)
