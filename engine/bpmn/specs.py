"""From a process, read, to the specification that SpiffWorkflow runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn import activities, catching, gateways, loops
from engine.bpmn.behaviour import Behaviour
from engine.bpmn.elements import Body, Element, Process, Trigger

ROOT = "(root)"
INSTANCE = "{} (instance)"

KINDS: Mapping[str, Any] = {
    "task": activities.NoneTask,
    "userTask": activities.UserTask,
    "manualTask": activities.ManualTask,
    "serviceTask": activities.ServiceTask,
    "scriptTask": activities.ScriptTask,
    "businessRuleTask": activities.BusinessRuleTask,
    "sendTask": activities.SendTask,
    "receiveTask": catching.ReceiveTask,
    "subProcess": activities.SubProcess,
    "callActivity": activities.CallActivity,
    "exclusiveGateway": gateways.ExclusiveGateway,
    "parallelGateway": gateways.ParallelGateway,
    "inclusiveGateway": gateways.InclusiveGateway,
    "eventBasedGateway": gateways.EventBasedGateway,
    "startEvent": catching.StartEvent,
    "endEvent": catching.EndEvent,
    "intermediateCatchEvent": catching.IntermediateCatchEvent,
    "intermediateThrowEvent": catching.IntermediateThrowEvent,
    "boundaryEvent": catching.BoundaryEvent,
}
EVENT_BASED = frozenset(
    [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "sendTask",
        "receiveTask",
        "eventBasedGateway",
    ]
)


def build(processes: Mapping[str, Process]) -> dict[str, Any]:
    """Return a specification for every process and sub-process, by id.

    The structure was checked before: every reference leads somewhere.
    """
    bodies = {process.id: process.body for process in processes.values()}
    waiting = list(bodies.values())
    while waiting:
        for element in waiting.pop().elements.values():
            if element.inner is not None:
                bodies[element.id] = element.inner
                waiting.append(element.inner)
    return {body_id: _Builder(body, bodies).build() for body_id, body in bodies.items()}


class _Builder:
    def __init__(self, body: Body, bodies: Mapping[str, Body]) -> None:
        self.body = body
        self.bodies = bodies
        self.spec = BpmnProcessSpec(name=body.id)
        # The library's own start and end nodes are not the diagram's; only a root is needed, and
        # their names must not stand in the way of elements that are called "Start" or "End".
        self.spec.task_specs.clear()
        self.spec.start.name = ROOT
        self.spec.listeners = ()
        self.spec.error_listeners = ()

    def build(self) -> Any:
        elements = self.body.elements.values()
        for element in elements:
            self._add(element)
        for element in elements:
            if element.triggered_by_event:
                self._add_listener(element)
        for flow in self.body.flows.values():
            TaskSpec.connect(self.spec.task_specs[flow.source], self.spec.task_specs[flow.target])
        for element in elements:
            self._finish(element)
        return self.spec

    def _add(self, element: Element) -> None:
        cls = KINDS[element.kind]
        if element.triggered_by_event:
            cls = activities.EventSubProcess
        if element.loop is None:
            self._make(cls, element, element.id)
            return
        instance = self._make(cls, element, INSTANCE.format(element.id))
        instance.is_instance = True
        kind = loops.SequentialMultiInstance if element.loop.sequential else None
        body = self._make(kind or loops.ParallelMultiInstance, element, element.id)
        body.instance_name = instance.name

    def _make(self, cls: Any, element: Element, name: str) -> Any:
        arguments: dict[str, Any] = {"bpmn_name": element.name, "lane": element.lane}
        if issubclass(cls, loops.MultiInstance):
            arguments["task_spec"] = INSTANCE.format(element.id)
        elif issubclass(cls, activities.Holder):
            called = element.extensions.called
            arguments["subworkflow_spec"] = called.process_id if called else element.id
        elif element.kind == "scriptTask":
            arguments["script"] = None
        elif element.kind in EVENT_BASED or issubclass(cls, catching.Listener):
            arguments["event_definition"] = NoneEventDefinition()
        if element.kind == "boundaryEvent":
            arguments["cancel_activity"] = element.interrupting
        made = cls(self.spec, name, **arguments)
        made.element = element
        if isinstance(made, activities.Holder):
            made.inner_start = none_start(self.bodies[made.spec], event=element.triggered_by_event)
        return made

    def _add_listener(self, element: Element) -> None:
        inner = self.bodies[element.id]
        start = inner.elements[none_start(inner, event=True)]
        listener = self._make(catching.Listener, start, start.id)
        listener.starts = element.id
        if start.event.trigger is Trigger.ERROR:
            self.spec.error_listeners += (start.id,)
        else:
            self.spec.listeners += (start.id,)

    def _finish(self, element: Element) -> None:
        spec: Behaviour = self.spec.task_specs[element.id]
        spec.outgoing = self.body.outgoing(element.id)
        spec.incoming = tuple(flow.id for flow in self.body.incoming(element.id))
        attached = self.body.attached(element.id)
        if isinstance(spec, activities.Activity):
            spec.boundaries = _ids(attached, error=False)
            spec.error_boundaries = _ids(attached, error=True)
        if isinstance(spec, gateways.InclusiveGateway):
            spec.reaching = {
                flow.id: _reaching(self.body, flow.source, element.id)
                for flow in self.body.incoming(element.id)
            }


def none_start(body: Body, *, event: bool = False) -> str:
    """Return the id of the start event of a body: the plain one, or the one with a trigger."""
    return next(
        element.id
        for element in body.elements.values()
        if element.kind == "startEvent" and (element.event.trigger is not Trigger.NONE) == event
    )


def _ids(events: tuple[Element, ...], *, error: bool) -> tuple[str, ...]:
    return tuple(e.id for e in events if (e.event.trigger is Trigger.ERROR) == error)


def _reaching(body: Body, start: str, gateway: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        where = waiting.pop()
        if where in found or where == gateway:
            continue
        found.add(where)
        waiting.extend(flow.source for flow in body.incoming(where))
        host = body.elements[where].attached_to
        if host is not None:
            waiting.append(host)
    return frozenset(found)
