"""Parsed expressions, ready to be evaluated any number of times, by any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from engine.errors import FeelError
from engine.feel import syntax as ast
from engine.feel.builtins import builtin_names
from engine.feel.cells import compile_unary_tests
from engine.feel.compiler import compile_tree
from engine.feel.fast import GIVES_UP, compile_fast, compile_fast_cell
from engine.feel.limits import DEFAULT, Limits
from engine.feel.messages import Message, feel_error, located
from engine.feel.parser import parse_tests_tree, parse_tree
from engine.feel.runtime import Meter, Run
from engine.feel.scanner import KEYWORDS, is_name_part, is_name_start
from engine.feel.types import FeelType
from engine.feel.values import SCALARS, Value

_CACHED = 4096
_NO_TYPES: Mapping[str, FeelType] = {}
Result = TypeVar("Result")


class Expression:
    """A compiled expression. Immutable; make it with :func:`parse`.

    :ivar source: as written, without a leading ``=``.
    :ivar tree: its syntax tree.
    :ivar free_names: variables it reads, built-in functions left out.
    :ivar maybe_names: names inside filters, which an item's own entries may supply instead, and
        names of built-ins that are read without being called.
    :ivar weight: steps that evaluating it once is worth, loops in it apart.
    """

    __slots__ = ("_fast", "_node", "free_names", "maybe_names", "source", "tree", "weight")

    def __init__(self, source: str, tree: ast.Node) -> None:
        self.source = source
        self.tree = tree
        node, compiler = _guarded(source, lambda: compile_tree(tree))
        free = frozenset(compiler.free)
        self.weight = compiler.weight_since(0)
        self._fast = compile_fast(tree)
        builtins = builtin_names()
        self._node: Callable[[Any], Any] = node
        self.free_names: frozenset[str] = free - builtins
        self.maybe_names: frozenset[str] = frozenset(compiler.maybe - free) | (free & builtins)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def evaluate(
        self,
        context: Mapping[str, object],
        *,
        now: datetime | None = None,
        meter: Meter | None = None,
    ) -> Value:
        """Return the value in a context; what fails inside is null.

        :param context: the variables by name, FEEL values or what :func:`to_feel` takes.
        :param now: the aware moment that ``now()`` and ``today()`` return; without it they are
            null. The clock of the machine is never read.
        :param meter: the budget of the evaluation that this one is part of; warnings go there.
        :raises FeelError: the evaluation passes its budget (:mod:`engine.feel.limits`).
        """
        fast = self._fast
        if fast is not None:
            try:
                verdict: bool | None = fast(context)
            except (KeyError, ArithmeticError):
                verdict = GIVES_UP
            if verdict is not GIVES_UP:
                return verdict
        value: Value = _evaluated(self.source, Run(context, now, meter), self._node)
        return value if type(value) in SCALARS else _checked(value, self.source)

    def evaluate_with_warnings(
        self,
        context: Mapping[str, object],
        *,
        now: datetime | None = None,
        limits: Limits = DEFAULT,
        meter: Meter | None = None,
        language: str = "en",
        values: bool = True,
    ) -> tuple[Value, tuple[str, ...]]:
        """Return the value, and why operations inside had none, in the order they failed.

        :param limits: the budget, where it is not the usual one.
        :param meter: the budget of the evaluation that this one is part of, before ``limits``.
        :param language: of the warnings, ``en`` or ``fr``.
        :param values: the warnings may quote pieces of values; else they name kinds and places.
        :raises FeelError: the evaluation passes its budget.
        """
        meter = meter or Meter(limits)
        before = len(meter.warnings)
        value: Value = _evaluated(self.source, Run(context, now, meter), self._node)
        warnings = meter.taken_since(before)
        told = tuple(one.told(language, values=values) for one in warnings)
        return _checked(value, self.source), told


class UnaryTests:
    """The tests of a decision table's input cell. Immutable; see :func:`parse_unary_tests`.

    :ivar source: as written.
    :ivar tree: the tests; ``None`` for ``-``, which anything passes.
    :ivar free_names: variables the tests read, ``?`` and built-in functions left out.
    """

    __slots__ = ("_fast", "_node", "free_names", "source", "tree")

    def __init__(self, source: str, tree: ast.UnaryTestsOf | None) -> None:
        self.source = source
        self.tree = tree
        self.free_names: frozenset[str] = frozenset()
        self._node: Callable[[Any, Value], bool | None] = _always
        self._fast: Callable[[Any], Any] | None = _passes
        if tree is not None:
            node, free = _guarded(source, lambda: compile_unary_tests(tree))
            self._node = node
            self._fast = compile_fast_cell(tree)
            self.free_names = free - builtin_names() - {"?"}

    def __repr__(self) -> str:
        return f"UnaryTests({self.source!r})"

    def test(
        self,
        input_value: object,
        context: Mapping[str, object],
        *,
        now: datetime | None = None,
        meter: Meter | None = None,
    ) -> bool | None:
        """Return whether the input passes; ``None`` where that cannot be known.

        :param input_value: what ``?`` stands for.
        :raises FeelError: the evaluation passes its budget.
        """
        if self._fast is not None:
            try:
                verdict: bool | None = self._fast(input_value)
            except ArithmeticError:
                verdict = GIVES_UP
            if verdict is not GIVES_UP:
                return verdict
        return self.test_with_warnings(input_value, context, now=now, meter=meter)[0]

    def test_with_warnings(
        self,
        input_value: object,
        context: Mapping[str, object],
        *,
        now: datetime | None = None,
        meter: Meter | None = None,
        language: str = "en",
    ) -> tuple[bool | None, tuple[str, ...]]:
        """Return whether the input passes, and why operations inside had no result.

        :param meter: the budget of the evaluation that this one is part of.
        """
        verdict, warnings = self.judged(input_value, context, now=now, meter=meter)
        return verdict, tuple(one.told(language) for one in warnings)

    def judged(
        self,
        input_value: object,
        context: Mapping[str, object],
        *,
        now: datetime | None = None,
        meter: Meter | None = None,
    ) -> tuple[bool | None, tuple[Message, ...]]:
        """Do what :meth:`test_with_warnings` does, with warnings that are not yet in words."""
        meter = meter or Meter()
        before = len(meter.warnings)
        run = Run({**context, "?": input_value}, now, meter)
        value = run.fetch("?")
        verdict = _evaluated(self.source, run, lambda scope: self._node(scope, value))
        return verdict, meter.taken_since(before)


def _always(_run: Any, _value: Value) -> bool | None:
    return True


def _passes(_value: object) -> bool:
    return True


def _guarded(source: str, work: Callable[[], Result]) -> Result:
    try:
        return work()
    except RecursionError:
        raise _too_deep(source) from None
    except FeelError as error:
        if not error.source:
            error.source = source
            located(error, 0)
        raise


def _evaluated(source: str, run: Run, node: Callable[[Any], Result]) -> Result | None:
    try:
        return _guarded(source, lambda: node(run))
    except ArithmeticError:
        # Operations guard themselves: only a caller's NaN, read as it stands, comes here.
        run.warn("variable-not-finite")
        return None


def _checked(value: Value, source: str) -> Value:
    """Refuse a result too large or deep to be stored or shown: shared parts unfold there."""
    _guarded(source, lambda: Meter().weigh(value))
    return value


def _too_deep(source: str) -> FeelError:
    return feel_error("too-deep", source=source, position=0)


def parse(
    source: str, names: Iterable[str] = (), *, types: Mapping[str, FeelType] = _NO_TYPES
) -> Expression:
    """Return the compiled expression; the same source and names are compiled once.

    :param source: FEEL; a leading ``=``, as Camunda Modeler writes, is dropped.
    :param names: variables of the context. Only names with symbols or keywords in them need
        to be given; others are understood without.
    :param types: types that ``instance of`` may name beyond FEEL's own.
    :raises FeelError: it does not parse; with the position in the source without its ``=``.
    """
    text = _without_sign(source)
    if types:
        return _parse(text, _odd_names(names), types)
    return _parse_cached(text, _odd_names(names))


def parse_unary_tests(
    source: str, names: Iterable[str] = (), *, types: Mapping[str, FeelType] = _NO_TYPES
) -> UnaryTests:
    """Return the compiled tests of a decision table's input cell; ``-`` and nothing are any.

    :raises FeelError: they do not parse.
    """
    if types:
        return _parse_tests(source, _odd_names(names), types)
    return _parse_tests_cached(source, _odd_names(names))


def _parse(text: str, names: frozenset[str], types: Mapping[str, FeelType]) -> Expression:
    return _guarded(text, lambda: Expression(text, parse_tree(text, names, types)))


def _parse_tests(text: str, names: frozenset[str], types: Mapping[str, FeelType]) -> UnaryTests:
    if not text.strip():
        return UnaryTests(text, None)
    return _guarded(text, lambda: UnaryTests(text, parse_tests_tree(text, names, types)))


@lru_cache(maxsize=_CACHED)
def _parse_cached(text: str, names: frozenset[str]) -> Expression:
    return _parse(text, names, _NO_TYPES)


@lru_cache(maxsize=_CACHED)
def _parse_tests_cached(text: str, names: frozenset[str]) -> UnaryTests:
    return _parse_tests(text, names, _NO_TYPES)


def _without_sign(source: str) -> str:
    stripped = source.lstrip()
    return stripped[1:] if stripped.startswith("=") else source


def _odd_names(names: Iterable[str]) -> frozenset[str]:
    """Return the names that the parser cannot read without knowing them."""
    return frozenset(name for name in names if not _is_plain(name))


@lru_cache(maxsize=_CACHED)
def _is_plain(name: str) -> bool:
    start = bool(name) and is_name_start(name[0]) and name not in KEYWORDS
    return start and all(map(is_name_part, name))
