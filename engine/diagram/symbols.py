"""The small drawings inside shapes, as paths: task icons, event symbols, markers, badges."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.diagram.geometry import Point
from engine.diagram.style import PAPER, Look
from engine.diagram.svg import Pen, number


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawing around the origin.

    :ivar outline: what is filled when the symbol is solid, otherwise only drawn round.
    :ivar detail: lines on top, in paper's colour on a solid symbol.
    """

    outline: str
    detail: str = ""
    solid: bool = False
    weight: float = 1.2


def _circle(radius: float, x: float = 0, y: float = 0) -> str:
    r, d = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)} a{r} {r} 0 1 0 {d} 0 a{r} {r} 0 1 0 -{d} 0 Z"


def _spokes(count: int, inner: float, outer: float) -> str:
    angles = (math.tau * step / count for step in range(count))
    return " ".join(
        f"M{number(inner * math.sin(a))} {number(-inner * math.cos(a))} "
        f"L{number(outer * math.sin(a))} {number(-outer * math.cos(a))}"
        for a in angles
    )


def _polygon(count: int, radius: float) -> str:
    angles = (math.tau * step / count for step in range(count))
    points = (f"{number(radius * math.sin(a))} {number(-radius * math.cos(a))}" for a in angles)
    return "M" + " L".join(points) + " Z"


def _gear(teeth: int, inner: float, outer: float) -> str:
    points = []
    for tooth in range(teeth):
        for share, radius in ((-0.29, inner), (-0.19, outer), (0.19, outer), (0.29, inner)):
            angle = math.tau * (tooth + share) / teeth
            points.append(f"{number(radius * math.sin(angle))} {number(-radius * math.cos(angle))}")
    return "M" + " L".join(points) + " Z"


_ENVELOPE = ("M-9 -6 H9 V6 H-9 Z", "M-9 -6 L0 1.2 L9 -6")
_PLUS = "M-2.5 -9 H2.5 V-2.5 H9 V2.5 H2.5 V9 H-2.5 V2.5 H-9 V-2.5 H-2.5 Z"

# On a ring of radius 18 px, the usual size of an event.
EVENT_SYMBOLS = {
    "message": Symbol(*_ENVELOPE),
    "timer": Symbol(_circle(10.5), f"M0 -6.5 V0 L4.2 2.6 {_spokes(12, 8.6, 10.5)}"),
    "error": Symbol("M-8.5 8.5 L-3.8 -7.5 L2 1.8 L8.5 -8.5 L4 7.5 L-1.8 -1.2 Z"),
    "signal": Symbol("M0 -9.5 L9 6.5 H-9 Z"),
    "escalation": Symbol("M0 -10 L7.5 8.5 L0 1.8 L-7.5 8.5 Z"),
    "terminate": Symbol(_circle(10.5), solid=True),
    "conditional": Symbol(
        "M-7 -9 H7 V9 H-7 Z", "M-4.5 -5 H4.5 M-4.5 -1.7 H4.5 M-4.5 1.7 H4.5 M-4.5 5 H4.5"
    ),
    "link": Symbol("M-9.5 -3.8 H2 V-8.5 L10.5 0 L2 8.5 V3.8 H-9.5 Z"),
    "compensate": Symbol("M-0.5 -6.5 L-9.5 0 L-0.5 6.5 Z M8.5 -6.5 L-0.5 0 L8.5 6.5 Z"),
    "cancel": Symbol(
        "M-8.5 -5.5 L-5.5 -8.5 L0 -3 L5.5 -8.5 L8.5 -5.5 L3 0 "
        "L8.5 5.5 L5.5 8.5 L0 3 L-5.5 8.5 L-8.5 5.5 L-3 0 Z"
    ),
    "multiple": Symbol(_polygon(5, 10)),
    "parallelMultiple": Symbol(_PLUS),
}  # fmt: skip

