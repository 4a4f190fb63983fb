"""How far something has come that goes in turns: multi-instances, loops, ad-hoc sub-processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.bpmn.elements import Event


@dataclass(slots=True)
class Turns:
    """How far a repetition has come.

    :ivar total: instances in all. :ivar begun: instances that have begun.
    :ivar waiting: items whose instance has not begun; none where a number says how many.
    :ivar results: the output element of each, in the items' order, if there is one.
    :ivar done: instances left.
    :ivar enough: whether the completion condition was met.
    :ivar throws: events to be thrown when the instance that has just ended is left; part of one
        step, never of a state.
    """

    total: int
    waiting: list[Any] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    done: int = 0
    enough: bool = False
    begun: int = 0
    throws: list[Event] = field(default_factory=list)
