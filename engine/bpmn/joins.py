"""Where tokens wait for one another: each stands for the flow it came by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.behaviour import Behaviour
from engine.bpmn.tokens import Token


def waiting_at(token: Token) -> list[Token]:
    """Return the tokens that wait at a token's element, the oldest first."""
    flows: Mapping[str, Mapping[int, Token]] = token.workflow.queues.get(token.task_spec.name, {})
    return sorted((t for tokens in flows.values() for t in tokens.values()), key=_age)


def _age(token: Token) -> int:
    return int(token.id)


def merge(kept: Token, others: Iterable[Token]) -> None:
    """Let one token stand for all that met."""
    for other in others:
        if other is not kept:
            other.case.stop_waiting(other)
            other._set_state(TaskState.COMPLETED)
            other.workflow.retire(other)


class Join(Behaviour):
    """An element where tokens wait for one another.

    :ivar reaching: for each incoming flow, the elements from which a token can come by it without
        passing this element.
    """

    reaching: Mapping[str, frozenset[str]]

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.incoming) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        return self.arrived(my_task)

    def arrived(self, token: Token) -> bool:
        """Return whether the join is complete with this token."""
        raise NotImplementedError

    def waiting(self, token: Token) -> dict[str, Token]:
        """Return one waiting token for each flow, the oldest."""
        flows = token.workflow.queues.get(self.name, {})
        return {flow: next(iter(tokens.values())) for flow, tokens in flows.items()}

    def may_come(self, token: Token, flows: Collection[str], beside: Collection[str]) -> bool:
        """Return whether a token elsewhere can come by any of these flows.

        One that can as well come by one of the flows ``beside`` is not waited for.
        """
        if not flows:
            return False
        wanted = frozenset[str]().union(*(self.reaching[flow] for flow in flows))
        other_ways = frozenset[str]().union(*(self.reaching[flow] for flow in beside))
        for other in token.workflow.live():
            if other.task_spec is self or other.host or other.undoes:
                continue
            where = other.element.id
            if where in wanted and where not in other_ways:
                return True
        return False
