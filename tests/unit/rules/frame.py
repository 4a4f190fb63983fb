"""What stands around an example of ``docs/lint.md``, so that lint can read it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from engine.model import HandlerSpec
from handlers.documents.checks import review

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
HEAD = (
    f'<definitions xmlns="{BPMN}" xmlns:zeebe="{ZEEBE}" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="Definitions" targetNamespace="urn:e">'
)
BESIDE = frozenset(["process", "message", "error", "escalation", "signal", "collaboration"])
"""BPMN elements that stand beside a process."""
HANDLERS = {
    "check": HandlerSpec(
        "check", True, {"amount": Decimal, "purpose": str}, frozenset(), frozenset({"given"}), ""
    ),
    "send": HandlerSpec(
        "send", False, {"address": str, "template": str}, frozenset({"address"}), frozenset(), ""
    ),
    "open": HandlerSpec("open", True, {"organisation": str}, frozenset(), frozenset(), ""),
    "documents.require": HandlerSpec(
        "documents.require",
        True,
        {"documents": list, "purpose": str, "step": str},
        frozenset(),
        frozenset(),
        "",
        review,
    ),
    "documents.generate": HandlerSpec(
        "documents.generate",
        True,
        {"letter": str, "language": str, "values": dict},
        frozenset({"letter"}),
        frozenset({"document"}),
        "",
    ),
}
OWN_FILE = {
    "bpmn": "p.bpmn",
    "dmn": "d.dmn",
    "form": "f.form",
    "labels": "labels.en.toml",
    "scheme": "scheme.toml",
    "documents": "documents.toml",
}
USUAL = (
    '<userTask id="A" name="Contrôler"><zeebe:assignmentDefinition candidateGroups="officer"/>'
    "</userTask>\nS → A → E"
)
SCHEME = {
    "id": '"cm/example"',
    "process": '"P"',
    "country": '"CM"',
    "time_zone": '"Africa/Douala"',
    "languages": '["en"]',
    "currency": '"XAF"',
    "reference_prefix": '"CM-EX"',
}
TABLES = {"name": 'en = "Example"', "roles.officer": 'en = "Officer"'}


def files_of(group: str, example: str) -> dict[str, bytes]:
    """Return the files of a scheme that an example is part of."""
    found = {"scheme.toml": "", "p.bpmn": USUAL} | dict(_split(OWN_FILE[group], example))
    return {name: _whole(name, text) for name, text in found.items()}


def _split(first: str, example: str) -> Iterator[tuple[str, str]]:
    name, lines = first, list[str]()
    for line in [*_repeated(example).split("\n"), "--- "]:
        if line.startswith("--- "):
            yield name, "\n".join(lines)
            name, lines = line[4:].strip(), []
        else:
            lines.append(line)


def _repeated(example: str) -> str:
    return re.sub(
        r"\(([^()×\n]*) × (\d+)\)",
        lambda found: "".join(
            (found[1] or " ").replace("#+", str(number + 1)).replace("#", str(number))
            for number in range(1, int(found[2]) + 1)
        ),
        example,
    )


def _whole(name: str, text: str) -> bytes:
    if name == "scheme.toml":
        return _scheme(text).encode()
    if name.endswith(".form"):
        begins = text.lstrip().startswith(('{"id"', '{"components"'))
        return (text if begins else f'{{"id": "f", "components": [{text}]}}').encode()
    if text.startswith(("<?xml", "<!DOCTYPE")):
        return text.encode()
    if name.endswith(".bpmn"):
        return _diagram(text)
    return _decision(text).encode() if name.endswith(".dmn") else text.encode()


# --- schemes ------------------------------------------------------------------------------------


def _scheme(text: str) -> str:
    keys, _, tables = text.partition("\n[") if not text.startswith("[") else ("", "", text[1:])
    try:
        written: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return text
    lines = [keys, *(f"{key} = {value}" for key, value in SCHEME.items() if key not in written)]
    own = f"[{tables}" if tables else ""
    usual = [f"[{name}]\n{value}" for name, value in TABLES.items() if f"[{name}]" not in text]
    return "\n".join([*lines, own, *usual])


# --- diagrams -----------------------------------------------------------------------------------


def _diagram(text: str) -> bytes:
    prefixed = _arrows(text)
    root = etree.fromstring(f"{HEAD}{prefixed}</definitions>")
    inside: list[etree._Element] = []
    beside: list[etree._Element] = []
    for node in list(root):
        _extend(node)
        name = etree.QName(node)
        outside = name.namespace != BPMN or name.localname in BESIDE
        (beside if outside else inside).append(node)
    process = etree.SubElement(root, f"{{{BPMN}}}process", id="P", isExecutable="true")
    for node in inside:
        process.append(node)
    if not len(process):
        root.remove(process)
    drawings = [node for node in beside if etree.QName(node).namespace != BPMN]
    for node in drawings:
        root.append(node)  # The schema has them last.
    return etree.tostring(root)


def _arrows(text: str) -> str:
    """Return a fragment with its arrows as flows, and the start and end that they name drawn."""
    drawn = set(re.findall(r' id="([^"]+)"', text))
    usual = {"S": "startEvent", "E": "endEvent"}

    def flows(found: re.Match[str]) -> str:
        names = [name.strip() for name in found[1].split("→")]
        needed = [name for name in names if name in usual and name not in drawn]
        drawn.update(needed)
        nodes = "".join(f'<{usual[name]} id="{name}"/>' for name in dict.fromkeys(needed))
        return nodes + "".join(_flow(a, b, found[2]) for a, b in pairwise(names))

    return re.sub(r"(?m)(\w+(?: → \w+)+)(?: if (.*))?", flows, text)


def _flow(source: str, target: str, condition: str | None) -> str:
    ends = f'sourceRef="{source}" targetRef="{target}"'
    words = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" {ends}>{words}</sequenceFlow>'


def _extend(node: etree._Element) -> None:
    """Put zeebe: elements into extension elements, first of all."""
    for each in list(node.iter(f"{{{BPMN}}}*")):
        own = [child for child in each if etree.QName(child).namespace == ZEEBE]
        if own and etree.QName(each).localname != "extensionElements":
            holder = etree.Element(f"{{{BPMN}}}extensionElements")
            each.insert(0, holder)
            for child in own:
                holder.append(child)


# --- decisions ----------------------------------------------------------------------------------


def _decision(text: str) -> str:
    bars = [line for line in text.split("\n") if line.startswith("|")]
    body = f'<decision id="D" name="D">{_table(bars, text)}</decision>' if bars else text
    return f'<definitions xmlns="{DMN}" id="F" name="F" namespace="urn:e">{body}</definitions>'


def _table(bars: list[str], text: str) -> str:
    heads, *rows = ([cell.strip() for cell in bar.strip("| ").split("|")] for bar in bars)
    policy = re.search(r"hit policy: (\w+)(?: (\w+))?", text)
    attributes = f' hitPolicy="{policy[1]}"' if policy else ""
    attributes += f' aggregation="{policy[2]}"' if policy and policy[2] else ""
    outputs = [head.startswith("→") for head in heads]
    parts = [_head(number, head) for number, head in enumerate(heads)]
    for number, cells in enumerate(rows, start=1):
        marked = list(zip(cells, outputs, strict=False))
        parts.append(f'<rule id="R{number}">{"".join(_cells(number, marked))}</rule>')
    return f'<decisionTable id="T"{attributes}>{"".join(parts)}</decisionTable>'


def _head(number: int, head: str) -> str:
    if head.startswith("→"):
        return f'<output id="O{number}" name={quoteattr(head[1:].strip())}/>'
    name, _, kind = head.partition(":")
    declared = f" typeRef={quoteattr(kind.strip())}" if kind else ""
    read = f"<text>{escape(name.strip())}</text>"
    return f'<input id="I{number}"><inputExpression{declared}>{read}</inputExpression></input>'


def _cells(rule: int, cells: Iterable[tuple[str, bool]]) -> Iterator[str]:
    for number, (cell, is_output) in enumerate(cells):
        tag = "outputEntry" if is_output else "inputEntry"
        yield f'<{tag} id="R{rule}C{number}"><text>{escape(cell)}</text></{tag}>'
