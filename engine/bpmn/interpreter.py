"""A step: stored state and one command make an outcome. No database, no clock, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.beginnings import starts_of
from engine.bpmn.context import StepContext
from engine.bpmn.elements import Body
from engine.bpmn.errors import throw
from engine.bpmn.expressions import Stuck
from engine.bpmn.publication import Publication
from engine.bpmn.signals import receive
from engine.bpmn.state import read_state, status_of, write_state
from engine.bpmn.tokens import Token, Waits
from engine.bpmn.workflow import CaseWorkflow
from engine.errors import CaseEnded, Conflict, HandlerFailed, NotFound
from engine.feel import to_feel
from engine.model import (
    CancelProcess,
    Command,
    CompleteActivity,
    EventKind,
    Outcome,
    RetryIncident,
    StartProcess,
    ThrowError,
    TriggerEvent,
    Variables,
)


def ended(publication: Publication, variables: Variables, context: StepContext) -> bytes:
    """Return the state of a case that ended before it came here, with what is known of it.

    :param variables: those of its process that its records tell.
    """
    case = CaseWorkflow(publication, context)
    case.scope.values.update(feel_values(variables))
    case.ended = True
    return write_state(case)


def start(publication: Publication, command: StartProcess, context: StepContext) -> Outcome:
    """Begin a case.

    :raises NotFound: the process has no such start event.
    """
    return outcome_of(begin(publication, command, context))


def begin(publication: Publication, command: StartProcess, context: StepContext) -> CaseWorkflow:
    """Begin a case and return it as it runs; as :func:`start`."""
    case = CaseWorkflow(publication, context)
    body = publication.processes[publication.process_id].body
    entries = (command.start_event,) if command.start_event else body.entries()
    if not entries or any(name not in starts_of(body) for name in entries):
        raise NotFound("start event", command.start_event or "a plain one")
    values = feel_values(command.variables)
    case.scope.values.update(values)
    first, *others = case.begin(*entries)
    case.activate(first)
    if first.element.kind == "startEvent":
        case.enter(first)
    case.journal.variables(entries[0], first.activation, publication.process_id, values)
    for token in (first, *others):
        case.enter_token(token)
    if command.start_event and first.element.kind != "startEvent":
        case.run()
        first.task_spec.triggered(first, {})
        _begin_others(case, body, first)
    case.run()
    return case


def _begin_others(case: CaseWorkflow, body: Body, first: Token) -> None:
    """Await what a parallel event-based gateway awaits beside what has started the case."""
    for flow in body.incoming(first.element.id):
        gate = body.elements[flow.source]
        if gate.instantiates and gate.all_events:
            for other in body.outgoing(gate.id):
                if other.target != first.element.id:
                    case.enter_token(case.add(other.target, flow=other.id))


def advance(
    publication: Publication, state: bytes, command: Command, context: StepContext
) -> Outcome:
    """Take a case one command further.

    :raises CaseEnded: the case is completed or cancelled.
    :raises NotFound: nothing is at the command's activation (any more).
    :raises Conflict: what is there waits for something else.
    :raises StateUnreadable: the state cannot be read.
    """
    return take(read_state(publication, state, context), command)


def take(case: CaseWorkflow, command: Command) -> Outcome:
    """Take a case that has been read one command further; as :func:`advance`."""
    carry_out(case, command)
    return outcome_of(case)


def carry_out(case: CaseWorkflow, command: Command) -> None:
    """Have a running case do what a command says; its journal has the outcome."""
    case_id = case.context.case.id
    if case.ended:
        raise CaseEnded(case_id, str(status_of(case)))
    if isinstance(command, StartProcess):
        raise Conflict(f"Case {case_id} has begun already. Start another case.")
    if isinstance(command, CancelProcess):
        case.cancel_tokens()
        case.cancelled = case.ended = True
        case.journal.event(EventKind.CASE_CANCELLED, None, None)
        return
    token = case.find(command.activation)
    if token is None:
        raise NotFound("waiting element", f"{case_id}/{command.activation}")
    _apply(token, command)
    case.run()


def _apply(token: Token, command: Command) -> None:
    if isinstance(command, CompleteActivity):
        _complete(token, feel_values(command.variables))
    elif isinstance(command, TriggerEvent):
        _trigger(token, feel_values(command.variables))
    elif isinstance(command, ThrowError):
        _throw(token, command)
    elif isinstance(command, RetryIncident):
        _retry(token)


def _complete(token: Token, values: Mapping[str, Any]) -> None:
    _demand(token, Waits.TASK, Waits.CALL)
    token.case.stop_waiting(token)
    token.task_spec.deliver(token, values)
    token.case.resume(token)


def _trigger(token: Token, values: Mapping[str, Any]) -> None:
    _demand(token, Waits.TIMER, Waits.MESSAGE, Waits.SIGNAL)
    if token.waits is Waits.SIGNAL:
        receive(token, values)
        return
    kind = EventKind.TIMER_FIRED if token.waits is Waits.TIMER else EventKind.MESSAGE_RECEIVED
    message = token.element.event.message
    data = {} if message is None else {"message": message.name}
    token.case.journal.event(kind, token.element.id, token.activation, **data)
    token.task_spec.triggered(token, values)


def _throw(token: Token, command: ThrowError) -> None:
    _demand(token, Waits.TASK, Waits.CALL)
    case = token.case
    if throw(token, command.code, feel_values(command.variables)):
        return
    case.stop_waiting(token)
    case.raise_incident(token, Stuck("uncaught-error", error=command.code))


def _retry(token: Token) -> None:
    if not token.incident:
        raise Conflict(
            f"{token.element.id} has no incident to retry: it waits for "
            f"{token.waits or 'others'}. Nothing was changed."
        )
    case = token.case
    token.incident = ""
    case.journal.resolved.append(token.activation)
    case.journal.event(EventKind.INCIDENT_RESOLVED, token.element.id, token.activation)
    if not token.has_state(TaskState.WAITING):
        token._ready()


def _demand(token: Token, *wanted: Waits) -> None:
    if token.waits in wanted:
        return
    state = f"stopped by an incident ({token.incident})" if token.incident else "waiting for "
    raise Conflict(
        f"{token.element.id} is {state}{'' if token.incident else token.waits or 'its contents'}, "
        f"not for a {' or '.join(wanted)}. Nothing was changed; open the case to see what happened."
    )


def feel_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values from outside as variables keep them.

    :raises HandlerFailed: one of them is nothing that a variable can keep.
    """
    try:
        return {name: to_feel(value) for name, value in values.items()}
    except (TypeError, ValueError) as error:
        raise HandlerFailed(
            f"A value was given that no variable can keep: {error}. Return texts, numbers, dates, "
            "durations, lists or contexts of them."
        ) from error


def outcome_of(case: CaseWorkflow) -> Outcome:
    """Return what this step of a case gives back."""
    return case.journal.outcome(write_state(case), status_of(case))
