"""Changing a running case by hand: tokens moved, added, taken away; variables set.

Each change is a step like any other: stored state and a change make an outcome, so a preview is
the same function whose outcome nobody writes. All that is taken away goes first, then tokens are
put; only then does the case run on, so no join sees half a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.activities import EventSubProcess, map_inputs
from engine.bpmn.containers import Container
from engine.bpmn.context import StepContext
from engine.bpmn.describe import at_rest
from engine.bpmn.expressions import Stuck
from engine.bpmn.interpreter import feel_values, outcome_of
from engine.bpmn.joins import Join
from engine.bpmn.landing import Landing, elements_by_id, find_landing, refusal
from engine.bpmn.publication import Publication
from engine.bpmn.scopes import Scope
from engine.bpmn.state import read_state, status_of
from engine.bpmn.tokens import Token
from engine.bpmn.workflow import CaseWorkflow
from engine.errors import CaseEnded, ChangeRefused, Conflict
from engine.model import Outcome, Variables


@dataclass(frozen=True, slots=True)
class TokenMove:
    """Take a token away, put one before an element, or both.

    :ivar activation: of the token to take away; of a sub-process: with all that is in it.
    :ivar flow: the flow by which a token came that waits at a join and has no activation yet.
    :ivar target: id of the element to put a token before.
    :ivar within: activation of the sub-process or instance to put it in, where several run.
    :ivar variables: given to the scope around the target before the token enters.
    """

    activation: int | None = None
    flow: str | None = None
    target: str | None = None
    within: int | None = None
    variables: Variables = field(default_factory=dict)

    @property
    def takes(self) -> bool:
        """Whether it takes a token away."""
        return self.activation is not None or self.flow is not None


@dataclass(frozen=True, slots=True)
class MoveTokens:
    """Change where a case stands, all at once."""

    moves: tuple[TokenMove, ...]


@dataclass(frozen=True, slots=True)
class SetVariables:
    """Give variables their values, each in the scope that has it, else in the process's.

    :ivar activation: whose scope is meant; ``None`` for the process's own.
    """

    activation: int | None
    values: Variables


Modification = MoveTokens | SetVariables


def modify(
    publication: Publication, state: bytes, change: Modification, context: StepContext
) -> Outcome:
    """Change a case by hand and let it run on.

    :raises CaseEnded: the case is completed or cancelled.
    :raises NotFound: there is no such element.
    :raises Conflict: what was to be taken away or changed is not there any more.
    :raises ChangeRefused: the case would not be sound.
    """
    case = read_state(publication, state, context)
    if case.ended:
        raise CaseEnded(context.case.id, str(status_of(case)))
    if isinstance(change, MoveTokens):
        _move(case, change.moves)
    else:
        values = feel_values(change.values)
        name, scope = _home(case, change.activation)
        case.put(name, change.activation or 0, scope, values)
    case.run()
    return outcome_of(case)


def values_before(
    publication: Publication, state: bytes, change: SetVariables
) -> Mapping[str, Any]:
    """Return what the variables that are to be set are worth now; those that are none left out.

    :raises Conflict: nothing is at its activation any more.
    """
    _, scope = _home(at_rest(publication, state), change.activation)
    homes = {name: scope.home_of(name).values for name in change.values}
    return {name: values[name] for name, values in homes.items() if name in values}


def targets(
    publication: Publication, state: bytes, activation: int | None, flow: str | None = None
) -> tuple[str, ...]:
    """Return the elements before which a token may be put by hand, in the diagrams' order.

    :param activation: of the token that would be moved; like ``flow``, as in :class:`TokenMove`.
    :raises Conflict: it is not there any more. :raises ChangeRefused: it cannot be moved at all.
    """
    case = at_rest(publication, state)
    elements = elements_by_id(publication)
    origin = _origin(case, TokenMove(activation, flow))
    leaving = [] if origin is None else [origin]
    found = []
    for name in elements:
        try:
            find_landing(case, elements, name, origin, None, leaving)
        except ChangeRefused:
            continue
        found.append(name)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Standing:
    """A token that can be named in a change.

    :ivar activation: ``None`` where it waits at a join; then ``flow`` names it.
    :ivar waits: as in :class:`~engine.bpmn.describe.Position`, or ``join``, or ``inside`` where it
        holds others. :ivar incident: its code, or ``""``.
    :ivar within: activations of what holds it, the outermost first.
    :ivar fixed: why it cannot be taken away by itself, or ``""``.
    """

    activation: int | None
    flow: str | None
    element_id: str
    waits: str
    incident: str
    within: tuple[int, ...]
    fixed: str


def standing_tokens(publication: Publication, state: bytes) -> tuple[Standing, ...]:
    """Return where a case's tokens stand, what waits beside one left out, in order of arrival."""
    case = at_rest(publication, state)
    tokens = [t for t in case.tokens() if not (t.host or t.task_spec.is_listener or case.ended)]
    return tuple(sorted((_standing(token) for token in tokens), key=lambda each: _order(each)))


