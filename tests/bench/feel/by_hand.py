"""The benchmark's decision table as a chain of ifs, as a programmer would write it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

A1, A2, A3, A4, A5, A6, A7, A8, A9, A10 = (Decimal(500 * place) for place in range(10))
A11, A12, A13, A14, A15, A16, A17, A18, A19, A20 = (Decimal(500 * place) for place in range(10, 20))
F1, F2, F3, F4, F5, F6, F7, F8, F9, F10 = (Decimal(18 + place) for place in range(10))
F11, F12, F13, F14, F15, F16, F17, F18, F19, F20 = (Decimal(18 + place) for place in range(10, 20))
T1, T2, T3, T4, T5, T6, T7, T8, T9, T10 = (Decimal(40 + place) for place in range(10))
T11, T12, T13, T14, T15, T16, T17, T18, T19, T20 = (Decimal(40 + place) for place in range(10, 20))
H1, H2, H3, H4 = (Decimal(3 + place) for place in range(4))


def table_by_hand(context: Mapping[str, Any]) -> str | None:
    """Return what the table of :func:`tests.bench.feel.works.table_source` says."""
    kind, region = context["assistance"], context["region"]
    amount, age, household = context["amount"], context["age"], context["household"]
    if (
        kind == "business"
        and region == "north"
        and amount > A1
        and F1 <= age < T1
        and household <= H1
    ):
        return "outcome 1"
    if (
        kind == "employment"
        and region == "littoral"
        and amount > A2
        and F2 <= age < T2
        and household <= H2
    ):
        return "outcome 2"
    if (
        kind == "social"
        and region == "centre"
        and amount > A3
        and F3 <= age < T3
        and household <= H3
    ):
        return "outcome 3"
    if (
        kind == "training"
        and region == "east"
        and amount > A4
        and F4 <= age < T4
        and household <= H4
    ):
        return "outcome 4"
    if (
        kind == "business"
        and region == "west"
        and amount > A5
        and F5 <= age < T5
        and household <= H1
    ):
        return "outcome 5"
    if (
        kind == "employment"
        and region == "north"
        and amount > A6
        and F6 <= age < T6
        and household <= H2
    ):
        return "outcome 6"
    if (
        kind == "social"
        and region == "littoral"
        and amount > A7
        and F7 <= age < T7
        and household <= H3
    ):
        return "outcome 7"
    if (
        kind == "training"
        and region == "centre"
        and amount > A8
        and F8 <= age < T8
        and household <= H4
    ):
        return "outcome 8"
    if (
        kind == "business"
        and region == "east"
        and amount > A9
        and F9 <= age < T9
        and household <= H1
    ):
        return "outcome 9"
    if (
        kind == "employment"
        and region == "west"
        and amount > A10
        and F10 <= age < T10
        and household <= H2
    ):
        return "outcome 10"
    if (
        kind == "social"
        and region == "north"
        and amount > A11
        and F11 <= age < T11
        and household <= H3
    ):
        return "outcome 11"
    if (
        kind == "training"
        and region == "littoral"
        and amount > A12
        and F12 <= age < T12
        and household <= H4
    ):
        return "outcome 12"
    if (
        kind == "business"
        and region == "centre"
        and amount > A13
        and F13 <= age < T13
        and household <= H1
    ):
        return "outcome 13"
    if (
        kind == "employment"
        and region == "east"
        and amount > A14
        and F14 <= age < T14
        and household <= H2
    ):
        return "outcome 14"
    if (
        kind == "social"
        and region == "west"
        and amount > A15
        and F15 <= age < T15
        and household <= H3
    ):
        return "outcome 15"
    if (
        kind == "training"
        and region == "north"
        and amount > A16
        and F16 <= age < T16
        and household <= H4
    ):
        return "outcome 16"
    if (
        kind == "business"
        and region == "littoral"
        and amount > A17
        and F17 <= age < T17
        and household <= H1
    ):
        return "outcome 17"
    if (
        kind == "employment"
        and region == "centre"
        and amount > A18
        and F18 <= age < T18
        and household <= H2
    ):
        return "outcome 18"
    if (
        kind == "social"
        and region == "east"
        and amount > A19
        and F19 <= age < T19
        and household <= H3
    ):
        return "outcome 19"
    if (
        kind == "training"
        and region == "west"
        and amount > A20
        and F20 <= age < T20
        and household <= H4
    ):
        return "outcome 20"
    return None
