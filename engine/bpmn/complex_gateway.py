"""The complex gateway: goes on when its activation condition is true, then waits for the rest."""

from __future__ import annotations

from decimal import Decimal

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.behaviour import choose_flows, is_true
from engine.bpmn.elements import Flow
from engine.bpmn.expressions import Stuck
from engine.bpmn.joins import Join, merge, waiting_at
from engine.bpmn.tokens import Token
from engine.bpmn.turns import Turns

PHASE = "waitingForStart"


class ComplexGateway(Join, defaults.InclusiveGateway):  # type: ignore[misc]
    """Waits for tokens until its activation condition is true.

    Its condition sees ``activationCount``, how many flows a token waits on, and each incoming
    flow's id as the number of tokens there. Once it has gone on, it takes away what can still come
    by the other flows before it begins anew; only then are the flows taken whose condition asks
    for ``waitingForStart`` and is true with it being false.

    Source: BPMN 2.0.2, section 13.4.5.
    """

    def arrived(self, token: Token) -> bool:
        """See :class:`Join`."""
        return self.activate(token)

    def waiting(self, token: Token) -> dict[str, Token]:
        """See :class:`Join`; without the token that waits for the rest."""
        return {flow: other for flow, other in super().waiting(token).items() if not other.met}

    def activate(self, token: Token) -> bool:
        """Go on if the condition is true.

        :returns: whether this token is the one that goes on.
        """
        waiting = self.waiting(token)
        if any(other.met for other in waiting_at(token)) or not self._is_active(token):
            return False
        waiting.setdefault(token.flow or "", token)
        came = [flow for flow in self.incoming if flow in waiting]
        left = [flow for flow in self.incoming if flow not in waiting]
        merge(token, waiting.values())
        if left:
            rest = token.workflow.add(self.name)
            rest.met = True
            rest.turns = Turns(len(self.incoming), waiting=left, results=came)
            rest._set_state(TaskState.WAITING)
        return True

    def _is_active(self, token: Token) -> bool:
        condition = self.element.activation
        if condition is None:
            return True
        tokens = [other for other in waiting_at(token) if not other.met]
        counts = {flow: Decimal(sum(t.flow == flow for t in tokens)) for flow in self.incoming}
        counts["activationCount"] = Decimal(len([n for n in counts.values() if n]))
        case = token.case
        try:
            value = condition.value(token.scope.visible(case.outermost, counts), case.context.now)
            if isinstance(value, bool):
                return value
            raise Stuck("activation-condition", text=condition.text)
        except Stuck as stuck:
            case.raise_incident(token, stuck)
            return False

    def try_join(self, token: Token) -> bool:
        """Begin anew once nothing can come any more that belongs to what has gone on."""
        if token.incident:
            return False
        if not token.met:
            if token not in self.waiting(token).values() or not self.activate(token):
                return False
            token._ready()
            return True
        assert token.turns is not None  # noqa: S101 - set when the gateway went on
        waiting = {f: t for f, t in self.waiting(token).items() if f in token.turns.waiting}
        left = [flow for flow in token.turns.waiting if flow not in waiting]
        if self.may_come(token, left, ()):
            return False
        merge(token, waiting.values())
        token._ready()
        return True

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """See :class:`Behaviour`."""
        if not token.met:
            return choose_flows(token, self.outgoing)
        asking = [f for f in self.outgoing if f.condition and PHASE in f.condition.text]
        return tuple(flow for flow in asking if is_true(token, flow))

    def finish(self, token: Token) -> None:
        """See :class:`Behaviour`; the conditions see which of its two phases this is."""
        token.open_locals().values[PHASE] = not token.met
        super().finish(token)
