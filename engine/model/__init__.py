"""The engine's words: what a case, a command, an outcome and an actor are. Standard library only.

A step is a function: stored state + one command → an :class:`Outcome`. The interpreter
(``engine.bpmn``) makes outcomes, the service (``engine.service``) stores them; both speak the
words below. Every place in a running case where something waits is named by its **activation**:
a counter of the case, given when a token enters an element, the same over retries and incidents,
new at each re-entry of a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.model.history import EventKind as EventKind

Variables = Mapping[str, Any]
"""FEEL values by name: ids, codes, decisions, amounts, dates; never personal data."""


class CaseStatus(StrEnum):
    """Where a case is: ``active ⇄ suspended``, both ``→ completed | cancelled``, which are final.

    A suspended case takes nothing from outside, but for what operators order: moves can end it.
    """

    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the case takes nothing any more."""
        return self in {CaseStatus.COMPLETED, CaseStatus.CANCELLED}


class WorkItemStatus(StrEnum):
    """Where a work item is: ``open → completed | cancelled``; the last two are final."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """Why a job row exists."""

    TIMER = "timer"
    HANDLER = "handler"
    MESSAGE = "message"
    MIGRATION = "migration"


class StartTrigger(StrEnum):
    """What begins a case of a scheme beside a person."""

    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "conditional"


class JobStatus(StrEnum):
    """Where a job is: ``waiting → dispatched → (deleted when done) | waiting | incident``.

    ``paused``, from and to ``waiting``, is that of a suspended case.
    """

    WAITING = "waiting"
    PAUSED = "paused"
    DISPATCHED = "dispatched"
    INCIDENT = "incident"


class Tier(StrEnum):
    """Who may read a personal field. ``CASE`` is free text about no one person."""

    IDENTITY = "identity"
    PROTECTION = "protection"
    LEGAL = "legal"
    PAYMENT = "payment"
    PSYCHOSOCIAL = "psychosocial"
    CASE = "case"


# --- who acts -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in an organisation.

    :ivar role: role code; also the candidate group of user tasks.
    :ivar organisation_id: where it is held; ``None`` reaches every organisation (national auditor).
    :ivar country: ISO 3166-1 alpha-2; ``None`` for every country.
    :ivar schemes: scheme ids such as ``cm/ofii``; empty for every scheme.
    :ivar sees_cases: whether the role works on or reads cases at all; a process designer's and an
        administrator's do not.
    """

    role: str
    organisation_id: str | None
    country: str | None = None
    schemes: frozenset[str] = frozenset()
    sees_cases: bool = True


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command or asks a question.

    :ivar account_id: stable id of the account, never a name; ``system`` for the engine itself.
    :ivar grants: the roles held.
    :ivar acting_for: accounts in whose place this one acts now, as their substitute.
    """

    account_id: str
    grants: tuple[Grant, ...] = ()
    acting_for: tuple[str, ...] = ()

    @property
    def principals(self) -> frozenset[str]:
        """Everybody whose hand this is: who must be kept apart from a step is none of them."""
        return frozenset({self.account_id, *self.acting_for})

    @property
    def roles(self) -> frozenset[str]:
        """The role codes held anywhere."""
        return frozenset(grant.role for grant in self.grants)


SYSTEM = Actor("system")
"""The engine acting by itself: a timer, a retry, a message. Never shown under a person's name."""


@dataclass(frozen=True, slots=True)
class CaseRef:
    """What handlers and ports may know of a case.

    :ivar id: the case's id.
    :ivar reference: what people call it, for example ``CM-OFII-2026-00042``.
    :ivar scheme: scheme id, for example ``cm/ofii``.
    :ivar country: ISO 3166-1 alpha-2.
    :ivar subject: id of whom it is about (a person, an organisation); ``None`` before it is known.
    """

    id: str
    reference: str
    scheme: str
    country: str
    subject: str | None = None


# --- commands: the second argument of a step --------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartProcess:
    """Begin where the process does, or at ``start_event`` where given, with these variables.

    :ivar start_event: a start event, or the receive task or event by which a message starts it.
    """

    variables: Variables
    start_event: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteActivity:
    """A user task was completed or a handler's call succeeded; ``variables`` are its raw result."""

    activation: int
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TriggerEvent:
    """The timer, message or signal that waits at ``activation`` has come."""

    activation: int
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThrowError:
    """The activity at ``activation`` ended in a BPMN error with this code."""

    activation: int
    code: str
    message: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RetryIncident:
    """Try again where the interpreter itself stopped (no true flow, a failing expression)."""

    activation: int


