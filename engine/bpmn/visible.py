"""Which variables can be there when a token comes to an element.

What an element writes can be there wherever it may have been done before: not where it can only
come after. A case's loops, called processes and events beside the flow are taken into account; what
branches depend on is not, so too much is taken to be there, never too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.bpmn.bodies import bodies
from engine.bpmn.elements import Body, Element, Process
from engine.bpmn.writers import ANY, NONE, Names, Writers, locals_of

ORDERED = 300
"""Elements of a body, at most, whose order is looked at; in a larger one anything may be first."""


class Visible:
    """Says what is visible where.

    :param process_id: the process that a case runs.
    """

    def __init__(self, processes: Mapping[str, Process], process_id: str, writers: Writers) -> None:
        self._top = process_id
        self._writers = writers
        self._homes: dict[str, tuple[Body, Element | None]] = {}
        self._calls: dict[str, list[Element]] = {}
        self._after: dict[tuple[str, str], frozenset[str]] = {}
        self._outside: dict[str, Names] = {}
        self._before: dict[str, Names] = {}
        self._bodies: dict[str, Names] = {}
        self._asking: set[str] = set()
        for process in processes.values():
            for body, owner in bodies(process):
                for element in body.elements.values():
                    self._homes[element.id] = (body, owner)
                    if element.extensions.called is not None:
                        called = element.extensions.called.process_id
                        self._calls.setdefault(called, []).append(element)

    def element(self, element_id: str | None) -> Element | None:
        """Return an element by its id."""
        home = self._homes.get(element_id or "")
        return home[0].elements[element_id or ""] if home else None

    def flows_into(self, element: Element) -> Names:
        """Return the flows into an element: a complex gateway counts tokens under their names."""
        body, _ = self._homes[element.id]
        return Names(frozenset(flow.id for flow in body.incoming(element.id)))

    def before(self, element: Element) -> Names:
        """Return what can be there before an element begins, outside of its own locals."""
        known = self._before.get(element.id)
        if known is None:
            known = self._before[element.id] = self._there(element)
        return known

    def _there(self, element: Element) -> Names:
        body, owner = self._homes[element.id]
        found = self._in_body(element, body, again=self._comes_again(owner))
        found |= Names(frozenset(body.objects))
        if owner is None:
            return found | self.handed_in(element.process_id)
        return found | Names(frozenset(locals_of(owner))) | self.before(owner)

    def handed_in(self, process_id: str) -> Names:
        """Return what a process gets from outside when it begins."""
        if process_id in self._outside:
            return self._outside[process_id]
        calls = self._calls.get(process_id, [])
        if process_id in self._asking:
            return NONE  # It calls itself: the other calls say what it gets.
        if not calls:
            return NONE if process_id == self._top else ANY
        self._asking.add(process_id)
        found = NONE
        for call in calls:
            found |= self._passed(call)
        self._asking.discard(process_id)
        self._outside[process_id] = found
        return found

    def _passed(self, call: Element) -> Names:
        called = call.extensions.called
        assert called is not None  # noqa: S101 - only calls are asked for
        found = Names(frozenset(locals_of(call)))
        copies = called.copy_in if called.copy_in is not None else not call.extensions.inputs
        return found | self.before(call) if copies else found

    def _in_body(self, element: Element, body: Body, *, again: bool) -> Names:
        again = again or len(body.elements) > ORDERED
        if again:
            return self._whole(body)
        found = Names(frozenset(body.objects))
        later = self._reached(body, element.id)
        for other in body.elements.values():
            if self._may_precede(other, element, body, later):
                found |= self._writers.gives(other)
        return found

    def _whole(self, body: Body) -> Names:
        known = self._bodies.get(body.id)
        if known is None:
            known = self._bodies[body.id] = self._writers.of_body(body)
        return known

    def _may_precede(
        self, other: Element, element: Element, body: Body, later: frozenset[str]
    ) -> bool:
        """Return whether one element may be done before another of the same body."""
        only_later = other.id in later or other.id == element.id
        return not only_later or element.id in self._reached(body, other.id)

    def _comes_again(self, owner: Element | None) -> bool:
        """Return whether a body may run more than once in the scopes that its elements see."""
        while owner is not None:
            body, around = self._homes[owner.id]
            if owner.loop is not None or owner.triggered_by_event or owner.ad_hoc is not None:
                return True
            if owner.id in self._reached(body, owner.id):
                return True
            owner = around
        return False

    def _reached(self, body: Body, start: str) -> frozenset[str]:
        """Return the elements that tokens of an element may come to, events on its edge too."""
        known = self._after.get((body.id, start))
        if known is None:
            seen: set[str] = set()
            waiting = list(_next(body, start))
            while waiting:
                name = waiting.pop()
                if name not in seen:
                    seen.add(name)
                    waiting += _next(body, name)
            known = self._after[body.id, start] = frozenset(seen)
        return known


def _next(body: Body, name: str) -> Iterable[str]:
    yield from (flow.target for flow in body.outgoing(name))
    yield from (event.id for event in body.attached(name))
    if name in body.compensation:
        yield body.compensation[name]
