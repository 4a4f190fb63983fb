"""A case at rest: canonical JSON bytes of its live tokens and scopes, with a version of its own.

The state holds nothing finished: its size depends on what is alive now, not on how long the case
has run. Values are FEEL's, tagged, so a variable may be called anything and comes back exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.compensation import Done
from engine.bpmn.containers import Container
from engine.bpmn.context import StepContext
from engine.bpmn.scopes import Scope
from engine.bpmn.timers import read_cycle, write_cycle
from engine.bpmn.tokens import Token, Waits
from engine.bpmn.turns import Turns
from engine.bpmn.workflow import CaseWorkflow
from engine.errors import StateUnreadable
from engine.feel import from_json, to_json
from engine.model import CaseStatus

if TYPE_CHECKING:
    from engine.bpmn.publication import Publication

VERSION = 1
Json = dict[str, Any]


def write_state(case: CaseWorkflow) -> bytes:
    """Return the state of a case in which nothing is ready to go on."""
    state = {
        "version": VERSION,
        "status": str(status_of(case)),
        "next": case.next_activation,
        "process": case.publication.process_id,
        "root": _container(case),
    }
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)


def status_of(case: CaseWorkflow) -> CaseStatus:
    """Return where a case is."""
    if case.cancelled:
        return CaseStatus.CANCELLED
    return CaseStatus.COMPLETED if case.ended else CaseStatus.ACTIVE


def read_state(publication: Publication, state: bytes, context: StepContext) -> CaseWorkflow:
    """Bring a case back.

    :raises StateUnreadable: a newer version wrote it, it is damaged, or it does not belong to this
        publication.
    """
    try:
        found = orjson.loads(state)
        version = found["version"]
        if version != VERSION:
            raise StateUnreadable(
                f"The state of case {context.case.id} has version {version}; this release reads "
                f"version {VERSION}. Use the release that wrote it, or a newer one."
            )
        case = CaseWorkflow(publication, context, found["next"])
        case.cancelled = found["status"] == CaseStatus.CANCELLED
        case.ended = found["status"] != CaseStatus.ACTIVE
        _fill(case, found["root"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise StateUnreadable(
            f"The state of case {context.case.id} cannot be read ({type(error).__name__}: "
            f"{error}). It is damaged, or the case belongs to another deployment; restore it from "
            "a backup."
        ) from error
    return case


# --- writing ----------------------------------------------------------------------------------


def _container(container: Container) -> Json:
    written: Json = {
        "variables": to_json(dict(container.scope.values)),
        "tokens": [_token(token) for token in container.live() if not token.is_instance],
    }
    if container.owner is not None and container.scope.parent is None:
        written["written"] = sorted(container.scope.written)
    for flag in ("ended", "interrupted"):
        if getattr(container, flag):
            written[flag] = True
    if container.done:
        written["done"] = [_done(done) for done in container.done]
    return written


def _done(done: Done) -> Json:
    written = {
        "at": done.spec,
        "values": to_json(done.values) if done.values else None,
        "inner": [_done(inner) for inner in done.inner],
        "level": done.level,
        "partial": done.partial,
    }
    return {name: value for name, value in written.items() if value}


def _token(token: Token) -> Json:
    written: Json = {"at": token.task_spec.name}
    inner = token.case.subprocesses.get(token.id)
    # A sub-process's own scope is its container's; it is written once, there.
    shared = inner is not None and token.locals is inner.scope
    optional = {
        "activation": token.activation,
        "flow": token.flow if token.has_state(TaskState.WAITING) or token.host else None,
        "joining": token.has_state(TaskState.WAITING),
        "leaving": token.leaving,
        "announced": token.announced,
        "host": token.host,
        "incident": token.incident,
        "waits": str(token.waits),
        "index": token.index,
        "locals": None if token.locals is None or shared else to_json(dict(token.locals.values)),
        "cycle": None if token.cycle is None else write_cycle(token.cycle),
        "turns": None if token.turns is None else _turns(token.turns),
        "instances": [_token(child) for child in token.children if child.is_live],
        "inner": None if inner is None else _container(inner),
        "met": token.met,
        "undo": [_done(done) for done in token.undo],
        "undoes": token.undoes,
        "done": [_done(done) for done in token.done],
        "cancelling": token.cancelling,
    }
    written.update({name: value for name, value in optional.items() if value})
    return written


def _turns(turns: Turns) -> Json:
    return {
        "total": turns.total,
        "waiting": to_json(tuple(turns.waiting)),
        "results": to_json(tuple(turns.results)),
        "done": turns.done,
        "enough": turns.enough,
        "begun": turns.begun,
    }


# --- reading ----------------------------------------------------------------------------------


def _fill(container: Container, found: Json) -> None:
    container.scope.values.update(_values(found["variables"]))
    container.scope.written.update(found.get("written", ()))
    container.interrupted = found.get("interrupted", False)
    container.done = [_read_done(done) for done in found.get("done", ())]
    for token in found["tokens"]:
        _add(container, container.task_tree, token)


def _read_done(found: Json) -> Done:
    return Done(
        found["at"],
        _values(found["values"]) if "values" in found else {},
        [_read_done(inner) for inner in found.get("inner", ())],
        found.get("level", 0),
        found.get("partial", False),
    )


def _add(container: Container, parent: Token, found: Json) -> None:
    case = container.case
    token = parent._add_child(container.spec.task_specs[found["at"]], TaskState.FUTURE)
    if "activation" in found:
        case.number(token, found["activation"])
    token.flow = found.get("flow")
    token.leaving = found.get("leaving", False)
    token.announced = found.get("announced", False)
    token.host = found.get("host", 0)
    token.incident = found.get("incident", "")
    token.waits = Waits(found.get("waits", ""))
    token.index = found.get("index", 0)
    token.met = found.get("met", False)
    token.undo = [_read_done(done) for done in found.get("undo", ())]
    token.undoes = found.get("undoes", 0)
    token.done = [_read_done(done) for done in found.get("done", ())]
    token.cancelling = found.get("cancelling", False)
    token._set_state(TaskState.WAITING if found.get("joining") else TaskState.STARTED)
    if token.waits is Waits.CONDITION:
        case.conditions.append(token)
    elif token.waits is Waits.SIGNAL:
        case.await_signal(token)
    if token.is_instance:
        token.triggered = True
    if "locals" in found:
        token.locals = _locals(token, _values(found["locals"]))
    if "turns" in found or "cycle" in found:
        _add_progress(token, found)
    for instance in found.get("instances", ()):
        _add(container, token, instance)
    if "inner" in found:
        if "locals" not in found:
            token.locals = _locals(token, {})
        inner = case.create_subprocess(token, token.task_spec.spec)
        inner.scope.values.clear()
        inner.ended = found["inner"].get("ended", False)
        _fill(inner, found["inner"])


def _add_progress(token: Token, found: Json) -> None:
    if "cycle" in found:
        token.cycle = read_cycle(found["cycle"])
    if "turns" in found:
        turns = found["turns"]
        token.turns = Turns(
            turns["total"],
            _items(turns["waiting"]),
            _items(turns["results"]),
            turns["done"],
            turns["enough"],
            turns.get("begun", turns["total"] - len(_items(turns["waiting"]))),
        )


def _locals(token: Token, values: Json) -> Scope:
    loop = token.element.loop
    keeps = token.is_instance and (loop is None or not loop.standard)
    return Scope(token.element.id, token.outer_scope, values, keeps=keeps)


def _items(found: Any) -> list[Any]:
    values = from_json(found)
    return list(values) if isinstance(values, tuple) else []


def _values(found: Any) -> dict[str, Any]:
    values = from_json(found)
    return dict(values) if isinstance(values, Mapping) else {}
