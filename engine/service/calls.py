"""Calling a handler, and what a failed call means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.errors import HandlerFailed, PasserelleError
from engine.jobs.backoff import retry_delay
from engine.model import Actor, CallWanted, IncidentRaised
from engine.ports import HandlerCall, Ports
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
    """Call a handler and return its result.

    :raises HandlerFailed: it is not registered (any more), or says so itself.
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
        key=f"{case.id}/{call.element_id}/{call.activation}",
        attempt=attempt,
        now=now,
        actor=actor,
        unit_of_work=uow,
        open=store.unit_of_work,
    )
    return handler.function(told, **call.arguments) or {}


def failure_text(error: Exception) -> str:
    """Return what operators may read of a failure: our own words, or the error's kind alone.

    A foreign exception's text may quote personal data, so only its type is kept.
    """
    if isinstance(error, PasserelleError):
        return str(error)
    return f"{type(error).__module__}.{type(error).__qualname__}"


def failure_delay(error: Exception, attempt: int) -> timedelta:
    """Return how long to wait before the next attempt."""
    if isinstance(error, HandlerFailed) and error.retry_after is not None:
        return error.retry_after
    return retry_delay(attempt)


def incident_of(call: CallWanted, text: str) -> IncidentRaised:
    """Return the incident of a call that failed for good."""
    return IncidentRaised(
        call.activation,
        call.element_id,
        "handler-failed",
        f"{call.element_id}: handler '{call.handler}' failed {call.retries} times. {text} "
        "Remove the cause, then retry.",
    )
