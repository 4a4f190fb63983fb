"""The syntax tree: what an expression says, before it is compiled. Positions count from 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.feel.messages import Message
from engine.feel.types import FeelType
from engine.feel.values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written as it is: number, text, boolean, null or ``@"…"``.

    :ivar problem: why the literal has no value (``@"foo"``); it is then null with this warning.
    """

    value: Value
    position: int
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, parameter, item's property or built-in."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Path:
    """``base.name``."""

    base: Node
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Filter:
    """``base[condition]``: items that fit, or the item at an index."""

    base: Node
    condition: Node
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """``callee(arguments)``.

    :ivar names: the argument's names where they are named, else empty.
    """

    callee: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Unary:
    """``-operand``."""

    operand: Node
    position: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and one of ``+ - * / ** < <= > >= = != and or``."""

    operator: str
    left: Node
    right: Node
    position: int


@dataclass(frozen=True, slots=True)
class Between:
    """``value between low and high``."""

    value: Node
    low: Node
    high: Node
    position: int


@dataclass(frozen=True, slots=True)
class In:
    """``value in test`` or ``value in (test, test)``."""

    value: Node
    tests: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """``value instance of type``."""

    value: Node
    type: FeelType
    position: int


@dataclass(frozen=True, slots=True)
class Interval:
    """``[start..end]`` with open or closed ends, or an operator with one end: ``< 5``."""

    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool
    operator: str
    position: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """``[item, item]``."""

    items: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True)
class ContextOf:
    """``{key: value}``; an entry sees those before it."""

    entries: tuple[tuple[str, Node], ...]
    position: int


@dataclass(frozen=True, slots=True)
class If:
    """``if condition then yes else no``."""

    condition: Node
    yes: Node
    no: Node
    position: int


@dataclass(frozen=True, slots=True)
class Iterator:
    """``name in domain`` or ``name in domain..last``."""

    name: str
    domain: Node
    last: Node | None


@dataclass(frozen=True, slots=True)
class For:
    """``for a in list, b in list return result``; ``partial`` holds the results so far."""

    iterators: tuple[Iterator, ...]
    result: Node
    position: int


@dataclass(frozen=True, slots=True)
class Quantified:
    """``some a in list satisfies condition``, or ``every``."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node
    position: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function definition, with its type where one is declared."""

    name: str
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class FunctionOf:
    """``function(a, b: number) body``; an external one is read and never run."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool
    position: int


@dataclass(frozen=True, slots=True)
class UnaryTestsOf:
    """The tests of a decision table's input cell, or of ``in (…)``."""

    tests: tuple[Node, ...]
    negated: bool


Node: TypeAlias = (
    Literal
    | Name
    | Path
    | Filter
    | Call
    | Unary
    | Binary
    | Between
    | In
    | InstanceOf
    | Interval
    | ListOf
    | ContextOf
    | If
    | For
    | Quantified
    | FunctionOf
)
