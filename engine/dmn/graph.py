"""The requirement graph as a whole: no decision may require itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.dmn.document import Report
from engine.dmn.model import Decision, Element, Knowledge, Service
from engine.rules import said


def check_graph(
    elements: Mapping[str, Element], nodes: Mapping[str, Any], report: Report
) -> frozenset[str]:
    """Report every element of the file that requires itself, and return all that cannot be made."""
    found = circular(elements)
    for key in sorted(found):
        if key in nodes:
            message = said("'{key}' requires itself, directly or through others.", key=key)
            report.error("circle", nodes[key], message, "Remove one of the arrows of the circle.")
    return found


def circular(elements: Mapping[str, Element]) -> frozenset[str]:
    """Return the keys of elements that stand in a circle or require one that does.

    What requires nothing is taken away again and again; what remains cannot be evaluated.
    """
    waiting = {key: {k for k in _required(e) if k in elements} for key, e in elements.items()}
    users: dict[str, list[str]] = {}
    for key, required in waiting.items():
        for one in required:
            users.setdefault(one, []).append(key)
    ready = [key for key, required in waiting.items() if not required]
    while ready:
        done = ready.pop()
        del waiting[done]
        for user in users.get(done, ()):
            waiting[user].discard(done)
            if not waiting[user]:
                ready.append(user)
    return frozenset(waiting)


def _required(element: Element) -> Iterable[str]:
    if isinstance(element, Decision | Knowledge):
        return (requirement.key for requirement in element.requires)
    if isinstance(element, Service):
        return (requirement.key for requirement in element.outputs)
    return ()
