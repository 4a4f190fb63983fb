"""Words of a file that BPMN does not have: refused, since they would be passed over in silence.

A schema error only warns, because modelers deviate without harm. These do harm: a condition that is
misspelt is no condition, one of two loops is never read, and ``testBefore="yes"`` is not true.

Source: BPMN 2.0.2, the XML schemas of chapters 8, 10 and 15.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import Document, is_bpmn, tag
from engine.bpmn.schemas import XSD
from engine.rules import said

BOOLEAN = ("true", "false", "1", "0")
VALUES = {
    "cancelActivity": BOOLEAN,
    "cancelRemainingInstances": BOOLEAN,
    "instantiate": BOOLEAN,
    "isForCompensation": BOOLEAN,
    "isInterrupting": BOOLEAN,
    "isSequential": BOOLEAN,
    "parallelMultiple": BOOLEAN,
    "testBefore": BOOLEAN,
    "triggeredByEvent": BOOLEAN,
    "waitForCompletion": BOOLEAN,
    "eventGatewayType": ("Exclusive", "Parallel"),
    "ordering": ("Parallel", "Sequential"),
}
"""Attributes that steer a case, and what they may be."""

ONCE = frozenset(
    [
        "activationCondition",
        "completionCondition",
        "condition",
        "conditionExpression",
        "loopCardinality",
        "loopCondition",
        "multiInstanceLoopCharacteristics",
        "script",
        "standardLoopCharacteristics",
        "timeCycle",
        "timeDate",
        "timeDuration",
    ]
)
"""Parts of which an element reads one."""

ONE_OF = {
    "multiInstanceLoopCharacteristics": "loop",
    "standardLoopCharacteristics": "loop",
    "timeCycle": "time",
    "timeDate": "time",
    "timeDuration": "time",
}
"""Parts that stand for one another: an element has one of them."""


ANYTHING = frozenset({"documentation", "extensionElements", "rendering", "script", "text"})
"""Parts that hold what they like."""


@cache
def known_words() -> frozenset[str]:
    """Return the names of the elements that BPMN's schemas declare."""
    schemas = (etree.parse(str(path)).getroot() for path in sorted(XSD.parent.glob("*.xsd")))
    tags = "{http://www.w3.org/2001/XMLSchema}element"
    return frozenset(
        name for schema in schemas for node in schema.iter(tags) if (name := node.get("name"))
    )


def check_wording(document: Document, findings: Findings) -> None:
    """Note what of a file would be passed over though somebody meant it."""
    waiting = [document.root]
    while waiting:
        node = waiting.pop()
        for message, remedy in _wrong(node):
            findings.error("wording", Place.of(document.file, node), message, remedy)
        if tag(node) not in ANYTHING:
            waiting.extend(part for part in node if is_bpmn(part))


def _wrong(node: Any) -> Iterator[tuple[str, str]]:
    name = tag(node)
    if name not in known_words():
        yield (
            said("bpmn:{name} is no word of BPMN 2.0.", name=name),
            said("Correct its name, or remove it."),
        )
    for attribute, allowed in VALUES.items():
        value = node.get(attribute)
        if value is not None and value.strip() not in allowed:
            yield (
                said("its {attribute} is '{value}'.", attribute=attribute, value=value),
                said("Write one of: {words}.", words=", ".join(allowed)),
            )
    seen: set[str] = set()
    for part in node:
        if not is_bpmn(part) or tag(part) not in ONCE:
            continue
        kind = ONE_OF.get(tag(part), tag(part))
        if kind in seen:
            yield (
                said("it has more than one {kind}.", kind=kind),
                said("Keep the one that is meant."),
            )
        seen.add(kind)
