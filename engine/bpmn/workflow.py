"""A case as SpiffWorkflow runs it: a workflow of tokens, with a scope for each container.

The door into the library is its own: a workflow constructed as if it were being read back
(``deserializing=True``) plants no root and looks nothing ahead; we plant our own token class.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.carrying import declare
from engine.bpmn.conditions import meet_conditions
from engine.bpmn.containers import Container, InnerWorkflow
from engine.bpmn.context import StepContext
from engine.bpmn.expressions import Formula, Stuck
from engine.bpmn.incidents import tell
from engine.bpmn.journal import Journal
from engine.bpmn.scopes import Scope
from engine.bpmn.tokens import Token, Waits
from engine.model import EventKind

if TYPE_CHECKING:
    from engine.bpmn.publication import Publication

STEP_LIMIT = 10_000
"""Elements that one command may pass; a loop that never waits stops there as an incident."""

NESTING_LIMIT = 60
"""How deep sub-processes and called processes may lie in one another at run time."""


class FeelEngine:
    """The script engine that SpiffWorkflow asks: FEEL only, never Python."""

    def evaluate(self, task: Token, expression: Formula, external_context: Any = None) -> Any:
        """Return what an expression is worth where the token is."""
        case = task.case
        return expression.value(task.scope.visible(case.outermost), case.context.now)


class CaseWorkflow(Container, BpmnWorkflow):  # type: ignore[misc]
    """A running case.

    :ivar ready: tokens whose element can do its work, in the order they arrived.
    :ivar last: such tokens whose work waits until all others rest: throwing signals reach who
        comes to wait for them in the same step.
    :ivar quiet: containers that may have ended, as a heap: the one entered last comes first.
    :ivar joining: containers in which tokens wait for others, in no order.
    :ivar conditions: tokens that wait for a condition. :ivar changed: variables have changed since
        conditions were last asked.
    :ivar next_activation: the case's counter.
    """

    subprocesses: dict[int, InnerWorkflow]

    def __init__(
        self, publication: Publication, context: StepContext, next_activation: int = 1
    ) -> None:
        self._token_ids = 0
        self.publication = publication
        self.context = context
        self.next_activation = next_activation
        self.journal = Journal(next_activation)
        self.ready: deque[Token] = deque()
        self.last: deque[Token] = deque()
        self.joining: dict[Container, None] = {}
        self.conditions: list[Token] = []
        self._signalled: dict[str, dict[int, Token]] = {}
        self.quiet: list[tuple[int, int, InnerWorkflow]] = []
        self._numbered: dict[int, Token] = {}
        self.changed = False
        self.cancelled = False
        case = context.case
        self.outermost: dict[str, Any] = {
            "scheme": publication.constants,
            "case": {
                "id": case.id,
                "reference": case.reference,
                "scheme": case.scheme,
                "country": case.country,
                "subject": case.subject,
            },
        }
        specs = publication.specs
        super().__init__(
            specs[publication.process_id], specs, script_engine=FeelEngine(), deserializing=True
        )
        self.plant(self, Scope(publication.process_id), None)
        self.data = self.scope.values

    def next_token_id(self) -> int:
        """Return an id for a token; it names it within this step only."""
        self._token_ids += 1
        return self._token_ids

    # --- containers -------------------------------------------------------------------------

    def containers(self) -> Iterator[Container]:
        """Yield every running container, inner ones after those around them."""
        yield self
        yield from sorted(self.subprocesses.values(), key=_age)

    def tokens(self) -> Iterator[Token]:
        """Yield every live token."""
        for container in self.containers():
            yield from container.live()

    def find(self, activation: int) -> Token | None:
        """Return the live token of an activation."""
        found = self._numbered.get(activation)
        return found if found is not None and found.is_live else None

    def number(self, token: Token, activation: int) -> None:
        """Give a token this activation, by which it is found."""
        token.activation = activation
        self._numbered[activation] = token

    def forget(self, token: Token) -> None:
        """Find a token no more."""
        if self._numbered.get(token.activation) is token:
            del self._numbered[token.activation]

    def await_signal(self, token: Token) -> None:
        """Note that a token waits for its element's signal, by whose name it is found."""
        self._signalled.setdefault(token.element.event.name, {})[token.id] = token

    def awaiting(self, signal: str) -> list[Token]:
        """Return the tokens that wait for a signal: of outer containers first, oldest first."""
        known = self._signalled.get(signal, {})
        waiting = [token for token in known.values() if token.is_live and token.waits]
        self._signalled[signal] = {token.id: token for token in waiting}
        return sorted(waiting, key=lambda token: (_age(token.workflow), token.id))

    def look_at(self, container: Container) -> None:
        """Note that a container may have ended."""
        if isinstance(container, InnerWorkflow):
            heappush(self.quiet, (-_age(container), self.next_token_id(), container))

    def create_subprocess(self, my_task: Token, spec_name: str) -> InnerWorkflow:
        """Open the container of a sub-process or called process (an override)."""
        inner = InnerWorkflow(
            self.subprocess_specs[spec_name], my_task, my_task.task_spec.inner_scope(my_task)
        )
        self.subprocesses[my_task.id] = inner
        self.look_at(inner)
        return inner

    def open(self, owner: Token, spec_name: str) -> InnerWorkflow:
        """Open a container, no deeper than containers may lie.

        :raises Stuck: they lie too deep, as where a process calls itself without end.
        """
        depth, container = 0, owner.workflow
        while container.owner is not None:
            depth, container = depth + 1, container.owner.workflow
        if depth >= NESTING_LIMIT:
            raise Stuck("too-deep", limit=NESTING_LIMIT)
        return self.create_subprocess(owner, spec_name)

    def close(self, owner: Token) -> InnerWorkflow | None:
        """Take away the container of a token, with all that is still in it."""
        inner = self.subprocesses.get(owner.id)
        if inner is not None:
            inner.cancel_tokens()
            inner.ended = True
            del self.subprocesses[owner.id]
        return inner

    # --- running ----------------------------------------------------------------------------

    def run(self) -> None:
        """Go on until every token waits for something outside."""
        passed = 0
        while (
            meet_conditions(self)
            or self._run_ready(self.ready, passed)
            or self._end_containers()
            or self._run_ready(self.last, passed)
            or self._join()
        ):
            passed += 1
        for container in sorted(self.joining, key=_age):
            self._tell_deadlock(container)

    def _run_ready(self, ready: deque[Token], passed: int) -> bool:
        while ready:
            token = ready.popleft()
            if not token.has_state(TaskState.READY):
                continue
            if passed >= STEP_LIMIT:
                self._stop(token)
            else:
                token.run()
            return True
        return False

    def _stop(self, token: Token) -> None:
        token._set_state(TaskState.STARTED)
        self.raise_incident(token, Stuck("step-limit", limit=STEP_LIMIT))

    def _end_containers(self) -> bool:
        while self.quiet:
            _, _, inner = heappop(self.quiet)
            if inner.ended or inner.holding():
                continue
            owner = inner.owner
            assert owner is not None  # noqa: S101 - an inner workflow always has one
            if owner.task_spec.goes_on(owner):
                self.look_at(inner)
                return True
            inner.cancel_tokens()
            inner.ended = True
            self.resume(owner)
            return True
        if not self.ended and not self.holding():
            self.cancel_tokens()
            self.ended = True
            self.journal.event(EventKind.CASE_COMPLETED, None, None)
        return False

    def _join(self) -> bool:
        """Complete one join at most in each container: what leaves it may still reach others."""
        joined = [found for found in sorted(self.joining, key=_age) if self._join_in(found)]
        return bool(joined)

    def _join_in(self, container: Container) -> bool:
        return any(token.task_spec.try_join(token) for token in container.queued())

    def _tell_deadlock(self, container: Container) -> None:
        tokens = [token for token in container.live() if not token.task_spec.is_listener]
        if not all(token.has_state(TaskState.WAITING) for token in tokens):
            return
        for token in tokens:
            if not token.incident:
                self.raise_incident(token, Stuck("deadlock"))

    def resume(self, token: Token) -> None:
        """Let a token leave whose element's own work is done."""
        token.leaving = True
        token._ready()

    # --- what elements tell the case ----------------------------------------------------------

    def activate(self, token: Token) -> int:
        """Give a token its activation, once."""
        if not token.activation:
            self.number(token, self.next_activation)
            self.next_activation += 1
        return token.activation

    def enter(self, token: Token) -> None:
        """Note that an element is entered, once."""
        self.activate(token)
        if not token.announced:
            token.announced = True
            declare(token)
            data = {"instance": token.index + 1} if token.is_instance else {}
            self.journal.event(
                EventKind.ELEMENT_ENTERED, token.element.id, token.activation, **data
            )

    def leave(self, token: Token, kind: EventKind) -> None:
        """Note that an element is completed or cancelled; nothing waits there any more."""
        self.stop_waiting(token)
        if token.announced:
            data = {"instance": token.index + 1} if token.is_instance else {}
            self.journal.event(kind, token.element.id, token.activation, **data)
        if token.task_spec.boundaries or token.task_spec.offers_events:
            for event in token.workflow.beside(token):
                event.cancel()

    def stop_waiting(self, token: Token) -> None:
        """Withdraw what waits at a token: a task, a call, a timer, a message, an incident."""
        if token.waits or token.incident:
            token.waits = Waits.NOTHING
            token.incident = ""
            self.journal.withdraw(token.activation)

    def take(self, token: Token) -> None:
        """Note the flows by which a token leaves and put a token at the end of each."""
        for flow in token.chosen:
            self.journal.event(
                EventKind.FLOW_TAKEN, flow.id, None, source=flow.source, target=flow.target
            )
            for _ in range(token.element.completion_quantity):
                follower = token._add_child(
                    token.workflow.spec.task_specs[flow.target], TaskState.FUTURE
                )
                follower.flow = flow.id

    def raise_incident(self, token: Token, stuck: Stuck) -> None:
        """Keep a token waiting for an operator."""
        token.incident = stuck.code
        self.journal.incident(
            token.element.id, self.activate(token), stuck.code, tell(token, stuck)
        )

    def write(self, token: Token, scope: Scope, values: Mapping[str, Any]) -> None:
        """Give a token's results to the scopes they belong to, and note what changed."""
        self.put(token.element.id, token.activation, scope, values)

    def put(
        self, element_id: str, activation: int, scope: Scope, values: Mapping[str, Any]
    ) -> None:
        """Give values to the scopes they belong to; conditions are asked again."""
        changed: dict[str, dict[str, Any]] = {}
        self.changed = True
        for name, value in values.items():
            home = scope.home_of(name)
            if name not in home.values or home.values[name] != value:
                changed.setdefault(home.name, {})[name] = value
            home.values[name] = value
            home.written.add(name)
        for where, written in changed.items():
            self.journal.variables(element_id, activation, where, written)


def _age(inner: Container) -> int:
    return inner.owner.activation if inner.owner is not None else 0
