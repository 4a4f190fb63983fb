"""What holds tokens: the case itself, and its running sub-processes and called processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.conditions import await_now
from engine.bpmn.scopes import Scope
from engine.bpmn.tokens import Token

if TYPE_CHECKING:
    from engine.bpmn.compensation import Done
    from engine.bpmn.workflow import CaseWorkflow


class Container:
    """What the case and its sub-workflows have in common: a scope, and tokens under a root.

    :ivar ended: nothing is left in it to run.
    :ivar interrupted: an event sub-process took it over, so no other may start in it.
    :ivar done: what was done in it and can be compensated, the last at the end.
    :ivar queues: tokens that wait for others, by the name of their spec, then by the flow they came
        by, the oldest first. :ivar hosted: events that wait beside a token, by its activation.
    :ivar listening: how many of its tokens only listen for event sub-processes.
    """

    spec: Any
    tasks: dict[int, Token]
    task_tree: Token
    owner: Token | None
    scope: Scope
    case: CaseWorkflow
    completed: bool
    ended: bool = False
    interrupted: bool = False

    def plant(self, case: CaseWorkflow, scope: Scope, owner: Token | None) -> None:
        """Set the root under which tokens live."""
        self.case = case
        self.scope = scope
        self.owner = owner
        self.done: list[Done] = []
        self.queues: dict[str, dict[str, dict[int, Token]]] = {}
        self.hosted: dict[int, dict[int, Token]] = {}
        self.listening = 0
        self.task_tree = Token(self, self.spec.start, None, TaskState.COMPLETED)

    def add(self, spec_name: str, *, flow: str | None = None) -> Token:
        """Put a token before an element, without letting it in yet."""
        token = self.task_tree._add_child(self.spec.task_specs[spec_name], TaskState.FUTURE)
        token.flow = flow
        return token

    def retire(self, token: Token) -> None:
        """Take a finished token out of the tree; its followers move up to where it hung."""
        if self.tasks.pop(token.id, None) is None:
            return
        self.listening -= token.task_spec.is_listener
        token.host = 0
        self.case.forget(token)
        parent = self.tasks[token._parent]
        parent._children.remove(token.id)
        for child_id in token._children:
            child = self.tasks.get(child_id)
            if child is not None:
                child._parent = parent.id
                parent._children.append(child_id)
        if not self.holding():
            self.case.look_at(self)

    def live(self) -> list[Token]:
        """Return the tokens of this container that can still go on, oldest first."""
        return [token for token in self.tasks.values() if token.is_live]

    def beside(self, token: Token) -> list[Token]:
        """Return the events that wait beside a token, for as long as it is there."""
        # One that waits at a join has no activation yet, and nothing beside it.
        if not token.activation:
            return []
        return [event for event in self.hosted.get(token.activation, {}).values() if event.is_live]

    def holding(self) -> bool:
        """Return whether a token is left that keeps this container from its end."""
        return len(self.tasks) - 1 > self.listening  # The root is no token.

    def queue(self, token: Token) -> None:
        """Note that a token waits for others at its element."""
        self.case.joining[self] = None
        flows = self.queues.setdefault(token.task_spec.name, {})
        flows.setdefault(token.flow or "", {})[token.id] = token

    def unqueue(self, token: Token) -> None:
        """Note that it waits for them no more."""
        name, flow = token.task_spec.name, token.flow or ""
        del self.queues[name][flow][token.id]
        if not self.queues[name][flow]:
            del self.queues[name][flow]
        if not self.queues[name]:
            del self.queues[name]
        if not self.queues:
            del self.case.joining[self]

    def queued(self) -> list[Token]:
        """Return the tokens that wait for others here."""
        return [
            token
            for flows in self.queues.values()
            for tokens in flows.values()
            for token in tokens.values()
        ]

    def cancel_tokens(self, *, but: Token | None = None) -> None:
        """Withdraw every token of this container."""
        for token in self.live():
            if token is not but and token.is_live:
                token.cancel()

    def begin(self, *starts: str) -> list[Token]:
        """Listen for the event sub-processes and put the first tokens."""
        for name in self.spec.listeners:
            listener = self.add(name)
            self.enter_token(listener)
            await_now(listener)
        return [self.add(name) for name in starts]

    def enter_token(self, token: Token) -> None:
        """Let a token in."""
        token.task_spec._update(token)

    def _task_completed_notify(self, task: Token) -> None:
        """Called by the library after a task is completed."""
        self.retire(task)


class InnerWorkflow(Container, BpmnSubWorkflow):  # type: ignore[misc]
    """A running sub-process, event sub-process or called process."""

    def __init__(self, spec: Any, owner: Token, scope: Scope) -> None:
        super().__init__(spec, owner.id, owner.case, deserializing=True)
        self.plant(owner.case, scope, owner)
        for name in spec.objects:
            scope.values.setdefault(name, None)
        self.data = scope.values
