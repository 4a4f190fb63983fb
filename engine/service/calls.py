"""Calling a handler, and what a failed call means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import metrics
from engine.errors import CallPostponed, HandlerFailed
from engine.feel import to_feel
from engine.jobs.backoff import retry_delay
from engine.model import Actor, CallWanted, EventKind, IncidentRaised
from engine.ports import HandlerCall, Ports
from engine.rules import Stop, told_incident
from engine.service.arguments import check_arguments
from engine.store import Store, UnitOfWork
from engine.store.cases import CaseRow


def invoke(
    ports: Ports,
    store: Store,
    case: CaseRow,
    call: CallWanted,
    actor: Actor,
    now: datetime,
    attempt: int,
    uow: UnitOfWork | None,
) -> Mapping[str, Any]:
    """Call a handler and return its result as FEEL values.

    :raises CallPostponed: it may not do its work yet.
    :raises HandlerFailed: it is not registered (any more), does not take these arguments, gives
        back what no variable can keep, or says so itself.
    :raises BusinessError: it reports an error for the diagram.
    """
    handler = ports.registry.get(call.handler)
    if handler is None:
        raise HandlerFailed(
            f"No handler is called '{call.handler}' any more. Register it again, then retry."
        )
    told = HandlerCall(
        case=case.ref,
        element_id=call.element_id,
        activation=call.activation,
        key=f"{case.id}/{call.keyed_by or call.element_id}/{call.activation}",
        attempt=attempt,
        now=now,
        actor=actor,
        unit_of_work=uow,
        open=store.unit_of_work,
    )
    check_arguments(handler.spec, call)
    with metrics.call(call.handler):
        result = handler.function(told, **call.arguments) or {}
    try:
        return {name: to_feel(value) for name, value in result.items()}
    except (AttributeError, TypeError, ValueError):
        # The error's own text would quote the value.
        raise HandlerFailed(
            f"Handler '{call.handler}' gave back what no variable can keep. It must return a "
            "mapping of texts, numbers, dates, durations, lists or contexts."
        ) from None


def failure_delay(error: Exception, attempt: int) -> timedelta:
    """Return how long to wait before the next attempt."""
    if isinstance(error, HandlerFailed) and error.retry_after is not None:
        return error.retry_after
    return retry_delay(attempt)


def failure_kind(error: Exception) -> EventKind:
    """Return what history says of a call that did not do its work."""
    postponed = isinstance(error, CallPostponed)
    return EventKind.CALL_POSTPONED if postponed else EventKind.CALL_FAILED


def allowed(retries: int, error: Exception) -> int:
    """Return how many attempts a call may make in all: one that was put off is given back."""
    return retries + (1 if isinstance(error, CallPostponed) else 0)


def incident_of(call: CallWanted, text: str) -> IncidentRaised:
    """Return the incident of a call that failed for good."""
    figures = {"handler": call.handler, "attempts": call.retries, "reason": text}
    return failed("handler-failed", call.activation, call.element_id, **figures)


def failed(message_id: str, activation: int, element_id: str, **figures: object) -> IncidentRaised:
    """Return the incident of work that failed for good; its own words say what can be done."""
    said = {**Stop(message_id, figures).as_data(), "remedies": False}
    message = told_incident(element_id, said, "en")
    return IncidentRaised(activation, element_id, message_id, message, said)
