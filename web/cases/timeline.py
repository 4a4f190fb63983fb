"""A case's history in words: one line an event, who did it and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.feel import to_text
from engine.model import EventKind
from engine.rules import told_incident
from engine.service import EventView
from web.context import organisation
from web.i18n import _, _l
from web.locales import amount, locale
from web.operations.words import stop

_WORDS: Mapping[str, Any] = {
    EventKind.CASE_STARTED: _l("Case opened"),
    EventKind.CASE_IMPORTED: _l("Entered from earlier records"),
    EventKind.CASE_COMPLETED: _l("Case closed"),
    EventKind.CASE_CANCELLED: _l("Case cancelled"),
    EventKind.CASE_MIGRATED: _l("Case moved to another version of the scheme"),
    EventKind.CASE_MIGRATION_UNDONE: _l("Case brought back to its former version"),
    EventKind.CASE_SUSPENDED: _l("Case suspended"),
    EventKind.CASE_RESUMED: _l("Case resumed"),
    EventKind.TOKENS_MOVED: _l("Moved by hand to"),
    EventKind.VARIABLES_SET: _l("Data corrected by hand"),
    EventKind.DECISION_EVALUATED: _l("Decided by the table"),
    EventKind.TASK_OPENED: _l("Task opened"),
    EventKind.TASK_CLAIMED: _l("Task taken"),
    EventKind.TASK_RELEASED: _l("Task given back"),
    EventKind.TASK_COMPLETED: _l("Task completed"),
    EventKind.TIMER_SET: _l("Date set"),
    EventKind.TIMER_FIRED: _l("Date reached"),
    EventKind.MESSAGE_AWAITED: _l("Message awaited"),
    EventKind.MESSAGE_RECEIVED: _l("Message received"),
    EventKind.MESSAGE_SENT: _l("Message sent"),
    EventKind.SIGNAL_AWAITED: _l("Signal awaited"),
    EventKind.SIGNAL_RECEIVED: _l("Signal received"),
    EventKind.SIGNAL_SENT: _l("Signal sent to all cases"),
    EventKind.ESCALATION_THROWN: _l("Reported to a higher level"),
    EventKind.COMPENSATION_THROWN: _l("Undoing of what was done begun"),
    EventKind.CALL_REQUESTED: _l("Work handed over"),
    EventKind.CALL_SUCCEEDED: _l("Work done"),
    EventKind.CALL_REJECTED: _l("Work refused, for a reason that the process knows"),
    EventKind.TASK_REFUSED: _l("Task refused: somebody else must do it"),
    EventKind.CALL_POSTPONED: _l("Work put off to a later hour"),
    EventKind.CALL_FAILED: _l("Work failed, to be tried again"),
    EventKind.INCIDENT_RAISED: _l("The case stopped here"),
    EventKind.INCIDENT_RESOLVED: _l("Tried again"),
    EventKind.FIELDS_WRITTEN: _l("Personal answers stored"),
    EventKind.PARTY_ADDED: _l("An organisation may see the case"),
    EventKind.PARTY_ENDED: _l("An organisation no longer sees the case"),
    EventKind.ELEMENT_ENTERED: _l("Step entered"),
    EventKind.ELEMENT_COMPLETED: _l("Step left"),
    EventKind.ELEMENT_CANCELLED: _l("Step interrupted"),
    EventKind.FLOW_TAKEN: _l("Path taken"),
    EventKind.VARIABLES_CHANGED: _l("Data of the case changed"),
    "action.sent": _l("Asked of the case"),
    "case.cancel_requested": _l("Cancellation asked"),
    "document.stored": _l("Document added"),
    "document.infected": _l("A file was refused, harm was found in it"),
    "payment.planned": _l("Payment planned"),
    "payment.requested": _l("Payment asked"),
    "payment.approved": _l("Payment approved"),
    "payment.paid": _l("Payment made"),
    "payment.refused": _l("Payment refused"),
    "operator.offered": _l("Case offered to an operator"),
    "operator.declined": _l("Operator declined the case"),
    "operator.expired": _l("Operator did not answer in time"),
    "operator.withdrawn": _l("Offer to an operator withdrawn"),
    "plan.written": _l("Business plan's lines written"),
    "payment.ordered": _l("Payment put into an order to the bank"),
    "payment.recalled": _l("Payment taken out of its order"),
    "payment.refunded": _l("Money came back"),
    "payment.order-refused": _l("Payment not ordered: somebody else must pay it"),
    "operator.assigned": _l("Operator assigned"),
    "operator.unassigned": _l("Operator released"),
    "organisation.registered": _l("Organisation entered"),
    "organisation.accredited": _l("Organisation accredited"),
    "organisation.refused": _l("Organisation not accredited"),
    "organisation.suspended": _l("Accreditation suspended"),
    "organisation.active": _l("Accreditation resumed"),
    "organisation.withdrawn": _l("Accreditation withdrawn"),
    "organisation.agreed": _l("Agreement with the organisation noted"),
    "organisation.places": _l("Places of the organisation opened"),
    "committee.submitted": _l("Put before the committee"),
    "committee.withdrawn": _l("Taken back from the committee"),
    "committee.approved": _l("Approved by the committee"),
    "committee.adjourned": _l("Adjourned by the committee"),
    "committee.refused": _l("Refused by the committee"),
    "committee.minuted": _l("Minutes of the committee signed"),
    "notice.sent": _l("Notice sent"),
    "notice.queued": _l("Notice waits to be sent with others"),
    "notice.bounced": _l("Notice came back, the address refuses it"),
    "contact.corrected": _l("Contact details seen to"),
    "notice.withheld": _l("Notice not sent, no address is safe"),
    "survey.recorded": _l("Survey taken"),
    "referral.sent": _l("Referred to another structure"),
    "referral.accepted": _l("Referral accepted"),
    "referral.declined": _l("Referral declined"),
    "referral.timed-out": _l("Referral not answered in time"),
    "referral.reported": _l("Feedback on the referral"),
    "referral.closed": _l("Referral closed"),
    "referral.revoked": _l("Referral revoked"),
    "person.updated": _l("The person's file was changed"),
    "person.linked": _l("Linked to a person who was known"),
    "person.merged": _l("Two files of the person were merged"),
    "person.told-apart": _l("Found to be another person than a similar one"),
    "person.decision-undone": _l("A decision about two files was taken back"),
    "person.erased": _l("The person's data were erased"),
    "erasure.asked": _l("Erasure of the person's data asked"),
    "erasure.refused": _l("Erasure of the person's data refused"),
    "emergency.opened": _l("The person's file was opened in an emergency"),
    "emergency.reviewed": _l("An emergency access was reviewed"),
}
"""Words by kind. A kind of a newer handler shows as its own code until it gets its words here."""

_TECHNICAL = frozenset(
    {
        EventKind.ELEMENT_ENTERED,
        EventKind.ELEMENT_COMPLETED,
        EventKind.ELEMENT_CANCELLED,
        EventKind.FLOW_TAKEN,
        EventKind.VARIABLES_CHANGED,
        EventKind.TASK_OPENED,
        EventKind.TASK_CLAIMED,
        EventKind.TASK_RELEASED,
        EventKind.TIMER_SET,
        EventKind.MESSAGE_AWAITED,
        EventKind.SIGNAL_AWAITED,
        EventKind.CALL_REQUESTED,
        EventKind.CALL_SUCCEEDED,
        EventKind.FIELDS_WRITTEN,
    }
)
"""Kinds told only to who asks for everything."""

_SHOWN = ("organisation", "message", "signal", "code", "origin")
"""What an event's data may say on the page; the rest is for exports."""

