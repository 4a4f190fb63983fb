"""Which element of another version stands for an element: by its id, or by an explicit mapping.

Nothing is guessed: what merely looks alike is a suggestion, never a pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from engine.bpmn.activities import Activity, Holder
from engine.bpmn.catching import Catching, Listener
from engine.bpmn.checks import elements_of
from engine.bpmn.elements import Element, Flow, Trigger
from engine.bpmn.migration import Note
from engine.bpmn.publication import Publication

MOST_HINTS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Two containers that stand for one another: ids of process or sub-process, old and new."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Where an element goes.

    :ivar target: its element in the new version; ``None`` if that must be said or cannot be.
    :ivar near: elements that may be meant.
    """

    target: str | None
    near: tuple[str, ...] = ()


@dataclass
class Pairing:
    """Finds the counterpart of each spec of one publication in another.

    :ivar mapping: element or flow id of the old version → that of the new one.
    """

    old: Publication
    new: Publication
    mapping: Mapping[str, str]
    _flows: dict[tuple[bool, str], dict[str, Flow]] = field(default_factory=dict)

    @property
    def top(self) -> Place:
        """The two processes that a case runs."""
        return Place(self.old.process_id, self.new.process_id)

    def id_of(self, old_id: str) -> str:
        """Return the id that stands for this one."""
        return self.mapping.get(old_id, old_id)

    def old_spec(self, name: str, place: Place) -> Any:
        """Return a spec of the old version."""
        return self.old.specs[place.old].task_specs[name]

    def find(self, name: str, place: Place) -> Any | Note:
        """Return the new version's spec for one of the old version, or why there is none."""
        spec = self.old_spec(name, place)
        old_id = spec.element.id
        new_id = self.id_of(old_id)
        found = self.new.specs[place.new].task_specs.get(new_id + name[len(old_id) :])
        if found is None:
            return self._missing(spec.element, new_id, place)
        return self._unlike(spec, found, place) or found

    def inside(self, spec: Any, found: Any) -> Place:
        """Return the containers that two paired activities open."""
        return Place(spec.spec, found.spec)

    # --- flows --------------------------------------------------------------------------------

    def flow(self, flow_id: str, spec: Any, found: Any, place: Place) -> str | None:
        """Return the flow that leads to the paired element in place of this one.

        That is the one of its id or mapping, otherwise the only one from the paired source.
        """
        wanted = self.id_of(flow_id)
        if wanted in found.incoming:
            return wanted
        old_flows, new_flows = self._in(place, old=True), self._in(place, old=False)
        if flow_id not in old_flows:
            return None
        source = old_flows[flow_id].source
        twins = [f for f in spec.incoming if old_flows[f].source == source]
        likely = [f for f in found.incoming if new_flows[f].source == self.id_of(source)]
        return likely[0] if len(twins) == len(likely) == 1 else None

    def _in(self, place: Place, *, old: bool) -> dict[str, Flow]:
        body = place.old if old else place.new
        if (old, body) not in self._flows:
            specs = (self.old if old else self.new).specs[body].task_specs.values()
            flows = (flow for spec in specs for flow in getattr(spec, "outgoing", ()))
            self._flows[old, body] = {flow.id: flow for flow in flows}
        return self._flows[old, body]

    # --- why not ------------------------------------------------------------------------------

    def _missing(self, element: Element, new_id: str, place: Place) -> Note:
        body = self.new.specs[place.new].task_specs
        figures = {"old": element.id, "new": new_id}
        near = self.suggestions(element, place)
        if new_id in body and hasattr(body[new_id], "element"):
            if body[new_id].element.kind == element.kind:
                return Note("loop", figures)
            return Note("kind", {**figures, "was": element.kind, "now": body[new_id].element.kind})
        elsewhere = next((e for e in self._elements() if e.id == new_id), None)
        if elsewhere is not None:
            places = {"was": element.parent, "now": elsewhere.parent}
            return Note("scope", {**figures, **places}, near)
        return Note("gone", figures, near)

    def _unlike(self, spec: Any, found: Any, place: Place) -> Note | None:
        was, now = spec.element, found.element
        figures = {"old": was.id, "new": now.id}
        if was.kind != now.kind:
            near = self.suggestions(was, place)
            return Note("kind", {**figures, "was": was.kind, "now": now.kind}, near)
        if type(spec) is not type(found):
            return Note("loop", figures)
        if isinstance(spec, Catching) and _triggers(was) != _triggers(now):
            near = self.suggestions(was, place)
            return Note("trigger", {**figures, "was": _said(was), "now": _said(now)}, near)
        if was.attached_to is not None and self.id_of(was.attached_to) != now.attached_to:
            return Note("withdrawn", figures)
        if isinstance(spec, Listener) and self.id_of(spec.starts) != found.starts:
            return Note("withdrawn", figures)
        return None

    def suggestions(self, element: Element, place: Place) -> tuple[str, ...]:
        """Return elements of the new version that may be meant, the likeliest first."""
        body = self.new.specs[place.new].task_specs.values()
        alike = {
            spec.element.id: spec.element
            for spec in body
            if hasattr(spec, "element")
            and spec.element.kind == element.kind
            and spec.element.parent == place.new
            and _triggers(spec.element) == _triggers(element)
        }
        same = [e.id for e in alike.values() if element.name and e.name == element.name]
        near = get_close_matches(element.id, alike, n=MOST_HINTS, cutoff=0.5)
        return tuple(dict.fromkeys((*same, *near)))[:MOST_HINTS] or tuple(alike)[:MOST_HINTS]

    def problems(self) -> tuple[Note, ...]:
        """Return what is wrong with the mapping itself."""
        return tuple(self._problems())

    def _problems(self) -> Iterable[Note]:
        olds, news = _ids(self.old), _ids(self.new)
        for old, new in self.mapping.items():
            figures = {"old": old, "new": new}
            if old not in olds:
                yield Note("unknown-old", figures, _close(old, olds))
            elif new not in news:
                yield Note("unknown-new", figures, _close(new, news))

    def _elements(self) -> Iterable[Element]:
        return elements_of(self.new.processes.values())

    # --- compensation -------------------------------------------------------------------------

    def undone_by(self, name: str, place: Place) -> Any | Note:
        """Return the new version's spec for what was done and can be undone, or why not."""
        spec, found = self.old_spec(name, place), self.find(name, place)
        if isinstance(found, Note):
            return found
        if spec.compensated_by is None and isinstance(found, Holder):
            return found
        if isinstance(found, Activity) and found.compensated_by is not None:
            return found
        near = self.suggestions(spec.element, place)
        return Note("undo", {"old": spec.element.id, "new": found.element.id}, near)


