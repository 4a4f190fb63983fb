"""The same diagrams through ``Engine`` on SQLite: a commit for every script task."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from engine.bpmn import compile_publication
from engine.clock import ManualClock
from engine.composition import compose
from engine.model import Actor, CaseStatus, Grant
from engine.service import CasesQuery, Engine
from engine.settings import Settings
from engine.store import Store, upgrade
from tests.conformance.bpmn_trace import BEGIN, FIRINGS
from tests.conformance.plain import PlainDiagram, read_plain
from tests.unit.bpmn.diagrams import bpmn, line, message, node, on_message, start

ACTOR = Actor("anna", (Grant("clerk", "office", "CM"),))
SCHEME = """
id = "cm/d{number}"
process = "Top"
country = "CM"
time_zone = "UTC"
languages = ["en"]
currency = "XAF"
reference_prefix = "D{number}"
name.en = "Diagram"
roles.clerk.en = "Clerk"
standing_parties = [{{ organisation = "office", role = "clerk" }}]
"""
NUMBERS = count(1)


@cache
def site() -> tuple[Engine, ManualClock, Path]:
    """One engine on a database of its own, for every diagram of this test process."""
    home = Path(tempfile.mkdtemp(prefix="passerelle-conformance-"))
    settings = Settings(f"sqlite:///{home / 'conformance.db'}", home / "var", home)
    store, clock = Store(settings.database_url), ManualClock(BEGIN)
    ports = compose(settings, store, clock)
    upgrade(store, ports.migrations)
    return Engine(store, ports, settings), clock, home


def is_callable(source: bytes) -> bool:
    """Return whether the process ``P`` begins by itself when it is called."""
    files = {"case.bpmn": read_plain(source, "case.bpmn").source}
    known = {"handlers": {}, "constants": {}, "country": "CM", "time_zone": "UTC"}
    publication = compile_publication(files, "P", any_start=True, **known)
    return bool(publication.processes["P"].body.entries())


def stored(source: bytes, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Run the process ``P`` of a diagram to where it waits, and return its outcome and trace.

    A message begins a case that calls it, since nobody may start what names no group.
    """
    engine, clock, home = site()
    number = next(NUMBERS)
    diagram = read_plain(source, "case.bpmn", resting=True)
    folder = home / f"d{number}"
    folder.mkdir()
    (folder / "case.bpmn").write_bytes(diagram.source)
    (folder / "scheme.toml").write_text(SCHEME.format(number=number))
    (folder / "top.bpmn").write_bytes(calling(number))
    engine.deploy(folder, ACTOR)
    engine.publish(f"Begin{number}", {"key": "any"}, variables)
    [case] = engine.cases(ACTOR, CasesQuery(scheme=f"cm/d{number}")).items
    answer = play(engine, clock, case.id, diagram)
    if answer["outcome"] != "completed":
        engine.cancel(case.id, "Its timers must not fire among those of the next.", ACTOR)
    return answer


def calling(number: int) -> bytes:
    """Return a process that a message begins, and that calls ``P`` with what it brought."""
    name = f"Begin{number}"
    return bpmn(
        start("TopS", on_message(name)),
        node("callActivity", "TopC", calledElement="P"),
        line("TopS", "TopC"),
        process="Top",
        top=message(name, '="any"'),
    )


def play(engine: Engine, clock: ManualClock, case_id: str, diagram: PlainDiagram) -> dict[str, Any]:
    """Do what can be done: the oldest script task, what is due, the next timer."""
    for _ in range(FIRINGS):
        tasks = [t for t in engine.tasks_of(case_id, ACTOR) if t.element_id in diagram.texts]
        if tasks:
            engine.complete(tasks[0].id, {}, ACTOR)
        elif not engine.run_due():
            due = engine.next_due()
            if due is None or engine.case(case_id, ACTOR).status is not CaseStatus.ACTIVE:
                break
            clock.move_to(max(due, clock.now()))
    return {"outcome": outcome(engine, case_id), "trace": trace(engine, case_id, diagram)}


def outcome(engine: Engine, case_id: str) -> str:
    """Return how a case stands, in the door's words."""
    status = engine.case(case_id, ACTOR).status
    if status is CaseStatus.COMPLETED:
        return "completed"
    stopped = any(incident.case_id == case_id for incident in engine.incidents())
    return "incident" if stopped else "waiting"


def trace(engine: Engine, case_id: str, diagram: PlainDiagram) -> list[str]:
    """Return the texts of the script tasks that history says were completed."""
    return [
        diagram.texts[event.element_id]
        for event in engine.history(case_id, ACTOR)
        if event.kind == "element.completed"
        and event.element_id in diagram.texts
        and (event.element_id not in diagram.repeated or "instance" in event.data)
    ]
