"""``for``, ``some`` and ``every`` (DMN 1.5, 10.3.2.14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.errors import FeelError
from engine.feel import syntax as ast
from engine.feel.deep import Part
from engine.feel.failure import Failure
from engine.feel.messages import a, located
from engine.feel.runtime import Frame, Run
from engine.feel.values import Range, Value
from engine.feel.walks import Walk

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

Node = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Domain:
    """What one iterator of a loop runs over.

    :ivar ends: one part, or those of ``first..last``.
    :ivar weight: steps that one turn costs, that of loops inside it apart.
    """

    name: str
    ends: tuple[Part, ...]
    weight: int = 1

    @property
    def walks(self) -> bool:
        """Whether a part may call a designer's function."""
        return any(walker is not None for _, walker in self.ends)


def compile_for(compiler: Compiler, node: ast.For) -> Node:
    """Return the closure of a ``for``: the list of its results."""
    partial: set[str] = {"partial"}
    compiler.scopes.append(partial)
    before = compiler.nodes
    domains = _domains(compiler, node.iterators)
    result = compiler.compile(node.result)
    domains = _weighed(domains, compiler.weight_since(before))
    walker, position = compiler.walkers.get(result), node.position
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
            run.warn(failure.message)
            return None
        except FeelError as error:
            raise located(error, position) from None
        return tuple(results)

    def walk(scope: Any) -> Walk:
        run = scope.run
        results: list[Value] = []

        def turn(inner: Any) -> Walk:
            run.meter.spend_items(1)
            value = result(inner) if walker is None else (yield walker(inner))
            results.append(value)
            return True

        try:
            yield _walked(domains, 0, Frame(_Partial(results, run), scope, run), turn)
        except Failure as failure:
            run.warn(failure.message)
            return None
        return tuple(results)

    if walker is not None or any(domain.walks for domain in domains):
        compiler.walkers[loop] = walk
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
    before = compiler.nodes
    domains = _domains(compiler, node.iterators)
    condition = compiler.compile(node.condition)
    domains = _weighed(domains, compiler.weight_since(before))
    del compiler.scopes[-len(domains) :]
    walker, position = compiler.walkers.get(condition), node.position
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
            scope.run.warn(failure.message)
            return None
        except FeelError as error:
            raise located(error, position) from None
        return verdict

    def walk(scope: Any) -> Walk:
        verdicts: set[Any] = set()

        def turn(inner: Any) -> Walk:
            one = condition(inner) if walker is None else (yield walker(inner))
            verdicts.add(one if one is True or one is False else None)
            return one is not decisive

        try:
            yield _walked(domains, 0, scope, turn)
        except Failure as failure:
            scope.run.warn(failure.message)
            return None
        if decisive in verdicts:
            return decisive
        return None if None in verdicts else node.every

    if walker is not None or any(domain.walks for domain in domains):
        compiler.walkers[judge] = walk
    return judge


def _domains(compiler: Compiler, iterators: tuple[ast.Iterator, ...]) -> list[Domain]:
    """Compile each domain in the scope of the iterators before it; leave all scopes open."""
    domains: list[Domain] = []
    for iterator in iterators:
        domain = compiler.compile(iterator.domain)
        last = compiler.compile(iterator.last) if iterator.last else None
        ends = (domain,) if last is None else (domain, last)
        parts = tuple(compiler.part(end) for end in ends)
        domains.append(Domain(iterator.name, parts))
        compiler.scopes.append({iterator.name})
    return domains


def _weighed(domains: list[Domain], weight: int) -> list[Domain]:
    return [replace(domain, weight=weight) for domain in domains]


def _turns(domains: list[Domain], level: int, scope: Any) -> Iterator[Any]:
    domain = domains[level]
    name = domain.name
    run: Run = scope.run
    meter = run.meter
    last = level == len(domains) - 1
    for value in _values([end(scope) for end, _ in domain.ends]):
        meter.spend_steps(domain.weight)
        inner = Frame({name: value}, scope, run)
        if last:
            yield inner
        else:
            yield from _turns(domains, level + 1, inner)


def _walked(domains: list[Domain], level: int, scope: Any, turn: Callable[[Any], Walk]) -> Walk:
    """Take the turns of :func:`_turns` by walking; a turn that gives false is the last."""
    domain = domains[level]
    run: Run = scope.run
    last = level == len(domains) - 1
    ends = []
    for end, walker in domain.ends:
        ends.append(end(scope) if walker is None else (yield walker(scope)))
    for value in _values(ends):
        run.meter.spend_steps(domain.weight)
        inner = Frame({domain.name: value}, scope, run)
        more = yield turn(inner) if last else _walked(domains, level + 1, inner, turn)
        if not more:
            return False
    return True


def _values(ends: list[Value]) -> Iterable[Value]:
    """Return what a loop runs over: from one value to the other, or through the only one.

    :raises Failure: there is nothing to loop over.
    """
    first = ends[0]
    if len(ends) > 1:
        return _stretch(first, ends[1], True, True)
    if type(first) is tuple:
        return first
    if type(first) is Range:
        if first.operator:
            raise Failure("open-loop")
        return _stretch(first.start, first.end, first.start_included, first.end_included)
    if first is None:
        raise Failure("null-loop")
    return (first,)


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
    raise Failure("odd-loop", first=a(first), last=a(last))


def _places(first: int, last: int, with_first: bool, with_last: bool) -> range:
    step = 1 if last >= first else -1
    start = first if with_first else first + step
    return range(start, last + step if with_last else last, step)
