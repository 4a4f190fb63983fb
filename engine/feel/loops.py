"""``for``, ``some`` and ``every`` (DMN 1.5, 10.3.2.14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import syntax as ast
from engine.feel.failure import Failure
from engine.feel.runtime import Frame, Run
from engine.feel.values import Range, Value, kind_of

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

Node = Callable[[Any], Any]
Domain = tuple[str, Callable[[Any], Iterable[Value]]]


def compile_for(compiler: Compiler, node: ast.For) -> Node:
    """Return the closure of a ``for``: the list of its results."""
    partial: set[str] = {"partial"}
    compiler.scopes.append(partial)
    domains = _domains(compiler, node.iterators)
    result = compiler.compile(node.result)
    del compiler.scopes[-len(domains) - 1 :]

    def loop(scope: Any) -> Value:
        run = scope.run
        results: list[Value] = []
        top = Frame(_Partial(results, run), scope, run)
        try:
            for inner in _turns(domains, 0, top):
                run.meter.spend_items(1)
                results.append(result(inner))
        except Failure as failure:
            run.warn(str(failure))
            return None
        return tuple(results)

    return loop


class _Partial:
    """The names around a loop: only ``partial``, the results so far at the moment of reading."""

    def __init__(self, results: list[Value], run: Run) -> None:
        self.results = results
        self.run = run

    def __getitem__(self, _name: str) -> Value:
        self.run.meter.spend_items(len(self.results))
        return tuple(self.results)


def compile_quantified(compiler: Compiler, node: ast.Quantified) -> Node:
    """Return the closure of ``some`` (true, else null, else false) or ``every``."""
    domains = _domains(compiler, node.iterators)
    condition = compiler.compile(node.condition)
    del compiler.scopes[-len(domains) :]
    decisive = not node.every

    def judge(scope: Any) -> Value:
        verdict: bool | None = node.every
        try:
            for inner in _turns(domains, 0, scope):
                one = condition(inner)
                if one is True or one is False:
                    if one is decisive:
                        return decisive
                else:
                    verdict = None
        except Failure as failure:
            scope.run.warn(str(failure))
            return None
        return verdict

    return judge


def _domains(compiler: Compiler, iterators: tuple[ast.Iterator, ...]) -> list[Domain]:
    """Compile each domain in the scope of the iterators before it; leave all scopes open."""
    domains: list[Domain] = []
    for iterator in iterators:
        domain = compiler.compile(iterator.domain)
        last = compiler.compile(iterator.last) if iterator.last else None
        domains.append((iterator.name, _values(domain, last)))
        compiler.scopes.append({iterator.name})
    return domains


def _turns(domains: list[Domain], level: int, scope: Any) -> Iterator[Any]:
    name, values = domains[level]
    run: Run = scope.run
    meter = run.meter
    last = level == len(domains) - 1
    for value in values(scope):
        meter.spend_steps()
        inner = Frame({name: value}, scope, run)
        if last:
            yield inner
        else:
            yield from _turns(domains, level + 1, inner)


def _values(domain: Node, last: Node | None) -> Callable[[Any], Iterable[Value]]:
    def values(scope: Any) -> Iterable[Value]:
        first = domain(scope)
        if last is not None:
            return _stretch(first, last(scope), True, True)
        if type(first) is tuple:
            return first
        if type(first) is Range:
            if first.operator:
                raise Failure("a loop needs a range with two ends")
            return _stretch(first.start, first.end, first.start_included, first.end_included)
        if first is None:
            raise Failure("a loop over null")
        return (first,)

    return values


def _stretch(first: Value, last: Value, with_first: bool, with_last: bool) -> Iterable[Value]:
    """Return the whole numbers, or the days, from first to last, upwards or downwards.

    :raises Failure: the ends are neither two whole numbers nor two dates.
    """
    if type(first) is Decimal and type(last) is Decimal:
        whole = first == first.to_integral_value() and last == last.to_integral_value()
        if whole and max(abs(first), abs(last)) < Decimal(10) ** 15:
            places = _places(int(first), int(last), with_first, with_last)
            return (Decimal(number) for number in places)
    if type(first) is date and type(last) is date:
        start = first
        days = _places(0, (last - first).days, with_first, with_last)
        return (start + timedelta(days=number) for number in days)
    raise Failure(f"a loop from a {kind_of(first)} to a {kind_of(last)}; give two whole numbers")


def _places(first: int, last: int, with_first: bool, with_last: bool) -> range:
    step = 1 if last >= first else -1
    start = first if with_first else first + step
    return range(start, last + step if with_last else last, step)
