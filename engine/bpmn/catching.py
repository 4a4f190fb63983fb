"""Events: what is caught and thrown, and where errors go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import timers
from engine.bpmn.activities import Activity, EventSubProcess, call_handler, map_inputs
from engine.bpmn.assignment import listed
from engine.bpmn.behaviour import Behaviour, wait_for
from engine.bpmn.elements import Trigger
from engine.bpmn.errors import find_catcher, throw
from engine.bpmn.expressions import Stuck
from engine.bpmn.messages import keys_of, send
from engine.bpmn.tokens import Token, Waits
from engine.model import EventKind, SubscriptionWanted, TimerWanted


class Catching(Behaviour):
    """An event that waits for a moment or a message."""

    def begin(self, token: Token) -> bool:
        """Wait. An event that depends on another element is entered only when it comes."""
        case = token.case
        case.activate(token)
        if not (token.host or self.is_listener):
            case.enter(token)
        return self.work(token)

    def work(self, token: Token) -> bool:
        """Ask for the timer or the message."""
        if self.element.event.trigger is Trigger.TIMER:
            return _await_timer(token)
        return _await_message(token)

    def triggered(self, token: Token, values: Mapping[str, Any]) -> None:
        """Go on: what it waited for has come."""
        case = token.case
        if token.host:
            gateway = case.find(token.host)
            token.host = 0
            if gateway is not None:
                case.journal.event(
                    EventKind.FLOW_TAKEN,
                    token.flow,
                    None,
                    source=gateway.element.id,
                    target=self.element.id,
                )
                gateway.leaving = True
                gateway.complete()
        case.enter(token)
        case.stop_waiting(token)
        self.deliver(token, values)
        case.resume(token)


def _await_timer(token: Token) -> bool:
    event, case = token.element.event, token.case
    assert event.timer is not None  # noqa: S101 - checked when the scheme was published
    assert event.timer_kind is not None  # noqa: S101 - likewise
    due, token.cycle = timers.first_due(
        event.timer_kind, token.value(event.timer), case.context.now, case.publication.time_zone
    )
    set_timer(token, due)
    return wait_for(token, Waits.TIMER)


def set_timer(token: Token, due: Any) -> None:
    """Ask for a timer at a token."""
    wanted = TimerWanted(token.activation, token.element.id, due)
    token.case.journal.timers[token.activation] = wanted
    token.case.journal.event(EventKind.TIMER_SET, token.element.id, token.activation, due=due)


def _await_message(token: Token) -> bool:
    element, message = token.element, token.element.event.message
    assert message is not None  # noqa: S101 - checked when the scheme was published
    wanted = SubscriptionWanted(
        activation=token.activation,
        element_id=element.id,
        name=element.name or element.id,
        message=message.name,
        keys=keys_of(token, message),
        form_id=element.extensions.form_id,
        candidate_groups=listed(element.extensions.properties.get("candidateGroups", "")),
    )
    token.case.journal.subscriptions[token.activation] = wanted
    token.case.journal.event(
        EventKind.MESSAGE_AWAITED,
        element.id,
        token.activation,
        message=message.name,
        keys=wanted.keys,
    )
    return wait_for(token, Waits.MESSAGE)


def rearm(token: Token) -> bool:
    """Set the next firing of an event that goes on waiting.

    :returns: whether it goes on; a timer's cycle may be spent.
    """
    if token.waits is Waits.MESSAGE:
        return True
    if token.cycle is None:
        return False
    case = token.case
    following = timers.next_due(token.cycle, case.context.now, case.publication.time_zone)
    if following is None:
        return False
    due, token.cycle = following
    case.journal.withdraw(token.activation)
    set_timer(token, due)
    return True


class IntermediateCatchEvent(Catching, defaults.IntermediateCatchEvent):  # type: ignore[misc]
    """A timer or message on the way."""


class ReceiveTask(Activity, Catching, defaults.ReceiveTask):  # type: ignore[misc]
    """A receive task: an activity that waits for a message."""

    def begin(self, token: Token) -> bool:
        """As an activity; behind an event-based gateway as an event."""
        return Catching.begin(self, token) if token.host else Activity.begin(self, token)

    def work(self, token: Token) -> bool:
        """Wait for the message."""
        return _await_message(token)


class BoundaryEvent(Catching, defaults.BoundaryEvent):  # type: ignore[misc]
    """An event at the edge of an activity."""

    def triggered(self, token: Token, values: Mapping[str, Any]) -> None:
        """Interrupt the activity, or let a further token go beside it."""
        case = token.case
        if self.element.interrupting:
            host = case.find(token.host)
            token.host = 0
            if host is not None:
                host.cancel()
            self.go(token, values)
            return
        self.go(token.workflow.add(self.name), values)
        if not rearm(token):
            case.stop_waiting(token)
            token._set_state(TaskState.COMPLETED)
            token.workflow.retire(token)

    def go(self, token: Token, values: Mapping[str, Any]) -> None:
        """Enter the event and leave by its flows."""
        case = token.case
        case.enter(token)
        case.stop_waiting(token)
        self.deliver(token, values)
        case.resume(token)


class Listener(Catching, defaults.StartEvent):  # type: ignore[misc]
    """The start of an event sub-process, waiting in the scope around it.

    :ivar starts: name of the event sub-process's spec.
    """

    is_listener = True
    starts: str

    def triggered(self, token: Token, values: Mapping[str, Any]) -> None:
        """Start the event sub-process, alone if it interrupts."""
        case, around = token.case, token.workflow
        if self.element.interrupting:
            case.stop_waiting(token)
            around.interrupted = True
            around.cancel_tokens()
        elif not rearm(token):
            token.cancel()
        self.go(around, values)

    def go(self, around: Any, values: Mapping[str, Any]) -> None:
        """Open the event sub-process in this container and pass its start event."""
        started = around.add(self.starts)
        spec: EventSubProcess = started.task_spec
        started._set_state(TaskState.STARTED)
        spec.begin(started)
        inner = around.case.create_subprocess(started, spec.spec)
        start = inner.begin(self.name)
        around.case.enter(start)
        start.task_spec.deliver(start, values)
        around.case.resume(start)


class StartEvent(Behaviour, defaults.StartEvent):  # type: ignore[misc]
    """Where a token begins. Whoever started the process has what it was waiting for."""


class EndEvent(Behaviour, defaults.EndEvent):  # type: ignore[misc]
    """Where a token ends: plainly, with a message, an error, or with all others."""

    def begin(self, token: Token) -> bool:
        """See :class:`Behaviour`."""
        token.case.enter(token)
        event = self.element.event
        if event.trigger is Trigger.MESSAGE:
            return announce(token)
        if event.trigger is Trigger.ERROR and find_catcher(token, event.code) is None:
            raise Stuck(
                "uncaught-error",
                f"nothing catches its error '{event.code}'. Publish a diagram that catches it, or "
                "cancel the case.",
            )
        return True

    def left(self, token: Token) -> None:
        """Throw, or end all others."""
        event = self.element.event
        if event.trigger is Trigger.ERROR:
            throw(token, event.code or "", {})
        if event.trigger is Trigger.TERMINATE:
            token.workflow.cancel_tokens(but=token)


class IntermediateThrowEvent(Behaviour, defaults.IntermediateThrowEvent):  # type: ignore[misc]
    """A message on the way, or a point to be seen on the diagram."""

    def begin(self, token: Token) -> bool:
        """See :class:`Behaviour`."""
        token.case.enter(token)
        return announce(token)


def announce(token: Token) -> bool:
    """Send an event's message, by a handler where it names one.

    :returns: whether that is done at once.
    """
    map_inputs(token)
    if token.element.extensions.handler:
        return call_handler(token)
    if token.element.event.trigger is Trigger.MESSAGE:
        send(token)
    return True
