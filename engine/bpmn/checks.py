"""References: what a diagram names must exist and fit: handlers, forms, decisions, processes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.bpmn.assignment import named_apart
from engine.bpmn.bodies import bodies
from engine.bpmn.elements import ACTIVITIES, Element, Process, Trigger
from engine.bpmn.findings import Findings, Place
from engine.bpmn.messages import seconds
from engine.calendars import is_working_day
from engine.errors import ConfigurationError
from engine.model import HandlerSpec
from engine.rules import finding, said

NOT_TEXT = (int, float, bool, Decimal, list, tuple, dict)


CALLS_HANDLERS = frozenset(
    {"serviceTask", "businessRuleTask", "scriptTask", "sendTask"}
    | {"intermediateThrowEvent", "endEvent"}
)
ELSEWHERE = frozenset({"handler", "form", "decision", "called"})
"""Rules about what a diagram that stands alone may find where it is published."""
TAKES_INPUTS = ACTIVITIES | {"intermediateThrowEvent", "endEvent"}


def check_references(
    processes: Mapping[str, Process],
    handlers: Mapping[str, HandlerSpec],
    forms: Collection[str],
    decisions: Collection[str],
    findings: Findings,
    *,
    alone: bool = False,
) -> None:
    """Note every reference that leads nowhere and every argument that does not fit.

    :param alone: what a diagram calls may be elsewhere, so that what is missing only warns.
    """
    checker = _Checker(processes, handlers, forms, decisions, findings)
    checker.alone = alone
    for element in elements_of(processes.values()):
        checker.check(element)
    for process in processes.values():
        for body, _ in bodies(process):
            for flow in body.flows.values():
                checker.unique(flow.id, flow.place)


def check_calendar(
    processes: Mapping[str, Process], country: str, time_zone: str, findings: Findings
) -> None:
    """Note a time zone that is none, and working days that nobody can count."""
    place = Place("scheme.toml")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        findings.items.append(
            finding(
                "scheme.time-zone",
                "error",
                place.file,
                "",
                0,
                said("the time zone '{time_zone}' is not known.", time_zone=time_zone),
                "Write an IANA name such as Africa/Douala.",
            )
        )
    if any("workingDays" in e.extensions.properties for e in elements_of(processes.values())):
        try:
            is_working_day(date(2026, 1, 1), country)
        except ConfigurationError as error:
            findings.error(
                "country", place, str(error), "Correct it, or use due dates without working days."
            )


def elements_of(processes: Iterable[Process]) -> Iterator[Element]:
    """Yield every element of these processes, those of sub-processes included."""
    for process in processes:
        for body, _ in bodies(process):
            yield from body.elements.values()


class _Checker:
    def __init__(
        self,
        processes: Mapping[str, Process],
        handlers: Mapping[str, HandlerSpec],
        forms: Collection[str],
        decisions: Collection[str],
        findings: Findings,
    ) -> None:
        self.processes = processes
        self.handlers = handlers
        self.forms = forms
        self.decisions = decisions
        self.findings = findings
        self.ids = {element.id for element in elements_of(processes.values())}
        self._seen: dict[str, Place] = {}
        self.alone = False

    def check(self, element: Element) -> None:
        self.unique(element.id, element.place)
        self._fits(element)
        self._handler(element)
        self._form(element)
        self._decision(element)
        self._called(element)
        self._message(element)
        self._properties(element)

    def _refuse(self, rule: str, element: Element, message: str, remedy: str) -> None:
        if self.alone and rule in ELSEWHERE:
            self.findings.warning(rule, element.place, message, remedy)
        else:
            self.findings.error(rule, element.place, message, remedy)

    def unique(self, name: str, place: Place) -> None:
        other = self._seen.setdefault(name, place)
        if other.file != place.file:
            self.findings.error(
                "duplicate-id",
                place,
                said("another element, in {file}, has this id.", file=other.file),
                "Give it an id of its own: history and pages tell elements apart by it.",
            )

    def _fits(self, element: Element) -> None:
        found = element.extensions
        for what, present, kinds in (
            (said("input mappings"), bool(found.inputs), TAKES_INPUTS),
            (said("a task type"), found.handler is not None, CALLS_HANDLERS),
            (said("a script"), found.script is not None, {"scriptTask"}),
            (said("a decision"), found.decision_id is not None, {"businessRuleTask"}),
            (said("a called process"), found.called is not None, {"callActivity"}),
        ):
            if present and element.kind not in kinds:
                self._refuse(
                    "misplaced",
                    element,
                    said(
                        "a {kind} has {what}, which nothing would use.",
                        kind=element.kind,
                        what=what,
                    ),
                    "Remove it, or choose another kind of element.",
                )

    # --- handlers ---------------------------------------------------------------------------

    def _handler(self, element: Element) -> None:
        name = element.extensions.handler
        if name is None:
            self._needs_handler(element)
            return
        spec = self.handlers.get(name)
        if spec is None:
            self._refuse(
                "handler",
                element,
                said("no handler is called '{name}'.", name=name),
                suggestion(name, self.handlers, "Register it, or correct the name."),
            )
            return
        passed = {mapping.target[0] for mapping in element.extensions.inputs}
        passed |= set(element.extensions.headers)
        passed |= {carry.target[0] for carry in element.data.inputs} & set(spec.inputs)
        takes = ", ".join(sorted(spec.inputs)) or said("nothing")
        for argument in sorted(passed - set(spec.inputs)):
            self._refuse(
                "handler-argument",
                element,
                said(
                    "handler '{name}' takes {takes}; the diagram passes '{argument}'.",
                    name=name,
                    takes=takes,
                    argument=argument,
                ),
                "Rename it in the diagram or in the handler.",
            )
        for argument in sorted(spec.required - passed):
            self._refuse(
                "handler-argument",
                element,
                said(
                    "handler '{name}' needs '{argument}'; the diagram does not pass it.",
                    name=name,
                    argument=argument,
                ),
                "Add an input mapping or a header of that name.",
            )
        self._literals(element, spec)

    def _needs_handler(self, element: Element) -> None:
        extensions = element.extensions
        missing = {
            "serviceTask": said("a task type (zeebe:taskDefinition)"),
            "businessRuleTask": said("a decision (zeebe:calledDecision)"),
            "scriptTask": said("a script (zeebe:script)"),
            "sendTask": said("a message, or a task type"),
        }.get(element.kind)
        has_work = extensions.script is not None or extensions.decision_id is not None
        sends = element.kind == "sendTask" and element.event.trigger is Trigger.MESSAGE
        if missing and not has_work and not sends:
            self._refuse(
                "no-work", element, said("it has not {missing}.", missing=missing), "Add it."
            )

    def _literals(self, element: Element, spec: HandlerSpec) -> None:
        texts = set(element.extensions.headers)
        texts |= {
            mapping.target[0]
            for mapping in element.extensions.inputs
            if mapping.source.is_literal and len(mapping.target) == 1
        }
        for argument in sorted(texts & set(spec.inputs)):
            if spec.inputs[argument] in NOT_TEXT:
                kind = spec.inputs[argument].__name__
                self._refuse(
                    "handler-argument",
                    element,
                    said(
                        "handler '{name}' takes '{argument}' as {kind}; the diagram passes text.",
                        name=spec.name,
                        argument=argument,
                        kind=kind,
                    ),
                    said(
                        "Use an input mapping that begins with '=', for example ={argument}.",
                        argument=argument,
                    ),
                )

    # --- other files -------------------------------------------------------------------------

    def _form(self, element: Element) -> None:
        form_id = element.extensions.form_id
        if form_id is not None and form_id not in self.forms:
            self._refuse(
                "form",
                element,
                said("no form has the id '{form_id}'.", form_id=form_id),
                suggestion(form_id, self.forms, "Add the form, or correct the id."),
            )

    def _decision(self, element: Element) -> None:
        decision_id = element.extensions.decision_id
        if decision_id is not None and decision_id not in self.decisions:
            self._refuse(
                "decision",
                element,
                said("no decision has the id '{decision_id}'.", decision_id=decision_id),
                suggestion(decision_id, self.decisions, "Add its table, or correct the id."),
            )

    def _called(self, element: Element) -> None:
        if element.kind != "callActivity":
            return
        called = element.extensions.called
        if called is None:
            self._refuse("called", element, "it calls no process.", "Choose a process.")
            return
        process = self.processes.get(called.process_id)
        if process is None:
            self._refuse(
                "called",
                element,
                said("no process has the id '{process_id}'.", process_id=called.process_id),
                suggestion(called.process_id, self.processes, "Add it, or correct the id."),
            )
        elif not process.body.entries() and not process.body.refused:
            self._refuse(
                "called",
                element,
                said("nothing in {name} begins when it is called.", name=process.id),
                "Give that process a plain start event: a call starts no other.",
            )
        elif called.binding == "versionTag" and called.version_tag != (
            process.extensions.version_tag
        ):
            self._refuse(
                "called",
                element,
                said(
                    "it calls version '{called}' of {id}; the publication holds '{published}'.",
                    called=called.version_tag,
                    id=process.id,
                    published=process.extensions.version_tag,
                ),
                "Publish that version with it, or choose bindingType 'deployment'.",
            )

    # --- own words ----------------------------------------------------------------------------

    def _message(self, element: Element) -> None:
        message = element.event.message
        if message is not None and not message.keys and not element.extensions.handler:
            self._refuse(
                "correlation",
                element,
                said(
                    "message '{name}' has no correlation key, so it would reach any case.",
                    name=message.name,
                ),
                "Give the message a correlation key, for example =case.id.",
            )

    def _properties(self, element: Element) -> None:
        properties = element.extensions.properties
        for other in named_apart(element):
            if other not in self.ids:
                self._refuse(
                    "separate-from",
                    element,
                    said(
                        "its separateFrom names '{other}', which is no element here.", other=other
                    ),
                    suggestion(other, self.ids, "Correct the id."),
                )
        days = properties.get("workingDays")
        if days is not None and not (days.isdigit() and int(days) <= 3660):
            self._refuse(
                "working-days",
                element,
                said("its workingDays are '{days}'.", days=days),
                "Write a whole number of days, at most 3660.",
            )
        try:
            seconds(properties.get("timeToLive"))
        except ValueError:
            self._refuse(
                "time-to-live",
                element,
                said("its timeToLive is '{time_to_live}'.", time_to_live=properties["timeToLive"]),
                "Write a duration without months, for example P1D.",
            )


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return a remedy that names what was probably meant."""
    close = get_close_matches(name, list(known), n=1)
    if not close:
        return otherwise
    return said("Did you mean '{name}'? {otherwise}", name=close[0], otherwise=said(otherwise))
