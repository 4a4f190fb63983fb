"""Words for the codes that the pages of operations show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import ChangeRefused
from engine.feel import kind_of, to_text
from web.i18n import _, _l

_WAITS: Mapping[str, Any] = {
    "task": _l("somebody to do the task"),
    "call": _l("work outside to come back"),
    "timer": _l("its date"),
    "message": _l("a message"),
    "signal": _l("a signal"),
    "condition": _l("a condition on the data"),
    "join": _l("the other branches to arrive"),
    "inside": _l("what it holds to end"),
}

_REFUSALS: Mapping[str, Any] = {
    "boundary": _l("This event only happens beside its activity. Choose the step after it."),
    "event-sub-process": _l(
        "This part begins with its event only. Send the event, or choose a step outside."
    ),
    "compensation": _l("This step undoes something; only a compensation begins it."),
    "start-event": _l("The event that begins here has not come. Choose the step after it."),
    "multi-instance": _l(
        "In this part every branch works on one item of a list. Choose the whole part, or move "
        "what is in the same item."
    ),
    "ad-hoc": _l("This free part is not under way. Choose the part itself."),
    "called-process": _l(
        "This step belongs to another process, which does not run here. Choose the step that "
        "calls it."
    ),
    "several": _l("Its part runs several times at once, so it is not clear which one is meant."),
    "within": _l("The part that was named does not run, or does not hold this step."),
    "interrupted": _l("Another part has taken over here. Move what is in that part."),
    "inputs": _l("The part around this step cannot begin: correct the data that it reads first."),
    "beside": _l("It waits beside another step and goes with it. Choose that one."),
    "instance": _l(
        "One item of a list cannot leave alone, or the list would never be complete. Move it "
        "within its item, or choose the whole part."
    ),
    "undoing": _l("Something waits until this is undone. Let it be undone first."),
    "empty": _l("Nothing would be left in the case. Cancel the case instead."),
    "nothing": _l("Choose where to go."),
}

_STOPS: Mapping[str, Any] = {
    "no-true-flow": _l("No way on: none of the conditions after this step is true."),
    "expression": _l("An expression of the diagram gives nothing that can be used here."),
    "uncaught-error": _l("An error was reported that the diagram does not foresee."),
    "decision": _l("A decision table could not be evaluated."),
    "deadlock": _l("It waits for branches that can no longer arrive."),
    "step-limit": _l("It went round without end and was stopped."),
    "handler-failed": _l("Work outside failed as often as it may be tried."),
    "timer-failed": _l("Its date came and could not be acted on."),
    "message-failed": _l("A message came and could not be acted on."),
}


_WORKS: Mapping[str, Any] = {
    "accounts.task_notices": _l("Tell staff of their tasks by e-mail, as they asked"),
    "documents.rescan": _l("Scan the documents that wait to be scanned"),
    "documents.sweep": _l("Delete files that no document names"),
    "notices.deliver": _l("Send the notices that were gathered"),
    "notices.recheck": _l("Look whether contact details that failed were corrected"),
    "people.retention": _l("Ask for the erasure of data whose time is over"),
    "people.scrub": _l("Clear erased keys from the database's files"),
}

_BEGINS: Mapping[str, Any] = {
    "timer": _l("A date begins it."),
    "message": _l("A message begins it."),
    "signal": _l("A signal begins it."),
    "conditional": _l("A condition begins it."),
}


def work(name: str) -> str:
    """Return what a periodic work does, in words; its name where there are none."""
    return str(_WORKS.get(name, name))


def begins(trigger: str) -> str:
    """Return by what a case begins, in words."""
    return str(_BEGINS.get(trigger, ""))


def waits(what: str) -> str:
    """Return what a token waits for, in words."""
    return str(_WAITS.get(what, ""))


def refusal(error: ChangeRefused, name: str) -> str:
    """Return why a change was refused, with the step's name."""
    told = str(_REFUSALS.get(error.code, error))
    return f"{name}{_(': ')}{told}" if name else told


def stop(code: str) -> str:
    """Return what an incident's code means."""
    return str(_STOPS.get(code, code))


def literal(value: Any) -> str:
    """Return a plain value as FEEL writes it, to be corrected; ``""`` for any other.

    >>> from decimal import Decimal
    >>> literal("B2"), literal(Decimal("12.5")), literal(True), literal((1,))
    ('"B2"', '12.5', 'true', '')
    """
    kind = kind_of(value)
    if kind == "string":
        quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    if kind in {"number", "boolean"}:
        return to_text(value)
    if kind in {"date", "time", "date and time"} or kind.endswith("duration"):
        return f'@"{to_text(value)}"'
    return ""
