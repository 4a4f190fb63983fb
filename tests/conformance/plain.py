"""A foreign diagram made ready for the trace: its script tasks' plain texts are output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.reader import (
    BPMN,
    ZEEBE,
    child,
    children,
    extensions,
    flag,
    is_bpmn,
    referred,
    tag,
)
from tests.conformance.foreign import read_conditions

SCRIPTS = {"scriptTask": "task", "globalScriptTask": "globalTask"}
RESTING = {"scriptTask": "userTask", "globalScriptTask": "globalUserTask"}
WORKLESS = {"serviceTask", "businessRuleTask", "sendTask", "globalBusinessRuleTask"}
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


@dataclass(frozen=True, slots=True)
class PlainDiagram:
    """A diagram whose script tasks are undefined tasks with a text of their own.

    :ivar texts: output of each script task, by id. :ivar repeated: ids of those in loops.
    :ivar main: id of the process to run when nobody names one.
    """

    name: str
    source: bytes
    texts: dict[str, str]
    repeated: frozenset[str]
    main: str


def read_plain(source: bytes, name: str, *, resting: bool = False) -> PlainDiagram:
    """Read a diagram; one that is no XML stays as it is, to be refused with its reason.

    :param resting: whether each script task waits, so that the case is stored before and after it.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root: Any = etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        return PlainDiagram(name, source, {}, frozenset(), "")
    if root.getroottree().docinfo.doctype:
        return PlainDiagram(name, source, {}, frozenset(), "")
    read_conditions(root)
    texts: dict[str, str] = {}
    repeated = set()
    for node in list(root.iter(f"{{{BPMN}}}*")):
        kind = tag(node)
        if kind in SCRIPTS and not _has(node, "script", "taskDefinition"):
            _take_text(node, texts, RESTING if resting else SCRIPTS)
            if resting:
                _extend(node, "assignmentDefinition", candidateGroups="clerk")
            if children(node, *LOOPS):
                repeated.add(node.get("id"))
        elif kind in WORKLESS and not _names_work(node):
            node.tag = f"{{{BPMN}}}{'globalTask' if kind.startswith('global') else 'task'}"
        elif kind == "message" and not _has(node, "subscription") and not _correlated(root, node):
            _extend(node, "subscription", correlationKey='="any"')
    return PlainDiagram(name, etree.tostring(root), texts, frozenset(repeated), _main(root))


def _take_text(node: Any, texts: dict[str, str], kinds: Mapping[str, str]) -> None:
    script = child(node, "script")
    if script is not None:
        texts[node.get("id")] = (script.text or "").strip()
        node.remove(script)
    node.attrib.pop("scriptFormat", None)
    node.tag = f"{{{BPMN}}}{kinds[tag(node)]}"


def _has(node: Any, *names: str) -> bool:
    return any(tag(item) in names for item in extensions(node))


def _names_work(node: Any) -> bool:
    sends = tag(node) == "sendTask" and bool(node.get("messageRef"))
    return sends or _has(node, "taskDefinition", "calledDecision")


def _correlated(root: Any, message: Any) -> bool:
    retrievals = root.iter(f"{{{BPMN}}}correlationPropertyRetrievalExpression")
    return any(referred(node, "messageRef") == message.get("id") for node in retrievals)


def _extend(node: Any, name: str, **attributes: str) -> None:
    holder = child(node, "extensionElements")
    if holder is None:
        holder = etree.Element(f"{{{BPMN}}}extensionElements")
        documented = len(children(node, "documentation"))
        node.insert(documented, holder)
    etree.SubElement(holder, f"{{{ZEEBE}}}{name}", attributes)


def _main(root: Any) -> str:
    """Return the process to run: one marked executable that begins by itself and nothing calls."""
    called = {referred(node, "calledElement") for node in root.iter(f"{{{BPMN}}}callActivity")}

    def rank(node: Any) -> tuple[bool, bool, bool]:
        awaits = any(
            is_bpmn(part) and tag(part).endswith(("EventDefinition", "eventDefinitionRef"))
            for begin in children(node, "startEvent")
            for part in begin
        )
        return not flag(node, "isExecutable"), node.get("id") in called, awaits

    processes = [node for node in children(root, "process") if len(node)]
    return (min(processes, key=rank).get("id") or "") if processes else ""