def _order(each: Standing) -> tuple[bool, int, str]:
    return each.activation is None, each.activation or 0, each.flow or ""


def _standing(token: Token) -> Standing:
    try:
        _demand_free(token)
        fixed = ""
    except ChangeRefused as error:
        fixed = error.code
    holds = bool(token.children) or token.id in token.case.subprocesses
    waits = "join" if not token.activation else "inside" if holds else str(token.waits)
    return Standing(
        activation=token.activation or None,
        flow=None if token.activation else token.flow,
        element_id=token.element.id,
        waits=waits,
        incident=token.incident,
        within=tuple(reversed([owner.activation for owner in _owners(token)])),
        fixed=fixed,
    )


# --- tokens -----------------------------------------------------------------------------------


def _move(case: CaseWorkflow, moves: tuple[TokenMove, ...]) -> None:
    elements = elements_by_id(case.publication)
    origins = [_origin(case, move) for move in moves]
    leaving = [origin for origin in origins if origin is not None]
    landings = [
        None
        if move.target is None
        else find_landing(case, elements, move.target, origin, move.within, leaving)
        for move, origin in zip(moves, origins, strict=True)
    ]
    if not moves or any(move.target is None and not move.takes for move in moves):
        raise refusal("nothing", "")
    sources = [None if origin is None else list(_around(origin)) for origin in origins]
    for token in leaving:
        token.cancel()
    for move, landing, source in zip(moves, landings, sources, strict=True):
        if landing is not None:
            _put(case, landing, source or [], move.variables)
    for token in leaving:
        _leave_empty(token.workflow)
    if not case.holding():
        raise refusal("empty", "")
    _listen_again(case)
    for landing in landings:
        if landing is not None and landing.container.interrupted:
            raise refusal("interrupted", landing.element_id)


def _origin(case: CaseWorkflow, move: TokenMove) -> Token | None:
    """Return the token that a move takes away.

    :raises Conflict: it is not there. :raises ChangeRefused: it cannot go by itself.
    """
    if not move.takes:
        return None
    found = [token for token in case.tokens() if _is_meant(token, move)]
    if not found:
        what = f"activation {move.activation}" if move.activation else f"flow {move.flow}"
        raise Conflict(
            f"Nothing waits at {what} in case {case.context.case.id} any more. Nothing was "
            "changed; look at where the case stands now."
        )
    _demand_free(found[0])
    return found[0]


def _demand_free(token: Token) -> None:
    if token.host or token.task_spec.is_listener:
        raise refusal("beside", token.element.id)
    if token.is_instance:
        raise refusal("instance", token.element.id)
    if token.undoes or token.cancelling or any(t.undoes or t.cancelling for t in _owners(token)):
        raise refusal("undoing", token.element.id)


