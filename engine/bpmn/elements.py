"""A diagram, read: processes, elements and flows as plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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
ACTIVITIES = TASKS | {"subProcess", "callActivity"}
GATEWAYS = frozenset(
    ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"]
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
    ERROR = "error"
    TERMINATE = "terminate"


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

    :ivar code: an error's code; ``None`` catches every error.
    """

    trigger: Trigger
    message: Message | None = None
    code: str | None = None
    timer_kind: TimerKind | None = None
    timer: Formula | None = None


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


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance: one instance for each item of a list, or as many as a number says."""

    sequential: bool
    collection: Formula | None = None
    item_name: str | None = None
    cardinality: Formula | None = None
    output_name: str | None = None
    output: Formula | None = None
    enough: Formula | None = None


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


@dataclass(frozen=True, slots=True)
class Body:
    """What a process or a sub-process holds.

    :ivar refused: ids of nodes that were refused and are missing from ``elements``.
    """

    id: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    refused: frozenset[str] = frozenset()
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


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a publication."""

    id: str
    name: str
    place: Place
    extensions: Extensions
    body: Body