_PURPOSES: Mapping[str, Any] = {
    "processing": _l("use of the person's data"),
    "sharing": _l("sharing with a public body"),
    "promotion": _l("telling of the experience"),
}
"""What a person consents to."""

_MOVES = frozenset({EventKind.CASE_MIGRATED, EventKind.CASE_MIGRATION_UNDONE})

_STOPS = frozenset({EventKind.INCIDENT_RAISED, EventKind.INCIDENT_RESOLVED})

_FAILURES = frozenset({EventKind.CALL_FAILED, EventKind.INCIDENT_RAISED})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline.

    :ivar detail: what the event says beside its words: rules fired, a code, an organisation.
    :ivar notes: for who asks for everything: why parts of a decision have no value, in the
        designers' English without any value; why a case stopped.
    :ivar hash: first letters of the event's hash, for auditors.
    """

    seq: int
    at: datetime
    words: str
    subject: str
    who: str
    detail: str
    notes: tuple[str, ...]
    failed: bool
    hash: str


def tell(
    history: tuple[EventView, ...], people: Mapping[str, str], *, everything: bool
) -> tuple[Line, ...]:
    """Return a history as lines, the newest first.

    :param people: the name to show by account id.
    :param everything: technical events too.
    """
    return tuple(
        Line(
            seq=event.seq,
            at=event.at,
            words=_words(event),
            subject=event.element_name or "",
            who=people.get(event.actor, ""),
            detail=_detail(event),
            notes=_notes(event) if everything else (),
            failed=event.kind in _FAILURES,
            hash=event.hash[:12],
        )
        for event in reversed(history)
        if everything or event.kind not in _TECHNICAL
    )


def _detail(event: EventView) -> str:
    if event.kind == EventKind.DECISION_EVALUATED:
        return _decided(event)
    if event.kind == EventKind.VARIABLES_SET:
        return _corrected(event.data)
    if event.kind in _STOPS:
        return stop(_text(event.data.get("code") or ""))
    if event.kind in _MOVES:
        return _("from version %(old)s to %(new)s", old=event.data["from"], new=event.data["to"])
    shown = [organisation(_text(event.data[key])) for key in _SHOWN if event.data.get(key)]
    if (value := event.data.get("refunded", event.data.get("amount"))) is not None:
        shown.append(amount(value, _text(event.data.get("currency") or "")))
    if purpose := _PURPOSES.get(str(event.data.get("purpose"))):
        shown.append(str(purpose))
    return " · ".join(shown)


def _words(event: EventView) -> str:
    if event.kind == EventKind.TOKENS_MOVED:
        return _moved(event.data)
    if event.kind == "consent.recorded":
        return _("Consent given") if event.data.get("given") else _("Consent not given")
    return str(_WORDS.get(event.kind, event.kind))


def _decided(event: EventView) -> str:
    told = [_rules(event.data)]
    if notes := _notes(event):
        told.append(_("not computed in full, warnings: %(count)s", count=len(notes)))
    return " · ".join(filter(None, told))


def _notes(event: EventView) -> tuple[str, ...]:
    if told := event.data.get("said"):
        values = {name: to_text(each) for name, each in (event.data.get("values") or {}).items()}
        missing = event.data.get("missing") or ()
        known = {"values": values, "missing": missing, "remedies": False}
        return (told_incident(event.element_id or "", {**known, **told}, locale()),)
    return tuple(map(str, event.data.get("warnings") or ()))


def _moved(data: Mapping[str, Any]) -> str:
    moves: list[Mapping[str, Any]] = [*(data.get("moves") or ())]
    move = moves[0] if moves else {}
    if not move.get("to"):
        return _("Taken away by hand")
    return _("Moved by hand to") if move.get("from") else _("Begun by hand")


def _corrected(data: Mapping[str, Any]) -> str:
    before: Mapping[str, Any] = data.get("before") or {}
    changed = (data.get("values") or {}).items()
    return ", ".join(
        f"{name}: {to_text(before.get(name))} → {to_text(value)}" for name, value in changed
    )


def _rules(data: Mapping[str, Any]) -> str:
    fired = data.get("rules") or ()
    if not fired:
        return ""
    return _("rules: %(rules)s", rules=", ".join(_text(rule) for rule in fired))


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return _text(value.get("id") or value.get("index") or "")
    return format(value, "f") if isinstance(value, Decimal) else str(value)
