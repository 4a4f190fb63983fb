"""Activities: tasks, sub-processes and call activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import assignment, compensation
from engine.bpmn.behaviour import Behaviour, wait_for
from engine.bpmn.carrying import bring_in
from engine.bpmn.conditions import await_now, meet_at_once
from engine.bpmn.elements import Called, Trigger
from engine.bpmn.expressions import Stuck
from engine.bpmn.joins import merge, waiting_at
from engine.bpmn.messages import send
from engine.bpmn.scopes import Scope, put
from engine.bpmn.tokens import Token, Waits
from engine.dmn import DecisionResult
from engine.dmn import evaluate as evaluate_decision
from engine.errors import DecisionError, FeelError
from engine.feel import to_feel
from engine.model import CallWanted, EventKind

if TYPE_CHECKING:
    from engine.bpmn.containers import InnerWorkflow


class Activity(Behaviour):
    """Inputs come first, then its boundary events listen, then it does its work."""

    def begin(self, token: Token) -> bool:
        """See :class:`Behaviour`."""
        case = token.case
        case.enter(token)
        map_inputs(token)
        self.listen(token)
        return token.is_live and self.work(token)

    def _update_hook(self, my_task: Token) -> bool:
        wanted = self.element.start_quantity
        if wanted == 1 or self.is_instance or my_task.undoes:
            return True
        my_task._set_state(TaskState.WAITING)
        waiting = [t for t in waiting_at(my_task) if not t.incident][:wanted]
        if len(waiting) < wanted:
            return False
        merge(my_task, waiting)
        return True

    def remember(self, token: Token) -> None:
        """See :class:`Behaviour`."""
        compensation.remember(token)

    def left(self, token: Token) -> None:
        """See :class:`Behaviour`."""
        if token.undoes:
            compensation.undone(token)

    def listen(self, token: Token) -> None:
        """Have its boundary events wait, unless they do since an earlier try.

        A condition among them that is true already happens at once, and may take the token away.
        """
        if not self.boundaries or token.workflow.beside(token):
            return
        case = token.case
        known = len(case.conditions)
        for name in self.boundaries:
            event = token.workflow.add(name)
            event.host = token.activation
            token.workflow.enter_token(event)
            await_now(event)  # The activity may be over before its turn comes.
        meet_at_once(case, case.conditions[known:])

    def work(self, token: Token) -> bool:
        """Do the activity's own work.

        :returns: whether it is done at once.
        """
        if self.element.extensions.handler:
            return call_handler(token)
        return True


def map_inputs(token: Token) -> None:
    """Fill in the element's own scope: data inputs, then input mappings, each seeing those before.

    :raises Stuck: one of them cannot be computed.
    """
    bring_in(token)
    for mapping in token.element.extensions.inputs:
        put(token.open_locals().values, mapping.target, token.kept(mapping.source))


def call_handler(token: Token) -> bool:
    """Ask for a handler's call, with the mapped inputs and the headers as its arguments."""
    extensions, case = token.element.extensions, token.case
    arguments: dict[str, Any] = dict(extensions.headers)
    if token.locals is not None:
        names = {mapping.target[0] for mapping in extensions.inputs}
        arguments |= {name: token.locals.values[name] for name in sorted(names)}
    name = extensions.handler or ""
    spec = case.publication.handlers.get(name)
    if token.locals is not None and spec is not None:
        brought = {carry.target[0] for carry in token.element.data.inputs} & set(spec.inputs)
        known = token.locals.values
        arguments |= {each: known[each] for each in sorted(brought) if each in known}
    wanted = CallWanted(
        activation=token.activation,
        element_id=token.element.id,
        handler=name,
        arguments=arguments,
        retries=extensions.retries,
        local=spec is not None and spec.local,
    )
    case.journal.calls[token.activation] = wanted
    case.journal.event(EventKind.CALL_REQUESTED, wanted.element_id, wanted.activation, handler=name)
    return wait_for(token, Waits.CALL)


class PersonTask(Activity):
    """A user task, or a manual task: somebody must do it."""

    def work(self, token: Token) -> bool:
        """Open the task."""
        assignment.open_task(token)
        return wait_for(token, Waits.TASK)


class UserTask(PersonTask, defaults.UserTask):  # type: ignore[misc]
    """A user task."""


class ManualTask(PersonTask, defaults.ManualTask):  # type: ignore[misc]
    """A manual task."""


class NoneTask(Activity, defaults.NoneTask):  # type: ignore[misc]
    """An undefined task: passed at once, as in Camunda 8."""


class ServiceTask(Activity, defaults.ServiceTask):  # type: ignore[misc]
    """A service task: the handler is called after the commit, or inside it if it is local."""


class ScriptTask(Activity, defaults.ScriptTask):  # type: ignore[misc]
    """A script task: FEEL, whose result goes into a variable; a context's entries into several."""

    def work(self, token: Token) -> bool:
        """Compute the script."""
        script, name = self.element.extensions.script, self.element.extensions.result_variable
        if script is None:
            return super().work(token)
        value = token.kept(script)
        if name:
            self.deliver(token, {name: value})
        elif isinstance(value, Mapping):
            self.deliver(token, value)
        return True


