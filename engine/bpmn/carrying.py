"""Data associations at work: what comes in when an element begins, and goes out when it ends.

What was never written is null to whoever reads it, and no plain copy carries it on, so that a
drawing of data that nothing fills in takes no value away.

Source: BPMN 2.0.2, section 10.4.2 (execution semantics for data). An activity does not wait for
data that is not there yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.scopes import put

if TYPE_CHECKING:
    from engine.bpmn.tokens import Token


def declare(token: Token) -> None:
    """Give an element the variables that nobody outside sees."""
    element = token.element
    if not element.data.own or (element.loop is not None and not token.is_instance):
        return
    values = token.open_locals().values
    for name in element.data.own:
        values.setdefault(name, None)


def bring_in(token: Token, only: str | None = None) -> None:
    """Fill in an element's data inputs, each seeing those before it.

    :param only: id of the one input to fill in, from which a multi-instance takes its items; that
        one is not filled in again for each instance.
    :raises Stuck: an expression cannot be computed.
    """
    loop = token.element.loop
    for carry in token.element.data.inputs:
        if only is not None and carry.goal != only:
            continue
        if only is None and loop is not None and carry.goal == loop.takes:
            continue
        value = token.kept(carry.source)
        if value is not None or not carry.is_copy:
            put(token.open_locals().values, carry.target, value)


def carry_out(token: Token, only: str | None = None) -> None:
    """Give an element's data outputs to what they are for.

    :param only: id of the one output to give, into which a multi-instance collects; that one is
        not given by each instance.
    :raises Stuck: an expression cannot be computed.
    """
    loop, own = token.element.loop, token.element.data.own
    for carry in token.element.data.outputs:
        if only is not None and carry.origin != only:
            continue
        if only is None and loop is not None and loop.gives and carry.origin == loop.gives:
            continue
        value = token.kept(carry.source)
        if value is None and carry.is_copy:
            continue
        name = carry.target[0]
        scope = token.scope if name in own else token.outer_scope
        results: dict[str, Any] = {}
        if len(carry.target) > 1:
            results[name] = scope.home_of(name).values.get(name)
        put(results, carry.target, value)
        token.case.write(token, scope, results)
