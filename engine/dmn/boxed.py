"""Boxed expressions other than tables (DMN 1.5, clause 7.3 and 10.2): text, contexts, loops …"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.dmn.session import Box, Scope, Session
from engine.dmn.types import ItemType
from engine.errors import DecisionError, FeelError
from engine.feel import Context, Expression, FeelFunction, Value, kind_of, parse
from engine.feel.syntax import Literal as LiteralNode

_LIST = parse("values[true]")
_AT = parse("values[place]")
_DOMAIN = parse("for item in values return item")
_EVERY = parse("every result in results satisfies result")
_SOME = parse("some result in results satisfies result")


def _has_null(value: Value) -> bool:
    """Return whether a value is null or has a null in it: only then is a warning worth telling."""
    waiting: list[Value] = [value]
    while waiting:
        one = waiting.pop()
        if one is None:
            return True
        if isinstance(one, tuple):
            waiting += one
        elif isinstance(one, Mapping):
            waiting += one.values()
    return False


@dataclass(frozen=True, slots=True)
class Literal:
    """FEEL text. ``where`` is its place, for messages."""

    expression: Expression
    where: str

    @property
    def written(self) -> Value:
        """The value, where the text is nothing but one; else ``None``."""
        tree = self.expression.tree
        return tree.value if isinstance(tree, LiteralNode) else None

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the expression's value."""
        session.spend(self.expression.weight)
        try:
            before = len(session.meter.warnings)
            value = self.expression.evaluate(scope, now=session.now, meter=session.meter)
            warnings = session.meter.taken_since(before)
            for warning in warnings if _has_null(value) else ():
                session.warn(self.where, warning)
        except FeelError as error:
            raise DecisionError(f"{self.where}: {error}") from error
        return value


@dataclass(frozen=True, slots=True)
class Broken:
    """An expression that could not be read; the file's findings say the same."""

    message: str

    def evaluate(self, _scope: Scope, _session: Session) -> Value:
        """Refuse.

        :raises DecisionError: always, with what is wrong and where.
        """
        raise DecisionError(self.message)


@dataclass(frozen=True, slots=True)
class Missing:
    """An expression that is not there at all; the file's findings say the same."""

    message: str

    def evaluate(self, _scope: Scope, session: Session) -> Value:
        """Return null: a decision without logic has no other value (DMN 1.5, 10.4)."""
        session.warn("", self.message)
        return None


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty place: null."""

    def evaluate(self, _scope: Scope, _session: Session) -> Value:
        """Return null."""
        return None


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression whose value is declared to be of a type; what does not fit is null."""

    box: Box
    type: ItemType
    where: str

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the value as its type takes it."""
        value, problem = self.type.taken(self.box.evaluate(scope, session), session.meter)
        if problem:
            session.warn(self.where, f"{problem}, so it is null")
        return value


@dataclass(frozen=True, slots=True)
class Entries:
    """A context: entries in order, each seeing those before it.

    :ivar result: the entry without a name, which is then the whole context's value.
    """

    entries: tuple[tuple[str, Box], ...]
    result: Box | None

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the context, or its result entry's value."""
        inner = dict(scope)
        made: dict[str, Value] = {}
        for name, box in self.entries:
            inner[name] = made[name] = box.evaluate(inner, session)
        return Context(made) if self.result is None else self.result.evaluate(inner, session)


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Box, ...]

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the items' values."""
        return tuple(item.evaluate(scope, session) for item in self.items)


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts, written as a grid."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Box, ...], ...]

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return one context a row."""
        return tuple(
            Context(
                (name, cell.evaluate(scope, session))
                for name, cell in zip(self.columns, row, strict=True)
            )
            for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class Definition:
    """A function: a boxed one, or the logic of a knowledge model.

    :ivar owner: id of the knowledge model, whose tables give reasons of their own and which may
        call itself by its name; else ``""``.
    """

    name: str
    params: tuple[str, ...]
    types: Mapping[str, ItemType]
    body: Box
    owner: str = ""

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the function, seeing this scope."""

        def call(arguments: tuple[Value, ...]) -> Value:
            named = dict(zip(self.params, arguments, strict=True))
            return session.called(self.owner or self.name, self.body, {**inner, **named})

        kinds = {name: kind.feel for name, kind in self.types.items()}
        function = FeelFunction(self.params, call, self.name, kinds)
        inner = {**scope, self.name: function} if self.owner else scope
        return function


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call, its arguments given by parameter name."""

    function: Box
    bindings: tuple[tuple[str, Box], ...]
    where: str

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return what the function returns."""
        function = self.function.evaluate(scope, session)
        if not isinstance(function, FeelFunction):
            session.warn(self.where, f"a {kind_of(function)} was invoked; only a function can be")
            return None
        given = {name: box.evaluate(scope, session) for name, box in self.bindings}
        unknown = [name for name in given if name not in function.params]
        if unknown and not function.variadic:
            raise DecisionError(
                f"{self.where}: '{function.name}' has no parameter '{unknown[0]}'. "
                f"Its parameters are: {', '.join(function.params) or 'none'}."
            )
        ordered = [given.get(name) for name in function.params]
        return call_function(function, ordered, session, self.where)


