"""From a BPMN file to its processes, as plain values; what is wrong becomes findings.

SpiffWorkflow's own parser walks along the flows, one call a node, and leaves out in silence what
it does not know. This reader goes through the nodes in document order, so a long diagram costs no
stack, and names everything it cannot run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.bpmn.dialect import Dialect
from engine.bpmn.elements import (
    Body,
    Called,
    Element,
    Extensions,
    Flow,
    Loop,
    Process,
)
from engine.bpmn.expressions import Expressions
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import (
    BPMN,
    Document,
    child,
    children,
    extensions,
    referred,
    tag,
)
from engine.bpmn.supported import refuse_unsupported
from engine.bpmn.triggers import Triggers

DEPTH_LIMIT = 20


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

    def processes(self) -> list[Process]:
        return [self._process(node) for node in children(self._root, "process")]

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
                f"sub-processes lie more than {DEPTH_LIMIT} deep.",
                "Move some of them into called processes.",
            )
            return Body(node.get("id", ""), {}, {})
        for item in node:
            if not refuse_unsupported(item, self._file, self._findings):
                refused.add(item.get("id", ""))
                continue
            own_lane = lanes.get(item.get("id"), lane)
            element = self._element(item, process_id, node.get("id"), phase, own_lane, depth)
            elements[element.id] = element
        flows = {flow.id: flow for flow in self._flows(node)}
        return Body(node.get("id", ""), elements, flows, frozenset(refused))

    def _lanes(self, node: Any) -> Iterator[tuple[str, str]]:
        for lane in node.iter(f"{{{BPMN}}}lane"):
            for ref in children(lane, "flowNodeRef"):
                yield (ref.text or "").strip(), lane.get("name") or lane.get("id")

    def _flows(self, node: Any) -> Iterator[Flow]:
        for item in children(node, "sequenceFlow"):
            condition = child(item, "conditionExpression")
            formula = None
            if condition is not None:
                formula = self._expressions.feel(condition.text, condition, "condition")
            yield Flow(
                item.get("id", ""),
                item.get("sourceRef", ""),
                item.get("targetRef", ""),
                formula,
                self.place(item),
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
            event=self._triggers.event(node, read),
            loop=self._loop(node),
            attached_to=node.get("attachedToRef"),
            interrupting=(node.get("cancelActivity") or node.get("isInterrupting")) != "false",
            triggered_by_event=node.get("triggeredByEvent") == "true",
            default=node.get("default"),
            inner=(
                self._body(node, process_id, phase, lane, depth + 1)
                if tag(node) == "subProcess"
                else None
            ),
        )

    def _extensions(self, node: Any) -> Extensions:
        read = self._dialect.read(node)
        kind = tag(node)
        script = child(node, "script") if kind == "scriptTask" else None
        if script is not None and read.script is None and not read.handler:
            formula = self._expressions.feel(
                script.text, script, "script", language=node.get("scriptFormat")
            )
            read = replace(read, script=formula)
        if kind == "callActivity" and read.called is None and node.get("calledElement"):
            read = replace(read, called=Called(referred(node, "calledElement") or ""))
        return read

    def _loop(self, node: Any) -> Loop | None:
        loop = child(node, "multiInstanceLoopCharacteristics")
        if loop is None:
            return None
        zeebe = next((x for x in extensions(loop) if tag(x) == "loopCharacteristics"), None)
        read = {} if zeebe is None else zeebe.attrib
        feel = self._expressions.feel
        number, enough = child(loop, "loopCardinality"), child(loop, "completionCondition")
        found = Loop(
            loop.get("isSequential") == "true",
            feel(read.get("inputCollection"), zeebe, "input collection"),
            read.get("inputElement"),
            None if number is None else feel(number.text, number, "loop cardinality"),
            read.get("outputCollection"),
            feel(read.get("outputElement"), zeebe, "output element"),
            None if enough is None else feel(enough.text, enough, "completion condition"),
        )
        if (read.get("inputCollection") is None) == (number is None):
            self._findings.error(
                "loop",
                self.place(loop),
                "the multi-instance says neither or both of an input collection and a number.",
                "Give it an input collection (zeebe:loopCharacteristics).",
            )
        return found


def _documentation(node: Any) -> str:
    found = child(node, "documentation")
    return "" if found is None else (found.text or "").strip()
