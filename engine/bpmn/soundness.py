"""Soundness: whether cases always get through a diagram, each part of it once, to a proper end.

Every process and sub-process is looked at by itself. What is found are warnings: conditions that
depend on one another may make a case safe which the flow alone does not.

Source: W. van der Aalst et al., Soundness of workflow nets: classification, decidability, and
analysis (2011), with the properties as told for BPMN by F. Corradini et al., A classification of
BPMN collaborations based on safeness and soundness notions (2018).
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.bodies import bodies
from engine.bpmn.elements import Body, Element, Process
from engine.bpmn.findings import Findings
from engine.bpmn.net import ACTS, Net, begins, may_end_early
from engine.bpmn.token_game import Violation, play
from engine.rules import said

SHOWN = 12
"""Steps of a trace that a message tells; the middle of a longer one is left out."""

MESSAGES = {
    "deadlock": (
        "a case can stop here for ever, because not every flow it waits for can still be taken: "
        "{trace}.",
        "Join with the kind of gateway that split: parallel with parallel, a choice with a choice.",
    ),
    "lack-of-synchronisation": (
        "two tokens can arrive here, so that what follows is done twice: {trace}.",
        "Join the parallel flows with a parallel or inclusive gateway first.",
    ),
    "improper-completion": (
        "this end can be reached twice in one case: {trace}.",
        "Join the parallel flows before it, or give each an end event of its own.",
    ),
    "never-completes": (
        "from here no end can be reached any more: {trace}.",
        "Give the loop a way out.",
    ),
}


def check_soundness(processes: Iterable[Process], findings: Findings) -> None:
    """Note where tokens stop, double, end improperly or never come."""
    for process in processes:
        for body, owner in bodies(process):
            ad_hoc = owner is not None and owner.kind == "adHocSubProcess"
            if not ad_hoc and _is_whole(body):
                _check(body, owner, process, findings)


def _is_whole(body: Body) -> bool:
    """Return whether every flow joins two elements that were read."""
    ends = {name for flow in body.flows.values() for name in (flow.source, flow.target)}
    return ends <= body.elements.keys()


def _check(body: Body, owner: Element | None, process: Process, findings: Findings) -> None:
    net = Net(body)
    done: set[str] = set()
    complete, told = True, set()
    for starts in begins(body, owner):
        game = play(net, starts, must_complete=not may_end_early(body, owner))
        done |= game.done
        complete = complete and game.complete
        for violation in game.violations:
            if (violation.rule, violation.element) not in told:
                told.add((violation.rule, violation.element))
                _tell(violation, body, findings)
    if not complete:
        findings.info(
            "not-decided",
            process.place if owner is None else owner.place,
            "its flow has more states than lint explores, or counts tokens: whether every case "
            "gets through it was not decided.",
            "Move a part of it into a sub-process.",
        )
    elif not told:
        _dead(body, done, findings)


def _tell(violation: Violation, body: Body, findings: Findings) -> None:
    message, remedy = MESSAGES[violation.rule]
    findings.warning(
        violation.rule,
        body.elements[violation.element].place,
        said(message, trace=shown(violation.trace, body)),
        remedy,
        violation.trace,
    )


def _dead(body: Body, done: set[str], findings: Findings) -> None:
    for element in body.elements.values():
        led_to = body.incoming(element.id) and not element.for_compensation
        if element.kind in ACTS and led_to and element.id not in done:
            findings.warning(
                "dead-activity",
                element.place,
                "no case ever comes here, though flows lead to it.",
                "Connect it to the flow that begins at the start event, or remove it.",
            )


def shown(trace: Iterable[str], body: Body) -> str:
    """Return the elements of a trace for people: names with ids, the flows left out."""
    steps = [
        f"{element.name} ({element.id})" if element.name else element.id
        for element in (body.elements.get(name) for name in trace)
        if element is not None
    ]
    if len(steps) > SHOWN:
        half = SHOWN // 2
        steps = [*steps[:half], "…", *steps[-half:]]
    return " → ".join(" ".join(step.split()) for step in steps)
