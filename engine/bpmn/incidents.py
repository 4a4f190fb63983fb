"""What an incident tells of: the expressions that were read, and what their variables are worth.

Variables never hold personal data, so plain values may be told; lists and contexts are left out
for their length.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from engine.bpmn.elements import Element
from engine.bpmn.expressions import Formula, Stuck
from engine.errors import DecisionError
from engine.feel import to_text
from engine.model import IncidentRaised
from engine.rules import told_incident

if TYPE_CHECKING:
    from engine.bpmn.tokens import Token

LONGEST_VALUE = 40
_READ = ("extensions", "event", "loop", "ad_hoc", "activation")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a token's element read, or is about to.

    :ivar expressions: as the diagram writes them, without a leading ``=``.
    :ivar values: plain values of the variables in them, texts cut to :data:`LONGEST_VALUE`.
    :ivar missing: variables in them that are not there.
    """

    expressions: tuple[str, ...]
    values: Mapping[str, Any]
    missing: tuple[str, ...]


def reading(token: Token, message: str) -> Reading:
    """Return what was read where a token stopped.

    :param message: of what stopped it: of several expressions of an element those it quotes count,
        and all where it quotes none.
    """
    every = list(_formulas(token))
    quoted = [formula for formula in every if formula.text in message]
    chosen = quoted or every
    names = {n for f in chosen if f.expression is not None for n in f.expression.free_names}
    names |= _decided(token)
    visible = token.scope.visible(token.case.outermost)
    return Reading(
        tuple(dict.fromkeys(formula.text for formula in chosen)),
        {n: _short(visible[n]) for n in sorted(names) if n in visible and _plain(visible[n])},
        tuple(n for n in sorted(names) if n not in visible),
    )


def tell(token: Token, stuck: Stuck) -> Mapping[str, Any]:
    """Return what history keeps of an incident: why, and what was read there."""
    read = reading(token, stuck.message)
    kept: dict[str, Any] = {"said": stuck.stop.as_data()}
    if read.expressions:
        kept["expressions"] = read.expressions
    if read.values:
        kept["values"] = dict(read.values)
    if read.missing:
        kept["missing"] = read.missing
    return kept


def incident(
    activation: int, element_id: str, code: str, kept: Mapping[str, Any]
) -> IncidentRaised:
    """Return an incident of which history keeps this, as operators are told of it."""
    values = {name: to_text(value) for name, value in kept.get("values", {}).items()}
    said = {**kept["said"], "values": values, "missing": list(kept.get("missing", ()))}
    message = told_incident(element_id, said, "en")
    return IncidentRaised(activation, element_id, code, message, said)


def _plain(value: Any) -> bool:
    return not isinstance(value, Mapping | tuple | list)


def _short(value: Any) -> Any:
    return value[:LONGEST_VALUE] if isinstance(value, str) else value


def _formulas(token: Token) -> Iterator[Formula]:
    element: Element = token.element
    for name in _READ:
        yield from _within(getattr(element, name))
    for flow in token.task_spec.outgoing:
        if flow.condition is not None:
            yield flow.condition


def _within(value: Any) -> Iterator[Formula]:
    if isinstance(value, Formula):
        if not value.is_literal:
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _within(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _within(item)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _within(getattr(value, each.name))


def _decided(token: Token) -> frozenset[str]:
    """Return what the decision of a business rule task reads."""
    decision_id = token.element.extensions.decision_id
    model = token.case.publication.decisions.get(decision_id or "")
    if model is None or decision_id is None:
        return frozenset()
    try:
        return frozenset(model.inputs(decision_id))
    except DecisionError:
        return frozenset()  # A decision service: what it reads are its own parameters.
