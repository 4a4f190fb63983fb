"""A token: SpiffWorkflow's task, without copies of data, look-ahead or history.

Live tokens hang flat under the root of their process or sub-process; only the instances of a
multi-instance hang under its body. A finished token is taken out at once and its followers move
up, so the tree is never larger than what is alive: history lives in the case's events.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.expressions import Stuck
from engine.bpmn.scopes import Scope
from engine.feel import FeelFunction

if TYPE_CHECKING:
    from engine.bpmn.compensation import Done
    from engine.bpmn.containers import Container
    from engine.bpmn.elements import Element, Flow
    from engine.bpmn.expressions import Formula
    from engine.bpmn.timers import Cycle
    from engine.bpmn.turns import Turns
    from engine.bpmn.workflow import CaseWorkflow


UNAWAITED = -1
"""Stands for the activation of whoever waits for a compensation, where nobody does."""


def holds_function(value: Any) -> bool:
    """Return whether a value is a function or has one in it."""
    if isinstance(value, FeelFunction):
        return True
    if isinstance(value, Mapping):
        return any(holds_function(item) for item in value.values())
    return isinstance(value, tuple | list) and any(holds_function(item) for item in value)


class Waits(StrEnum):
    """What a token waits for from outside."""

    NOTHING = ""
    TASK = "task"
    CALL = "call"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"


class Token(Task):  # type: ignore[misc]
    """A token at an element.

    :ivar activation: given on entering; 0 while it waits for others at a join.
    :ivar flow: the sequence flow it came by.
    :ivar leaving: the element's own work is done; only its outputs and flows are left.
    :ivar announced: whether history says that the element was entered.
    :ivar incident: code of what stopped it, ``""`` if nothing did.
    :ivar locals: the variables of this activity alone.
    :ivar index: which instance of a multi-instance it is, counting from 0.
    :ivar chosen: the flows by which it leaves.
    :ivar met: its condition was true when it was last asked; of a complex gateway: it went on
        already and waits for what is still on its way.
    :ivar undo: what it has yet to have compensated, the last first. :ivar undoes: the activation
        that waits for this compensation, or :data:`UNAWAITED`.
    :ivar cancelling: it is a transaction that is being cancelled.
    :ivar remains: what a finished sub-process leaves to be compensated.
    :ivar done: of what is repeated, what its finished instances leave to be compensated.
    """

    _state: int

    def __init__(
        self,
        workflow: Container,
        task_spec: Any,
        parent: Token | None = None,
        state: int = TaskState.FUTURE,
        id: int | None = None,
    ) -> None:
        self.activation = 0
        self.flow: str | None = None
        self.leaving = False
        self.announced = False
        self._host = 0
        self.incident = ""
        self.waits = Waits.NOTHING
        self.locals: Scope | None = None
        self.cycle: Cycle | None = None
        self.turns: Turns | None = None
        self.index = 0
        self.chosen: tuple[Flow, ...] = ()
        self.met = False
        self.undo: list[Done] = []
        self.undoes = 0
        self.cancelling = False
        self.remains: Done | None = None
        self.done: list[Done] = []
        super().__init__(workflow, task_spec, parent, state, id or workflow.case.next_token_id())
        if parent is not None:
            workflow.listening += task_spec.is_listener

    # --- SpiffWorkflow's own members, without copies and clocks -----------------------------

    @property
    def data(self) -> Any:
        """The variables of the scope it is in: one dictionary, never a copy."""
        return self.workflow.scope.values

    @data.setter
    def data(self, value: Any) -> None:
        """Ignored: tokens carry no data."""

    def _inherit_data(self) -> None:
        """Tokens carry no data, so there is none to inherit."""

    def _set_state(self, value: int) -> None:
        # What an element throws may cancel the element itself while it runs.
        before = self._state
        if before == TaskState.CANCELLED:
            return
        self._state = value
        if before != value == TaskState.WAITING:
            self.workflow.queue(self)
        elif before == TaskState.WAITING != value:
            self.workflow.unqueue(self)

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def cancel(self) -> None:
        """Withdraw it with everything that depends on it."""
        if self.has_state(TaskState.FINISHED_MASK):
            return
        self._set_state(TaskState.CANCELLED)
        for child in self.children:
            child.cancel()
        self.task_spec._on_cancel(self)
        self.workflow.retire(self)

    # --- where it is ----------------------------------------------------------------------

    @property
    def host(self) -> int:
        """The activation that this event is attached to, or whose gateway offers it."""
        return self._host

    @host.setter
    def host(self, activation: int) -> None:
        hosted: dict[int, dict[int, Token]] = self.workflow.hosted
        if self._host:
            del hosted[self._host][self.id]
            if not hosted[self._host]:
                del hosted[self._host]
        self._host = activation
        if activation:
            hosted.setdefault(activation, {})[self.id] = self

    @property
    def case(self) -> CaseWorkflow:
        """The whole case."""
        found: CaseWorkflow = self.workflow.case
        return found

    @property
    def element(self) -> Element:
        """The diagram's element."""
        found: Element = self.task_spec.element
        return found

    @property
    def is_instance(self) -> bool:
        """Whether it is one instance of a multi-instance."""
        return bool(self.task_spec.is_instance)

    @property
    def is_live(self) -> bool:
        """Whether it can still go on."""
        return bool(self.has_state(TaskState.DEFINITE_MASK))

    @property
    def outer_scope(self) -> Scope:
        """The scope around the element: results go there."""
        around: Scope = self.parent.open_locals() if self.is_instance else self.workflow.scope
        return around

    @property
    def scope(self) -> Scope:
        """The innermost scope that its expressions see."""
        return self.locals or self.outer_scope

    def value(self, formula: Formula) -> Any:
        """Return what an expression is worth here.

        :raises Stuck: it passed its budget.
        """
        return self.case.script_engine.evaluate(self, formula)

    def kept(self, formula: Formula) -> Any:
        """Return what an expression is worth here, to be kept in a variable.

        :raises Stuck: it passed its budget, or it is a function, which nothing can keep.
        """
        value = self.value(formula)
        if holds_function(value):
            raise Stuck("function", text=formula.text)
        return value

    def open_locals(self) -> Scope:
        """Return the element's own scope, made now if it has none."""
        if self.locals is None:
            self.locals = Scope(self.element.id, self.outer_scope)
        return self.locals
