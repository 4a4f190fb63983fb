"""From a process, read, to the specification that SpiffWorkflow runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn import (
    activities,
    ad_hoc,
    catching,
    complex_gateway,
    gateways,
    joins,
    loops,
    throwing,
)
from engine.bpmn.behaviour import Behaviour
from engine.bpmn.elements import AWAITED, Body, Element, Process, Trigger

ROOT = "(root)"
INSTANCE = "{} (instance)"
UNDO = "{} (undone)"
PART = "{} ({})"
THROWN = (Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL, Trigger.COMPENSATION)

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
    "transaction": activities.SubProcess,
    "adHocSubProcess": ad_hoc.AdHocSubProcess,
    "callActivity": activities.CallActivity,
    "exclusiveGateway": gateways.ExclusiveGateway,
    "parallelGateway": gateways.ParallelGateway,
    "inclusiveGateway": gateways.InclusiveGateway,
    "eventBasedGateway": gateways.EventBasedGateway,
    "complexGateway": complex_gateway.ComplexGateway,
    "startEvent": catching.StartEvent,
    "endEvent": throwing.EndEvent,
    "intermediateCatchEvent": catching.IntermediateCatchEvent,
    "intermediateThrowEvent": throwing.IntermediateThrowEvent,
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
        self.spec.thrown_listeners = {}
        self.spec.objects = body.objects

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
        body = self._make(_loop_class(element), element, element.id)
        body.instance_name = instance.name
        if issubclass(cls, activities.Holder):
            instance.undo_name = self._make(cls, element, UNDO.format(element.id)).name

    def _make(self, cls: Any, element: Element, name: str) -> Any:
        arguments: dict[str, Any] = {"bpmn_name": element.name, "lane": element.lane}
        if issubclass(cls, loops.MultiInstance):
            arguments["task_spec"] = INSTANCE.format(element.id)
        elif issubclass(cls, activities.Holder):
            called = element.extensions.called
            arguments["subworkflow_spec"] = called.process_id if called else element.id
        elif element.kind == "scriptTask":
            arguments["script"] = None
        elif element.kind in EVENT_BASED or issubclass(cls, catching.Catching):
            arguments["event_definition"] = NoneEventDefinition()
        if cls is catching.BoundaryEvent:
            arguments["cancel_activity"] = element.interrupting
        made = cls(self.spec, name, **arguments)
        made.element = element
        if isinstance(made, activities.Holder):
            made.entries = self.bodies[made.spec].entries()
            made.undo_name = name
        if isinstance(made, catching.Catching) and element.event.trigger is Trigger.MULTIPLE:
            self._add_parts(made)
        made.waits_last = bool(
            element.event.each(Trigger.SIGNAL) and isinstance(made, throwing.Throwing)
        )
        return made

    def _add_parts(self, spec: Any) -> None:
        awaited = [part for part in spec.element.event.parts if part.trigger in AWAITED]
        for number, part in enumerate(awaited, 1):
            element = replace(spec.element, event=part)
            made = self._make(catching.Part, element, PART.format(spec.name, number))
            made.is_listener = spec.is_listener
            spec.parts += (made.name,)
        spec.offers_events = True

    def _add_listener(self, element: Element) -> None:
        inner = self.bodies[element.id]
        start = next(e for e in inner.elements.values() if e.kind == "startEvent")
        listener = self._make(catching.Listener, start, start.id)
        listener.starts = element.id
        self.spec.task_specs[element.id].compensates = bool(start.event.each(Trigger.COMPENSATION))
        if start.event.is_awaited:
            self.spec.listeners += (start.id,)
        for trigger in THROWN:
            if start.event.each(trigger):
                names = self.spec.thrown_listeners.get(trigger, ())
                self.spec.thrown_listeners[trigger] = (*names, start.id)

    def _finish(self, element: Element) -> None:
        spec: Behaviour = self.spec.task_specs[element.id]
        spec.outgoing = self.body.outgoing(element.id)
        spec.incoming = tuple(flow.id for flow in self.body.incoming(element.id))
        attached = self.body.attached(element.id)
        if isinstance(spec, activities.Activity):
            spec.boundaries = tuple(e.id for e in attached if e.event.is_awaited)
            spec.thrown_boundaries = {
                trigger: tuple(e.id for e in attached if e.event.each(trigger))
                for trigger in THROWN
                if any(e.event.each(trigger) for e in attached)
            }
            handlers = [self.body.compensation.get(e.id) for e in attached]
            spec.compensated_by = next((h for h in handlers if h is not None), None)
        if isinstance(spec, joins.Join):
            spec.reaching = _Reaching(self.body, element.id)


def _loop_class(element: Element) -> Any:
    if element.loop is not None and element.loop.standard:
        return loops.StandardLoop
    if element.loop is not None and element.loop.sequential:
        return loops.SequentialMultiInstance
    return loops.ParallelMultiInstance


class _Reaching(dict[str, frozenset[str]]):
    """By incoming flow of a gateway, where a token can come from; found when it is first asked."""

    def __init__(self, body: Body, gateway: str) -> None:
        super().__init__()
        self._body = body
        self._gateway = gateway

    def __missing__(self, flow: str) -> frozenset[str]:
        body, found = self._body, set[str]()
        waiting = [body.flows[flow].source]
        while waiting:
            where = waiting.pop()
            if where in found or where == self._gateway:
                continue
            found.add(where)
            waiting.extend(before.source for before in body.incoming(where))
            host = body.elements[where].attached_to
            if host is not None:
                waiting.append(host)
        self[flow] = frozenset(found)
        return self[flow]