def counterparts(
    old: Publication, new: Publication, mapping: Mapping[str, str]
) -> dict[str, Counterpart]:
    """Return where every element of a version would go, by its id, wherever a case may stand."""
    pairing = Pairing(old, new, mapping)
    found: dict[str, Counterpart] = {}
    waiting = [pairing.top]
    seen: set[Place] = set()
    while waiting:
        place = waiting.pop()
        for name, spec in old.specs[place.old].task_specs.items():
            element = getattr(spec, "element", None)
            if element is None or name != element.id or isinstance(spec, Listener):
                continue
            pair = pairing.find(name, place)
            if isinstance(pair, Note):
                found.setdefault(name, Counterpart(None, pair.near))
                continue
            found[name] = Counterpart(pair.element.id)
            if isinstance(spec, Holder) or hasattr(spec, "instance_name"):
                waiting += _deeper(pairing, spec, pair, place, seen)
    return {e.id: Counterpart(None) for e in elements_of(old.processes.values())} | found


def _deeper(pairing: Pairing, spec: Any, pair: Any, place: Place, seen: set[Place]) -> list[Place]:
    """Return the containers that two paired activities, or their instances, open."""
    if not isinstance(spec, Holder):
        spec = pairing.old_spec(spec.instance_name, place)
        found = pairing.find(spec.name, place)
        if not isinstance(spec, Holder) or isinstance(found, Note):
            return []
        pair = found
    inside = pairing.inside(spec, pair)
    if inside in seen:
        return []
    seen.add(inside)
    return [inside]


def mapping_problems(
    old: Publication, new: Publication, mapping: Mapping[str, str]
) -> tuple[Note, ...]:
    """Return what is wrong with a mapping itself, whatever case it is for."""
    return Pairing(old, new, mapping).problems()


def _triggers(element: Element) -> tuple[Trigger, bool, tuple[Trigger, ...]]:
    event = element.event
    return event.trigger, event.all_parts, tuple(part.trigger for part in event.parts)


def _said(element: Element) -> str:
    parts = element.event.parts or (element.event,)
    return " + ".join(str(part.trigger) for part in parts)


def _ids(publication: Publication) -> frozenset[str]:
    flows = {
        flow.id
        for spec in publication.specs.values()
        for task in spec.task_specs.values()
        for flow in getattr(task, "outgoing", ())
    }
    return frozenset(flows | {e.id for e in elements_of(publication.processes.values())})


def _close(name: str, known: Iterable[str]) -> tuple[str, ...]:
    return tuple(get_close_matches(name, sorted(known), n=MOST_HINTS, cutoff=0.6))
