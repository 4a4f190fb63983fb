"""Links: a pair of link events of one name is a sequence flow drawn in two pieces.

Source: BPMN 2.0.2, section 10.5.5 (link event definition).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.elements import Element, Flow, Trigger
from engine.bpmn.findings import Findings
from engine.rules import said


def read_links(elements: Mapping[str, Element], findings: Findings) -> Iterator[Flow]:
    """Yield a flow for each throwing link of a process or sub-process; note those left alone."""
    ends = _ends(elements, findings)
    throwing = [
        element
        for element in elements.values()
        if element.kind == "intermediateThrowEvent" and element.event.trigger is Trigger.LINK
    ]
    thrown = {element.event.name for element in throwing}
    for name, target in ends.items():
        if name and name not in thrown:
            findings.error(
                "link",
                target.place,
                said("nothing leads to its link '{name}'.", name=name),
                "Draw a throwing link event of that name in the same process or sub-process.",
            )
    for element in throwing:
        found = ends.get(element.event.name)
        if found is None:
            findings.error(
                "link",
                element.place,
                said("its link '{name}' leads nowhere.", name=element.event.name),
                "Draw a catching link event of that name in the same process or sub-process.",
            )
            continue
        yield Flow(f"{element.id}~{found.id}", element.id, found.id, None, element.place)


def _ends(elements: Mapping[str, Element], findings: Findings) -> dict[str, Element]:
    """Return the catching link of each name."""
    ends: dict[str, Element] = {}
    for element in elements.values():
        if element.kind != "intermediateCatchEvent" or element.event.trigger is not Trigger.LINK:
            continue
        name = element.event.name
        if ends.setdefault(name, element) is not element:
            findings.error(
                "link",
                element.place,
                said("another link with the name '{name}' begins here as well.", name=name),
                "Keep one target for each link.",
            )
    return ends
