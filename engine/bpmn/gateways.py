"""Gateways: how tokens part and meet, by the flows they came by."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import defaults

from engine.bpmn.behaviour import Behaviour, is_true, no_true_flow
from engine.bpmn.elements import Flow
from engine.bpmn.joins import Join, merge
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
            raise no_true_flow(self.outgoing)
        return fallback


class ParallelGateway(Join, defaults.ParallelGateway):  # type: ignore[misc]
    """Takes exactly one token from each flow that leads to it, and gives one to each that leaves.

    What comes twice by one flow waits for its next partners.
    """

    def arrived(self, token: Token) -> bool:
        """See :class:`Join`."""
        if len(token.workflow.queues[self.name]) < len(self.incoming):
            return False
        waiting = self.waiting(token)
        if token not in waiting.values():
            waiting[token.flow or ""] = token
        merge(token, waiting.values())
        return True

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """Every flow."""
        return self.outgoing


class InclusiveGateway(Join, defaults.InclusiveGateway):  # type: ignore[misc]
    """Waits for every token that can still come by a flow on which none waits.

    Source: BPMN 2.0.2, section 13.4.3 (activation of the inclusive gateway).
    """

    def arrived(self, token: Token) -> bool:
        """Never at once: a token on its way may still come; see :meth:`try_join`."""
        return False

    def try_join(self, token: Token) -> bool:
        """Complete the join once nothing moves and nothing can come that must be waited for."""
        waiting = self.waiting(token)
        if token is not next(iter(waiting.values())):
            return False  # Asked once for all that wait here.
        empty = [flow for flow in self.incoming if flow not in waiting]
        if self.may_come(token, empty, waiting):
            return False
        merge(token, waiting.values())
        token._ready()
        return True


class EventBasedGateway(Behaviour, defaults.EventBasedGateway):  # type: ignore[misc]
    """Offers several events; the first that comes decides, the others are withdrawn.

    A parallel one awaits every event: each goes on by itself.
    """

    offers_events = True

    def begin(self, token: Token) -> bool:
        """Have every event after it wait."""
        token.case.enter(token)
        if self.element.all_events:
            return True
        for flow in self.outgoing:
            event = token.workflow.add(flow.target, flow=flow.id)
            event.host = token.activation
            token.workflow.enter_token(event)
        return False

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """None: the event that came goes on by itself; all of them where all must come."""
        return self.outgoing if self.element.all_events else ()
