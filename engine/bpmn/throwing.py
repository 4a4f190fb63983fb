"""Events that throw, on the way and at the end."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import defaults

from engine.bpmn.activities import call_handler, map_inputs
from engine.bpmn.behaviour import Behaviour
from engine.bpmn.compensation import cancel_transaction, compensate
from engine.bpmn.elements import Event, Trigger
from engine.bpmn.errors import escalate, find_catcher, throw
from engine.bpmn.expressions import Stuck
from engine.bpmn.messages import carried_by, send
from engine.bpmn.signals import send_signal
from engine.bpmn.tokens import Token
from engine.model import EventKind


class Throwing(Behaviour):
    """An event that throws, by a handler where it names one."""

    def begin(self, token: Token) -> bool:
        """Throw what leaves the event itself alone; see :meth:`left` for the rest."""
        token.case.enter(token)
        for event in self.element.event.each(Trigger.ERROR):
            demand_catcher(token, event)
        map_inputs(token)
        if self.element.extensions.handler:
            return call_handler(token)
        done = True
        for event in self.element.event.parts or (self.element.event,):
            done = self.perform(token, event) and done
        return done

    def perform(self, token: Token, event: Event) -> bool:
        """Throw one trigger.

        :returns: whether the event is done with it at once.
        """
        if event.trigger is Trigger.MESSAGE:
            send(token, event.message)
        elif event.trigger is Trigger.SIGNAL:
            send_signal(token, event.name)
        elif event.trigger is Trigger.ESCALATION:
            token.case.journal.event(
                EventKind.ESCALATION_THROWN, self.element.id, token.activation, code=event.code
            )
            escalate(token, event.code, carried_by(token))
        elif event.trigger is Trigger.COMPENSATION:
            return not compensate(token, event)
        return True


def demand_catcher(token: Token, event: Event) -> None:
    """Stop before an error is thrown that nothing catches.

    :raises Stuck: nothing does.
    """
    if find_catcher(token, event.code) is None:
        raise Stuck("uncaught-event", error=event.code)


class IntermediateThrowEvent(Throwing, defaults.IntermediateThrowEvent):  # type: ignore[misc]
    """An event thrown on the way, or a point to be seen on the diagram."""


class EndEvent(Throwing, defaults.EndEvent):  # type: ignore[misc]
    """Where a token ends: plainly, with what it throws, or with all others."""

    def left(self, token: Token) -> None:
        """Throw what takes others away."""
        for event in self.element.event.parts or (self.element.event,):
            if event.trigger is Trigger.ERROR:
                throw(token, event.code or "", carried_by(token))
            if event.trigger is Trigger.TERMINATE:
                token.workflow.cancel_tokens(but=token)
            if event.trigger is Trigger.CANCEL:
                cancel_transaction(token)