@dataclass(frozen=True, slots=True)
class CancelProcess:
    """End the case: every token is withdrawn."""


Command = (
    StartProcess | CompleteActivity | TriggerEvent | ThrowError | RetryIncident | CancelProcess
)


# --- outcome: what a step gives back ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskOpened:
    """A user (or manual) task that somebody must now do.

    :ivar separate_from: element ids whose performer may not do this one.
    :ivar due: aware UTC, or ``None``.
    """

    activation: int
    element_id: str
    name: str
    form_id: str | None
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    due: datetime | None
    follow_up: datetime | None
    priority: int
    phase: str | None
    separate_from: tuple[str, ...]
    reason_required: bool


@dataclass(frozen=True, slots=True)
class CallWanted:
    """A handler must be called. Its idempotency key is ``case/element/activation``.

    :ivar keyed_by: the element in that key, where a migration has renamed it since.
    """

    activation: int
    element_id: str
    handler: str
    arguments: Variables
    retries: int
    local: bool
    keyed_by: str = ""


@dataclass(frozen=True, slots=True)
class TimerWanted:
    """A timer must fire at ``due`` (aware UTC). A cycle is armed again by a later outcome."""

    activation: int
    element_id: str
    due: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionWanted:
    """A message is awaited, or a signal: its message is then ``signal:`` and the signal's name.

    :ivar keys: correlation values by name; Zeebe's single key is named ``key``. All must match.
    :ivar form_id: a form people answer to send it from the case page; ``None`` if nobody may.
    :ivar candidate_groups: roles that may send it from the case page.
    """

    activation: int
    element_id: str
    name: str
    message: str
    keys: Variables
    form_id: str | None = None
    candidate_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message that the case throws to whoever waits for it.

    :ivar about: id of whom a case that begins with it is about; ``None`` if it does not say.
    """

    activation: int
    element_id: str
    message: str
    keys: Variables
    variables: Variables
    time_to_live_s: int
    about: str | None = None


@dataclass(frozen=True, slots=True)
class SignalSent:
    """A signal for whatever waits for it in other cases; in its own it was received already."""

    activation: int
    element_id: str
    signal: str
    variables: Variables


@dataclass(frozen=True, slots=True)
class IncidentRaised:
    """The interpreter cannot go on at ``activation``; the token waits for an operator.

    :ivar code: ``no-true-flow``, ``expression``, ``uncaught-error``, ``decision``, ``deadlock``,
        ``step-limit``.
    :ivar message: where, why, with which values (none personal), and the remedies, in English.
    :ivar said: the same for any language: ``id`` and ``figures`` of the message, and, as
        texts by name, the ``values`` that were read there (none personal) and what is ``missing``;
        see :mod:`engine.rules.stops`.
    """

    activation: int
    element_id: str
    code: str
    message: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventDraft:
    """One thing that happened, before it has a place in the case's hash chain.

    :ivar data: FEEL values; never personal, never free text.
    """

    kind: str
    element_id: str | None
    activation: int | None
    data: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one step changes. The service writes it in one transaction.

    :ivar state: the new state, canonical JSON bytes, versioned by the interpreter.
    :ivar withdrawn: activations whose work item, job, timer or subscription must go: what was
        waiting there is finished, interrupted, or superseded.
    :ivar resolved: activations whose incident is over.
    """

    state: bytes
    status: CaseStatus
    tasks: tuple[TaskOpened, ...] = ()
    calls: tuple[CallWanted, ...] = ()
    timers: tuple[TimerWanted, ...] = ()
    subscriptions: tuple[SubscriptionWanted, ...] = ()
    messages: tuple[MessageSent, ...] = ()
    signals: tuple[SignalSent, ...] = ()
    incidents: tuple[IncidentRaised, ...] = ()
    resolved: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
    events: tuple[EventDraft, ...] = ()


# --- what a deployment says of itself ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandlerSpec:
    """A handler's signature, as deployment checks it.

    :ivar inputs: annotated type by parameter name.
    :ivar required: parameters without a default.
    :ivar outputs: names that its result has; empty if it gives nothing back.
    :ivar review: given a publication's files and what lint saw of its diagrams
        (:class:`engine.bpmn.Survey`), gives lint's findings about files that are the handler's own.
    """

    name: str
    local: bool
    inputs: Mapping[str, Any]
    required: frozenset[str]
    outputs: frozenset[str]
    summary: str
    review: Callable[..., Iterable[Any]] | None = None
