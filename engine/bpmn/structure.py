"""Whether a diagram hangs together: what BPMN forbids, or what would stop a case for ever."""

from __future__ import annotations

from collections.abc import Iterator, Set

from engine.bpmn.elements import (
    ACTIVITIES,
    AWAITED,
    Body,
    Element,
    Event,
    Flow,
    Process,
    Trigger,
)
from engine.bpmn.findings import Findings, Place
from engine.bpmn.starts import check_starts
from engine.rules import said

UNCONDITIONAL = frozenset({"parallelGateway", "eventBasedGateway", "startEvent"})
"""Kinds of elements that send a token by every flow, or by the one whose event comes."""


def check_structure(process: Process, findings: Findings) -> None:
    """Note what is wrong with the structure of a process and of its sub-processes."""
    cancellable: set[str] = set()
    inside = {body.id: frozenset(body.elements) for body, _ in bodies(process)}
    for body, owner in bodies(process):
        cancellable |= {
            e.attached_to or ""
            for e in body.elements.values()
            if e.event.trigger is Trigger.CANCEL and e.attached_to
        }
        siblings = inside.get(owner.parent, frozenset()) if owner is not None else frozenset()
        checker = _Checker(body, findings, cancellable, siblings)
        checker.flows()
        checker.elements(owner)
        check_starts(body, owner, owner.place if owner is not None else process.place, findings)


def bodies(process: Process) -> Iterator[tuple[Body, Element | None]]:
    """Yield the process's own body and those of its sub-processes, with their elements."""
    waiting: list[tuple[Body, Element | None]] = [(process.body, None)]
    while waiting:
        body, owner = waiting.pop(0)
        yield body, owner
        waiting.extend((e.inner, e) for e in body.elements.values() if e.inner is not None)


