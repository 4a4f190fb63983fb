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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import DeploymentRefused, PasserelleError
from engine.feel import to_feel
from engine.model import CaseStatus
from tests.conformance.plain import PlainDiagram, read_plain
from tests.conformance.world import OVER, World


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


def _variables(text: str) -> dict[str, Any]:
    """Read a JSON object.

    :raises argparse.ArgumentTypeError: it is none, or holds what is no value of FEEL.
    """
    try:
        found = json.loads(text, parse_float=Decimal)
        if not isinstance(found, dict):
            raise argparse.ArgumentTypeError("give a JSON object")
        return {name: to_feel(value) for name, value in found.items()}
    except (ValueError, TypeError, RecursionError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise ValueError(text)
    return seconds


def main(arguments: list[str] | None = None) -> int:
    """Run the diagram that the command line names and print the answer as JSON."""
    parser = argparse.ArgumentParser(description="Run a BPMN diagram and print its trace.")
    parser.add_argument("diagram", type=Path)
    parser.add_argument("--variables", type=_variables, default="{}", help="JSON object")
    parser.add_argument("--process", help="id of the process to run")
    parser.add_argument("--messages", choices=["loopback"])
    parser.add_argument("--timeout", type=_seconds, default=60.0, help="seconds")
    given = parser.parse_args(arguments)
    try:
        source = given.diagram.read_bytes()
    except OSError as error:
        parser.error(f"the diagram cannot be read: {error}")
    answer = run(
        source,
        given.diagram.name,
        variables=given.variables,
        process=given.process,
        loopback=given.messages == "loopback",
        timeout_s=given.timeout,
    )
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
