"""What this engine does not run yet, refused when a scheme is published, never run wrongly."""

from __future__ import annotations

from typing import Any

from engine.bpmn.elements import ACTIVITIES, EVENTS, GATEWAYS, NODES
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import child, children, is_bpmn, tag

DRAWING = frozenset(
    [
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "sequenceFlow",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "ioSpecification",
        "property",
        "dataInputAssociation",
        "dataOutputAssociation",
        "auditing",
        "monitoring",
        "category",
        "supportedInterfaceRef",
        "correlationSubscription",
        "resourceRole",
        "performer",
        "potentialOwner",
        "humanPerformer",
    ]
)
"""Parts of a process that are its documentation, or are read where they belong."""

INSTEAD = {
    "complexGateway": "Use an inclusive gateway, or exclusive and parallel ones.",
    "adHocSubProcess": "Use user tasks that may be skipped, or a multi-instance.",
    "transaction": "Use a sub-process with error events.",
    "globalTask": "Use a called process.",
    "signalEventDefinition": "Use a message with a correlation key.",
    "escalationEventDefinition": "Use a message, or an error event.",
    "compensateEventDefinition": "Draw what must be undone as tasks.",
    "cancelEventDefinition": "Use an error event.",
    "conditionalEventDefinition": "Use a message, or a timer and a gateway.",
    "linkEventDefinition": "Draw the sequence flow itself, or use a sub-process.",
}
TRIGGERS_BY_KIND = {
    "startEvent": {"timer", "message", "error"},
    "intermediateCatchEvent": {"timer", "message"},
    "intermediateThrowEvent": {"message"},
    "boundaryEvent": {"timer", "message", "error"},
    "endEvent": {"message", "error", "terminate"},
}


def refuse_unsupported(node: Any, file: str, findings: Findings) -> bool:
    """Note what of this part of a process is not supported.

    :returns: whether the rest of it can be read.
    """
    if not is_bpmn(node):
        return False
    kind = tag(node)
    if kind in DRAWING:
        return False
    if kind not in NODES:
        remedy = INSTEAD.get(kind, "Remove it, or draw it with what is supported.")
        findings.error(
            "unsupported-element", Place.of(file, node), f"bpmn:{kind} is not supported.", remedy
        )
        return False
    if not node.get("id"):
        findings.error("no-id", Place.of(file, node), f"a {kind} has no id.", "Give it one.")
        return False
    _refuse_attributes(node, kind, file, findings)
    if kind in EVENTS:
        _refuse_events(node, kind, file, findings)
    if kind in ACTIVITIES:
        _refuse_loops(node, file, findings)
    return True


def _refuse_attributes(node: Any, kind: str, file: str, findings: Findings) -> None:
    def refuse(message: str, remedy: str) -> None:
        findings.error("unsupported-attribute", Place.of(file, node), message, remedy)

    for name in ("startQuantity", "completionQuantity"):
        if node.get(name, "1") != "1":
            refuse(f"its {name} is {node.get(name)}.", "Use a multi-instance.")
    if node.get("isForCompensation") == "true":
        refuse("it is for compensation.", INSTEAD["compensateEventDefinition"])
    if node.get("instantiate") == "true":
        refuse("it starts the process by itself.", "Use a start event.")
    if kind in GATEWAYS and node.get("eventGatewayType") == "Parallel":
        refuse("the gateway waits for all of its events.", "Use a parallel gateway before them.")


def _refuse_events(node: Any, kind: str, file: str, findings: Findings) -> None:
    def refuse(message: str, remedy: str) -> None:
        findings.error("unsupported-event", Place.of(file, node), message, remedy)

    definitions = [x for x in node if is_bpmn(x) and tag(x).endswith("EventDefinition")]
    if len(definitions) > 1:
        refuse("it has several triggers.", "Draw one event for each.")
    for definition in definitions:
        name = tag(definition)
        allowed = TRIGGERS_BY_KIND[kind]
        if name.removesuffix("EventDefinition") not in allowed:
            words = ", ".join(sorted(allowed))
            refuse(
                f"a {kind} with bpmn:{name} is not supported.",
                INSTEAD.get(name, f"Choose one of: {words}."),
            )
    if children(node, "eventDefinitionRef"):
        refuse("its trigger is declared elsewhere.", "Declare it in the event itself.")
    if kind in {"boundaryEvent", "intermediateCatchEvent"} and not definitions:
        refuse(f"a {kind} waits for nothing.", "Choose a timer or a message.")
    if kind == "intermediateThrowEvent" and not definitions:
        return  # A point to be seen on the diagram, passed at once.


def _refuse_loops(node: Any, file: str, findings: Findings) -> None:
    if child(node, "standardLoopCharacteristics") is not None:
        findings.error(
            "unsupported-loop",
            Place.of(file, node),
            "the standard loop is not supported.",
            "Draw the loop with a gateway, or use a multi-instance.",
        )
    loop = child(node, "multiInstanceLoopCharacteristics")
    if loop is not None and child(loop, "loopDataInputRef") is not None:
        findings.error(
            "unsupported-loop",
            Place.of(file, node),
            "the multi-instance takes its items from a data object.",
            "Name a variable as input collection (zeebe:loopCharacteristics).",
        )
