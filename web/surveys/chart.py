"""Scores over time as an SVG drawn on the server: presentation attributes and figures only.

No word stands in the drawing, so it reads the same in every language, on paper and on a
right-to-left page; the legend and the table beside it say what the marks are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup, escape

WIDTH, HEIGHT = 560, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 20, 14, 34
_INK, _GRID = "#47524f", "#c9d3d1"

COLOURS = ("#0b4f55", "#a4262c", "#6b4e16", "#1f6f43", "#4b3a7a", "#14201f")
"""One a line, each 5:1 or more on white; the mark's shape and the dashes say the same."""
_DASHES = ("", "7 4", "2 4", "10 3 2 3", "4 2", "1 3")

Point = tuple[int, Decimal]
"""Months since the support began, and a score from 0 to 1."""


def draw(series: Mapping[str, Sequence[Point]], label: str) -> Markup:
    """Return the drawing of some lines; empty where there is nothing to draw.

    :param series: points by line, in order of time.
    :param label: what the drawing shows, for screen readers.
    """
    months = sorted({month for points in series.values() for month, _ in points})
    if not months:
        return Markup("")
    last = max(months[-1], 1)
    parts = [_frame(months, last)]
    for number, points in enumerate(series.values()):
        parts.append(_line(number, [(_x(m, last), _y(v)) for m, v in points]))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{escape(label)}" '
        'class="ps-chart">'
    )
    # Figures only, the label escaped above.
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704


def mark(number: int) -> Markup:
    """Return a line's mark alone, for the legend."""
    drawn = _mark(number, 12, 8)
    dash = f' stroke-dasharray="{_DASHES[number % 6]}"' if _DASHES[number % 6] else ""
    line = f'<path d="M0 8H24" stroke="{COLOURS[number % 6]}" stroke-width="2"{dash}/>'
    return Markup(  # noqa: S704
        f'<svg width="24" height="16" viewBox="0 0 24 16" aria-hidden="true">{line}{drawn}</svg>'
    )


def _frame(months: Sequence[int], last: int) -> str:
    parts = []
    for tenth in (0, 5, 10):
        y = _y(Decimal(tenth) / 10)
        parts.append(f'<path d="M{_LEFT} {y}H{WIDTH - _RIGHT}" stroke="{_GRID}"/>')
        parts.append(_text(_LEFT - 8, y + 4, f"{tenth / 10:g}", "end"))
    for month in months:
        parts.append(_text(_x(month, last), HEIGHT - 10, str(month), "middle"))
    return "".join(parts)


def _line(number: int, points: Sequence[tuple[float, float]]) -> str:
    colour, dash = COLOURS[number % 6], _DASHES[number % 6]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    parts = [
        f'<path d="M{a[0]} {a[1]}L{b[0]} {b[1]}" stroke="{colour}" stroke-width="2"{dashes}/>'
        for a, b in pairwise(points)
    ]
    return "".join([*parts, *(_mark(number, *point) for point in points)])


def _mark(number: int, x: float, y: float) -> str:
    colour = COLOURS[number % 6]
    if number % 3 == 0:
        return f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>'
    if number % 3 == 1:
        return f'<path d="M{x - 5} {y - 5}h10v10h-10z" fill="{colour}"/>'
    return f'<path d="M{x} {y - 6}l6 11h-12z" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="13" fill="{_INK}" text-anchor="{anchor}" '
        f'font-family="sans-serif">{text}</text>'
    )


def _x(month: int, last: int) -> float:
    return round(_LEFT + 12 + (WIDTH - _LEFT - _RIGHT - 24) * month / last, 1)


def _y(value: Decimal) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - float(value)), 1)
