"""How a token passes an element: the part that every kind of element shares.

Each kind's task spec is SpiffWorkflow's own with :class:`Behaviour` before it. The library calls
the hooks; they look nothing ahead, copy nothing, and let followers come into being only when the
element is left, by the flows that were really chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.carrying import carry_out
from engine.bpmn.elements import Element, Flow, Trigger
from engine.bpmn.expressions import Formula, Stuck
from engine.bpmn.scopes import Scope, put
from engine.bpmn.tokens import Token, Waits
from engine.model import EventKind

NOTHING_THROWN: Mapping[Trigger, tuple[str, ...]] = {}


class Behaviour:
    """Mixed in before the library's task spec.

    :ivar element: the diagram's element. :ivar outgoing: its flows, in document order.
    :ivar incoming: ids of the flows that lead to it.
    :ivar is_instance: whether it is one instance of a multi-instance.
    :ivar is_listener: whether it waits to start an event sub-process.
    :ivar boundaries: names of the specs of its boundary events that wait for something.
    :ivar offers_events: whether events wait beside it, as behind an event-based gateway.
    :ivar thrown_boundaries: names of the specs of its boundary events that catch what is thrown:
        errors, escalations and cancellations.
    :ivar compensated_by: name of the spec that undoes it.
    :ivar waits_last: whether it does its work only when nothing else can go on.
    """

    element: Element
    outgoing: tuple[Flow, ...] = ()
    incoming: tuple[str, ...] = ()
    is_instance = False
    is_listener = False
    boundaries: tuple[str, ...] = ()
    thrown_boundaries: Mapping[Trigger, tuple[str, ...]] = NOTHING_THROWN
    compensated_by: str | None = None
    offers_events = False
    waits_last = False
    name: str

    # --- SpiffWorkflow's hooks ------------------------------------------------------------

    def _predict(self, my_task: Token, *_args: Any, **_kwargs: Any) -> None:
        """Look nothing ahead."""

    def test(self) -> None:
        """Structure was checked when the scheme was published."""

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        case = my_task.case
        (case.last if self.waits_last and not my_task.leaving else case.ready).append(my_task)

    def _run(self, my_task: Token) -> bool | None:
        try:
            if not my_task.leaving:
                if not self.begin(my_task) or not my_task.is_live:
                    return None
                my_task.leaving = True
            self.finish(my_task)
        except Stuck as stuck:
            my_task.case.raise_incident(my_task, stuck)
            return None
        return True if my_task.is_live else None

    def _on_complete_hook(self, my_task: Token) -> None:
        my_task.case.leave(my_task, EventKind.ELEMENT_COMPLETED)
        self.remember(my_task)
        if self.is_instance:
            body = my_task.parent
            body.task_spec.instance_left(body)
            return
        my_task.case.take(my_task)
        self.left(my_task)
        owner = my_task.workflow.owner
        if owner is not None and owner.is_live:
            owner.task_spec.inner_left(owner, my_task)

    def _on_cancel(self, my_task: Token) -> None:
        my_task.case.close(my_task)
        my_task.case.leave(my_task, EventKind.ELEMENT_CANCELLED)

    # --- what kinds of elements fill in -----------------------------------------------------

    def begin(self, token: Token) -> bool:
        """Enter and do the element's own work.

        :returns: whether it is done at once; otherwise it waits for something outside.
        :raises Stuck: it cannot be done; the token waits for an operator, who may retry it.
        """
        token.case.enter(token)
        return True

    def finish(self, token: Token) -> None:
        """Write outputs and choose flows.

        :raises Stuck: an output cannot be computed, or no flow is true.
        """
        if not token.announced:
            token.case.enter(token)
        self.write_outputs(token)
        if self.is_instance:
            token.parent.task_spec.instance_finished(token.parent, token)
        else:
            token.chosen = () if token.undoes else self.choose(token)
            owner = token.workflow.owner
            if owner is not None:
                owner.task_spec.inner_finished(owner, token)

    def remember(self, token: Token) -> None:
        """Keep what is needed to compensate what was done; only activities need it."""

    def inner_finished(self, token: Token, inner: Token) -> None:
        """Look at an element inside that has done its work; what it says may still fail.

        :raises Stuck: what depends on it cannot be computed.
        """

    def inner_left(self, token: Token, inner: Token) -> None:
        """Go on after an element inside was left."""

    def goes_on(self, token: Token) -> bool:
        """Begin what is still to be done inside, now that nothing is left there to run.

        :returns: whether there is anything.
        """
        return False

    def try_join(self, token: Token) -> bool:
        """Complete a join that no other token can reach any more."""
        return False

    def left(self, token: Token) -> None:
        """Do what follows the element's end beside its flows."""

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """Return the flows to leave by: every one without a condition or with a true one."""
        return choose_flows(token, self.outgoing)

    def write_outputs(self, token: Token) -> None:
        """Give the results of output mappings and data associations to the scopes outside."""
        outer = token.outer_scope
        results: dict[str, Any] = {}
        for mapping in self.element.extensions.outputs:
            name = mapping.target[0]
            if name not in results and len(mapping.target) > 1:
                results[name] = outer.home_of(name).values.get(name)
            put(results, mapping.target, token.kept(mapping.source))
        if results:
            token.case.write(token, outer, results)
        carry_out(token)

    def deliver(self, token: Token, values: Mapping[str, Any]) -> None:
        """Take in a result from outside: to the output mappings if there are any."""
        if self.element.extensions.outputs:
            scope = token.open_locals()
            scope.values.update(values)
        else:
            token.case.write(token, token.scope, values)

    def inner_scope(self, token: Token) -> Scope:
        """Return the scope of the container that the element opens."""
        return token.open_locals()


def choose_flows(token: Token, flows: tuple[Flow, ...]) -> tuple[Flow, ...]:
    """Return the flows whose condition is true or absent; the default where no condition is.

    :raises Stuck: a condition is neither true nor false, or nothing is left to choose.
    """
    default = token.element.default
    chosen = tuple(
        flow
        for flow in flows
        if flow.id != default and (flow.condition is None or is_true(token, flow))
    )
    if any(flow.condition is not None for flow in chosen) or not flows:
        return chosen
    fallback = tuple(flow for flow in flows if flow.id == default)
    if not chosen and not fallback:
        raise no_true_flow(flows)
    return (*chosen, *fallback)


def is_true(token: Token, flow: Flow) -> bool:
    """Return whether a flow's condition holds.

    :raises Stuck: it is neither true nor false.
    """
    if flow.condition is None:
        return True
    value = token.value(flow.condition)
    if isinstance(value, bool):
        return value
    text, why = flow.condition.text, why_null(token, flow.condition)
    raise Stuck("flow-condition", flow=flow.id, text=text, why=why)


def no_true_flow(flows: tuple[Flow, ...]) -> Stuck:
    """Return the incident of an element that cannot be left."""
    conditions = "; ".join(f"{f.id}: {f.condition.text}" for f in flows if f.condition)
    return Stuck("no-true-flow", conditions=conditions)


def why_null(token: Token, formula: Formula) -> Any:
    """Return why an expression came out null: the names it misses, never a value."""
    case = token.case
    return formula.why_null(token.scope.visible(case.outermost), case.context.now)


def wait_for(token: Token, what: Waits) -> bool:
    """Have a token wait for something outside; for use as ``return wait_for(…)``."""
    token.waits = what
    return False
