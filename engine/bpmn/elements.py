"""A diagram, read: processes, elements and flows as plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.bpmn.data import NO_DATA, Data
from engine.bpmn.expressions import Formula
from engine.bpmn.findings import Place

TASKS = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
    ]
)
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    [
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    ]
)
EVENTS = frozenset(
    ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"]
)
NODES = ACTIVITIES | GATEWAYS | EVENTS


class Trigger(StrEnum):
    """What an event catches or throws."""

    NONE = "none"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "conditional"
    ERROR = "error"
    ESCALATION = "escalation"
    COMPENSATION = "compensate"
    CANCEL = "cancel"
    LINK = "link"
    TERMINATE = "terminate"
    MULTIPLE = "multiple"


AWAITED = frozenset({Trigger.TIMER, Trigger.MESSAGE, Trigger.SIGNAL, Trigger.CONDITION})
"""What a token waits for; the other triggers are looked for when they are thrown."""


class TimerKind(StrEnum):
    """How a timer's text is meant."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the file declares it.

    :ivar keys: correlation values by name; Zeebe's single key is named ``key``.
    """

    id: str
    name: str
    keys: Mapping[str, Formula] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """What an event (or a send or receive task) waits for or does.

    :ivar code: an error's or escalation's code; ``None`` catches every one.
    :ivar name: a signal's or link's name. :ivar condition: of a conditional event.
    :ivar activity: what alone is compensated; ``None`` for all that was done.
    :ivar waits: whether a compensation is waited for.
    :ivar parts: the triggers of a multiple event. :ivar all_parts: whether all of them must come.
    :ivar working_days: after how many working days a timer fires, whatever else it says.
    """

    trigger: Trigger
    message: Message | None = None
    code: str | None = None
    timer_kind: TimerKind | None = None
    timer: Formula | None = None
    name: str = ""
    condition: Formula | None = None
    activity: str | None = None
    waits: bool = True
    parts: tuple[Event, ...] = ()
    all_parts: bool = False
    working_days: int | None = None

    def each(self, trigger: Trigger) -> tuple[Event, ...]:
        """Return the parts with this trigger; the event itself if it has no parts."""
        return tuple(part for part in self.parts or (self,) if part.trigger is trigger)

    @property
    def is_awaited(self) -> bool:
        """Whether a token waits for any of its triggers."""
        return any(part.trigger in AWAITED for part in self.parts or (self,))


@dataclass(frozen=True, slots=True)
class IoMapping:
    """A value on its way in or out. ``target`` is a path: ``a.b`` is ("a", "b")."""

    source: Formula
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Called:
    """The process that a call activity calls.

    :ivar binding: ``deployment``, ``latest`` or ``versionTag``.
    """

    process_id: str
    copy_in: bool | None = None
    copy_out: bool | None = None
    binding: str = "deployment"
    version_tag: str | None = None


class LoopBehaviour(StrEnum):
    """When a multi-instance throws an event because an instance is completed."""

    ALL = "All"
    NONE = "None"
    ONE = "One"
    COMPLEX = "Complex"


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance: one instance for each item of a list, or as many as a number says.

    :ivar standard: a standard loop: the activity again and again while ``condition`` is true, at
        most ``maximum`` times. :ivar test_before: whether it is asked before the first time.
    :ivar throws: events of the behaviours none, one and complex, each with its condition.
    :ivar takes: id of the data that the items are in, where BPMN's own reference says it.
    :ivar gives: likewise of what the outputs are collected in.
    """

    sequential: bool
    collection: Formula | None = None
    item_name: str | None = None
    cardinality: Formula | None = None
    output_name: str | None = None
    output: Formula | None = None
    enough: Formula | None = None
    standard: bool = False
    condition: Formula | None = None
    maximum: Formula | None = None
    test_before: bool = False
    behaviour: LoopBehaviour = LoopBehaviour.ALL
    throws: tuple[tuple[Formula | None, Event], ...] = ()
    takes: str = ""
    gives: str = ""


