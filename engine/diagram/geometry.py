"""Boxes and points of a diagram. One unit is one CSS pixel; y grows downwards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: its upper left corner and its size, in px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def cx(self) -> float:
        """The x of its centre."""
        return self.x + self.width / 2

    @property
    def cy(self) -> float:
        """The y of its centre."""
        return self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        """Say whether the two share some area."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def grown(self, by: float) -> Box:
        """Return this box with ``by`` px more on every side (less, if negative)."""
        return Box(
            self.x - by, self.y - by, max(self.width + 2 * by, 0), max(self.height + 2 * by, 0)
        )


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all; an empty one if there are none."""
    held = list(boxes)
    if not held:
        return Box(0, 0, 0, 0)
    left, top = min(b.x for b in held), min(b.y for b in held)
    return Box(left, top, max(b.right for b in held) - left, max(b.bottom for b in held) - top)


def distance(a: Point, b: Point) -> float:
    """Return how far two points are from each other, in px."""
    return math.hypot(b[0] - a[0], b[1] - a[1])


def towards(start: Point, end: Point, length: float) -> Point:
    """Return the point ``length`` px from ``start`` on the way to ``end``."""
    whole = distance(start, end)
    if whole == 0:
        return start
    share = length / whole
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def middle(points: Sequence[Point]) -> tuple[Point, Point, Point]:
    """Return the point half-way along a line, and the ends of the segment it lies on."""
    left = sum(map(distance, points, points[1:])) / 2
    for a, b in pairwise(points):
        length = distance(a, b)
        if length >= left > 0:
            return towards(a, b, left), a, b
        left -= length
    return points[0], points[0], points[-1]


def without_repeats(points: Sequence[Point]) -> list[Point]:
    """Return the points with those left out that lie on the one before."""
    kept = list(points[:1])
    kept.extend(b for a, b in pairwise(points) if distance(a, b) > 0.01)
    return kept
