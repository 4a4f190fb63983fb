"""The control flow of a process or sub-process as a net that tokens move over.

A place is a sequence flow, except that every flow to one end event is one place, where what
arrives stays; and that a start has a place of its own. An activity is done in one move, its
boundary events happen or do not, a condition is true or false, an event comes or does not.

Source: BPMN 2.0.2, chapter 13, read as a free-choice net with inclusive joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from typing import TypeVar

from engine.bpmn.elements import ACTIVITIES, Body, Element, Flow, Trigger

Item = TypeVar("Item")

ENDS_ALL = (Trigger.TERMINATE, Trigger.ERROR, Trigger.CANCEL)
JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
SUBSET_LIMIT = 5
"""Flows of which every selection is tried; of more, each alone and all together."""


@dataclass(frozen=True, slots=True)
class Move:
    """One way in which an element is done.

    :ivar gives: places that get a token. :ivar steps: ids of the elements and flows gone through.
    :ivar ends: whether it ends everything in the body.
    """

    gives: tuple[str, ...]
    steps: tuple[str, ...]
    ends: bool = False


class Net:
    """The places, and the moves of each element, of one body.

    :ivar takes: by element id, the places that lead to it. :ivar target: by place, that element.
    :ivar stays: places where what arrives is done: before end events.
    :ivar plain: places that alone lead to their element, so that nothing competes there.
    :ivar merges: by place, the others of a merge: what is at two of them was not synchronised.
    :ivar undecided: why the token game cannot tell all of it; ``""`` if it can.
    :ivar side: places that only what does not interrupt leads to; a token more there is no wrong.
    """

    def __init__(self, body: Body) -> None:
        self.body = body
        self.undecided = ""
        self.target: dict[str, Element] = {}
        self.takes: dict[str, frozenset[str]] = {}
        self.stays: set[str] = set()
        self.plain: set[str] = set()
        self.merges: dict[str, frozenset[str]] = {}
        for element in body.elements.values():
            self._places(element)
        self.moves: Mapping[str, tuple[Move, ...]] = {
            element.id: tuple(self._moves(element)) for element in body.elements.values()
        }
        self.side = self._side()
        self._reaching: dict[str, frozenset[str]] = {}

    def _places(self, element: Element) -> None:
        flows = frozenset(place_of(self.body, flow) for flow in self.body.incoming(element.id))
        places = flows | {start_of(element.id)}
        self.takes[element.id] = places
        self.target |= dict.fromkeys(places, element)
        self.plain |= places if len(flows) < 2 else {start_of(element.id)}
        if element.kind == "endEvent":
            self.stays |= set() if ends_all(element) else places
        elif element.kind not in JOINS:
            self.merges |= {place: flows - {place} for place in places}

    def reaching(self, flow_id: str) -> frozenset[str]:
        """Return the places from which a token can come by a flow, not passing its target."""
        known = self._reaching.get(flow_id)
        if known is None:
            known = self._reaching[flow_id] = frozenset(self._before(flow_id))
        return known

    def _before(self, flow_id: str) -> Iterator[str]:
        flow = self.body.flows[flow_id]
        seen, waiting = {flow.target}, [flow.source]
        while waiting:
            name = waiting.pop()
            element = self.body.elements.get(name)
            if element is None or name in seen:
                continue
            seen.add(name)
            if element.attached_to is not None:
                waiting.append(element.attached_to)
            yield from self.takes[name]
            waiting.extend(before.source for before in self.body.incoming(name))

    # --- moves --------------------------------------------------------------------------------

    def _moves(self, element: Element) -> Iterator[Move]:
        quantities = (element.start_quantity, element.completion_quantity)
        if quantities != (1, 1):
            self.undecided = f"{element.id} counts its tokens"
        if element.kind == "complexGateway" and len(self.body.incoming(element.id)) > 1:
            self.undecided = f"{element.id} is a complex gateway"
        if element.kind == "endEvent":
            yield Move((), (element.id,), ends_all(element))
        elif element.kind != "boundaryEvent":
            yield from self._beside(element, [self._move(element, f) for f in self._out(element)])

    def _beside(self, element: Element, done: list[Move]) -> Iterator[Move]:
        """Yield what an activity's boundary events add to the ways in which it is done."""
        events = [e for e in self.body.attached(element.id) if happens(e)]
        for event in events:
            if event.interrupting:
                done += [self._move(event, flows, element.id) for flows in self._out(event)]
        extra = [
            [self._move(event, flows) for flows in self._out(event)]
            for event in events
            if not event.interrupting
        ]
        yield from done
        for chosen in self._some([moves[0] for moves in extra if moves]):
            for move in done:
                yield Move(
                    (*(p for more in chosen for p in more.gives), *move.gives),
                    (*move.steps, *(s for more in chosen for s in more.steps)),
                )

    def _move(self, element: Element, flows: tuple[Flow, ...], *before: str) -> Move:
        return Move(
            tuple(place_of(self.body, flow) for flow in flows),
            (*before, element.id, *(flow.id for flow in flows)),
        )

    def _out(self, element: Element) -> Iterator[tuple[Flow, ...]]:
        """Yield the selections of flows by which an element may be left."""
        flows = tuple(f for f in self.body.outgoing(element.id) if f.target in self.body.elements)
        if element.kind == "parallelGateway" or element.all_events:
            yield flows
        elif element.kind in {"exclusiveGateway", "eventBasedGateway"}:
            yield from ((flow,) for flow in flows) if flows else [()]
        else:
            yield from self._chosen(element, flows)

    def _chosen(self, element: Element, flows: tuple[Flow, ...]) -> Iterator[tuple[Flow, ...]]:
        fallback = tuple(flow for flow in flows if flow.id == element.default)
        rest = [flow for flow in flows if flow not in fallback]
        gateway = element.kind in JOINS
        always = tuple(flow for flow in rest if flow.condition is None and not gateway)
        maybe = [flow for flow in rest if flow not in always]
        for some in self._some(maybe):
            yield (*always, *some)
        if fallback or always or not maybe:
            yield (*always, *fallback)

    def _some(self, items: list[Item]) -> Iterable[tuple[Item, ...]]:
        """Return every selection of at least one; of many, each alone and all of them."""
        if len(items) > SUBSET_LIMIT:
            self.undecided = self.undecided or "too many flows can be chosen together"
            return chain(combinations(items, 1), [tuple(items)])
        sizes = range(1, len(items) + 1)
        return chain.from_iterable(combinations(items, size) for size in sizes)

    def _side(self) -> frozenset[str]:
        elements = self.body.elements.values()
        quiet = [e.id for e in elements if e.kind == "boundaryEvent" and not e.interrupting]
        others = [
            e.id for e in elements if e.kind != "boundaryEvent" and not self.body.incoming(e.id)
        ]
        return frozenset(self._after(quiet, set())) - frozenset(self._after(others, set(quiet)))

    def _after(self, names: Iterable[str], barred: set[str]) -> Iterator[str]:
        seen, waiting = set(barred), list(names)
        while waiting:
            name = waiting.pop()
            seen.add(name)
            for flow in self.body.outgoing(name):
                if flow.target in self.body.elements:
                    yield place_of(self.body, flow)
                    waiting += [flow.target] if flow.target not in seen else []
            waiting += [e.id for e in self.body.attached(name) if e.id not in seen]


