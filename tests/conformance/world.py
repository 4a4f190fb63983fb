"""Every instance of a diagram's processes, run together on a simulated clock for the trace door."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any

from engine import bpmn
from engine.bpmn.elements import GATEWAYS, Body
from engine.bpmn.interpreter import begin, carry_out
from engine.bpmn.journal import Journal
from engine.bpmn.state import read_state, status_of, write_state
from engine.bpmn.workflow import CaseWorkflow
from engine.model import (
    CaseRef,
    CaseStatus,
    Command,
    CompleteActivity,
    Outcome,
    StartProcess,
    StartTrigger,
    TriggerEvent,
)
from tests.conformance.plain import PlainDiagram

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FIRINGS = 1_000
"""Timers that one run may fire beside those that waited together; an endless cycle stops there."""
RESTED_BYTES = 4_000
"""How much of a state each step pays for: a larger one is stored and read back less often, so that
a step costs the same however much waits."""
STARTS = 20
"""Instances that one start event may begin by itself."""
OVER = "the time allowed is over"


@dataclass
class Instance:
    """One running process of the file.

    :ivar running: the case between two steps. :ivar size_bytes: of its state when it was stored
        last. :ivar paid_bytes: of that, what the steps since then pay for.
    """

    publication: bpmn.Publication
    case: CaseRef
    running: CaseWorkflow | None = None
    paid_bytes: int = 0
    size_bytes: int = 0
    status: CaseStatus = CaseStatus.ACTIVE
    tasks: dict[int, Any] = field(default_factory=dict)
    timers: dict[int, Any] = field(default_factory=dict)
    subscriptions: dict[int, Any] = field(default_factory=dict)
    incidents: dict[int, Any] = field(default_factory=dict)

    def step(self, command: Command, now: datetime) -> Outcome:
        """Take it one command further, and return what came of it without its state."""
        context = bpmn.StepContext(self.case, now)
        if isinstance(command, StartProcess):
            running = self.running = begin(self.publication, command, context)
        else:
            assert self.running is not None, "it has not begun"
            running = self.running
            running.context, running.journal = context, Journal(running.next_activation)
            carry_out(running, command)
        outcome = running.journal.outcome(b"", status_of(running))
        self.keep(outcome)
        self._rest(context)
        return outcome

    def _rest(self, context: bpmn.StepContext) -> None:
        """Store it and read it back, once enough steps were passed for what that costs."""
        self.paid_bytes += RESTED_BYTES
        if self.running is None or self.paid_bytes < self.size_bytes:
            return
        state = write_state(self.running)
        self.paid_bytes, self.size_bytes = 0, len(state)
        self.running = read_state(self.publication, state, context)
        assert write_state(self.running) == state, "the state read back is another"

    def keep(self, outcome: Outcome) -> None:
        """Keep what waits, take back what is withdrawn."""
        for activation in outcome.withdrawn:
            for rows in (self.tasks, self.timers, self.subscriptions, self.incidents):
                rows.pop(activation, None)
        for activation in outcome.resolved:
            self.incidents.pop(activation, None)
        for rows, items in (
            (self.tasks, outcome.tasks),
            (self.timers, outcome.timers),
            (self.subscriptions, outcome.subscriptions),
            (self.incidents, outcome.incidents),
        ):
            rows.update({item.activation: item for item in items})
        self.status = outcome.status


class World:
    """Every instance of a file's processes, their clock, and what travels between them.

    :ivar waited: the most timers that ever waited together.
    """

    def __init__(self, diagram: PlainDiagram, *, loopback: bool) -> None:
        self.diagram = diagram
        self.loopback = loopback
        self.now = BEGIN
        self.instances: list[Instance] = []
        self.trace: list[str] = []
        self.signals: deque[tuple[Instance, Any]] = deque()
        self.messages: deque[Any] = deque()
        self.waited = 0
        self._due: list[tuple[datetime, int, int]] = []
        self._begun: Counter[tuple[str, str]] = Counter()
        self.buffered: list[Any] = []
        self._publications: dict[str, bpmn.Publication] = {}

    def publication(self, process_id: str) -> bpmn.Publication:
        """Return a process of the file, ready to run.

        :raises DeploymentRefused: it is refused.
        """
        if process_id not in self._publications:
            self._publications[process_id] = bpmn.compile_publication(
                {self.diagram.name: self.diagram.source},
                process_id,
                handlers={},
                constants={},
                country="CM",
                time_zone="UTC",
                any_start=True,
            )
        return self._publications[process_id]

    # --- steps --------------------------------------------------------------------------------

    def start(self, process_id: str, variables: Mapping[str, Any], at: str | None = None) -> None:
        """Begin an instance."""
        number = len(self.instances) + 1
        case = CaseRef(f"case-{number}", f"TRACE-{number}", "trace", "CM")
        instance = Instance(self.publication(process_id), case)
        self.instances.append(instance)
        self._take(instance, StartProcess(variables, at))

    def complete(self) -> bool:
        """Do the script task that has waited longest, where script tasks wait."""
        waiting = [
            (number, activation, instance)
            for number, instance in enumerate(self.instances)
            for activation, task in instance.tasks.items()
            if task.element_id in self.diagram.texts
        ]
        if not waiting:
            return False
        _, activation, instance = min(waiting, key=lambda each: each[:2])
        self._take(instance, CompleteActivity(activation, {}))
        return True

    def trigger(self, instance: Instance, activation: int, variables: Mapping[str, Any]) -> None:
        """Let a timer, message or signal come."""
        self._take(instance, TriggerEvent(activation, variables))

    def _take(self, instance: Instance, command: Command) -> None:
        outcome = instance.step(command, self.now)
        for timer in outcome.timers:
            heappush(self._due, (timer.due, self.instances.index(instance), timer.activation))
        self.waited = max(self.waited, sum(len(each.timers) for each in self.instances))
        for event in outcome.events:
            if event.kind == "element.completed" and event.element_id in self.diagram.texts:
                if event.element_id in self.diagram.repeated and "instance" not in event.data:
                    continue  # The whole of a loop; its instances have spoken.
                self.trace.append(self.diagram.texts[event.element_id])
        self.signals.extend((instance, sent) for sent in outcome.signals)
        self.messages.extend(outcome.messages)

    # --- signals ------------------------------------------------------------------------------

    def spread(self) -> bool:
        """Take the oldest signal to every instance that waits for it and all that it begins."""
        if not self.signals:
            return False
        sender, sent = self.signals.popleft()
        for other in list(self.instances):
            for activation, wanted in list(other.subscriptions.items()):
                if other is not sender and wanted.message == bpmn.SIGNAL_PREFIX + sent.signal:
                    self.trigger(other, activation, sent.variables)
        for process_id, element_id in self._begun_by(StartTrigger.SIGNAL, sent.signal):
            # A process that began itself anew each time would never come to an end.
            if process_id != sender.publication.process_id:
                self._begin_at(process_id, sent.variables, element_id)
        return True

    def _begin_at(self, process_id: str, variables: Mapping[str, Any], at: str) -> None:
        """Begin an instance by something sent, unless that has begun many: one may send again."""
        self._begun[process_id, at] += 1
        if self._begun[process_id, at] <= STARTS:
            self.start(process_id, variables, at)

    # --- messages -----------------------------------------------------------------------------

    def deliver(self) -> bool:
        """Deliver one message to who waits for it, or start a process by it."""
        for message in (*self.buffered, *self.messages):
            if self._deliver(message):
                (self.buffered if message in self.buffered else self.messages).remove(message)
                return True
        self.buffered.extend(self.messages)
        self.messages.clear()
        return False

    def _deliver(self, message: Any) -> bool:
        for instance in self.instances:
            for activation, wanted in instance.subscriptions.items():
                if wanted.message == message.message and wanted.keys == message.keys:
                    self.trigger(instance, activation, message.variables)
                    return True
        for process_id, element_id in self._begun_by(StartTrigger.MESSAGE, message.message):
            self._begin_at(process_id, message.variables, element_id)
            return True
        return False

    def _begun_by(self, trigger: StartTrigger, name: str) -> list[tuple[str, str]]:
        """Return the processes of the file that begin with a message or signal, and where."""
        return [
            (process_id, beginning.element_id)
            for process_id in self.instances[0].publication.processes
            for beginning in bpmn.beginnings(self.publication(process_id))
            if (beginning.trigger, beginning.name) == (trigger, name)
        ]

    # --- time ---------------------------------------------------------------------------------

    def fire(self) -> bool:
        """Fire the earliest timer of all."""
        while self._due:
            moment, number, activation = heappop(self._due)
            instance = self.instances[number]
            timer = instance.timers.get(activation)
            if timer is not None and timer.due == moment:
                self.now = max(self.now, moment)
                del instance.timers[activation]
                self.trigger(instance, activation, {})
                return True
        return False

    # --- the beginning and the end ---------------------------------------------------------------

    def begin(self, process_id: str, variables: Mapping[str, Any]) -> bool:
        """Start a process as what begins it first says; ``False`` if its condition is not met."""
        publication = self.publication(process_id)
        body = publication.processes[process_id].body
        at = _awaited_start(body)
        if at is None:
            self.start(process_id, variables)
            return True
        for timer in bpmn.timer_starts(publication, self.now, variables):
            if timer.element_id == at:
                self._begin_by_timer(publication, variables, timer)
                return True
        triggers = {b.trigger for b in bpmn.beginnings(publication) if b.element_id == at}
        met = bpmn.holds(publication, at, variables, self.now)
        if triggers == {StartTrigger.CONDITION} and not met:
            return False
        self.start(process_id, variables, at)
        return True

    def _begin_by_timer(
        self, publication: bpmn.Publication, variables: Mapping[str, Any], timer: bpmn.TimerStart
    ) -> None:
        """Begin an instance at each moment of a timer; of a cycle without end at the first."""
        due, cycle = timer.due, timer.cycle
        endless = cycle is not None and cycle["left"] is None and not cycle.get("ends")
        for _ in range(1 if endless else STARTS):
            self.now = max(self.now, due)
            self.start(publication.process_id, variables, timer.element_id)
            following = bpmn.following(publication, cycle, self.now)
            if following is None:
                return
            due, cycle = following

    def play(self, until: float) -> str:
        """Go on until nothing moves.

        :param until: of the process's own clock, in seconds.
        :returns: why it stopped before, or ``""``.
        """
        fired = 0
        while fired < FIRINGS + self.waited:
            fired += 1
            while self.spread() or self.complete() or (self.loopback and self.deliver()):
                if time.monotonic() > until:
                    return OVER
            if time.monotonic() > until:
                return OVER
            if self.instances[0].status is not CaseStatus.ACTIVE and not self._others_live():
                return ""
            if not self.fire():
                return ""
        return f"{fired} timers have fired"

    def _others_live(self) -> bool:
        return any(each.status is CaseStatus.ACTIVE for each in self.instances)


def _awaited_start(body: Body) -> str | None:
    """Return the first element by whose event a process begins; ``None`` if it begins by itself.

    Where an instantiating gateway or receive task begins it, an instance is there because its event
    has come: nobody else would be there to send it.

    Source: BPMN 2.0.2, sections 10.3.3 (receive task), 10.6.6 (event-based gateway) and 13.2.
    """
    entries = [body.elements[entry] for entry in body.entries()]
    if not entries:
        return next(e.id for e in body.elements.values() if e.kind == "startEvent")
    first = entries[0]
    if not all(entry.instantiates for entry in entries):
        return None
    return body.outgoing(first.id)[0].target if first.kind in GATEWAYS else first.id