def _is_meant(token: Token, move: TokenMove) -> bool:
    if move.activation is not None:
        return token.activation == move.activation
    return not token.activation and token.flow == move.flow


def _owners(token: Token) -> Iterator[Token]:
    owner = token.workflow.owner
    while owner is not None:
        yield owner
        owner = owner.workflow.owner


def _around(token: Token) -> Iterator[str]:
    """Yield the element of a token and those of what holds it, the innermost first."""
    yield token.element.id
    for owner in _owners(token):
        yield owner.element.id


def _put(case: CaseWorkflow, landing: Landing, source: list[str], values: Variables) -> None:
    container = landing.container
    for name in landing.opens:
        container = _open(case, container, name)
    token = container.add(landing.element_id)
    if isinstance(token.task_spec, Join) and len(token.task_spec.incoming) > 1:
        token.flow = _flow_into(token, source)
    case.write(token, container.scope, feel_values(values))
    container.enter_token(token)


def _open(case: CaseWorkflow, container: Container, name: str) -> Container:
    """Begin a sub-process without its start: a token is put further on in it."""
    owner = container.add(name)
    owner._set_state(TaskState.STARTED)
    case.enter(owner)
    try:
        map_inputs(owner)
        owner.task_spec.listen(owner)
        inner = case.open(owner, owner.task_spec.spec)
    except Stuck as stuck:
        raise refusal("inputs", name, stuck.message) from stuck
    inner.begin()
    return inner


def _flow_into(token: Token, source: list[str]) -> str:
    """Return the flow that a token put before a join stands for.

    One by which it could have come is better than another, and one by which no other token can
    still come is better than one that would be served twice.
    """
    spec = token.task_spec
    choices: list[str] = list(spec.incoming)
    alive = {other.element.id for other in token.workflow.live() if other is not token}
    for good in (
        [flow for flow in choices if flow not in spec.waiting(token)],
        [flow for flow in choices if spec.reaching[flow].intersection(source)],
        [flow for flow in choices if not spec.reaching[flow].intersection(alive)],
    ):
        choices = [flow for flow in choices if flow in good] or choices
    return choices[0]


def _leave_empty(container: Container) -> None:
    """Take away what holds nothing any more: its work was not done, so it is not completed."""
    while container.owner is not None and container.owner.is_live and not container.holding():
        owner = container.owner
        if owner.is_instance:
            raise refusal("instance", owner.element.id)
        container = owner.workflow
        owner.cancel()


def _listen_again(case: CaseWorkflow) -> None:
    """Where an interrupting event sub-process was left, its scope may be interrupted again."""
    for container in list(case.containers()):
        if container.ended or not container.interrupted:
            continue
        if any(_took_over(token) for token in container.live()):
            continue
        container.interrupted = False
        there = {token.task_spec.name for token in container.live()}
        for name in container.spec.listeners:
            if name not in there:
                container.enter_token(container.add(name))


def _took_over(token: Token) -> bool:
    spec = token.task_spec
    if not isinstance(spec, EventSubProcess):
        return False
    inner = token.element.inner
    starts = [] if inner is None else inner.elements.values()
    return any(e.kind == "startEvent" and e.interrupting for e in starts)


# --- variables --------------------------------------------------------------------------------


def _home(case: CaseWorkflow, activation: int | None) -> tuple[str, Scope]:
    """Return an element and the scope from which its variables are looked for, outwards.

    What an element has yet to do computes its own inputs anew: a value given to one of those would
    be lost, so the scope around it is meant.
    """
    if activation is None:
        return case.publication.process_id, case.scope
    token = case.find(activation)
    if token is None:
        raise Conflict(
            f"Nothing waits at activation {activation} in case {case.context.case.id} any more. "
            "Nothing was changed; look at where the case stands now."
        )
    inner = case.subprocesses.get(token.id)
    if inner is not None:
        return token.element.id, inner.scope
    began = token.waits or token.leaving or token.turns is not None
    return token.element.id, token.scope if began else token.outer_scope
