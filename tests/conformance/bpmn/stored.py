"""The same diagrams through ``Engine`` on SQLite: a commit for every script task."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from engine.bpmn import compile_publication
from engine.clock import ManualClock
from engine.composition import compose
from engine.model import Actor, CaseStatus, Grant
from engine.service import CasesQuery, Engine
from engine.settings import Settings
from engine.store import Store, upgrade
from tests.conformance.plain import PlainDiagram, read_plain
from tests.conformance.world import BEGIN, FIRINGS
from tests.unit.bpmn.diagrams import bpmn, line, message, node, on_message, start

ACTOR = Actor("anna", (Grant("clerk", "office", "CM"),))
SCHEME = """
id = "cm/diagram"
process = "Top"
country = "CM"
time_zone = "UTC"
languages = ["en"]
currency = "XAF"
reference_prefix = "D"
name.en = "Diagram"
roles.clerk.en = "Clerk"
standing_parties = [{ organisation = "office", role = "clerk" }]
"""
BEGINNING = "Begin the diagram"
DATABASE = "conformance.db"


@cache
def template() -> Path:
    """An empty database, made once in each test process."""
    home = Path(tempfile.mkdtemp(prefix="passerelle-conformance-"))
    with engine_in(home) as (_, _, store, migrations):
        upgrade(store, migrations)
    return home / DATABASE


@contextmanager
def engine_in(home: Path) -> Iterator[tuple[Engine, ManualClock, Store, Any]]:
    """An engine on a folder of its own, whose clock stands where the door begins."""
    settings = Settings(f"sqlite:///{home / DATABASE}", home / "var", home)
    store, clock = Store(settings.database_url), ManualClock(BEGIN)
    ports = compose(settings, store, clock)
    try:
        yield Engine(store, ports, settings), clock, store, ports.migrations
    finally:
        store.close()


def is_callable(source: bytes) -> bool:
    """Return whether the process ``P`` begins by itself when it is called.

    One that a message begins would wait for it there, where the door has it come.
    """
    files = {"case.bpmn": read_plain(source, "case.bpmn").source}
    known = {"handlers": {}, "constants": {}, "country": "CM", "time_zone": "UTC"}
    publication = compile_publication(files, "P", any_start=True, **known)
    body = publication.processes["P"].body
    entries = body.entries()
    return bool(entries) and not any(body.elements[entry].instantiates for entry in entries)


def stored(source: bytes, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Run the process ``P`` of a diagram to where it waits, and return its outcome and trace.

    A message begins a case that calls it, since nobody may start what names no group.
    """
    diagram = read_plain(source, "case.bpmn", resting=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copy(template(), home / DATABASE)
        scheme = home / "scheme"
        scheme.mkdir()
        (scheme / "case.bpmn").write_bytes(diagram.source)
        (scheme / "scheme.toml").write_text(SCHEME)
        (scheme / "top.bpmn").write_bytes(CALLING)
        with engine_in(home) as (engine, clock, _, _):
            engine.deploy(scheme, ACTOR)
            engine.publish(BEGINNING, {"key": "any"}, variables)
            [case] = engine.cases(ACTOR, CasesQuery(scheme="cm/diagram")).items
            return play(engine, clock, case.id, diagram)


CALLING = bpmn(
    start("TopS", on_message("Beginning")),
    node("callActivity", "TopC", calledElement="P"),
    line("TopS", "TopC"),
    process="Top",
    top=message("Beginning", '="any"').replace('name="Beginning"', f'name="{BEGINNING}"'),
)
"""A process that a message begins, and that calls ``P`` with what it brought."""


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
