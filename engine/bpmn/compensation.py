"""Compensation: what was done is undone, the last first; transactions are cancelled so.

A container remembers what was done in it only where something can undo it. A sub-process that is
over leaves its variables as they were then, so that it can be opened again and undone inside.

Source: BPMN 2.0.2, sections 10.7 and 13.5.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import Event, Trigger
from engine.bpmn.tokens import UNAWAITED, Token
from engine.model import EventKind

if TYPE_CHECKING:
    from engine.bpmn.containers import Container

INSIDE = -1
HERE = 0
AROUND = 1


@dataclass(slots=True)
class Done:
    """An activity that was completed and can be compensated.

    :ivar spec: name of its spec. :ivar values: a sub-process's variables when it was completed, or
        what an instance of a multi-instance had of its own.
    :ivar inner: what was done in it. :ivar level: where it lies, seen from who has it undone:
        inside it, beside it, or around the event sub-process that holds it.
    :ivar partial: it was cancelled before it was completed, so that only what was done in it can
        be undone: its own handler never came to be enabled.
    """

    spec: str
    values: dict[str, Any] = field(default_factory=dict)
    inner: list[Done] = field(default_factory=list)
    level: int = HERE
    partial: bool = False


def compensate(token: Token, event: Event) -> bool:
    """Begin to undo what a throwing event says.

    :returns: whether the event has to wait for it.
    """
    token.case.journal.event(
        EventKind.COMPENSATION_THROWN, token.element.id, token.activation, activity=event.activity
    )
    containers: list[tuple[int, Container]] = [(HERE, token.workflow)]
    owner = token.workflow.owner
    if owner is not None and owner.element.triggered_by_event:
        containers.insert(0, (AROUND, owner.workflow))
    found = [done for level, where in containers for done in _taken(where, event.activity, level)]
    if event.waits:
        token.undo = found
        return _undo_next(token)
    for done in reversed(found):
        _begin(_container(token, done.level), done, UNAWAITED)
    return False


def _taken(container: Container, activity: str | None, level: int) -> list[Done]:
    """Take what is to be undone out of a container's memory: nothing is undone twice."""
    specs = container.spec.task_specs
    wanted = [d for d in container.done if activity in {None, specs[d.spec].element.id}]
    container.done = [done for done in container.done if done not in wanted]
    for done in wanted:
        done.level = level
    return wanted


def _container(token: Token, level: int) -> Container:
    found: Container = token.workflow
    if level == AROUND and token.workflow.owner is not None:
        found = token.workflow.owner.workflow
    if level == INSIDE:
        found = token.case.subprocesses[token.id]
    return found


def _undo_next(token: Token) -> bool:
    if not token.undo:
        return False
    done = token.undo.pop()
    _begin(_container(token, done.level), done, token.activation)
    return True


def _begin(container: Container, done: Done, activation: int) -> None:
    handler = None if done.partial else container.spec.task_specs[done.spec].compensated_by
    token = container.add(handler or done.spec)
    token.undoes = activation
    if handler is not None:
        if done.values:
            token.open_locals().values.update(done.values)
        container.enter_token(token)
    else:
        _open_again(token, done)


def _open_again(token: Token, done: Done) -> None:
    """Open a completed sub-process as it was, to undo it from inside."""
    case, spec = token.case, token.task_spec
    token._set_state(TaskState.STARTED)
    case.enter(token)
    token.open_locals().values.update(done.values)
    inner = case.create_subprocess(token, spec.spec)
    inner.done = done.inner
    thrown = {} if done.partial else inner.spec.thrown_listeners
    listeners = thrown.get(Trigger.COMPENSATION, ())
    for name in listeners:
        inner.spec.task_specs[name].go(inner, {})
    if not listeners:
        token.undo = _taken(inner, None, INSIDE)
        if not _undo_next(token):
            case.resume(token)


def undone(token: Token) -> None:
    """Go on with whoever waits for this compensation, now that it is done."""
    if token.undoes == UNAWAITED:
        return
    waiting = token.case.find(token.undoes)
    if waiting is None or _undo_next(waiting):
        return
    if waiting.cancelling:
        _leave_cancelled(waiting)
    else:
        token.case.resume(waiting)


def remember(token: Token) -> None:
    """Keep what is needed to undo an activity that is completed."""
    if token.undoes:
        return
    if token.element.loop is not None and not token.is_instance:
        token.workflow.done.extend(token.done)
        return
    # An instance can be undone once all are completed, by the handler of the whole, once for each.
    whole = token.parent if token.is_instance else token
    memory = whole.done if token.is_instance else token.workflow.done
    if whole.task_spec.compensated_by:
        own = token.locals.values if token.is_instance and token.locals is not None else {}
        memory.append(Done(whole.task_spec.name, dict(own)))
    elif token.remains is not None:
        memory.append(token.remains)


def cancel_transaction(token: Token) -> None:
    """Stop everything in a transaction, undo what was done in it, then leave by its cancel event.

    What still runs is cancelled, and what was done inside of that is undone as well.

    :param token: at the cancel end event.

    Source: BPMN 2.0.2, section 10.7: an activity that is active is cancelled instead of
    compensated, which "can result in compensation of already successfully completed portions of
    an active Activity, in case of a Sub-Process".
    """
    inner = token.workflow
    owner = inner.owner
    assert owner is not None  # noqa: S101 - checked when the scheme was published
    _give_back(inner)
    begun = _begun(inner)
    inner.cancel_tokens(but=token)
    owner.cancelling = True
    owner.undo = [*inner.done, *begun]
    inner.done = []
    for done in owner.undo:
        done.level = INSIDE
    if not _undo_next(owner):
        _leave_cancelled(owner)


def _give_back(container: Container) -> None:
    """Let containers remember again what somebody in them has yet to have compensated."""
    for token in container.live():
        for done in token.undo:
            _container(token, done.level).done.append(done)
        token.undo = []
        inner = token.case.subprocesses.get(token.id)
        if inner is not None:
            _give_back(inner)


def _begun(container: Container) -> list[Done]:
    """Return what was done inside of the activities of a container that still run."""
    found: list[Done] = []
    for token in container.live():
        found.extend(token.done)
        inner = token.case.subprocesses.get(token.id)
        if inner is None or getattr(token.task_spec, "compensates", False):
            continue
        done = [*inner.done, *_begun(inner)]
        if done:
            spec, values = token.task_spec.undo_name, dict(inner.scope.values)
            found.append(Done(spec, values, done, partial=True))
    return found


def _leave_cancelled(owner: Token) -> None:
    host: Token = owner.parent if owner.is_instance else owner
    container = host.workflow
    names = host.task_spec.thrown_boundaries.get(Trigger.CANCEL, ())
    host.cancel()
    for name in names:
        container.spec.task_specs[name].go(container.add(name), {})
