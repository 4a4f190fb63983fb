"""What a call gave back while its case was suspended, kept on the call's own row.

The call is over and its key is used: the world is not asked again, only the case is told later.
"""

from __future__ import annotations

from engine.model import CallWanted, CompleteActivity, ThrowError
from engine.service.payloads import dump, load
from engine.store.jobs import JobRow

KEPT = "kept"


def call_of(job: JobRow) -> CallWanted:
    """Return the call that a job is to make."""
    payload = load(job.payload)
    return CallWanted(
        activation=job.activation,
        element_id=job.element_id,
        handler=job.handler or "",
        arguments=payload["arguments"],
        retries=job.retries,
        local=False,
        keyed_by=payload.get("keyed_by", ""),
    )


def with_result(job: JobRow, command: CompleteActivity | ThrowError, attempt: int) -> bytes:
    """Return a job's payload with what its call gave back.

    An error's text stays out: what a handler says of a failure may quote what it was given.

    :param attempt: which attempt succeeded, counting from 1.
    """
    kept = {
        "attempt": attempt,
        "variables": dict(command.variables),
        "error": command.code if isinstance(command, ThrowError) else None,
    }
    return dump({**load(job.payload), KEPT: kept})


def kept_result(job: JobRow, call: CallWanted) -> tuple[CompleteActivity | ThrowError, int] | None:
    """Return what a call gave back already, and at which attempt; ``None`` if it has yet to be."""
    kept = load(job.payload).get(KEPT)
    if kept is None:
        return None
    variables, attempt = kept["variables"], int(kept["attempt"])
    if kept["error"] is not None:
        return ThrowError(call.activation, kept["error"], "", variables), attempt
    return CompleteActivity(call.activation, variables), attempt
