"""Gateways: how tokens part and meet, by the flows they came by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.behaviour import Behaviour, is_true, no_true_flow
from engine.bpmn.elements import Flow
from engine.bpmn.tokens import Token


class ExclusiveGateway(Behaviour, defaults.ExclusiveGateway):  # type: ignore[misc]
    """Passed by every token alone; left by the first flow whose condition is true."""

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """See :class:`Behaviour`."""
        default = self.element.default
        for flow in self.outgoing:
            if flow.id != default and is_true(token, flow):
                return (flow,)
        fallback = tuple(flow for flow in self.outgoing if flow.id == default)
        if self.outgoing and not fallback:
            raise no_true_flow(token, self.outgoing)
        return fallback


class Join(Behaviour):
    """Where tokens wait for one another: each stands for the flow it came by."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.incoming) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        return self.arrived(my_task)

    def arrived(self, token: Token) -> bool:
        """Return whether the join is complete with this token."""
        raise NotImplementedError

    def try_join(self, token: Token) -> bool:
        """Complete a join that no other token can reach any more."""
        return False

    def waiting(self, token: Token) -> dict[str, Token]:
        """Return one waiting token for each flow, the oldest first."""
        found: dict[str, Token] = {}
        for other in token.workflow.live():
            if other.task_spec is self and other.has_state(TaskState.WAITING):
                found.setdefault(other.flow or "", other)
        return found

    def merge(self, kept: Token, others: Iterable[Token]) -> None:
        """Let one token stand for all that met."""
        for other in others:
            if other is not kept:
                other.case.stop_waiting(other)
                other._set_state(TaskState.COMPLETED)
                other.workflow.retire(other)


class ParallelGateway(Join, defaults.ParallelGateway):  # type: ignore[misc]
    """Takes exactly one token from each flow that leads to it, and gives one to each that leaves.

    What comes twice by one flow waits for its next partners.
    """

    def arrived(self, token: Token) -> bool:
        """See :class:`Join`."""
        waiting = self.waiting(token)
        if len(waiting) < len(self.incoming):
            return False
        if token not in waiting.values():
            waiting[token.flow or ""] = token
        self.merge(token, waiting.values())
        return True

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """Every flow."""
        return self.outgoing


class InclusiveGateway(Join, defaults.InclusiveGateway):  # type: ignore[misc]
    """Waits for every token that can still come by a flow on which none waits.

    Source: BPMN 2.0.2, section 13.4.3 (activation of the inclusive gateway).

    :ivar reaching: for each incoming flow, the elements from which a token can come by it without
        passing this gateway.
    """

    reaching: Mapping[str, frozenset[str]]

    def arrived(self, token: Token) -> bool:
        """Never at once: a token on its way may still come; see :meth:`try_join`."""
        return False

    def try_join(self, token: Token) -> bool:
        """Complete the join once nothing moves and nothing can come that must be waited for."""
        waiting = self.waiting(token)
        if token not in waiting.values():
            return False
        to_waiting = frozenset[str]().union(*(self.reaching[flow] for flow in waiting))
        to_empty = frozenset[str]().union(
            *(self.reaching[flow] for flow in self.incoming if flow not in waiting)
        )
        for other in token.workflow.live():
            if other.task_spec is self or other.host:
                continue
            where = other.element.id
            if where in to_empty and where not in to_waiting:
                return False
        self.merge(token, waiting.values())
        token._ready()
        return True


class EventBasedGateway(Behaviour, defaults.EventBasedGateway):  # type: ignore[misc]
    """Offers several events; the first that comes decides, the others are withdrawn."""

    offers_events = True

    def begin(self, token: Token) -> bool:
        """Have every event after it wait."""
        token.case.enter(token)
        for flow in self.outgoing:
            event = token.workflow.add(flow.target, flow=flow.id)
            event.host = token.activation
            token.workflow.enter_token(event)
        return False

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """None: the event that came goes on by itself."""
        return ()
