"""Events that wait: on the way, at the edge of an activity, or to start an event sub-process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import timers
from engine.bpmn.activities import Activity, EventSubProcess
from engine.bpmn.assignment import listed
from engine.bpmn.behaviour import Behaviour, wait_for
from engine.bpmn.conditions import await_condition
from engine.bpmn.elements import TimerKind, Trigger
from engine.bpmn.messages import keys_of
from engine.bpmn.tokens import Token, Waits
from engine.model import EventKind, SubscriptionWanted, TimerWanted

SIGNAL_PREFIX = "signal:"
"""Before a signal's name where it is awaited: messages and signals of one name stay apart."""


class Catching(Behaviour):
    """An event that waits for a moment, a message, a signal or a condition, or for several.

    :ivar parts: names of the specs that wait for its triggers, if it has several.
    """

    parts: tuple[str, ...] = ()

    def begin(self, token: Token) -> bool:
        """Wait. An event that depends on another element is entered only when it comes."""
        case = token.case
        case.activate(token)
        if not (token.host or self.is_listener):
            case.enter(token)
        return self.work(token)

    def work(self, token: Token) -> bool:
        """Ask for what it waits for; the catching end of a link is passed at once."""
        trigger = self.element.event.trigger
        if trigger is Trigger.LINK:
            return True
        if trigger is Trigger.TIMER:
            return _await_timer(token)
        if trigger is Trigger.SIGNAL:
            return _await_signal(token)
        if trigger is Trigger.CONDITION:
            return await_condition(token)
        if trigger is Trigger.MULTIPLE:
            return self.await_parts(token)
        return _await_message(token)

    def await_parts(self, token: Token) -> bool:
        """Have each of several triggers wait beside the event."""
        for name in self.parts:
            part = token.workflow.add(name)
            part.host = token.activation
            token.workflow.enter_token(part)
        return False

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
    value = None if event.timer is None else token.value(event.timer)
    publication = case.publication
    due, token.cycle = timers.due_of(
        event, value, case.context.now, publication.country, publication.time_zone
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


def _await_signal(token: Token) -> bool:
    element, name = token.element, token.element.event.name
    token.case.journal.event(EventKind.SIGNAL_AWAITED, element.id, token.activation, signal=name)
    token.case.await_signal(token)
    if name:  # A signal without a name stays within its case.
        token.case.journal.subscriptions[token.activation] = SubscriptionWanted(
            activation=token.activation,
            element_id=element.id,
            name=element.name or element.id,
            message=SIGNAL_PREFIX + name,
            keys={},
            form_id=element.extensions.form_id,
            candidate_groups=listed(element.extensions.properties.get("candidateGroups", "")),
        )
    return wait_for(token, Waits.SIGNAL)


def await_again(token: Token) -> None:
    """Have a token that awaits a message or signal await what its element says now."""
    token.case.journal.withdraw(token.activation)
    if token.waits is Waits.SIGNAL:
        _await_signal(token)
    else:
        _await_message(token)


def rearm(token: Token) -> bool:
    """Set the next firing of an event that goes on waiting.

    :returns: whether it goes on; a timer's cycle may be spent.
    """
    if token.waits in {Waits.MESSAGE, Waits.SIGNAL, Waits.CONDITION}:
        return True
    if token.element.event.trigger is Trigger.MULTIPLE:
        return _rearm_parts(token)
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


def _rearm_parts(token: Token) -> bool:
    waiting = token.workflow.beside(token)
    if not token.element.event.all_parts:
        return bool(waiting)
    if any(
        part.timer_kind is not TimerKind.CYCLE for part in token.element.event.each(Trigger.TIMER)
    ):
        return False
    token.task_spec.await_parts(token)
    return True


def drop(token: Token) -> None:
    """Take away a token whose waiting is over and that leads nowhere itself."""
    token.case.stop_waiting(token)
    token._set_state(TaskState.COMPLETED)
    token.workflow.retire(token)


class Part(Catching, defaults.IntermediateCatchEvent):  # type: ignore[misc]
    """One trigger of a multiple event; the event itself goes on."""

    def triggered(self, token: Token, values: Mapping[str, Any]) -> None:
        """Tell the event: one trigger is enough, or it was the last of all."""
        event = token.case.find(token.host)
        if event is None or event.leaving:
            return
        if not event.element.event.all_parts:
            if not rearm(token):
                drop(token)
            event.task_spec.triggered(event, values)
            return
        drop(token)
        event.task_spec.deliver(event, values)
        if not token.workflow.beside(event):
            event.task_spec.triggered(event, {})


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
            drop(token)

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
        [start] = inner.begin(self.name)
        around.case.enter(start)
        start.task_spec.deliver(start, values)
        around.case.resume(start)


class StartEvent(Behaviour, defaults.StartEvent):  # type: ignore[misc]
    """Where a token begins. Whoever started the process has what it was waiting for."""
