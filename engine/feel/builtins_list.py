"""List built-ins (DMN 1.5, table 75), and statistics on them. Positions count from 1.

Those that take a list also take its items as arguments: ``min(1, 2)`` is ``min([1, 2])``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cmp_to_key

from engine.feel import numbers
from engine.feel.arithmetic import operate
from engine.feel.builtins_number import whole
from engine.feel.compare import equal, order
from engine.feel.failure import Failure
from engine.feel.messages import a
from engine.feel.registry import Declared, builtin
from engine.feel.runtime import Run, invoke
from engine.feel.values import FeelFunction, Value, kind_of

List = tuple[Value, ...]


def _list_or_items(name: str) -> Callable[[Declared], Declared]:
    """Declare a built-in that takes a list, or its items one by one."""

    def declare(function: Declared) -> Declared:
        builtin(name, "list: list", run=True)(function)

        def of_items(run: Run, first: Value, rest: List) -> Value:
            return function(run, (first, *rest))  # type: ignore[no-any-return]

        builtin(name, "first: any, *rest: any", run=True)(of_items)
        return function

    return declare


def _numbers(items: List) -> list[Decimal]:
    for item in items:
        if not isinstance(item, Decimal):
            raise Failure("list-not-numbers", kind=a(item))
    return list(items)  # type: ignore[arg-type]


@builtin("list contains", "list: list, element: any?", run=True)
def list_contains(run: Run, items: List, element: Value) -> bool:
    """Return whether an item equals the element."""
    return any(_same(run, item, element) for item in items)


def _same(run: Run, one: Value, other: Value) -> bool:
    run.meter.spend_steps()
    return equal(one, other, run.meter) is True


@builtin("count", "list: list")
def count(items: List) -> Decimal:
    """Return how many items there are."""
    return Decimal(len(items))


def _extreme(items: List, sign: int) -> Value:
    if not items:
        raise Failure("list-empty")
    best = items[0]
    for item in items[1:]:
        compared = order(item, best)
        if compared is None:
            raise Failure("do-not-compare", one=a(item), other=a(best))
        best = item if compared == sign else best
    if order(best, best) is None:
        raise Failure("does-not-compare", kind=a(best))
    return best


@_list_or_items("min")
def minimum(_run: Run, items: List) -> Value:
    """Return the smallest item."""
    return _extreme(items, -1)


@_list_or_items("max")
def maximum(_run: Run, items: List) -> Value:
    """Return the greatest item."""
    return _extreme(items, 1)


@_list_or_items("sum")
def total(_run: Run, items: List) -> Value:
    """Return the sum of numbers, or of durations of one kind."""
    if not items:
        raise Failure("list-empty")
    if isinstance(items[0], Decimal):
        return _sum(_numbers(items))
    result: Value = items[0]
    for item in items[1:]:
        result = operate("+", result, item)
    if isinstance(result, str) or kind_of(result) not in _DURATIONS:
        raise Failure("list-not-sums", kind=a(items[0]))
    return result


_DURATIONS = frozenset({"days and time duration", "years and months duration"})


def _sum(items: Iterable[Decimal]) -> Decimal:
    result = Decimal(0)
    for item in items:
        result = numbers.add(result, item)
    return result


@_list_or_items("mean")
def mean(run: Run, items: List) -> Value:
    """Return the arithmetic mean of numbers, or of durations of one kind."""
    return operate("/", total(run, items), Decimal(len(items)))


@_list_or_items("product")
def product(_run: Run, items: List) -> Decimal:
    """Return the product of numbers."""
    if not items:
        raise Failure("list-empty")
    result = Decimal(1)
    for item in _numbers(items):
        result = numbers.multiply(result, item)
    return result


@_list_or_items("median")
def median(_run: Run, items: List) -> Value:
    """Return the middle number, or the mean of the two in the middle."""
    ordered = sorted(_numbers(items))
    if not ordered:
        raise Failure("list-empty")
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return numbers.divide(numbers.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@_list_or_items("stddev")
def stddev(_run: Run, items: List) -> Decimal:
    """Return the standard deviation of a sample of at least two numbers."""
    values = _numbers(items)
    if len(values) < 2:
        raise Failure("deviation")
    size = Decimal(len(values))
    middle = numbers.divide(_sum(values), size)
    squares = (numbers.power(numbers.subtract(v, middle), Decimal(2)) for v in values)
    return numbers.sqrt(numbers.divide(_sum(squares), size - 1))


@_list_or_items("mode")
def mode(_run: Run, items: List) -> Value:
    """Return the most frequent numbers, from the smallest."""
    tally: dict[Decimal, int] = {}
    for value in _numbers(items):
        tally[value] = tally.get(value, 0) + 1
    most = max(tally.values(), default=0)
    return tuple(sorted(value for value, times in tally.items() if times == most))


def _all_or_any(items: List, decisive: bool) -> bool | None:
    result: bool | None = not decisive
    for item in items:
        if item is decisive:
            return decisive
        if item is not (not decisive):
            result = None
    return result


@_list_or_items("all")
def all_true(_run: Run, items: List) -> bool | None:
    """Return false if an item is false, else true if all are true, else null."""
    return _all_or_any(items, False)


@_list_or_items("any")
def any_true(_run: Run, items: List) -> bool | None:
    """Return true if an item is true, else false if all are false, else null."""
    return _all_or_any(items, True)


@builtin("sublist", "list: list, start position: number, length?: number", run=True)
def sublist(run: Run, items: List, start: Decimal, length: Decimal | None = None) -> Value:
    """Return the items from a position on, at most so many."""
    begin = _index(items, start)
    if length is not None and not 0 <= whole(length) <= len(items) - begin:
        raise Failure("list-too-short", length=length)
    end = len(items) if length is None else begin + whole(length)
    run.meter.spend_items(end - begin)
    return items[begin:end]


def _index(items: List, position: Decimal) -> int:
    place = whole(position)
    index = place - 1 if place > 0 else len(items) + place
    if place == 0 or not 0 <= index < len(items):
        raise Failure("no-position", length=len(items), position=position)
    return index


@builtin("append", "list: list, *item: any?", run=True)
def append(run: Run, items: List, more: List) -> Value:
    """Return the list with items added at its end."""
    return _made(run, (*items, *more))


def _made(run: Run, items: List) -> List:
    run.meter.spend_items(len(items))
    return items


@builtin("concatenate", "*list: list", run=True)
def concatenate(run: Run, lists: tuple[List, ...]) -> List:
    """Return the items of all lists, one list after the other."""
    run.meter.spend_items(sum(map(len, lists)))
    return tuple(item for items in lists for item in items)


@builtin("insert before", "list: list, position: number, newItem: any?", run=True)
def insert_before(run: Run, items: List, position: Decimal, new: Value) -> Value:
    """Return the list with an item put in at a position."""
    index = _index(items, position)
    return _made(run, (*items[:index], new, *items[index:]))


@builtin("remove", "list: list, position: number", run=True)
def remove(run: Run, items: List, position: Decimal) -> Value:
    """Return the list without the item at a position."""
    index = _index(items, position)
    return _made(run, (*items[:index], *items[index + 1 :]))


@builtin("list replace", "list: list, position: number, newItem: any?", run=True)
def list_replace(run: Run, items: List, position: Decimal, new: Value) -> Value:
    """Return the list with the item at a position replaced."""
    index = _index(items, position)
    return _made(run, (*items[:index], new, *items[index + 1 :]))


@builtin("list replace", "list: list, match: function, newItem: any?", run=True)
def list_replace_matching(run: Run, items: List, match: FeelFunction, new: Value) -> Value:
    """Return the list with each item replaced for which ``match(item, newItem)`` is true."""
    if len(match.params) != 2:
        raise Failure("replaces-by")
    made: list[Value] = []
    for item in items:
        verdict = invoke(match, (item, new), run)
        if not isinstance(verdict, bool):
            raise Failure("not-a-verdict", kind=a(verdict))
        made.append(new if verdict else item)
    return _made(run, tuple(made))


@builtin("reverse", "list: list", run=True)
def reverse(run: Run, items: List) -> Value:
    """Return the items from the last to the first."""
    return _made(run, items[::-1])


@builtin("index of", "list: list, match: any?", run=True)
def index_of(run: Run, items: List, match: Value) -> Value:
    """Return the positions of the items that equal the match."""
    places = [n for n, item in enumerate(items, 1) if _same(run, item, match)]
    return tuple(Decimal(place) for place in places)


@builtin("union", "*list: list", run=True)
def union(run: Run, lists: tuple[List, ...]) -> List:
    """Return the items of all lists, each once."""
    return distinct_values(run, concatenate(run, lists))


@builtin("distinct values", "list: list", run=True)
def distinct_values(run: Run, items: List) -> List:
    """Return the items, each once, in the order they are met."""
    kept: list[Value] = []
    for item in items:
        if not any(_same(run, item, other) for other in kept):
            kept.append(item)
    return _made(run, tuple(kept))


@builtin("duplicate values", "list: list", run=True)
def duplicate_values(run: Run, items: List) -> Value:
    """Return the items that are there more than once. Camunda's addition to DMN."""
    unique = distinct_values(run, items)
    return tuple(u for u in unique if sum(_same(run, u, item) for item in items) > 1)


