"""Moving a case to another version of its process.

Everything live goes to the element of the same id, or to the one that an explicit mapping names,
in the same scope and of the same kind. It keeps its activation and with it its task and draft, its
due date, its cycle's turn, its handler's idempotency key. What only waits beside something (a
boundary event, the start of an event sub-process, an event behind a gateway) is withdrawn where
the new version no longer has it and begins to wait where the version has it newly; a timer then
counts from the migration, as in Camunda 8. What the diagram says otherwise follows the new
version; what it says the same stays as it was computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.activities import Activity
from engine.bpmn.ad_hoc import AdHocSubProcess
from engine.bpmn.containers import Container
from engine.bpmn.context import StepContext
from engine.bpmn.gateways import EventBasedGateway
from engine.bpmn.migration import (
    Fate,
    Migrated,
    MigrationPlan,
    MigrationRefused,
    Move,
    Note,
)
from engine.bpmn.pairing import Pairing, Place
from engine.bpmn.publication import Publication
from engine.bpmn.revisions import Revisions
from engine.bpmn.rewriting import Rewriting
from engine.bpmn.state import read_state, status_of, write_state
from engine.bpmn.tokens import Token
from engine.bpmn.workflow import CaseWorkflow
from engine.errors import CaseEnded
from engine.model import EventKind, Outcome

STILL = frozenset({EventKind.TIMER_SET, EventKind.MESSAGE_AWAITED, EventKind.SIGNAL_AWAITED})
"""Kinds of events that tell of waiting alone; by any other the case has gone on."""


def plan_migration(
    old: Publication,
    new: Publication,
    state: bytes,
    mapping: Mapping[str, str],
    context: StepContext,
    set_aside: frozenset[int] = frozenset(),
) -> MigrationPlan:
    """Return what a migration would do to a case, without doing it.

    :param mapping: element or flow id of the old version → that of the new one; what it does not
        name goes to the same id.
    :param set_aside: activations whose handler's call an incident holds.
    :raises CaseEnded: the case is completed or cancelled.
    :raises StateUnreadable: the state cannot be read.
    """
    plan, _ = _prepare(old, new, state, mapping, context, set_aside)
    return plan


def migrate(
    old: Publication,
    new: Publication,
    state: bytes,
    mapping: Mapping[str, str],
    context: StepContext,
    set_aside: frozenset[int] = frozenset(),
) -> Migrated:
    """Move a case; parameters and errors as of :func:`plan_migration`.

    :raises MigrationRefused: something in it has no place in the new version.
    """
    plan, migrated = _prepare(old, new, state, mapping, context, set_aside)
    if migrated is None:
        raise MigrationRefused(context.case.id, plan)
    return migrated


def _prepare(
    old: Publication,
    new: Publication,
    state: bytes,
    mapping: Mapping[str, str],
    context: StepContext,
    set_aside: frozenset[int],
) -> tuple[MigrationPlan, Migrated | None]:
    before = read_state(old, state, context)
    if before.ended:
        raise CaseEnded(context.case.id, str(status_of(before)))
    pairing = Pairing(old, new, mapping)
    rewriting = Rewriting(pairing, set_aside)
    written = orjson.dumps(rewriting.state(orjson.loads(state)))
    plan = MigrationPlan(tuple(rewriting.moves), pairing.problems())
    if not plan.possible:
        return plan, None
    after = read_state(new, written, context)
    return _Migration(pairing, before, after, rewriting, set_aside).run(plan)


class _Migration:
    """A case read twice, as it was and as it will be, made to agree with its new version."""

    def __init__(
        self,
        pairing: Pairing,
        before: CaseWorkflow,
        after: CaseWorkflow,
        rewriting: Rewriting,
        set_aside: frozenset[int],
    ) -> None:
        self.pairing = pairing
        self.before = {t.activation: t for t in before.tokens() if t.activation}
        self.old_case = before
        self.case = after
        self.withdrawn = rewriting.withdrawn
        self.revisions = Revisions(self.before, after, set_aside)
        self.armed: list[tuple[Token, str]] = []

    def run(self, plan: MigrationPlan) -> tuple[MigrationPlan, Migrated | None]:
        """Do it all; without a result where something cannot be computed in the new version."""
        case = self.case
        places = {t.activation: t.element.id for t in case.tokens() if t.activation}
        for activation in self.withdrawn:
            case.journal.withdraw(activation)
        notes = self.revisions.collect()
        plan = replace(plan, moves=tuple(_noted(move, notes) for move in plan.moves))
        if not plan.possible:
            return plan, None
        self._arm()
        self._look_at_joins()
        case.run()
        outcome = case.journal.outcome(write_state(case), status_of(case))
        moves = _stopping((*plan.moves, *self._newly_armed()), outcome, case)
        plan = replace(plan, moves=moves)
        return plan, Migrated(
            plan=plan,
            outcome=outcome,
            places=places,
            tasks=tuple(self.revisions.tasks),
            subscriptions=tuple(self.revisions.subscriptions),
            calls=tuple(self.revisions.calls),
            went_on=_went_on(outcome),
        )

    # --- what the new version has newly -------------------------------------------------------

    def _arm(self) -> None:
        for container, place, was in list(self._containers()):
            if not container.interrupted and not was.interrupted and not _is_undoing(container):
                self._add(
                    container, container.spec.listeners, was.spec.listeners, place, "armed", 0
                )
            for token in container.live():
                before = self.before.get(token.activation)
                if before is not None:
                    self._arm_token(token, before, place)

    def _arm_token(self, token: Token, before: Token, place: Place) -> None:
        spec, old = token.task_spec, before.task_spec
        container: Container = token.workflow
        if isinstance(spec, EventBasedGateway):
            self._add_behind(token, before, place)
        elif isinstance(spec, Activity) and _listens(token):
            self._add(container, spec.boundaries, old.boundaries, place, "armed", token.activation)
        if isinstance(spec, AdHocSubProcess) and token.id in self.case.subprocesses:
            self._begin_ad_hoc(token, before)

    def _add(
        self,
        container: Container,
        names: tuple[str, ...],
        old_names: tuple[str, ...],
        place: Place,
        code: str,
        host: int,
    ) -> None:
        """Let the events wait that no event of the old version stands for."""
        for name in self._new(names, old_names, place):
            token = container.add(name)
            token.host = host
            container.enter_token(token)
            self.armed.append((token, code))

    def _new(
        self, names: tuple[str, ...], old_names: tuple[str, ...], place: Place
    ) -> Iterator[str]:
        found = [self.pairing.find(name, place) for name in old_names]
        known = {each.name for each in found if not isinstance(each, Note)}
        return (name for name in names if name not in known)

    def _add_behind(self, token: Token, before: Token, place: Place) -> None:
        flows = {flow.target: flow.id for flow in token.task_spec.outgoing}
        old = tuple(flow.target for flow in before.task_spec.outgoing)
        for name in self._new(tuple(flows), old, place):
            event = token.workflow.add(name, flow=flows[name])
            event.host = token.activation
            token.workflow.enter_token(event)
            self.armed.append((event, "armed"))

    def _begin_ad_hoc(self, token: Token, before: Token) -> None:
        turns, spec, old = token.turns, token.task_spec, before.task_spec
        if turns is None or turns.enough or token.undoes:
            return
        inner = self.case.subprocesses[token.id]
        new = tuple(self._new(spec.entries, old.entries, self.pairing.inside(old, spec)))
        if token.element.ad_hoc is not None and token.element.ad_hoc.sequential:
            turns.waiting.extend(new)
            return
        for name in new:
            begun = inner.add(name)
            inner.enter_token(begun)
            self.armed.append((begun, "begins"))

    def _containers(self) -> Iterator[tuple[Container, Place, Container]]:
        """Yield every container with its counterpart in the case as it was."""
        was: dict[int, Container] = {
            inner.owner.activation: inner
            for inner in self.old_case.subprocesses.values()
            if inner.owner is not None
        }
        for container in self.case.containers():
            if container.owner is None:
                yield container, self.pairing.top, self.old_case
                continue
            old = was[container.owner.activation]
            place = self.pairing.inside(old.owner.task_spec, container.owner.task_spec)  # type: ignore[union-attr]
            yield container, place, old

    # --- joins --------------------------------------------------------------------------------

    def _look_at_joins(self) -> None:
        """Let go on what the new version no longer has wait for others."""
        for token in list(self.case.tokens()):
            waits = token.has_state(TaskState.WAITING) and token.incident in {"", "deadlock"}
            if waits and not token.met and token.task_spec._update_hook(token):
                token._ready()

    def _newly_armed(self) -> Iterator[Move]:
        timers = self.case.journal.timers
        for token, code in self.armed:
            element = token.element
            wanted = timers.get(token.activation)
            yield Move(
                activation=token.activation,
                kind=element.kind,
                old=None,
                new=element.id,
                name=element.name or element.id,
                fate=Fate.ARMED,
                waits=str(token.waits),
                notes=(Note(code, {"new": element.id}),),
                due=None if wanted is None else wanted.due,
            )


def _stopping(moves: tuple[Move, ...], outcome: Outcome, case: CaseWorkflow) -> tuple[Move, ...]:
    """Say where the new version stops the case: what is new cannot be computed, or cannot end."""
    found = {each.activation: each for each in outcome.incidents}
    told: list[Move] = []
    for move in moves:
        stop = found.pop(move.activation, None)
        notes = () if stop is None else (Note("stops", {"now": stop.message}),)
        told.append(replace(move, notes=(*move.notes, *notes)))
    for stop in found.values():
        token = case.find(stop.activation)
        element = None if token is None else token.element
        kind, name = (element.kind, element.name) if element else ("", "")
        note = Note("stops", {"now": stop.message})
        here = stop.element_id
        told.append(Move(stop.activation, kind, here, here, name or here, Fate.KEPT, notes=(note,)))
    return tuple(told)


def _noted(move: Move, notes: Mapping[int, list[Note]]) -> Move:
    found = tuple(notes.get(move.activation, ())) if move.activation else ()
    if move.fate is not Fate.KEPT or not found:
        return move
    stuck = any(note.code == "expression" for note in found)
    return replace(move, notes=found, fate=Fate.STUCK if stuck else Fate.KEPT)


def _listens(token: Token) -> bool:
    """Tell whether an activity's boundary events wait by now.

    One that stopped before it began to listen does so when it is tried again.
    """
    if not token.announced or token.leaving or token.undoes or token.cancelling:
        return False
    return not token.incident or bool(token.workflow.beside(token))


def _is_undoing(container: Container) -> bool:
    return container.owner is not None and bool(container.owner.undoes)


def _went_on(outcome: Outcome) -> bool:
    return any((outcome.messages, outcome.signals, outcome.calls, outcome.tasks)) or any(
        event.kind not in {*STILL, EventKind.INCIDENT_RAISED} for event in outcome.events
    )