class _Checker:
    def __init__(
        self, body: Body, findings: Findings, cancellable: Set[str], siblings: Set[str]
    ) -> None:
        self.body = body
        self.findings = findings
        self.cancellable = cancellable
        self.siblings = siblings

    def refuse(self, rule: str, place: Place, message: str, remedy: str) -> None:
        self.findings.error(rule, place, message, remedy)

    # --- flows ------------------------------------------------------------------------------

    def flows(self) -> None:
        for flow in self.body.flows.values():
            source = self.body.elements.get(flow.source)
            target = self.body.elements.get(flow.target)
            if source is None or target is None:
                self._loose(flow, flow.source if source is None else flow.target)
                continue
            self._condition(flow, source)
            self._link(flow, source, target)
            if source.kind == "endEvent" or target.kind in {"startEvent", "boundaryEvent"}:
                self.refuse(
                    "flow-end",
                    flow.place,
                    "a flow leaves an end event, or leads to a start or boundary event.",
                    "Turn it round or remove it.",
                )
            for end in (source, target):
                if end.triggered_by_event or end.for_compensation:
                    self.refuse(
                        "flow-end",
                        end.place,
                        said(
                            "the flow {id} touches an event sub-process or a compensation.",
                            id=flow.id,
                        ),
                        "Remove it: such an activity is started by its event alone.",
                    )

    def _link(self, flow: Flow, source: Element, target: Element) -> None:
        if flow.id == f"{source.id}~{target.id}":
            return
        leaves = source.kind == "intermediateThrowEvent" and source.event.trigger is Trigger.LINK
        enters = target.kind == "intermediateCatchEvent" and target.event.trigger is Trigger.LINK
        if leaves or enters:
            self.refuse(
                "link",
                (source if leaves else target).place,
                said(
                    "the flow {id} leaves a throwing link or leads to a catching one.", id=flow.id
                ),
                "Remove it: a pair of links is a flow drawn in two pieces.",
            )

    def _loose(self, flow: Flow, missing: str) -> None:
        if missing not in self.body.refused:
            self.refuse(
                "flow-end",
                flow.place,
                said(
                    "the flow leads from or to '{missing}', which is not in the same process.",
                    missing=missing,
                ),
                "Connect it inside one process or sub-process.",
            )

    def _condition(self, flow: Flow, source: Element) -> None:
        if flow.condition is not None and source.kind in UNCONDITIONAL:
            self.refuse(
                "flow-condition",
                flow.place,
                said(
                    "a condition on a flow that leaves a {kind} has no meaning.", kind=source.kind
                ),
                "Put the condition behind an exclusive or inclusive gateway.",
            )

    # --- elements ---------------------------------------------------------------------------

    def elements(self, owner: Element | None) -> None:
        for element in self.body.elements.values():
            self._default(element)
            self._reached(element)
            if element.kind in {"exclusiveGateway", "inclusiveGateway"}:
                self._decides(element)
            if element.kind == "eventBasedGateway":
                self._offers(element)
            if element.kind == "complexGateway":
                self._activates(element)
            if element.kind == "boundaryEvent":
                self._attached(element)
            self._complete(element)
            self._thrown(element, owner)

    def _complete(self, element: Element) -> None:
        trigger, place = element.event.trigger, element.place
        if element.kind == "receiveTask" and trigger is Trigger.NONE:
            self.refuse("message", place, "it has no message.", "Choose a message for it.")
        if element.triggered_by_event and element.loop is not None:
            self.refuse(
                "unsupported-loop",
                place,
                "an event sub-process is a multi-instance.",
                "Put the multi-instance inside it.",
            )
        if element.kind == "endEvent" and any(
            part.code is None for part in element.event.each(Trigger.ERROR)
        ):
            self.refuse("error-code", place, "it throws no error.", "Choose an error for it.")
        if element.ad_hoc is not None and self._flows_in_or_out(element):
            self.refuse(
                "ad-hoc",
                place,
                "start or end events stand in an ad-hoc sub-process.",
                "Remove them: its activities begin and end by themselves.",
            )

    def _flows_in_or_out(self, element: Element) -> bool:
        inner = element.inner
        return inner is not None and any(
            e.kind in {"startEvent", "endEvent"} for e in inner.elements.values()
        )

    def _thrown(self, element: Element, owner: Element | None) -> None:
        if element.kind not in {"endEvent", "intermediateThrowEvent"}:
            return
        if element.event.each(Trigger.CANCEL) and (owner is None or owner.kind != "transaction"):
            self.refuse(
                "cancel",
                element.place,
                "a cancel end event stands outside a transaction.",
                "Draw it directly inside a transaction, or use an error event.",
            )
        elif (
            element.event.each(Trigger.CANCEL)
            and owner is not None
            and owner.id not in (self.cancellable)
        ):
            self.refuse(
                "cancel",
                owner.place,
                "the transaction can be cancelled and nothing catches that.",
                "Attach a cancel boundary event to it.",
            )
        for event in element.event.each(Trigger.COMPENSATION):
            self._compensates(element, event, owner)

    def _compensates(self, element: Element, event: Event, owner: Element | None) -> None:
        if event.activity is None or event.activity in self.body.elements:
            return
        if owner is not None and owner.triggered_by_event and event.activity in self.siblings:
            return
        self.refuse(
            "compensation",
            element.place,
            said(
                "it compensates '{activity}', which is not in the same process or sub-process.",
                activity=event.activity,
            ),
            "Choose an activity beside it, or throw it from an event sub-process there.",
        )

    def _default(self, element: Element) -> None:
        leaving = {flow.id: flow for flow in self.body.outgoing(element.id)}
        if element.default is None:
            return
        flow = leaving.get(element.default)
        if flow is None:
            self.refuse(
                "default-flow",
                element.place,
                said("its default flow '{default}' does not leave it.", default=element.default),
                "Choose one of its own flows.",
            )
        elif flow.condition is not None:
            self.refuse(
                "default-flow",
                flow.place,
                "the default flow has a condition.",
                "Remove the condition.",
            )

    def _reached(self, element: Element) -> None:
        if self.body.is_loose(element) and not self._may_begin(element):
            self.refuse(
                "unreached",
                element.place,
                "nothing leads to it.",
                "Connect it, or remove it from the diagram.",
            )

    def _may_begin(self, element: Element) -> bool:
        """Without a start event, what no flow leads to begins with its process."""
        if element.instantiates:
            return True
        return element.kind != "endEvent" and not any(
            e.kind == "startEvent" for e in self.body.elements.values()
        )

    def _activates(self, element: Element) -> None:
        if len(self.body.incoming(element.id)) > 1 and element.activation is None:
            self.refuse(
                "complex-gateway",
                element.place,
                "it does not say when it goes on.",
                "Write its activation condition, for example =activationCount >= 2.",
            )

    def _decides(self, element: Element) -> None:
        leaving = self.body.outgoing(element.id)
        if len(leaving) < 2:
            return
        for flow in leaving:
            if flow.condition is None and flow.id != element.default:
                self.refuse(
                    "no-condition",
                    flow.place,
                    said(
                        "the flow leaves {id} without a condition and is not its default.",
                        id=element.id,
                    ),
                    "Write a condition, or make it the default flow.",
                )

    def _offers(self, element: Element) -> None:
        if not self.body.outgoing(element.id):
            self.refuse(
                "event-gateway",
                element.place,
                "no event follows it, so nothing would ever go on there.",
                "Lead it to the events of which the first decides.",
            )
        for flow in self.body.outgoing(element.id):
            target = self.body.elements.get(flow.target)
            if target is None:
                continue
            waits = target.kind == "receiveTask" or (
                target.kind == "intermediateCatchEvent"
                and target.event.trigger in AWAITED | {Trigger.MULTIPLE}
            )
            alone = len(self.body.incoming(target.id)) == 1
            plain = target.loop is None and not self.body.attached(target.id)
            if not (waits and alone and plain and not target.extensions.inputs):
                self.refuse(
                    "event-gateway",
                    flow.place,
                    said(
                        "{id} leads to {target}, which is not simply an event to wait for.",
                        id=element.id,
                        target=target.id,
                    ),
                    "Put a timer or message event there, with no other flow into it.",
                )

    def _attached(self, element: Element) -> None:
        host = self.body.elements.get(element.attached_to or "")
        if host is None or host.kind not in ACTIVITIES or host.triggered_by_event:
            self.refuse(
                "boundary",
                element.place,
                said(
                    "it is attached to '{attached_to}', which is no activity here.",
                    attached_to=element.attached_to,
                ),
                "Attach it to a task, a sub-process or a call activity.",
            )
        elif not element.interrupting and (
            element.event.each(Trigger.ERROR) or element.event.each(Trigger.CANCEL)
        ):
            self.refuse(
                "boundary",
                element.place,
                "an error or cancel event does not interrupt.",
                "Make it interrupting: the activity has failed.",
            )
        elif element.event.trigger is Trigger.CANCEL and host.kind != "transaction":
            self.refuse(
                "cancel",
                element.place,
                "a cancel event is attached to what is no transaction.",
                "Attach it to a transaction, or use an error event.",
            )
        elif element.event.trigger is Trigger.COMPENSATION:
            self._handled(element)

    def _handled(self, element: Element) -> None:
        handler = self.body.elements.get(self.body.compensation.get(element.id, ""))
        if handler is None or not handler.for_compensation:
            self.refuse(
                "compensation",
                element.place,
                "no compensation activity is joined to it by an association.",
                "Join one that is marked for compensation (isForCompensation).",
            )