def start_of(element_id: str) -> str:
    """Return the place of an element that begins by itself."""
    return f"^{element_id}"


def place_of(body: Body, flow: Flow) -> str:
    """Return the place of a flow: its own, or its end event's."""
    target = body.elements.get(flow.target)
    return f"${flow.target}" if target is not None and target.kind == "endEvent" else flow.id


def ends_all(element: Element) -> bool:
    """Return whether an end event ends all that still runs beside it."""
    return any(element.event.each(trigger) for trigger in ENDS_ALL)


def happens(event: Element) -> bool:
    """Return whether a boundary event is a way in which tokens go."""
    return event.event.trigger is not Trigger.COMPENSATION


def begins(body: Body, owner: Element | None) -> Iterator[tuple[str, ...]]:
    """Yield the elements that begin together, once for each way in which a body begins."""
    elements = body.elements.values()
    starts = [e for e in elements if e.kind == "startEvent"]
    if owner is not None and not owner.triggered_by_event:
        yield body.entries()
        return
    yield from ((element.id,) for element in starts)
    alone = [e.id for e in elements if e.instantiates and not body.incoming(e.id)]
    yield from ((name,) for name in alone)
    together = tuple(name for name in body.entries() if name not in alone)
    if not starts and together:
        yield together


def may_end_early(body: Body, owner: Element | None) -> bool:
    """Return whether something outside the flow may end a body: an event, an enclosing case."""
    inside = any(e.triggered_by_event for e in body.elements.values())
    return inside or owner is not None


ACTS = ACTIVITIES | {"intermediateCatchEvent", "intermediateThrowEvent", "endEvent"}
"""Kinds of elements whose being dead somebody would want to know."""