# Within ±8 px.
TASK_ICONS = {
    "userTask": Symbol(
        "M-6.2 7 V4.6 C-6.2 1.9 -3.8 0.9 0 0.9 C3.8 0.9 6.2 1.9 6.2 4.6 V7 Z "
        + _circle(3.2, 0, -3.6)
    ),
    "serviceTask": Symbol(_gear(8, 5.4, 7.4), _circle(2.3)),
    "scriptTask": Symbol(
        "M-3.5 -7 H6.5 C3.2 -4.6 3.6 -2.2 5 0 C6.4 2.4 6.2 5 3.2 7 H-6.8 "
        "C-3.6 5 -3.6 2.4 -5 0 C-6.4 -2.2 -6.6 -4.6 -3.5 -7 Z",
        "M-3.2 -3.8 H2 M-2.4 -0.3 H2.6 M-1.4 3.4 H3",
    ),
    "businessRuleTask": Symbol("M-7 -5.5 H7 V5.5 H-7 Z", "M-7 -2 H7 M-7 1.8 H7 M-2.6 -2 V5.5"),
    "sendTask": Symbol("M-7.5 -5 H7.5 V5 H-7.5 Z", "M-7.5 -5 L0 1 L7.5 -5", solid=True),
    "receiveTask": Symbol("M-7.5 -5 H7.5 V5 H-7.5 Z", "M-7.5 -5 L0 1 L7.5 -5"),
    "manualTask": Symbol(
        "M-7 0 L-2.6 -4.8 C-1.7 -5.6 -0.4 -4.6 -1 -3.6 L-2.1 -2 H5.6 C6.9 -2 6.9 -0.2 5.6 -0.2 "
        "H6.3 C7.5 -0.2 7.5 1.6 6.3 1.6 H5.7 C6.9 1.6 6.9 3.4 5.7 3.4 H4.6 "
        "C5.7 3.4 5.7 5.2 4.6 5.2 H-2.6 C-4.8 5.2 -6 4.3 -7 3.2 Z",
        "M1 -0.2 H5.6 M1 1.6 H5.7 M1 3.4 H4.6",
    ),
}

# Within ±7 px.
MARKERS = {
    "collapsed": Symbol("M-6 -6 H6 V6 H-6 Z", "M-3.5 0 H3.5 M0 -3.5 V3.5"),
    "parallel": Symbol("", "M-4 -5.5 V5.5 M0 -5.5 V5.5 M4 -5.5 V5.5", weight=2),
    "sequential": Symbol("", "M-5.5 -4 H5.5 M-5.5 0 H5.5 M-5.5 4 H5.5", weight=2),
    "loop": Symbol("", "M-2 4.9 A5.3 5.3 0 1 1 2.4 4.7 M-6 5 H-1.8 V0.9", weight=1.5),
    "compensation": Symbol("M-0.5 -4.5 L-6.5 0 L-0.5 4.5 Z M6 -4.5 L0 0 L6 4.5 Z"),
    "ad-hoc": Symbol("", "M-6 2 C-4 -3.4 -1.6 -2 0 0 C1.6 2 4 3.4 6 -2", weight=2),
}

# Within a diamond of 50 px.
GATEWAY_SYMBOLS = {
    "exclusiveGateway": Symbol("", "M-6 -8 L6 8 M6 -8 L-6 8", weight=3),
    "parallelGateway": Symbol("", "M-10 0 H10 M0 -10 V10", weight=3),
    "inclusiveGateway": Symbol("", _circle(10), weight=2.5),
    "complexGateway": Symbol("", "M-10 0 H10 M0 -10 V10 M-7 -7 L7 7 M7 -7 L-7 7", weight=2.5),
    "eventBasedGateway": Symbol(f"{_circle(13)} {_circle(10.5)} {_polygon(5, 6.5)}"),
}

DATA_ARROW = Symbol("M-6 -2.2 H1 V-5.5 L7 0 L1 5.5 V2.2 H-6 Z")
ENVELOPE = Symbol(*_ENVELOPE)

_BADGES = {"done": "M-3.4 0.2 L-1 2.8 L3.6 -2.8", "active": "M-2 -3.4 L3.6 0 L-2 3.4 Z",
           "failed": "M0 -4 V0.8 M0 3.4 V3.6"}  # fmt: skip


def stamp(
    pen: Pen, symbol: Symbol, at: Point, look: Look, *, scale: float = 1, solid: bool = False
) -> None:
    """Draw a symbol around a point, in the colours of its shape."""
    filled = solid or symbol.solid
    here = pen.within(
        transform=f"translate({number(at[0])} {number(at[1])}) scale({number(scale)})",
        fill="none",
        stroke=look.stroke,
        stroke_width=symbol.weight,
        stroke_linejoin="round",
        stroke_linecap="round",
    )
    if symbol.outline:
        here.path(symbol.outline, fill=look.stroke if filled else look.fill)
    if symbol.detail:
        here.path(symbol.detail, stroke=PAPER if filled else None)


def badge(pen: Pen, at: Point, look: Look, radius: float = 8) -> None:
    """Draw the sign of a state (tick, arrow, exclamation mark) for those who see no colours."""
    if not look.state:
        return
    pen.circle(at, radius, fill=look.stroke, stroke=PAPER, stroke_width=1.5)
    pen.path(
        _BADGES[look.state],
        transform=f"translate({number(at[0])} {number(at[1])}) scale({number(radius / 8)})",
        fill=PAPER if look.state == "active" else "none",
        stroke=PAPER,
        stroke_width=2 if look.state != "active" else 1,
        stroke_linejoin="round",
        stroke_linecap="round",
    )
