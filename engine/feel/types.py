"""FEEL's types, for ``instance of``, declared parameters and DMN's item definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.feel.values import FeelFunction, Range, kind_of

SIMPLE = {
    "Any": "Any",
    "Null": "null",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "list": "list",
    "context": "context",
    "function": "function",
    "range": "range",
}
"""Type names as written, and the kind of value each stands for."""


@dataclass(frozen=True, slots=True)
class FeelType:
    """One type.

    :ivar kind: as :func:`engine.feel.values.kind_of` names it, or ``Any``, or ``unknown``.
    :ivar item: of a list or range, its items' type; of a function, its result's.
    :ivar entries: of a context, the types it must have, by name.
    :ivar params: of a function, its parameters' types; ``None`` if any will do.
    :ivar name: as written, for messages.
    """

    kind: str
    item: FeelType | None = None
    entries: Mapping[str, FeelType] = field(default_factory=dict)
    params: tuple[FeelType, ...] | None = None
    name: str = ""

    def accepts(self, value: object) -> bool:
        """Return whether the value is of this type; null is of none but inside a structure."""
        if self.kind == "Any":
            return value is not None
        return kind_of(value) == self.kind and self._accepts_parts(value)

    def conforms(self, value: object) -> bool:
        """Return whether the value may stand where this type is declared: null may."""
        return value is None or self.accepts(value)

    def _accepts_parts(self, value: object) -> bool:
        if isinstance(value, tuple):
            return self.item is None or all(self.item.conforms(item) for item in value)
        if isinstance(value, Range):
            ends = [end for end in (value.start, value.end) if end is not None]
            return self.item is None or all(self.item.accepts(end) for end in ends)
        if isinstance(value, Mapping):
            return all(k in value and t.conforms(value[k]) for k, t in self.entries.items())
        if isinstance(value, FeelFunction):
            return self._accepts_function(value)
        return True

    def _accepts_function(self, value: FeelFunction) -> bool:
        if self.params is None:
            return True
        if len(self.params) != len(value.params):
            return False
        # A parameter without a declared type takes anything, so it takes what is asked here.
        declared = [value.types.get(name) for name in value.params]
        pairs = zip(self.params, declared, strict=True)
        return all(ours is None or ours.covers(asked) for asked, ours in pairs)

    def covers(self, other: FeelType) -> bool:
        """Return whether every value of the other type is one of this type."""
        if self.kind == "Any":
            return True
        if self.kind != other.kind:
            return False
        if self.item is not None and (other.item is None or not self.item.covers(other.item)):
            return False
        return all(
            name in other.entries and kind.covers(other.entries[name])
            for name, kind in self.entries.items()
        )


ANY = FeelType("Any", name="Any")


def simple_type(name: str) -> FeelType | None:
    """Return the type of a name that needs no definition; ``None`` if FEEL has no such name."""
    kind = SIMPLE.get(name)
    return FeelType(kind, name=name) if kind else None
