"""Syntax tree → closures. A node becomes a function of the scope it is evaluated in.

What a name means is settled here as far as it can be: a local's distance is counted once, and
only inside a filter, where an item's own entries come first, is it looked for at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from engine.errors import FeelError
from engine.feel import deep
from engine.feel import syntax as ast
from engine.feel.access import call_value, read_path
from engine.feel.arithmetic import negate
from engine.feel.builtins import find_builtin
from engine.feel.deep import Part
from engine.feel.failure import Failure
from engine.feel.filters import compile_filter, compile_literal_filter, walk_filter
from engine.feel.limits import NODES_A_STEP
from engine.feel.loops import compile_for, compile_quantified
from engine.feel.messages import located
from engine.feel.names import Fallback, at_top, builtin_or_null, outer, searched, unknown_function
from engine.feel.operators import (
    compile_arithmetic,
    compile_between,
    compile_comparison,
    compile_logic,
)
from engine.feel.ranges import is_in, make_range
from engine.feel.runtime import Closure, Frame
from engine.feel.types import FeelType
from engine.feel.values import SCALARS, Context, FeelFunction, Value
from engine.feel.walks import Walker

Node: TypeAlias = Callable[[Any], Any]
"""A compiled node: takes a :class:`engine.feel.runtime.Scope`, returns a value."""


class Compiler:
    """Compiles one expression and notes which variables it reads.

    :ivar free: names read for certain from the caller's variables or built-ins.
    :ivar maybe: names inside filters that an item may supply instead.
    :ivar nodes: nodes compiled so far.
    :ivar walkers: the walks of nodes that may call a designer's function, by closure.
    """

    def __init__(self) -> None:
        self.walkers: dict[Node, Walker] = {}
        self.scopes: list[set[str] | None] = []  # None: an item's entries, known at run time only
        self.nodes = 0
        self.free: set[str] = set()
        self.maybe: set[str] = set()

    def compile(self, node: ast.Node) -> Node:
        """Return the closure of a tree."""
        self.nodes += 1
        method: Callable[[Any], Node] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node)

    def within(self, names: set[str] | None, node: ast.Node) -> Node:
        """Return the closure of a tree in an inner scope that has these names."""
        self.scopes.append(names)
        try:
            return self.compile(node)
        finally:
            self.scopes.pop()

    def weight_since(self, nodes: int) -> int:
        """Return the steps that evaluating once what was compiled since then costs."""
        return 1 + (self.nodes - nodes) // NODES_A_STEP

    def part(self, node: Node) -> Part:
        """Return a compiled node with its walk, if it has one."""
        return node, self.walkers.get(node)

    def walks(self, *nodes: Node) -> bool:
        """Return whether any of these may call a designer's function."""
        return any(node in self.walkers for node in nodes)

    def of_parts(self, make: Callable[..., Node], *parts: Node) -> Node:
        """Return a node's closure, and give it a walk if one of its parts has one.

        :param make: from the parts' closures to the node's own, which reads no names itself.
        """
        made = make(*parts)
        if self.walks(*parts):
            self.walkers[made] = deep.of_parts(make, [self.part(one) for one in parts])
        return made

    # --- values as written

    def _literal(self, node: ast.Literal) -> Node:
        value = node.value
        if not node.problem:
            return lambda scope: value
        problem = node.problem

        def warned(scope: Any) -> Value:
            scope.run.warn(problem)
            return None

        return warned

    def _listof(self, node: ast.ListOf) -> Node:
        return self.of_parts(_list_of, *[self.compile(item) for item in node.items])

    def _contextof(self, node: ast.ContextOf) -> Node:
        seen: set[str] = set()
        self.scopes.append(seen)
        entries = []
        for key, value in node.entries:
            if isinstance(value, ast.FunctionOf):
                seen.add(key)  # a function may call itself by its key
            entries.append((key, self.compile(value)))
            seen.add(key)
        self.scopes.pop()

        def build(scope: Any) -> Value:
            scope.run.meter.spend_items(len(entries))
            names: dict[str, Value] = {}
            inner = Frame(names, scope, scope.run)
            for key, value in entries:
                names[key] = value(inner)
            return Context(names)

        if self.walks(*[value for _, value in entries]):
            parts = [(key, self.part(value)) for key, value in entries]
            self.walkers[build] = deep.of_context(parts)
        return build

    def _interval(self, node: ast.Interval) -> Node:
        start = self.compile(node.start) if node.start else _nothing
        end = self.compile(node.end) if node.end else _nothing
        flags = (node.start_included, node.end_included, node.operator)
        return self.of_parts(lambda one, other: _range_of(one, other, flags), start, end)

    def _functionof(self, node: ast.FunctionOf) -> Node:
        params = tuple(parameter.name for parameter in node.parameters)
        types = {p.name: p.type for p in node.parameters if p.type is not None}
        before = self.nodes
        body = self.within(set(params), node.body)
        weight = self.weight_since(before)
        walker = self.walkers.get(body)
        if node.external:
            return _external

        def build(scope: Any) -> Value:
            return FeelFunction(params, Closure(params, body, scope, walker, weight), "", types)

        return build

    # --- names, paths, calls

    def _name(self, node: ast.Name) -> Node:
        return self._read(node.name, lambda run: builtin_or_null(node.name, run))

    def _read(self, name: str, otherwise: Fallback) -> Node:
        items: list[int] = []
        for distance, names in enumerate(reversed(self.scopes)):
            if names is None:
                items.append(distance)
            elif name in names:
                return searched(name, items, distance, otherwise)
        if not items:
            self.free.add(name)
            return outer(name, otherwise) if self.scopes else at_top(name, otherwise)
        if name != "item":
            self.maybe.add(name)
        return searched(name, items, -1, otherwise)

    def _path(self, node: ast.Path) -> Node:
        return self.of_parts(lambda base: _path_of(base, node.name), self.compile(node.base))

    def _filter(self, node: ast.Filter) -> Node:
        base = self.compile(node.base)
        before = self.nodes
        condition = self.within(None, node.condition)
        weight = self.weight_since(before)
        if isinstance(node.condition, ast.Literal):
            return self.of_parts(lambda one: compile_literal_filter(one, condition), base)
        is_test = _is_test(node.condition)
        made = compile_filter(base, condition, is_test, weight)
        if self.walks(base, condition):
            self.walkers[made] = walk_filter(self.part(base), self.part(condition), is_test, weight)
        return made

    def _call(self, node: ast.Call) -> Node:
        arguments = [self.compile(argument) for argument in node.arguments]
        names, position = node.names, node.position
        callee = self._callee(node.callee)

        def call(scope: Any) -> Value:
            function = callee(scope)
            values = [argument(scope) for argument in arguments]
            try:
                return call_value(function, values, names, scope.run)
            except FeelError as error:
                raise located(error, position) from None

        if self.walks(callee, *arguments) or not self._calls_builtin(node.callee):
            parts = [self.part(argument) for argument in arguments]
            self.walkers[call] = deep.of_call(self.part(callee), parts, names, position)
        return call

    def _calls_builtin(self, callee: ast.Node) -> bool:
        """Return whether the callee is a built-in whose name no enclosing scope takes."""
        if not isinstance(callee, ast.Name) or find_builtin(callee.name) is None:
            return False
        return all(names is None or callee.name not in names for names in self.scopes)

    def _callee(self, node: ast.Node) -> Node:
        """A name that is called: a variable or local that is a function, else a built-in."""
        builtin = find_builtin(node.name) if isinstance(node, ast.Name) else None
        if not isinstance(node, ast.Name):
            return self.compile(node)
        if builtin is None:
            return self._read(node.name, lambda run: unknown_function(node.name, run))
        free, maybe = set(self.free), set(self.maybe)
        read = self._read(node.name, lambda _run: builtin)
        self.free, self.maybe = free, maybe

        def find(scope: Any) -> Any:
            value = read(scope)
            return value if type(value) is FeelFunction else builtin

        return find

    # --- operators

    def _unary(self, node: ast.Unary) -> Node:
        if isinstance(node.operand, ast.Literal) and not node.operand.problem:
            try:
                value = negate(node.operand.value)
            except Failure:
                pass
            else:
                return lambda scope: value
        return self.of_parts(_opposite_of, self.compile(node.operand))

    def _binary(self, node: ast.Binary) -> Node:
        left, right = self.compile(node.left), self.compile(node.right)
        operator = node.operator
        if operator in {"and", "or"}:
            return self._logic(operator, left, right)
        if operator in {"=", "!=", "<", "<=", ">", ">="}:
            constant = _constant(node.right)
            return self.of_parts(
                lambda one, other: compile_comparison(operator, one, other, constant), left, right
            )
        return self.of_parts(
            lambda one, other: compile_arithmetic(operator, one, other), left, right
        )

    def _logic(self, operator: str, left: Node, right: Node) -> Node:
        made = compile_logic(operator, left, right)
        if self.walks(left, right):
            self.walkers[made] = deep.of_logic(operator, self.part(left), self.part(right))
        return made

    def _between(self, node: ast.Between) -> Node:
        parts = [self.compile(part) for part in (node.value, node.low, node.high)]
        return self.of_parts(compile_between, *parts)

    def _in(self, node: ast.In) -> Node:
        value = self.compile(node.value)
        return self.of_parts(_membership, value, *[self.compile(test) for test in node.tests])

    def _instanceof(self, node: ast.InstanceOf) -> Node:
        kind = node.type
        value = self.compile(node.value)
        return self.of_parts(lambda one: _instance_of(one, kind), value)

    # --- blocks

    def _if(self, node: ast.If) -> Node:
        condition, yes, no = (self.compile(part) for part in (node.condition, node.yes, node.no))

        def choose(scope: Any) -> Any:
            return yes(scope) if condition(scope) is True else no(scope)

        if self.walks(condition, yes, no):
            parts = [self.part(one) for one in (condition, yes, no)]
            self.walkers[choose] = deep.of_choice(*parts)
        return choose

    def _for(self, node: ast.For) -> Node:
        return compile_for(self, node)

    def _quantified(self, node: ast.Quantified) -> Node:
        return compile_quantified(self, node)