@dataclass(frozen=True, slots=True)
class AdHoc:
    """How an ad-hoc sub-process goes.

    :ivar enough: its completion condition. :ivar cancels: whether it then stops what still runs.
    """

    sequential: bool = False
    enough: Formula | None = None
    cancels: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """What Camunda 8's extension elements say of an element."""

    inputs: tuple[IoMapping, ...] = ()
    outputs: tuple[IoMapping, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    handler: str | None = None
    retries: int = 3
    form_id: str | None = None
    assignee: Formula | None = None
    candidate_groups: Formula | None = None
    candidate_users: Formula | None = None
    separate_from: Formula | None = None
    due: Formula | None = None
    follow_up: Formula | None = None
    priority: Formula | None = None
    script: Formula | None = None
    decision_id: str | None = None
    result_variable: str | None = None
    called: Called | None = None
    version_tag: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    condition: Formula | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One node of a diagram.

    :ivar kind: BPMN's tag. :ivar parent: id of the sub-process or process that holds it.
    :ivar interrupting: of a boundary event, or of the start of an event sub-process.
    :ivar default: id of its default flow.
    :ivar instantiates: of a receive task or event-based gateway that starts its process.
    :ivar start_quantity: tokens it takes to begin. :ivar completion_quantity: tokens that each of
        its flows gets. :ivar all_events: of an event-based gateway that awaits every event.
    :ivar activation: a complex gateway's activation condition.
    """

    id: str
    name: str
    kind: str
    place: Place
    process_id: str
    parent: str
    lane: str | None = None
    documentation: str = ""
    phase: str | None = None
    extensions: Extensions = Extensions()
    event: Event = Event(Trigger.NONE)
    loop: Loop | None = None
    attached_to: str | None = None
    interrupting: bool = True
    triggered_by_event: bool = False
    default: str | None = None
    inner: Body | None = None
    instantiates: bool = False
    for_compensation: bool = False
    start_quantity: int = 1
    completion_quantity: int = 1
    all_events: bool = False
    activation: Formula | None = None
    ad_hoc: AdHoc | None = None
    data: Data = NO_DATA


@dataclass(frozen=True, slots=True)
class Body:
    """What a process or a sub-process holds.

    :ivar refused: ids of nodes that were refused and are missing from ``elements``.
    :ivar compensation: by id of a compensation boundary event, the id of its handler.
    :ivar objects: variables of its data objects.
    """

    id: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    refused: frozenset[str] = frozenset()
    compensation: Mapping[str, str] = field(default_factory=dict)
    objects: tuple[str, ...] = ()
    _out: dict[str, list[Flow]] = field(init=False, repr=False, compare=False)
    _in: dict[str, list[Flow]] = field(init=False, repr=False, compare=False)
    _events: dict[str, list[Element]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        out: dict[str, list[Flow]] = {}
        into: dict[str, list[Flow]] = {}
        events: dict[str, list[Element]] = {}
        for flow in self.flows.values():
            out.setdefault(flow.source, []).append(flow)
            into.setdefault(flow.target, []).append(flow)
        for element in self.elements.values():
            if element.attached_to is not None:
                events.setdefault(element.attached_to, []).append(element)
        for name, index in (("_out", out), ("_in", into), ("_events", events)):
            object.__setattr__(self, name, index)

    def outgoing(self, element_id: str) -> tuple[Flow, ...]:
        """Return the flows that leave an element, in document order."""
        return tuple(self._out.get(element_id, ()))

    def incoming(self, element_id: str) -> tuple[Flow, ...]:
        """Return the flows that lead to an element, in document order."""
        return tuple(self._in.get(element_id, ()))

    def attached(self, element_id: str) -> tuple[Element, ...]:
        """Return the boundary events of an element, in document order."""
        return tuple(self._events.get(element_id, ()))

    def entries(self) -> tuple[str, ...]:
        """Return where tokens begin when nothing else says so.

        These are the plain start events; without any start event, every element that no flow
        leads to.

        Source: BPMN 2.0.2, sections 10.5.2 and 13.2.
        """
        starts = [e for e in self.elements.values() if e.kind == "startEvent"]
        if starts:
            return tuple(e.id for e in starts if e.event.trigger is Trigger.NONE)
        return tuple(e.id for e in self.elements.values() if self.is_loose(e))

    def is_loose(self, element: Element) -> bool:
        """Return whether no flow leads to an element that flows could lead to."""
        return not (
            element.kind in {"startEvent", "boundaryEvent"}
            or element.triggered_by_event
            or element.for_compensation
            or element.event.trigger is Trigger.LINK
            or self._in.get(element.id)
        )


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a publication."""

    id: str
    name: str
    place: Place
    extensions: Extensions
    body: Body
