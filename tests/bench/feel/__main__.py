"""``python -m tests.bench.feel``: FEEL against Python by hand, in one run; feelin beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from engine.dmn import evaluate
from engine.feel import parse
from tests.bench.feel.by_hand import table_by_hand
from tests.bench.feel.node import feelin_row
from tests.bench.feel.timing import medians_s
from tests.bench.feel.works import (
    CONDITION,
    CONDITION_CONTEXT,
    NOTHING_MATCHES,
    RULES,
    condition_by_hand,
    context_of,
    read_table,
)

CONDITION_LIMIT = 5.0
"""Times the Python function that the compiled comparison may cost."""

TABLE_LIMIT = 10.0
"""Times the Python chain of ifs that the table may cost."""

Work = Callable[[], object]


def condition_works() -> tuple[Work, Work]:
    """Return the comparison by FEEL and by hand, which agree."""
    expression = parse(CONDITION)
    assert expression.evaluate(CONDITION_CONTEXT) is condition_by_hand(CONDITION_CONTEXT) is True
    return (
        lambda: expression.evaluate(CONDITION_CONTEXT),
        lambda: condition_by_hand(CONDITION_CONTEXT),
    )


def table_works() -> dict[str, tuple[Work, Work]]:
    """Return the table by DMN and by hand, for an early, a middle, a late and no rule."""
    model = read_table()
    places = {"rule 1": 0, "rule 10": 9, "rule 20": RULES - 1}
    contexts = {name: context_of(place) for name, place in places.items()}
    contexts["no rule"] = NOTHING_MATCHES
    works: dict[str, tuple[Work, Work]] = {}
    for name, context in contexts.items():
        assert evaluate(model, "D", context).value == table_by_hand(context), name
        works[name] = (
            lambda context=context: evaluate(model, "D", context),  # type: ignore[misc]
            lambda context=context: table_by_hand(context),  # type: ignore[misc]
        )
    return works


def measured() -> list[tuple[str, float, float, float]]:
    """Return name, ratio, limit and FEEL's median microseconds of everything measured."""
    works = {"comparison": condition_works(), **table_works()}
    flat = {f"{name}|{side}": pair[side] for name, pair in works.items() for side in (0, 1)}
    seconds = medians_s(flat)
    rows = []
    for name in works:
        feel, hand = seconds[f"{name}|0"], seconds[f"{name}|1"]
        limit = CONDITION_LIMIT if name == "comparison" else TABLE_LIMIT
        rows.append((name, feel / hand, limit, feel * 1e6))
    return rows


def main() -> int:
    """Print the ratios; 1 if one is past its limit."""
    late = 0
    for name, ratio, limit, micros in measured():
        what = CONDITION if name == "comparison" else f"{RULES} rules, 5 inputs, {name} matches"
        print(f"feel: {what}: {ratio:.1f} times Python (limit {limit:.0f}; {micros:.2f} µs)")
        late += ratio > limit
    shown = {"amount": 1200, "assistance": "business"}
    print(feelin_row(CONDITION, shown))
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
