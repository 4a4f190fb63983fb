"""Where a token may be put by hand, and why not elsewhere.

A token is put before an element of a container that runs: the one it stood in, one around it, or
one inside those, whose embedded sub-processes are opened on the way. Everything else would start
what only its own beginning can start rightly: a multi-instance knows its items, a called process
its inputs, an event sub-process its event.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.bpmn.checks import elements_of
from engine.bpmn.containers import Container, InnerWorkflow
from engine.bpmn.elements import Element, Trigger
from engine.bpmn.publication import Publication
from engine.bpmn.tokens import Token
from engine.bpmn.workflow import CaseWorkflow
from engine.errors import ChangeRefused, NotFound


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a token is to be put.

    :ivar container: runs already. :ivar opens: sub-processes to open in it, the outermost first.
    """

    container: Container
    opens: tuple[str, ...]
    element_id: str


def elements_by_id(publication: Publication) -> Mapping[str, Element]:
    """Return every element of a publication."""
    return {element.id: element for element in elements_of(publication.processes.values())}


def find_landing(
    case: CaseWorkflow,
    elements: Mapping[str, Element],
    element_id: str,
    origin: Token | None,
    within: int | None,
    leaving: Collection[Token],
) -> Landing:
    """Return where a token before this element belongs.

    :param origin: the token that is moved there; ``None`` for a further token.
    :param within: the activation of the sub-process, instance or call to put it in; where only one
        runs it need not be named.
    :param leaving: tokens that are taken away by the same change, with all that is in them.
    :raises NotFound: there is no such element.
    :raises ChangeRefused: nothing may be put there by hand.
    """
    element = elements.get(element_id)
    if element is None:
        raise NotFound("element", element_id)
    _demand_possible(element)
    path = _path(elements, element)
    container = _base(case, element, path, origin, within, leaving)
    opens = path[path.index(container.spec.name) + 1 :]
    while opens:
        inner = _only(case, container, opens[0], element, leaving)
        if elements[opens[0]].loop is not None:
            raise _refused("multi-instance", element)
        if inner is None:
            break
        container, opens = inner, opens[1:]
    for name in opens:
        _demand_openable(elements[name], element)
    return Landing(container, opens, element_id)


def _demand_possible(element: Element) -> None:
    if element.kind == "boundaryEvent":
        raise _refused("boundary", element)
    if element.triggered_by_event:
        raise _refused("event-sub-process", element)
    if element.for_compensation:
        raise _refused("compensation", element)
    if element.kind == "startEvent" and element.event.trigger is not Trigger.NONE:
        raise _refused("start-event", element)


def _demand_openable(holder: Element, element: Element) -> None:
    if holder.loop is not None:
        raise _refused("multi-instance", element)
    if holder.triggered_by_event:
        raise _refused("event-sub-process", element)
    if holder.ad_hoc is not None:
        raise _refused("ad-hoc", element)
    if holder.for_compensation:
        raise _refused("compensation", element)


def _path(elements: Mapping[str, Element], element: Element) -> tuple[str, ...]:
    names = [element.parent]
    while names[-1] in elements:
        names.append(elements[names[-1]].parent)
    return tuple(reversed(names))


def _base(
    case: CaseWorkflow,
    element: Element,
    path: tuple[str, ...],
    origin: Token | None,
    within: int | None,
    leaving: Collection[Token],
) -> Container:
    if within is not None:
        owner = case.find(within)
        inner = case.subprocesses.get(owner.id) if owner is not None else None
        if inner is None or inner.spec.name not in path or not _usable(inner, leaving):
            raise _refused("within", element)
        return inner
    if origin is not None:
        around: Container | None = origin.workflow
        while around is not None:
            if around.spec.name in path and _usable(around, leaving):
                return around
            around = around.owner.workflow if around.owner is not None else None
        raise _refused("called-process", element)
    for name in reversed(path):
        found = [c for c in case.containers() if c.spec.name == name and _usable(c, leaving)]
        if len(found) > 1:
            raise _refused("several", element)
        if found:
            return found[0]
    raise _refused("called-process", element)


def _only(
    case: CaseWorkflow,
    container: Container,
    name: str,
    element: Element,
    leaving: Collection[Token],
) -> InnerWorkflow | None:
    running = [
        inner
        for inner in case.subprocesses.values()
        if inner.spec.name == name
        and inner.owner is not None
        and inner.owner.workflow is container
        and _usable(inner, leaving)
    ]
    if len(running) > 1:
        raise _refused("several", element)
    return running[0] if running else None


def _usable(container: Container, leaving: Collection[Token]) -> bool:
    """Return whether a container goes on after the change and is no reopened, undone one."""
    around: Container = container
    while around.owner is not None:
        owner: Token = around.owner
        if around.ended or owner.undoes or owner.cancelling or owner in leaving:
            return False
        if owner.is_instance and owner.parent in leaving:
            return False
        around = owner.workflow
    return True


_REFUSALS: Mapping[str, str] = {
    "boundary": "it happens beside its activity only. Choose the element after it.",
    "event-sub-process": "its event sub-process begins with its event only. Send the event, or "
    "choose an element outside.",
    "compensation": "it undoes something, so only a compensation may begin it.",
    "start-event": "the event that begins here has not come. Choose the element after it.",
    "multi-instance": "it is inside a multi-instance, where every token works on one item. Choose "
    "the multi-instance itself, or move a token that is in the same instance.",
    "ad-hoc": "its ad-hoc sub-process does not run. Choose the sub-process itself.",
    "called-process": "its process does not run here: what it needs comes from its call. Choose "
    "the call activity.",
    "several": "its sub-process runs several times at once. Name the one that is meant, by its "
    "activation.",
    "within": "what was named to put it in does not run, or does not hold it.",
    "interrupted": "an event sub-process has taken over around it. Move the token of that one.",
    "inputs": "the sub-process around it cannot begin. ",
    "beside": "it waits beside another element and goes with it. Choose that one.",
    "instance": "one instance of a multi-instance cannot leave alone, or the others would never "
    "be complete. Move it within the instance, or choose the whole.",
    "undoing": "something waits until this is undone. Let it be undone first.",
    "empty": "nothing would be left in the case. Cancel the case instead.",
    "nothing": "the change says neither what to take away nor where to put a token.",
}


def _refused(code: str, element: Element) -> ChangeRefused:
    return refusal(code, element.id)


def refusal(code: str, element_id: str, detail: str = "") -> ChangeRefused:
    """Return the error of a change that would leave an unsound case."""
    return ChangeRefused(code, element_id, _REFUSALS[code] + detail)