def call_function(
    function: FeelFunction, arguments: list[Value], session: Session, where: str
) -> Value:
    """Call through FEEL, which coerces the arguments and warns where they do not fit."""
    names = [f"a{i}" for i in range(len(arguments))]
    scope = {"f": function, **dict(zip(names, arguments, strict=True))}
    return Literal(parse(f"f({', '.join(names)})"), where).evaluate(scope, session)


@dataclass(frozen=True, slots=True)
class Conditional:
    """If, then, else. A null condition counts as false; one that is no boolean has no result."""

    condition: Box
    yes: Box
    no: Box
    where: str

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the branch that the condition chooses."""
        verdict = self.condition.evaluate(scope, session)
        if not isinstance(verdict, bool | None):
            kind = kind_of(verdict)
            session.warn(self.where, f"a condition is a {kind}, so there is no result")
            return None
        return (self.yes if verdict else self.no).evaluate(scope, session)


@dataclass(frozen=True, slots=True)
class Filter:
    """The items of a list that match; ``item`` and an item's own entries are in scope."""

    source: Box
    match: Box

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the items that match, or the one at the position that the match gives."""
        values: Any = _LIST.evaluate({"values": self.source.evaluate(scope, session)})
        found: list[Value] = []
        for value in values:
            verdict = self.match.evaluate(_with_item(scope, value), session)
            if isinstance(verdict, Decimal):
                return _AT.evaluate({"values": values, "place": verdict})
            if verdict is True:
                found.append(value)
        return tuple(found)


def _with_item(scope: Scope, item: Value) -> Scope:
    entries = item if isinstance(item, Mapping) else {}
    return {**scope, "item": item, **entries}


@dataclass(frozen=True, slots=True)
class Loop:
    """For each item of a list, a result; ``partial`` holds the results so far."""

    variable: str
    domain: Box
    result: Box

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the results in order; null if the domain is no list or range."""
        items = _items(self.domain, scope, session)
        if items is None:
            return None
        results: list[Value] = []
        for item in items:
            inner = {**scope, self.variable: item, "partial": tuple(results)}
            results.append(self.result.evaluate(inner, session))
        return tuple(results)


@dataclass(frozen=True, slots=True)
class Quantified:
    """Whether some or every item of a list satisfies a condition, three-valued."""

    every: bool
    variable: str
    domain: Box
    condition: Box

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return true, false or null."""
        items = _items(self.domain, scope, session)
        if items is None:
            return None
        results = tuple(
            self.condition.evaluate({**scope, self.variable: item}, session) for item in items
        )
        return (_EVERY if self.every else _SOME).evaluate({"results": results})


def _items(domain: Box, scope: Scope, session: Session) -> tuple[Value, ...] | None:
    items = _DOMAIN.evaluate({"values": domain.evaluate(scope, session)})
    return items if isinstance(items, tuple) else None
