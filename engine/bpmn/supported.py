"""What this engine does not run, refused when a scheme is published, never run wrongly."""

from __future__ import annotations

from typing import Any

from engine.bpmn.elements import EVENTS, NODES
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import flag, is_bpmn, tag
from engine.rules import said

DRAWING = frozenset(
    [
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "completionCondition",
        "sequenceFlow",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "ioSpecification",
        "ioBinding",
        "property",
        "dataInputAssociation",
        "dataOutputAssociation",
        "auditing",
        "monitoring",
        "category",
        "artifact",
        "supports",
        "supportedInterfaceRef",
        "correlationSubscription",
        "resourceRole",
        "performer",
        "potentialOwner",
        "humanPerformer",
    ]
)
"""Parts of a process that are its documentation, or are read where they belong."""

TRIGGERS_BY_KIND = {
    "startEvent": {
        "timer", "message", "signal", "conditional", "error", "escalation", "compensate",
    },
    "intermediateCatchEvent": {"timer", "message", "signal", "conditional", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensate", "link"},
    "boundaryEvent": {
        "timer", "message", "signal", "conditional", "error", "escalation", "compensate", "cancel",
    },
    "endEvent": {
        "message", "signal", "error", "escalation", "compensate", "cancel", "terminate",
    },
}  # fmt: skip
"""Which triggers an event may have. Source: BPMN 2.0.2, table 10.93."""

ALONE = frozenset({"compensate", "cancel", "link"})
"""Triggers that are refused together with others in an event that catches; in one that throws on
the way only a link is, since it is a flow."""


def is_drawing(node: Any) -> bool:
    """Return whether this part of a process is no node of it, so that no flow can lead to it."""
    return not is_bpmn(node) or tag(node) in DRAWING


def refuse_unsupported(node: Any, file: str, findings: Findings) -> bool:
    """Note what of this part of a process is not supported.

    :returns: whether the rest of it can be read.
    """
    if is_drawing(node):
        return False
    kind = tag(node)
    if kind not in NODES:
        findings.error(
            "unsupported-element",
            Place.of(file, node),
            said("bpmn:{kind} is not supported.", kind=kind),
            "Remove it, or draw it with what is supported.",
        )
        return False
    if not node.get("id"):
        findings.error(
            "no-id", Place.of(file, node), said("a {kind} has no id.", kind=kind), "Give it one."
        )
        return False
    _refuse_attributes(node, file, findings)
    return True


def _refuse_attributes(node: Any, file: str, findings: Findings) -> None:
    for name in ("startQuantity", "completionQuantity"):
        value = node.get(name, "1").strip()
        if not value.isdigit() or not 1 <= int(value) <= 1_000:
            findings.error(
                "unsupported-attribute",
                Place.of(file, node),
                said("its {name} is {value}.", name=name, value=value),
                "Write a whole number from 1 to 1000.",
            )


def refuse_triggers(node: Any, definitions: list[Any], file: str, findings: Findings) -> None:
    """Note triggers that an event of this kind cannot have."""
    kind = tag(node)
    if kind not in EVENTS:
        return

    def refuse(message: str, remedy: str) -> None:
        findings.error("unsupported-event", Place.of(file, node), message, remedy)

    allowed = TRIGGERS_BY_KIND[kind]
    alone = {"link"} if kind in {"intermediateThrowEvent", "endEvent"} else ALONE
    names = [tag(definition).removesuffix("EventDefinition") for definition in definitions]
    for name in names:
        if name not in allowed:
            words = ", ".join(sorted(allowed))
            refuse(
                said(
                    "a {kind} with bpmn:{name}EventDefinition is not supported.",
                    kind=kind,
                    name=name,
                ),
                said("Choose one of: {words}.", words=words),
            )
        elif len(names) > 1 and name in alone:
            refuse(
                said("it has a {name} trigger beside others.", name=name),
                "Draw one event for each.",
            )
    if kind in {"boundaryEvent", "intermediateCatchEvent"} and not definitions:
        refuse(said("a {kind} waits for nothing.", kind=kind), "Choose a timer or a message.")
    together = flag(node, "parallelMultiple")
    if together and {"error", "escalation"} & set(names) and len(names) > 1:
        refuse(
            "it waits for an error or escalation and for others together.",
            "Draw one event for each.",
        )