def _nothing(_scope: Any) -> Value:
    return None


def _external(scope: Any) -> Value:
    scope.run.warn("external")
    return None


def _list_of(*items: Node) -> Node:
    def build(scope: Any) -> Value:
        scope.run.meter.spend_items(len(items))
        return tuple([item(scope) for item in items])

    return build


def _range_of(start: Node, end: Node, flags: tuple[bool, bool, str]) -> Node:
    def build(scope: Any) -> Value:
        try:
            return make_range(start(scope), end(scope), *flags)
        except Failure as failure:
            scope.run.warn(failure.message)
            return None

    return build


def _path_of(base: Node, name: str) -> Node:
    def read(scope: Any) -> Value:
        value = base(scope)
        if type(value) is Context and name in value:
            return value[name]  # type: ignore[no-any-return]
        return read_path(value, name, scope.run)

    return read


def _instance_of(value: Node, kind: FeelType) -> Node:
    def holds(scope: Any) -> bool:
        one = value(scope)
        if type(one) not in SCALARS:
            scope.run.meter.weigh(one)
        return kind.accepts(one)

    return holds


def _opposite_of(operand: Node) -> Node:
    def change_sign(scope: Any) -> Value:
        try:
            return negate(operand(scope))
        except Failure as failure:
            scope.run.warn(failure.message)
            return None

    return change_sign


def _membership(value: Node, *tests: Node) -> Node:
    def found(scope: Any) -> Value:
        wanted = value(scope)
        verdict: bool | None = False
        for test in tests:
            one = is_in(wanted, test(scope), scope.run.meter)
            if one:
                return True
            verdict = None if one is None else verdict
        return verdict

    return found


def _constant(node: ast.Node) -> Value:
    """Return the value of a literal operand, signed or not; ``None`` for any other node."""
    if isinstance(node, ast.Literal):
        return node.value
    if isinstance(node, ast.Unary) and isinstance(node.operand, ast.Literal):
        try:
            return negate(node.operand.value)
        except Failure:
            return None
    return None


def _is_test(node: ast.Node) -> bool:
    """Return whether a filter's condition is certainly no index."""
    if isinstance(node, ast.Binary):
        return node.operator in {"and", "or", "=", "!=", "<", "<=", ">", ">="}
    return isinstance(node, ast.Between | ast.In | ast.InstanceOf | ast.Quantified)


def compile_tree(tree: ast.Node) -> tuple[Node, Compiler]:
    """Return a tree's closure, and its compiler, which knows the names it reads."""
    compiler = Compiler()
    return compiler.compile(tree), compiler
