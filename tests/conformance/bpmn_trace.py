"""Runs any diagram and tells what it did: the door for foreign suites.

In this door alone the plain text of a script task's ``<script>`` is output: it is appended to the
trace when the task is done (a ``zeebe:script`` stays FEEL). Timers are played on a simulated clock,
the earliest first. A task that names no work is passed, a message without a correlation key
reaches everybody who waits for its name, and a simple condition of another language is read as FEEL
(see :mod:`tests.conformance.foreign`).

    python -m tests.conformance.bpmn_trace DIAGRAM.bpmn [--variables JSON] [--process ID]
        [--messages loopback] [--timeout S]
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine import bpmn
from engine.bpmn.state import read_state, write_state
from engine.errors import DeploymentRefused, PasserelleError
from engine.feel import to_feel
from engine.model import (
    CaseRef,
    CaseStatus,
    CompleteActivity,
    Outcome,
    StartProcess,
    StartTrigger,
    TriggerEvent,
)
from tests.conformance.plain import PlainDiagram, read_plain

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FIRINGS = 1_000
"""Timers that one run may fire; a cycle without end stops there."""
STARTS = 20
"""Instances that one timer start event may begin."""
OVER = "the time allowed is over"


class OutOfTime(BaseException):
    """The time allowed is over. Nothing that handles errors on the way is to take it for one."""


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stop what runs inside, whatever it is doing, once its time is over.

    Only a process's main thread can be stopped so; in others runs end between two steps alone.

    :param seconds: more than 0.
    :raises OutOfTime: it is.
    """

    def stop(_number: int, _frame: object) -> None:
        raise OutOfTime

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass
class Instance:
    """One running process of the file."""

    publication: bpmn.Publication
    case: CaseRef
    state: bytes = b""
    status: CaseStatus = CaseStatus.ACTIVE
    tasks: dict[int, Any] = field(default_factory=dict)
    timers: dict[int, Any] = field(default_factory=dict)
    subscriptions: dict[int, Any] = field(default_factory=dict)
    incidents: dict[int, Any] = field(default_factory=dict)

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
        self.state, self.status = outcome.state, outcome.status


class World:
    """Every instance of a file's processes, their clock, and what travels between them."""

    def __init__(self, diagram: PlainDiagram, *, loopback: bool) -> None:
        self.diagram = diagram
        self.loopback = loopback
        self.now = BEGIN
        self.instances: list[Instance] = []
        self.trace: list[str] = []
        self.messages: deque[Any] = deque()
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
        context = bpmn.StepContext(case, self.now)
        self._take(instance, bpmn.start(instance.publication, StartProcess(variables, at), context))

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
        context = bpmn.StepContext(instance.case, self.now)
        command = CompleteActivity(activation, {})
        self._take(instance, bpmn.advance(instance.publication, instance.state, command, context))
        return True

    def trigger(self, instance: Instance, activation: int, variables: Mapping[str, Any]) -> None:
        """Let a timer, message or signal come."""
        context = bpmn.StepContext(instance.case, self.now)
        command = TriggerEvent(activation, variables)
        self._take(instance, bpmn.advance(instance.publication, instance.state, command, context))

    def _take(self, instance: Instance, outcome: Outcome) -> None:
        instance.keep(outcome)
        context = bpmn.StepContext(instance.case, self.now)
        rested = read_state(instance.publication, instance.state, context)
        assert write_state(rested) == instance.state, "the state read back is another"
        for event in outcome.events:
            if event.kind == "element.completed" and event.element_id in self.diagram.texts:
                if event.element_id in self.diagram.repeated and "instance" not in event.data:
                    continue  # The whole of a loop; its instances have spoken.
                self.trace.append(self.diagram.texts[event.element_id])
        for sent in outcome.signals:
            self._broadcast(instance, sent)
        self.messages.extend(outcome.messages)

    def _broadcast(self, sender: Instance, sent: Any) -> None:
        for other in list(self.instances):
            for activation, wanted in list(other.subscriptions.items()):
                if other is not sender and wanted.message == bpmn.SIGNAL_PREFIX + sent.signal:
                    self.trigger(other, activation, sent.variables)
        for process_id, element_id in self._begun_by(StartTrigger.SIGNAL, sent.signal):
            # A process that began itself anew each time would never come to an end.
            if process_id != sender.publication.process_id:
                self.start(process_id, sent.variables, element_id)

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
            self.start(process_id, message.variables, element_id)
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
        due = [
            (timer.due, number, activation)
            for number, instance in enumerate(self.instances)
            for activation, timer in instance.timers.items()
        ]
        if not due:
            return False
        moment, number, activation = min(due)
        self.now = max(self.now, moment)
        instance = self.instances[number]
        del instance.timers[activation]
        self.trigger(instance, activation, {})
        return True

    # --- the beginning and the end ---------------------------------------------------------------

    def begin(self, process_id: str, variables: Mapping[str, Any]) -> bool:
        """Start a process as its first start event says; ``False`` if its condition is not met."""
        publication = self.publication(process_id)
        body = publication.processes[process_id].body
        if body.entries():
            self.start(process_id, variables)
            return True
        at = next(e.id for e in body.elements.values() if e.kind == "startEvent")
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
        for _ in range(FIRINGS):
            while self.complete() or (self.loopback and self.deliver()):
                if time.monotonic() > until:
                    return OVER
            if time.monotonic() > until:
                return OVER
            if self.instances[0].status is not CaseStatus.ACTIVE and not self._others_live():
                return ""
            if not self.fire():
                return ""
        return f"{FIRINGS} timers have fired"

    def _others_live(self) -> bool:
        return any(each.status is CaseStatus.ACTIVE for each in self.instances)


