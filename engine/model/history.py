"""Everything that history may say of a case. Standard library only."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """Everything that history may say of a case. Handlers add kinds of their own, dotted alike."""

    CASE_STARTED = "case.started"
    CASE_COMPLETED = "case.completed"
    CASE_CANCELLED = "case.cancelled"
    ELEMENT_ENTERED = "element.entered"
    ELEMENT_COMPLETED = "element.completed"
    ELEMENT_CANCELLED = "element.cancelled"
    FLOW_TAKEN = "flow.taken"
    VARIABLES_CHANGED = "variables.changed"
    DECISION_EVALUATED = "decision.evaluated"
    TASK_OPENED = "task.opened"
    TASK_CLAIMED = "task.claimed"
    TASK_RELEASED = "task.released"
    TASK_COMPLETED = "task.completed"
    TASK_REFUSED = "task.refused"
    TIMER_SET = "timer.set"
    TIMER_FIRED = "timer.fired"
    MESSAGE_AWAITED = "message.awaited"
    MESSAGE_RECEIVED = "message.received"
    MESSAGE_SENT = "message.sent"
    SIGNAL_AWAITED = "signal.awaited"
    SIGNAL_RECEIVED = "signal.received"
    SIGNAL_SENT = "signal.sent"
    ESCALATION_THROWN = "escalation.thrown"
    COMPENSATION_THROWN = "compensation.thrown"
    CALL_REQUESTED = "call.requested"
    CALL_SUCCEEDED = "call.succeeded"
    CALL_REJECTED = "call.rejected"
    CALL_FAILED = "call.failed"
    INCIDENT_RAISED = "incident.raised"
    INCIDENT_RESOLVED = "incident.resolved"
    FIELDS_WRITTEN = "fields.written"
    PARTY_ADDED = "party.added"
    PARTY_ENDED = "party.ended"
