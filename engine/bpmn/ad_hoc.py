"""Ad-hoc sub-processes: activities without an order of their own.

Whoever may do them chooses which; what needs nobody is done once, all together or one after
another in the order they were drawn. After each the completion condition is asked. Where it is
still not true when all are done, all can be done once more.

Source: BPMN 2.0.2, section 13.3.5 (ad-hoc sub-process).
"""

from __future__ import annotations

from engine.bpmn.activities import SubProcess
from engine.bpmn.elements import ACTIVITIES, AdHoc
from engine.bpmn.loops import truth
from engine.bpmn.tokens import Token
from engine.bpmn.turns import Turns


class AdHocSubProcess(SubProcess):
    """An ad-hoc sub-process."""

    def work(self, token: Token) -> bool:
        """Open the container and let the activities begin."""
        inner = token.case.open(token, self.spec)
        inner.begin()
        token.turns = Turns(len(self.entries))
        self._round(token)
        return not self.entries

    def inner_finished(self, token: Token, inner: Token) -> None:
        """Ask whether that is enough.

        :raises Stuck: the completion condition is neither true nor false.
        """
        if self._how.enough is None or inner.element.kind not in ACTIVITIES:
            return
        assert token.turns is not None  # noqa: S101 - set when it began
        token.turns.enough = truth(inner, self._how.enough, "completion-condition", {})

    def inner_left(self, token: Token, inner: Token) -> None:
        """Stop what still runs, once it is enough."""
        if token.turns is not None and token.turns.enough and self._how.cancels:
            inner.workflow.cancel_tokens(but=inner)

    def goes_on(self, token: Token) -> bool:
        """Let the next activity begin, or all once more."""
        turns = token.turns
        if turns is None or turns.enough or token.undoes:
            return False
        if not turns.waiting:
            if self._how.enough is None:
                return False
            self._round(token)
            return True
        self._next(token, turns)
        return True

    def _round(self, token: Token) -> None:
        turns = token.turns
        assert turns is not None  # noqa: S101 - set when it began
        turns.waiting = list(self.entries)
        for _ in range(min(1, turns.total) if self._how.sequential else turns.total):
            self._next(token, turns)

    def _next(self, token: Token, turns: Turns) -> None:
        inner = token.case.subprocesses[token.id]
        inner.enter_token(inner.add(turns.waiting.pop(0)))

    @property
    def _how(self) -> AdHoc:
        how = self.element.ad_hoc
        assert how is not None  # noqa: S101 - this spec is made for elements that have one
        return how