@builtin("flatten", "list: list", run=True)
def flatten(run: Run, items: List) -> Value:
    """Return the items of lists inside lists as one list."""
    run.meter.weigh(items)
    return tuple(_flat(items))


def _flat(items: List) -> Iterable[Value]:
    for item in items:
        if isinstance(item, tuple):
            yield from _flat(item)
        else:
            yield item


@builtin("sort", "list: list, precedes?: function", run=True)
def sort(run: Run, items: List, precedes: FeelFunction | None = None) -> Value:
    """Return the items in order: ``precedes(a, b)`` is true where a comes first."""
    compare = _natural if precedes is None else _by(precedes, run)
    return _made(run, tuple(sorted(items, key=cmp_to_key(compare))))


def _natural(one: Value, other: Value) -> int:
    sign = order(one, other)
    if sign is None:
        raise Failure("no-order", one=a(one), other=a(other))
    return sign


def _by(precedes: FeelFunction, run: Run) -> Callable[[Value, Value], int]:
    if len(precedes.params) != 2:
        raise Failure("sorts-by")

    def compare(one: Value, other: Value) -> int:
        if invoke(precedes, (one, other), run) is True:
            return -1
        return 1 if invoke(precedes, (other, one), run) is True else 0

    return compare


@builtin("partition", "list: list, size: number", run=True)
def partition(run: Run, items: List, size: Decimal) -> Value:
    """Return the list in parts of that size. Camunda's addition to DMN."""
    length = whole(size)
    if length < 1:
        raise Failure("size")
    run.meter.spend_items(len(items))
    return tuple(items[n : n + length] for n in range(0, len(items), length))


@builtin("is empty", "list: list")
def is_empty(items: List) -> bool:
    """Return whether the list has no items. Camunda's addition to DMN."""
    return not items
