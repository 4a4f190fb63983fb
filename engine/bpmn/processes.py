"""From a BPMN file to its processes, as plain values; what is wrong becomes findings.

SpiffWorkflow's own parser walks along the flows, one call a node, and leaves out in silence what
it does not know. This reader goes through the nodes in document order, so a long diagram costs no
stack, and names everything it cannot run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.bpmn.data import DataReader
from engine.bpmn.dialect import Dialect
from engine.bpmn.elements import (
    SUB_PROCESSES,
    Body,
    Called,
    Element,
    Event,
    Extensions,
    Flow,
    Process,
    Trigger,
)
from engine.bpmn.expressions import Expressions
from engine.bpmn.findings import Findings, Place
from engine.bpmn.links import read_links
from engine.bpmn.reader import (
    BPMN,
    Document,
    child,
    children,
    flag,
    is_bpmn,
    referred,
    tag,
)
from engine.bpmn.repeats import Repeats
from engine.bpmn.supported import is_drawing, refuse_triggers, refuse_unsupported
from engine.bpmn.triggers import Triggers
from engine.rules import said

DEPTH_LIMIT = 20
INTERRUPTS = ("cancelActivity", "isInterrupting")
"""Attributes of boundary and start events; either says whether the event interrupts."""

GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
"""Global tasks and the task that each is: called, it runs as a process of that task alone."""


def read_processes(document: Document, findings: Findings) -> list[Process]:
    """Return the processes of a file."""
    return _FileReader(document, findings).processes()


class _FileReader:
    def __init__(self, document: Document, findings: Findings) -> None:
        self._file = document.file
        self._root = document.root
        self._findings = findings
        self._expressions = Expressions(
            document.file, findings, document.root.get("expressionLanguage")
        )
        self._dialect = Dialect(document.file, findings, self._expressions)
        self._triggers = Triggers(document, findings, self._expressions)
        self._data = DataReader(document, findings, self._expressions)
        self._repeats = Repeats(self._file, findings, self._expressions, self._triggers, self._data)

    def processes(self) -> list[Process]:
        found = [self._process(node) for node in children(self._root, "process")]
        return found + [self._global(node) for node in children(self._root, *GLOBAL_TASKS)]

    def place(self, node: Any) -> Place:
        return Place.of(self._file, node)

    # --- processes and their parts ---------------------------------------------------------

    def _process(self, node: Any) -> Process:
        read = self._dialect.read(node)
        return Process(
            node.get("id", ""),
            node.get("name") or node.get("id", ""),
            self.place(node),
            read,
            self._body(node, node.get("id", ""), read.properties.get("phase"), None, 0),
        )

    def _global(self, node: Any) -> Process:
        name = node.get("id", "")
        alone = replace(
            self._element(node, name, name, None, None, 0), kind=GLOBAL_TASKS[tag(node)]
        )
        body = Body(name, {name: alone}, {})
        return Process(name, alone.name or name, alone.place, Extensions(), body)

    def _body(
        self, node: Any, process_id: str, phase: str | None, lane: str | None, depth: int
    ) -> Body:
        lanes = dict(self._lanes(node))
        elements: dict[str, Element] = {}
        refused = set()
        if depth > DEPTH_LIMIT:
            self._findings.error(
                "too-deep",
                self.place(node),
                said("sub-processes lie more than {limit} deep.", limit=DEPTH_LIMIT),
                "Move some of them into called processes.",
            )
            return Body(node.get("id", ""), {}, {})
        for item in node:
            if not refuse_unsupported(item, self._file, self._findings):
                if not is_drawing(item):
                    refused.add(item.get("id", ""))
                continue
            own_lane = lanes.get(item.get("id"), lane)
            element = self._element(item, process_id, node.get("id"), phase, own_lane, depth)
            elements[element.id] = element
        drawn = _in_order(list(self._flows(node)), node)
        flows = {flow.id: flow for flow in (*drawn, *read_links(elements, self._findings))}
        return Body(
            node.get("id", ""),
            elements,
            flows,
            frozenset(refused),
            dict(_handlers(node, elements)),
            self._data.objects(node),
        )

    def _lanes(self, node: Any) -> Iterator[tuple[str, str]]:
        for lane in node.iter(f"{{{BPMN}}}lane"):
            for ref in children(lane, "flowNodeRef"):
                yield (ref.text or "").strip(), lane.get("name") or lane.get("id")

    def _flows(self, node: Any) -> Iterator[Flow]:
        for item in children(node, "sequenceFlow"):
            if not item.get("id"):
                self._findings.error(
                    "no-id",
                    self.place(item),
                    said("a {kind} has no id.", kind="sequenceFlow"),
                    "Give it one.",
                )
            condition = child(item, "conditionExpression")
            formula = None
            if condition is not None:
                formula = self._expressions.feel(condition.text, condition, said("condition"))
                self._demand_text(item, condition)
            yield Flow(
                item.get("id", ""),
                item.get("sourceRef", ""),
                item.get("targetRef", ""),
                formula,
                self.place(item),
            )

    def _demand_text(self, flow: Any, condition: Any) -> None:
        if not (condition.text or "").strip():
            self._findings.error(
                "no-condition",
                self.place(flow),
                "its condition is empty.",
                "Write the condition, or remove it: a flow without one is always taken.",
            )

    def _element(
        self,
        node: Any,
        process_id: str,
        parent: str,
        phase: str | None,
        lane: str | None,
        depth: int,
    ) -> Element:
        read = self._extensions(node)
        phase = read.properties.get("phase", phase)
        return Element(
            id=node.get("id", ""),
            name=node.get("name") or "",
            kind=tag(node),
            place=self.place(node),
            process_id=process_id,
            parent=parent,
            lane=lane,
            documentation=_documentation(node),
            phase=phase,
            extensions=read,
            event=self._event(node, read),
            loop=self._repeats.loop(node),
            attached_to=node.get("attachedToRef"),
            interrupting=all(flag(node, name, otherwise=True) for name in INTERRUPTS),
            triggered_by_event=flag(node, "triggeredByEvent"),
            default=node.get("default"),
            inner=(
                self._body(node, process_id, phase, lane, depth + 1)
                if tag(node) in SUB_PROCESSES
                else None
            ),
            instantiates=flag(node, "instantiate"),
            for_compensation=flag(node, "isForCompensation"),
            start_quantity=_quantity(node, "startQuantity"),
            completion_quantity=_quantity(node, "completionQuantity"),
            all_events=node.get("eventGatewayType") == "Parallel",
            activation=self._activation(node),
            ad_hoc=self._repeats.ad_hoc(node),
            data=self._data.read(node),
        )

    def _event(self, node: Any, read: Extensions) -> Event:
        definitions = self._triggers.definitions(node)
        refuse_triggers(node, definitions, self._file, self._findings)
        return self._triggers.event(node, read)

    def _activation(self, node: Any) -> Any:
        condition = child(node, "activationCondition")
        if condition is None:
            return None
        return self._expressions.feel(condition.text, condition, said("activation condition"))

    def _extensions(self, node: Any) -> Extensions:
        read = self._dialect.read(node)
        kind = tag(node)
        script = child(node, "script") if kind in {"scriptTask", "globalScriptTask"} else None
        if script is not None and read.script is None and not read.handler:
            formula = self._expressions.feel(
                script.text, script, said("script"), language=node.get("scriptFormat")
            )
            read = replace(read, script=formula)
        if kind == "callActivity" and read.called is None and node.get("calledElement"):
            read = replace(read, called=Called(referred(node, "calledElement") or ""))
        return read


def _in_order(flows: list[Flow], node: Any) -> Iterator[Flow]:
    """Yield flows so that those of one element come as it lists them, where it does.

    Source: BPMN 2.0.2, table 8.45: a node's ``outgoing`` is an ordered collection.
    """
    listed = {
        (item.text or "").strip().rpartition(":")[2]: number
        for owner in node
        if is_bpmn(owner)
        for number, item in enumerate(children(owner, "outgoing"))
    }
    leaving: dict[str, list[Flow]] = {}
    for flow in flows:
        leaving.setdefault(flow.source, []).append(flow)
    ordered = {
        source: iter(sorted(found, key=lambda flow: listed.get(flow.id, len(listed))))
        for source, found in leaving.items()
    }
    for flow in flows:
        yield next(ordered[flow.source])


def _handlers(node: Any, elements: dict[str, Element]) -> Iterator[tuple[str, str]]:
    """Yield each compensation event and the activity that an association joins to it."""
    for item in children(node, "association"):
        source, target = referred(item, "sourceRef") or "", referred(item, "targetRef") or ""
        for event, handler in ((source, target), (target, source)):
            found = elements.get(event)
            if (
                found is not None
                and found.kind == "boundaryEvent"
                and found.event.trigger is Trigger.COMPENSATION
                and handler in elements
            ):
                yield event, handler


def _quantity(node: Any, name: str) -> int:
    value = node.get(name, "1").strip()
    return int(value) if value.isdigit() else 1


def _documentation(node: Any) -> str:
    found = child(node, "documentation")
    return "" if found is None else (found.text or "").strip()