class BusinessRuleTask(Activity, defaults.ServiceTask):  # type: ignore[misc]
    """A business rule task: the decision is evaluated inside the step, its rules are kept."""

    def work(self, token: Token) -> bool:
        """Evaluate the decision."""
        decision_id = self.element.extensions.decision_id
        if decision_id is None:
            return super().work(token)
        case = token.case
        visible = token.scope.visible(case.outermost)
        try:
            result = evaluate_decision(
                case.publication.decisions[decision_id],
                decision_id,
                visible,
                now=case.context.now,
            )
        except (DecisionError, FeelError) as error:
            raise Stuck("decision", decision=decision_id, error=error) from error
        self._keep_reasons(token, result)
        self.deliver(token, {self.element.extensions.result_variable or "result": result.value})
        return True

    def _keep_reasons(self, token: Token, result: DecisionResult) -> None:
        """Keep why it gave what it gave; why parts are null, with the decision asked for."""
        for fired in result.reasons:
            asked = fired is result.reasons[-1]
            token.case.journal.event(
                EventKind.DECISION_EVALUATED,
                self.element.id,
                token.activation,
                decision=fired.decision_id,
                inputs=fired.inputs,
                rules=to_feel(fired.rules),
                outputs=fired.outputs,
                **({"warnings": result.kept_warnings} if asked and result.kept_warnings else {}),
            )


class SendTask(Activity, defaults.SendTask):  # type: ignore[misc]
    """A send task: a message to whoever waits, or a handler's call."""

    def work(self, token: Token) -> bool:
        """Send."""
        if self.element.extensions.handler:
            return call_handler(token)
        if self.element.event.trigger is Trigger.MESSAGE:
            send(token, self.element.event.message)
        return True


# --- activities that hold others ------------------------------------------------------------


class Holder(Activity):
    """An activity that opens a container.

    :ivar spec: id of the process or sub-process it holds (the library's name).
    :ivar entries: where tokens begin inside. :ivar undo_name: name of the spec that is opened
        again to compensate what was done inside.
    """

    spec: str
    entries: tuple[str, ...]
    undo_name: str

    def work(self, token: Token) -> bool:
        """Open the container and put its first tokens."""
        inner = token.case.open(token, self.spec)
        for first in inner.begin(*self.entries):
            inner.enter_token(first)
        return False

    def finish(self, token: Token) -> None:
        """See :class:`Behaviour`; the container is taken away once nothing can stop it."""
        super().finish(token)
        inner = token.case.close(token)
        if inner is not None and self.keeps(inner):
            token.remains = compensation.Done(
                self.undo_name, dict(inner.scope.values), list(inner.done)
            )

    def keeps(self, inner: InnerWorkflow) -> bool:
        """Return whether what was done inside may have to be compensated later."""
        return bool(inner.done) or Trigger.COMPENSATION in inner.spec.thrown_listeners

    def write_outputs(self, token: Token) -> None:
        """See :class:`Behaviour`; what is compensated gives nothing again."""
        if not token.undoes or token.task_spec.element.for_compensation:
            super().write_outputs(token)


class SubProcess(Holder, defaults.SubWorkflowTask):  # type: ignore[misc]
    """An embedded sub-process or transaction. Its scope lies in the one around it."""


class EventSubProcess(Holder, defaults.EventSubprocess):  # type: ignore[misc]
    """An event sub-process that was started by its event.

    :ivar compensates: whether compensation starts it.
    """

    compensates = False

    def begin(self, token: Token) -> bool:
        """Its start event puts the first token; see :mod:`engine.bpmn.catching`."""
        token.case.enter(token)
        return False

    def keeps(self, inner: InnerWorkflow) -> bool:
        """What was done in it belongs to the scope around; what undoes that scope is not undone."""
        return bool(inner.done) and not self.compensates


class CallActivity(Holder, defaults.CallActivity):  # type: ignore[misc]
    """A call activity. The called process has a scope of its own, apart from the caller's."""

    def inner_scope(self, token: Token) -> Scope:
        """Return a scope with a copy of what the called process may see."""
        called, values = self._called, {}
        if self._is_undone(token):
            # It is opened again as it was: what the caller wrote since does not belong there.
            return Scope(called.process_id, values=dict(token.open_locals().values))
        copies = called.copy_in
        if copies is None:
            copies = not self.element.extensions.inputs
        if copies:
            values = dict(token.scope.visible())
        if token.locals is not None:
            values |= token.locals.values
        return Scope(called.process_id, values=values)

    def finish(self, token: Token) -> None:
        """Bring the called process's variables back, then leave; not when it was undone."""
        inner = None if self._is_undone(token) else token.case.subprocesses.get(token.id)
        copies = self._called.copy_out
        if inner is not None and self.element.extensions.outputs:
            token.open_locals().values.update(inner.scope.values)
        elif inner is not None and (copies is None or copies):
            # Only what it wrote: its copy of the rest may be older than what others wrote since.
            written = {n: inner.scope.values[n] for n in sorted(inner.scope.written)}
            token.case.write(token, token.scope, written)
        super().finish(token)

    def _is_undone(self, token: Token) -> bool:
        """Whether this call is opened again to be undone, and is no handler of another's."""
        return bool(token.undoes) and not self.element.for_compensation

    @property
    def _called(self) -> Called:
        called = self.element.extensions.called
        assert called is not None  # noqa: S101 - checked when the scheme was published
        return called
