"""What each element of a publication writes: the names that its results can have.

An over-estimate: whatever may be written counts, so that a name that nothing here writes is one
that no case has. Where any name may come from outside (a message's content), that is said too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.bodies import bodies
from engine.bpmn.elements import Body, Element, Event, Process, Trigger
from engine.feel.syntax import ContextOf
from engine.forms import Form
from engine.model import HandlerSpec

PEOPLE = frozenset({"userTask", "manualTask"})
REASON = "reason"
"""What a person's reason for a step is called; its text is kept with the case."""


@dataclass(frozen=True, slots=True)
class Names:
    """Variables that can be there.

    :ivar known: by name. :ivar is_open: whether others may be there as well.
    """

    known: frozenset[str] = frozenset()
    is_open: bool = False

    def __or__(self, other: Names) -> Names:
        """Return what can be there by either."""
        return Names(self.known | other.known, self.is_open or other.is_open)


NONE = Names()
ANY = Names(is_open=True)


class Writers:
    """Says what elements write.

    :param forms: those of the publication that could be read, by id.
    """

    def __init__(
        self,
        processes: Mapping[str, Process],
        handlers: Mapping[str, HandlerSpec],
        forms: Mapping[str, Form],
    ) -> None:
        self._processes = processes
        self._handlers = handlers
        self._forms = forms
        self._given: dict[str, Names] = {}
        self._called: set[str] = set()
        self._escalated = _carried(processes)

    def gives(self, element: Element) -> Names:
        """Return what an element writes to the scopes around it."""
        known = self._given.get(element.id)
        if known is None:
            known = self._given[element.id] = self._gives(element)
        return known

    def _gives(self, element: Element) -> Names:
        carried = frozenset(carry.target[0] for carry in element.data.outputs)
        return self._given_by_work(element) | Names(carried)

    def _given_by_work(self, element: Element) -> Names:
        loop = element.loop
        carried = Names(frozenset(carry.target[0] for carry in element.data.outputs))
        if loop is not None and not loop.standard:
            return carried | _named(loop.output_name)
        outputs = element.extensions.outputs
        if outputs:
            return carried | Names(frozenset(m.target[0] for m in outputs))
        return carried | self.result(element)

    def result(self, element: Element) -> Names:
        """Return what an element's work gives, before its output mappings choose from it."""
        extensions = element.extensions
        if element.kind in PEOPLE:
            return self.answers(extensions.form_id) | Names(frozenset({REASON}))
        if extensions.handler is not None:
            spec = self._handlers.get(extensions.handler)
            return ANY if spec is None else Names(spec.outputs)
        if element.kind == "scriptTask":
            return _script(element)
        if element.kind == "businessRuleTask":
            return Names(frozenset({extensions.result_variable or "result"}))
        if element.kind == "callActivity":
            return self._of_called(element)
        if element.inner is not None:
            return self.of_body(element.inner)
        return self._of_events(element)

    def answers(self, form_id: str | None) -> Names:
        """Return the names of a form's answers; none without a form."""
        if form_id is None:
            return NONE
        form = self._forms.get(form_id)
        return ANY if form is None else Names(frozenset(f.key for f in form.answerable()))

    def of_body(self, body: Body) -> Names:
        """Return what a process or sub-process writes altogether."""
        found = Names(frozenset(body.objects))
        for element in body.elements.values():
            found |= self.gives(element)
        return found

    def _of_called(self, element: Element) -> Names:
        called = element.extensions.called
        process = self._processes.get(called.process_id) if called else None
        if called is None or process is None:
            return ANY
        if called.copy_out is False and not element.extensions.outputs:
            return NONE
        if process.id in self._called:
            return NONE  # It calls itself: what it writes is being counted already.
        self._called.add(process.id)
        found = self.of_body(process.body)
        self._called.discard(process.id)
        inputs = frozenset(m.target[0] for m in element.extensions.inputs)
        return found | Names(inputs) if element.extensions.outputs else found

    def _of_events(self, element: Element) -> Names:
        found = NONE
        for event in element.event.parts or (element.event,):
            found |= self._of_event(event, element)
        return found

    def _of_event(self, event: Event, element: Element) -> Names:
        if element.kind in {"intermediateThrowEvent", "endEvent", "sendTask"}:
            return NONE
        if element.extensions.form_id is not None:
            return self.answers(element.extensions.form_id) | Names(frozenset({REASON}))
        if event.trigger in {Trigger.MESSAGE, Trigger.SIGNAL, Trigger.ERROR}:
            return ANY
        return self._escalated if event.trigger is Trigger.ESCALATION else NONE


def _carried(processes: Mapping[str, Process]) -> Names:
    """Return what the escalations of a publication carry."""
    return Names(
        frozenset(
            mapping.target[0]
            for process in processes.values()
            for body, _ in bodies(process)
            for element in body.elements.values()
            if element.event.each(Trigger.ESCALATION)
            for mapping in element.extensions.inputs
        )
    )


def _script(element: Element) -> Names:
    script, name = element.extensions.script, element.extensions.result_variable
    if name or script is None:
        return _named(name)
    tree = None if script.expression is None else script.expression.tree
    if isinstance(tree, ContextOf):
        return Names(frozenset(key for key, _ in tree.entries))
    return ANY


def _named(name: str | None) -> Names:
    return Names(frozenset({name})) if name else NONE


def locals_of(element: Element) -> Iterator[str]:
    """Yield the names that only an element, and what it holds, can see."""
    yield from element.data.own
    yield from (carry.target[0] for carry in element.data.inputs)
    yield from (mapping.target[0] for mapping in element.extensions.inputs)
    yield from element.data.own
    yield from (carry.target[0] for carry in element.data.inputs)
    yield from locals_of_turn(element)


def locals_of_turn(element: Element) -> Iterator[str]:
    """Yield the names that each instance of a repeated element has of its own."""
    loop = element.loop
    if loop is None:
        return
    yield "loopCounter"
    if loop.item_name:
        yield loop.item_name
    if loop.output is not None and loop.output.text.isidentifier():
        yield loop.output.text
