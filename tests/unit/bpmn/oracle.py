"""A token game of its own: what a block of :mod:`tests.unit.bpmn.blocks` offers and says.

It knows nothing of the engine, of gateways or of BPMN's files: it plays the blocks themselves.
What is left of a block is a node of a tree; ``None`` is a block that is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Shape = tuple[Any, ...]


@dataclass
class Rest:
    """What is left of a block.

    :ivar inner: what runs in it. :ivar sides: what was begun beside it, in the same scope.
    :ivar after: blocks that follow one another after what runs. :ivar event: name of the event
        that can happen while it runs, if any. :ivar born: number of what waits, in turn.
    """

    kind: str
    name: str
    inner: list[Rest | None] = field(default_factory=list)
    sides: list[Rest | None] = field(default_factory=list)
    after: list[Shape] = field(default_factory=list)
    event: str = ""
    born: int = 0
    begins: Shape | None = None


class Game:
    """One case.

    :ivar said: names of what was passed without waiting, since it was last asked.
    """

    def __init__(self, shape: Shape, bits: list[bool]) -> None:
        self.bits = bits
        self.said: list[str] = []
        self._births = count()
        self.rest: Rest | None = self._scope("process", "", [shape])

    @property
    def over(self) -> bool:
        """Whether the case is completed."""
        return self.rest is None

    def offers(self) -> list[str]:
        """Return the names of what waits; of one name the one that began first comes first."""
        return [name for name, _, _ in self._in_order()]

    def do(self, name: str, turn: int) -> None:
        """Let one of those of a name happen, counting from 0."""
        found = [each for each in self._in_order() if each[0] == name]
        _, rest, path = found[turn]
        self._happen(rest, path)
        self.rest = self._settle(self.rest)

    # --- beginning --------------------------------------------------------------------------

    def _begin(self, shape: Shape) -> Rest | None:
        kind, name, parts, *number = shape
        if kind == "say":
            self.said.append(name)
            return None
        if kind in {"user", "timer"}:
            return Rest("leaf", name, born=next(self._births))
        if kind == "row":
            return self._settle(Rest("row", name, after=list(parts)))
        if kind == "loop":
            again = max(number[0], 1)
            end = ("say", name, ())
            return self._settle(Rest("row", name, after=[*parts * again, end]))
        if kind in {"parallel", "exclusive", "inclusive", "conditional", "implicit"}:
            if kind in {"conditional", "implicit"}:
                self.said.append(f"{name}f")
            chosen = [self._begin(part) for part in self._chosen(kind, parts)]
            return self._settle(Rest("all", name, chosen))
        return self._around(kind, name, parts, *number)

    def _chosen(self, kind: str, parts: tuple[Shape, ...]) -> list[Shape]:
        if kind in {"parallel", "implicit"}:
            return list(parts)
        true = [part for part, bit in zip(parts[1:], self.bits, strict=False) if bit]
        return (true[:1] if kind == "exclusive" else true) or [parts[0]]

    def _around(
        self, kind: str, name: str, parts: tuple[Shape, ...], number: int = 0
    ) -> Rest | None:
        if kind == "together":
            found = [self._scope("scope", name, [parts[0]]) for _ in range(number)]
            return self._settle(Rest("all", name, found))
        if kind in {"in turn", "standard"}:
            return self._settle(Rest("row", name, after=[("sub", name, parts)] * number))
        if kind in {"raises", "terminates"}:
            first = ("row", name, (("user", f"{name}u", ()), parts[0]))
            found = [self._begin(first), self._begin(parts[1])]
            return self._settle(Rest("broken", name, found))
        scope = self._scope("scope", name, [parts[0]])
        if scope is not None and kind != "sub":
            scope.kind = kind
            scope.event, scope.born = f"{name}b", next(self._births)
            scope.begins = None if kind == "interrupted" else parts[1]
        return scope

    def _scope(self, kind: str, name: str, after: list[Shape]) -> Rest | None:
        return self._settle(Rest(kind, name, after=after))

    # --- what waits ---------------------------------------------------------------------------

    def _in_order(self) -> list[tuple[str, Rest, tuple[Rest, ...]]]:
        return sorted(self._waiting(self.rest), key=lambda each: each[1].born)

    def _waiting(
        self, rest: Rest | None, path: tuple[Rest, ...] = ()
    ) -> Iterator[tuple[str, Rest, tuple[Rest, ...]]]:
        if rest is None:
            return
        if rest.kind == "leaf":
            yield rest.name, rest, path
        if rest.event:
            yield rest.event, rest, path
        for inner in (*rest.inner, *rest.sides):
            yield from self._waiting(inner, (*path, rest))

    def _happen(self, rest: Rest, path: tuple[Rest, ...]) -> None:
        if rest.kind == "leaf":
            rest.kind = "done"
            return
        rest.event = ""
        if rest.kind == "interrupted":
            rest.kind = "done"
            return
        assert rest.begins is not None
        side = self._begin(rest.begins)
        # An event sub-process lies in the scope that it listens in, a boundary event around it.
        home = rest if rest.kind == "listening" else _scope_around(path)
        home.sides.append(side)

    # --- going on -------------------------------------------------------------------------------

    def _settle(self, rest: Rest | None) -> Rest | None:
        """Take away what is done and begin what follows, until everything waits."""
        if rest is None or rest.kind == "done":
            return None
        if rest.kind == "leaf":
            return rest
        rest.inner = [self._settle(inner) for inner in rest.inner]
        rest.sides = [left for side in rest.sides if (left := self._settle(side)) is not None]
        if rest.kind == "broken":
            return None if rest.inner[0] is None else rest
        rest.inner = [left for left in rest.inner if left is not None]
        while not rest.inner and rest.after:
            begun = self._begin(rest.after.pop(0))
            rest.inner = [] if begun is None else [begun]
        return rest if rest.inner or rest.sides else None


def _scope_around(path: tuple[Rest, ...]) -> Rest:
    scopes = {"process", "scope", "interrupted", "watched", "listening", "broken"}
    return next(rest for rest in reversed(path) if rest.kind in scopes)