def run(
    source: bytes,
    name: str,
    *,
    variables: Mapping[str, Any],
    process: str | None = None,
    loopback: bool = False,
    timeout_s: float = 60.0,
    resting: bool = False,
) -> dict[str, Any]:
    """Run a diagram and return its outcome, trace and reasons.

    :param resting: whether the case is stored and read back between any two script tasks.
    """
    world = World(PlainDiagram(name, source, {}, frozenset(), ""), loopback=loopback)
    until = time.monotonic() + timeout_s
    try:
        with stopped_after(timeout_s):
            world.diagram = read_plain(source, name, resting=resting)
            if not world.begin(process or world.diagram.main, variables):
                return _answer("waiting", world, ["no start event of the process has happened"])
            stopped = world.play(until)
    except OutOfTime:
        return _answer("waiting", world, [OVER])
    except DeploymentRefused as refused:
        reasons = [str(found) for found in refused.findings if found.severity == "error"]
        return _answer("refused", world, reasons)
    except PasserelleError as error:
        return _answer("incident", world, [str(error)])
    return _judge(world, stopped)


def _judge(world: World, stopped: str) -> dict[str, Any]:
    first = world.instances[0]
    incidents = [i.message for each in world.instances for i in each.incidents.values()]
    if first.status is CaseStatus.COMPLETED:
        return _answer("completed", world, incidents)
    if first.incidents:
        return _answer("incident", world, incidents)
    waiting = [
        f"{item.element_id} waits"
        for rows in (first.tasks, first.subscriptions, first.timers)
        for item in rows.values()
    ]
    return _answer("waiting", world, [stopped] * bool(stopped) + waiting)


def _answer(outcome: str, world: World, reasons: list[str]) -> dict[str, Any]:
    return {"outcome": outcome, "trace": world.trace, "reasons": reasons}


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise ValueError(text)
    return seconds


def main(arguments: list[str] | None = None) -> int:
    """Run the diagram that the command line names and print the answer as JSON."""
    parser = argparse.ArgumentParser(description="Run a BPMN diagram and print its trace.")
    parser.add_argument("diagram", type=Path)
    parser.add_argument("--variables", default="{}", help="JSON object")
    parser.add_argument("--process", help="id of the process to run")
    parser.add_argument("--messages", choices=["loopback"])
    parser.add_argument("--timeout", type=_seconds, default=60.0, help="seconds")
    given = parser.parse_args(arguments)
    variables = json.loads(given.variables, parse_float=Decimal)
    answer = run(
        given.diagram.read_bytes(),
        given.diagram.name,
        variables={name: to_feel(value) for name, value in variables.items()},
        process=given.process,
        loopback=given.messages == "loopback",
        timeout_s=given.timeout,
    )
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
