"""What an element of a diagram means, as far as it shows: its kind, symbol, markers and ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "complexGateway",
        "eventBasedGateway",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
SUB_PROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})
TASKS = frozenset(
    {
        "task",
        "userTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "manualTask",
    }
)
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
_THROWING = frozenset({"endEvent", "intermediateThrowEvent"})


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the model behind a shape or an edge.

    :ivar kind: its BPMN tag without namespace; ``""`` for an id the file does not define.
    :ivar symbol: what an event shows: ``message``, ``timer`` …, ``multiple``; ``""`` for none.
    :ivar throwing: the event sends, so its symbol is filled.
    :ivar dashed: the event does not interrupt, or the sub-process is an event's (dotted).
    :ivar markers: small signs at the lower edge, in the order they stand there.
    :ivar source: id an edge comes from. :ivar target: id it goes to.
    :ivar default: id of the flow taken when no condition holds.
    :ivar conditional: the flow carries a condition.
    :ivar direction: of an association: ``None``, ``One`` or ``Both``.
    :ivar host: id of the activity a boundary event stands on.
    :ivar open: a pool that shows a process (a black box shows its name in the middle).
    """

    id: str
    kind: str
    name: str
    parent: str = ""
    symbol: str = ""
    throwing: bool = False
    dashed: bool = False
    markers: tuple[str, ...] = ()
    source: str = ""
    target: str = ""
    default: str = ""
    conditional: bool = False
    direction: str = ""
    open: bool = False
    host: str = ""


def read_elements(root: Any) -> dict[str, Element]:
    """Return every element with an id, by id."""
    nodes = {node.get("id"): node for node in root.iter(f"{BPMN}*") if node.get("id")}
    return {identifier: _element(identifier, node, nodes) for identifier, node in nodes.items()}


def tag(node: Any) -> str:
    """Return a node's tag without its namespace; ``""`` for a comment."""
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def reference(text: str | None, known: Mapping[str, Any]) -> str:
    """Return the id that a QName such as ``ns:Task_1`` refers to."""
    text = (text or "").strip()
    if text in known:
        return text
    local = text.rpartition(":")[2]
    return local if local in known else text


def _element(identifier: str, node: Any, nodes: Mapping[str, Any]) -> Element:
    kind = tag(node)
    parent = node.getparent()
    return Element(
        id=identifier,
        kind=kind,
        name=_name(node, kind, nodes),
        parent=(parent.get("id") or "") if parent is not None else "",
        symbol=_symbol(node, kind, nodes),
        throwing=kind in _THROWING,
        dashed=_is_dashed(node, kind),
        markers=tuple(_markers(node, kind, nodes)),
        source=_end(node, "sourceRef", nodes),
        target=_end(node, "targetRef", nodes),
        default=reference(node.get("default"), nodes),
        conditional=node.find(f"{BPMN}conditionExpression") is not None,
        direction=node.get("associationDirection", "None") if kind == "association" else "",
        open=bool(node.get("processRef")),
        host=reference(node.get("attachedToRef"), nodes),
    )


def _name(node: Any, kind: str, nodes: Mapping[str, Any]) -> str:
    if kind == "textAnnotation":
        return (node.findtext(f"{BPMN}text") or "").strip()
    if kind == "group":
        value = nodes.get(reference(node.get("categoryValueRef"), nodes))
        return (value.get("value") or "").strip() if value is not None else ""
    name = str(node.get("name") or "").strip()
    state = node.find(f"{BPMN}dataState")
    shown = state.get("name") if state is not None else ""
    return f"{name}\n[{shown}]".strip() if shown else name


def _symbol(node: Any, kind: str, nodes: Mapping[str, Any]) -> str:
    if kind not in EVENTS:
        return ""
    symbols = [
        tag(child).removesuffix("EventDefinition")
        for child in _definitions(node, nodes)
        if tag(child).endswith("EventDefinition")
    ]
    if len(symbols) > 1:
        return "parallelMultiple" if node.get("parallelMultiple") == "true" else "multiple"
    return symbols[0] if symbols else ""


def _definitions(node: Any, nodes: Mapping[str, Any]) -> Iterator[Any]:
    for child in node:
        if tag(child) == "eventDefinitionRef":
            shared = nodes.get(reference(child.text, nodes))
            if shared is not None:
                yield shared
        else:
            yield child


def _is_dashed(node: Any, kind: str) -> bool:
    if kind == "boundaryEvent":
        return bool(node.get("cancelActivity") == "false")
    if kind == "startEvent":
        return bool(node.get("isInterrupting") == "false")
    return kind in SUB_PROCESSES and node.get("triggeredByEvent") == "true"


def _markers(node: Any, kind: str, nodes: Mapping[str, Any]) -> Iterator[str]:
    if node.get("isForCompensation") == "true":
        yield "compensation"
    if node.find(f"{BPMN}standardLoopCharacteristics") is not None:
        yield "loop"
    many = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if many is not None:
        yield "sequential" if many.get("isSequential") == "true" else "parallel"
    if kind == "participant" and node.find(f"{BPMN}participantMultiplicity") is not None:
        yield "parallel"
    held = nodes.get(reference(node.get("dataObjectRef"), nodes), node)
    if held.get("isCollection") == "true":
        yield "parallel"
    if kind == "adHocSubProcess":
        yield "ad-hoc"


def _end(node: Any, which: str, nodes: Mapping[str, Any]) -> str:
    text = node.get(which) or node.findtext(f"{BPMN}{which}")
    return reference(text, nodes)
