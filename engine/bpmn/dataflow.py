"""FEEL against the variables that can be there: names that no case has where they are read.

Only warnings: FEEL reads a missing variable as null, and a diagram may mean that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from engine.bpmn.checks import elements_of
from engine.bpmn.elements import Element, Event, Process
from engine.bpmn.expressions import Formula
from engine.bpmn.findings import Findings, Place
from engine.bpmn.visible import Visible
from engine.bpmn.writers import NONE, Names, Writers, locals_of, locals_of_turn
from engine.dmn.expressions import nodes_in
from engine.errors import DecisionError
from engine.feel import Expression
from engine.feel.syntax import Name, Path
from engine.forms import Form
from engine.forms.model import Field, walk
from engine.model import HandlerSpec
from engine.rules import Said, said

CASE = frozenset({"id", "reference", "scheme", "country", "subject"})
"""Entries of ``case``, which every expression sees."""
COUNTS = frozenset(
    [
        *("numberOfInstances", "numberOfCompletedInstances", "numberOfActiveInstances"),
        *("numberOfTerminatedInstances", "loopCounter", "activationCount"),
    ]
)
"""Numbers that the conditions of loops and complex gateways see."""
ALWAYS = frozenset({"case", "scheme", "partial", "item"})
MISSPELT = 0.85
"""How alike a name must be to one that is known, where others may come from outside as well."""


@dataclass(frozen=True, slots=True)
class Read:
    """An expression and what only it sees besides."""

    what: str
    formula: Formula | None
    sees: Names
    place: Place


def check_variables(
    processes: Mapping[str, Process],
    process_id: str,
    handlers: Mapping[str, HandlerSpec],
    forms: Mapping[str, Form],
    decisions: Mapping[str, Any],
    constants: Mapping[str, Any],
    findings: Findings,
) -> Names:
    """Note names that are read and that nothing can have given a value.

    :param process_id: the process that a case runs.
    :returns: all that a case's own process writes.
    """
    writers = Writers(processes, handlers, forms)
    checker = _Checker(Visible(processes, process_id, writers), writers, constants, findings)
    for element in elements_of(processes.values()):
        checker.check(element, forms, decisions)
    for process in processes.values():
        checker.flows(process)
    top = processes.get(process_id)
    return NONE if top is None else writers.of_body(top.body)


class _Checker:
    def __init__(
        self,
        visible: Visible,
        writers: Writers,
        constants: Mapping[str, Any],
        findings: Findings,
    ) -> None:
        self.visible = visible
        self.writers = writers
        self.contexts = {"case": CASE, "scheme": frozenset(constants)}
        self.findings = findings

    def check(
        self, element: Element, forms: Mapping[str, Form], decisions: Mapping[str, Any]
    ) -> None:
        before = self.visible.before(element)
        inside = before | Names(frozenset(locals_of(element)))
        for read in self._reads(element, before, inside):
            self._expression(read)
        decision_id = element.extensions.decision_id or ""
        if decision_id in decisions:
            self._decision(element, decision_id, decisions[decision_id], inside)
        form = forms.get(element.extensions.form_id or "")
        if form is not None:
            self._form(element, form, inside)

    def flows(self, process: Process) -> None:
        """Look at the conditions of a process's flows, those of its sub-processes too."""
        waiting = [process.body]
        while waiting:
            body = waiting.pop()
            for flow in body.flows.values():
                source = body.elements.get(flow.source)
                if source is not None and flow.condition is not None:
                    sees = self.visible.before(source) | self.writers.gives(source)
                    self._expression(Read(said("condition"), flow.condition, sees, flow.place))
            waiting += [e.inner for e in body.elements.values() if e.inner is not None]

    # --- what an element reads ----------------------------------------------------------------

    def _reads(self, element: Element, before: Names, inside: Names) -> Iterator[Read]:
        extensions, place = element.extensions, element.place
        sees = before | Names(frozenset((*locals_of_turn(element), *element.data.own)))
        for carry in element.data.inputs:
            yield Read(_mapping(carry.target), carry.source, sees, place)
            sees |= Names(frozenset(carry.target[:1]))
        for mapping in extensions.inputs:
            yield Read(_mapping(mapping.target), mapping.source, sees, place)
            sees |= Names(frozenset(mapping.target[:1]))
        after = inside | self.writers.result(element)
        for mapping in extensions.outputs:
            yield Read(_mapping(mapping.target), mapping.source, after, place)
            after |= Names(frozenset(mapping.target[:1]))
        for carry in element.data.outputs:
            yield Read(_mapping(carry.target), carry.source, after, place)
        for carry in (*element.data.inputs, *element.data.outputs):
            if not carry.is_copy:
                yield Read(_mapping(carry.target), carry.source, after, place)
        for what, formula in (
            ("assignee", extensions.assignee),
            ("candidateGroups", extensions.candidate_groups),
            ("candidateUsers", extensions.candidate_users),
            ("separateFrom", extensions.separate_from),
            ("dueDate", extensions.due),
            ("followUpDate", extensions.follow_up),
            (said("priority"), extensions.priority),
            (said("script"), extensions.script),
        ):
            yield Read(what, formula, inside, place)
        yield from self._counted(element, before, after)
        for event in element.event.parts or (element.event,):
            yield from self._awaited(event, inside | self._host(element), place)

    def _counted(self, element: Element, before: Names, after: Names) -> Iterator[Read]:
        place, counted = element.place, after | Names(COUNTS) | self.writers.gives(element)
        arrived = counted | self.visible.flows_into(element)
        yield Read(said("activation condition"), element.activation, arrived, place)
        if element.ad_hoc is not None:
            yield Read(said("completion condition"), element.ad_hoc.enough, counted, place)
        loop = element.loop
        if loop is None:
            return
        items = before | Names(frozenset(c.target[0] for c in element.data.inputs))
        yield Read(said("input collection"), loop.collection, items, place)
        yield Read(said("loop cardinality"), loop.cardinality, before, place)
        yield Read(said("output element"), loop.output, counted, place)
        yield Read(said("completion condition"), loop.enough, counted, place)
        yield Read(said("loop condition"), loop.condition, counted, place)
        yield Read(said("loop maximum"), loop.maximum, before, place)

    def _awaited(self, event: Event, sees: Names, place: Place) -> Iterator[Read]:
        keys = event.message.keys.values() if event.message is not None else ()
        for key in keys:
            yield Read(said("correlation key"), key, sees, place)
        yield Read(said("timer"), event.timer, sees, place)
        yield Read(said("condition"), event.condition, sees, place)

    def _host(self, element: Element) -> Names:
        """Return what an event on an activity's edge sees of it."""
        host = self.visible.element(element.attached_to)
        if host is None:
            return NONE
        return Names(frozenset(locals_of(host))) | self.writers.result(host)

    # --- what is wrong ------------------------------------------------------------------------

    def _expression(self, read: Read) -> None:
        expression = None if read.formula is None else read.formula.expression
        if expression is None:
            return
        for name in _unknown(expression.free_names, read.sees):
            self.findings.warning(
                "unknown-variable",
                read.place,
                said(
                    "{what}: no variable '{name}' can be there when '{source}' is computed.",
                    what=read.what,
                    name=name,
                    source=_short(expression.source),
                ),
                _remedy(name, read.sees.known | ALWAYS),
            )
        self._entries(expression, read)

    def _entries(self, expression: Expression, read: Read) -> None:
        for node in nodes_in(expression.tree):
            if not (isinstance(node, Path) and isinstance(node.base, Name)):
                continue
            entries = self.contexts.get(node.base.name)
            if entries is not None and node.name not in entries:
                self.findings.warning(
                    "unknown-constant",
                    read.place,
                    said(
                        "{what}: '{context}' has no entry '{name}'.",
                        what=read.what,
                        context=node.base.name,
                        name=node.name,
                    ),
                    _remedy(node.name, entries),
                )

    def _decision(self, element: Element, decision_id: str, model: Any, sees: Names) -> None:
        try:
            wanted: frozenset[str] = model.inputs(decision_id)
        except DecisionError:
            return  # A decision service: what it reads are its own parameters.
        for name in _unknown(wanted, sees):
            self.findings.warning(
                "decision-variable",
                element.place,
                said(
                    "the decision '{decision}' reads '{name}', and no such variable can be there.",
                    decision=decision_id,
                    name=name,
                ),
                _remedy(name, sees.known),
            )

    def _form(self, element: Element, form: Form, sees: Names) -> None:
        own = Names(frozenset(each.key for each in walk(form.fields)))
        for field in walk(form.fields):
            read: frozenset[str] = frozenset().union(*(e.free_names for e in _computed(field)))
            wanted = read | ({field.options_key} if field.options_key else frozenset())
            for name in _unknown(wanted, sees | own):
                self.findings.warning(
                    "form-variable",
                    element.place,
                    said(
                        "its form '{form}' reads '{name}' in the field '{field}', and no such "
                        "variable can be there.",
                        form=form.id,
                        name=name,
                        field=field.key,
                    ),
                    _remedy(name, sees.known | own.known),
                )


def _mapping(target: tuple[str, ...]) -> Said:
    return said("mapping to '{target}'", target=".".join(target))


def _computed(field: Field) -> Iterator[Expression]:
    for each in (field.hide, field.expression, field.options_from, field.minimum, field.maximum):
        if isinstance(each, Expression):
            yield each


def _unknown(read: Iterable[str], sees: Names) -> list[str]:
    """Return the names that cannot be there; of names that may, those that look misspelt."""
    missing = sorted(set(read) - sees.known - ALWAYS)
    if not sees.is_open:
        return missing
    return [name for name in missing if any(_misspelt(name, other) for other in sees.known)]


def _misspelt(name: str, other: str) -> bool:
    if name.rstrip("0123456789_") == other.rstrip("0123456789_") or min(len(name), len(other)) < 5:
        return False
    return SequenceMatcher(None, name, other).ratio() >= MISSPELT


def _remedy(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1)
    if close:
        return said("Did you mean '{name}'?", name=close[0])
    return "Correct the name, or give the variable its value before."


def _short(source: str) -> str:
    text = " ".join(source.split())
    return text if len(text) <= 80 else f"{text[:79]}…"
