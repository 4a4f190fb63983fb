"""Whether a diagram hangs together: what BPMN forbids, or what would stop a case for ever."""

from __future__ import annotations

from engine.bpmn.bodies import bodies
from engine.bpmn.elements import (
    ACTIVITIES,
    AWAITED,
    Body,
    Element,
    Flow,
    Process,
    Trigger,
)
from engine.bpmn.findings import Findings, Place
from engine.bpmn.starts import check_starts
from engine.bpmn.undoing import check_undoing
from engine.rules import said

UNCONDITIONAL = frozenset({"parallelGateway", "eventBasedGateway", "startEvent"})
"""Kinds of elements that send a token by every flow, or by the one whose event comes."""


def check_structure(process: Process, findings: Findings) -> None:
    """Note what is wrong with the structure of a process and of its sub-processes."""
    check_undoing(process, findings)
    for body, owner in bodies(process):
        checker = _Checker(body, findings)
        checker.flows()
        checker.elements()
        check_starts(body, owner, owner.place if owner is not None else process.place, findings)


class _Checker:
    def __init__(self, body: Body, findings: Findings) -> None:
        self.body = body
        self.findings = findings

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

    def elements(self) -> None:
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
