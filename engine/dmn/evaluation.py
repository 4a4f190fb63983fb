"""Evaluating a decision: what it requires first, each once, then its own expression."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.dmn.boxed import call_function
from engine.dmn.model import (
    Decision,
    DecisionModel,
    Element,
    InputData,
    Knowledge,
    Requirement,
    Service,
)
from engine.dmn.result import DecisionResult
from engine.dmn.session import Session, showable
from engine.errors import DecisionError, FeelError
from engine.feel import Context, FeelFunction, Value, to_feel


def evaluate(
    model: DecisionModel,
    decision_id: str,
    context: Mapping[str, object],
    *,
    now: datetime | None = None,
) -> DecisionResult:
    """Evaluate a decision; or call a service or knowledge model, its parameters in the context.

    :param context: the caller's variables by name; every decision of the graph sees them.
    :param now: the aware moment of ``now()`` and ``today()``; without it they are null.
    :raises DecisionError: there is no such decision, it or one it requires was not readable, its
        rules contradict their hit policy, a value is not allowed, or it passes its budget. The
        message names the file, the line and the rules.
    """
    quick = model.direct.get(decision_id)
    if quick is not None:
        result = quick.decide(context)
        if result is not None:
            return result
    session = Session(now)
    graph = _Graph(model.elements, context, session)
    try:
        element = model.elements.get(decision_id)
        if not isinstance(element, Service | Knowledge):
            element = model.decision(decision_id)
        if decision_id in model.circular:
            raise DecisionError(f"{element.where}: it requires itself. Remove one of the arrows.")
        value = graph.called(decision_id)
    except RecursionError:
        raise DecisionError(
            f"{model.file}, {decision_id}: expressions call one another too deep. "
            "Replace the recursion by a loop, or shorten the chain of decisions."
        ) from None
    except FeelError as error:
        raise DecisionError(f"{model.file}, {decision_id}: {error}") from error
    reasons = tuple(session.reasons)
    return DecisionResult(value, reasons, session.warnings, session.kept_warnings)


class _Graph:
    """One evaluation's values by element key.

    :ivar given: values that stand for elements: a service's arguments.
    """

    def __init__(
        self,
        elements: Mapping[str, Element],
        variables: Mapping[str, object],
        session: Session,
        given: Mapping[str, Value] | None = None,
    ) -> None:
        self._elements = elements
        self._variables = variables
        self._session = session
        self._values: dict[str, Value] = dict(given or {})

    def value(self, key: str) -> Value:
        """Return an element's value, made when it is first asked for.

        :raises DecisionError: it cannot be evaluated.
        """
        if key not in self._values:
            self._values[key] = self._made(key, self._elements[key])
        return self._values[key]

    def _made(self, key: str, element: Element) -> Value:
        if isinstance(element, InputData):
            return self._input(element)
        if isinstance(element, Service):
            return self._function(element)
        scope = self._scope(element)
        if isinstance(element, Knowledge):
            return element.box.evaluate(scope, self._session)
        with self._session.inside(element.id) as trace:
            value = element.box.evaluate(scope, self._session)
            if not trace.from_table:
                trace.inputs.update(_read(element, scope))
            self._session.close(trace, value)
        return value

    def _scope(self, element: Decision | Knowledge) -> dict[str, object]:
        """Return what an element's expressions see; a knowledge model only what it requires."""
        scope = dict(self._variables) if isinstance(element, Decision) else {}
        for requirement in element.requires:
            value = self.value(requirement.key)
            _put(scope, requirement, value)
            required = self._elements[requirement.key]
            if isinstance(required, Decision):
                # Camunda's tables read a required decision by its id as well.
                scope.setdefault(required.id, value)
        return scope

    def _input(self, data: InputData) -> Value:
        value = self._variable(data.name, data.where)
        if data.name not in self._variables:
            self._session.warn(data.where, f"there is no variable '{data.name}'; it is null")
        if data.type is None:
            return value
        taken, problem = data.type.taken(value, self._session.meter)
        if problem:
            self._session.warn(data.where, f"input '{data.name}': {problem}, so it is null")
        return taken

    def _variable(self, name: str, where: str) -> Value:
        try:
            return to_feel(self._variables.get(name))
        except TypeError as error:
            raise DecisionError(f"{where}: input '{name}': {error}") from error

    # --- functions ----------------------------------------------------------------------------

    def called(self, key: str) -> Value:
        """Return a decision's value, or what a function gives for the variables it names."""
        element = self._elements[key]
        if isinstance(element, Service):
            return self._serve(element)
        value = self.value(key)
        if not isinstance(element, Knowledge) or not isinstance(value, FeelFunction):
            return value
        arguments = [self._variable(name, element.where) for name in value.params]
        return call_function(value, arguments, self._session, element.where)

    def _serve(self, service: Service) -> Value:
        """Return a service's value, its parameters taken from the variables by name."""
        arguments = []
        for requirement in service.inputs:
            element = self._elements[requirement.key]
            if isinstance(element, InputData):
                arguments.append(self._input(element))
            else:
                arguments.append(self._variable(requirement.path[-1], service.where))
        return self._served(service, tuple(arguments))

    def _function(self, service: Service) -> FeelFunction:
        names = tuple(requirement.path[-1] for requirement in service.inputs)
        elements = [self._elements[requirement.key] for requirement in service.inputs]
        types = {
            name: element.type.feel
            for name, element in zip(names, elements, strict=True)
            if isinstance(element, InputData | Decision) and element.type is not None
        }
        return FeelFunction(names, lambda given: self._served(service, given), service.name, types)

    def _served(self, service: Service, arguments: tuple[Value, ...]) -> Value:
        given: dict[str, Value] = {}
        variables: dict[str, object] = {}
        for requirement, argument in zip(service.inputs, arguments, strict=True):
            given[requirement.key] = argument
            _put(variables, requirement, argument)
        inner = _Graph(self._elements, variables, self._session, given)
        with self._session.inside(service.id):
            value = _outputs(service, inner)
        if service.type is None:
            return value
        taken, problem = service.type.taken(value, self._session.meter)
        if problem:
            self._session.warn(service.where, f"{problem}, so it is null")
        return taken


def _outputs(service: Service, graph: _Graph) -> Value:
    values = [(r.path[-1], graph.value(r.key)) for r in service.outputs]
    return values[0][1] if len(values) == 1 else Context(values)


def _put(scope: dict[str, object], requirement: Requirement, value: Value) -> None:
    """Add a required value under its name, an imported one inside its import's context."""
    if len(requirement.path) == 1:
        scope[requirement.path[0]] = value
        return
    home, name = requirement.path
    before = scope.get(home)
    entries = before if isinstance(before, Context) else {}
    scope[home] = Context({**entries, name: value})


def _read(decision: Decision, scope: Mapping[str, object]) -> dict[str, Value]:
    """Return the variables that a decision without a table read, functions left out."""
    names = {*decision.free_names, *(requirement.path[0] for requirement in decision.requires)}
    seen: dict[str, Value] = {}
    for name in sorted(names & scope.keys()):
        try:
            value = to_feel(scope[name])
        except TypeError:
            continue  # FEEL read it as null, with a warning.
        if not isinstance(value, FeelFunction):
            seen[name] = showable(value)
    return seen
