"""The token game: every marking that a net can reach, up to a bound, and what is wrong with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.bpmn.net import JOINS, Net, start_of

MOVE_LIMIT = 10_000
"""Moves tried in one body: below a second of work."""

Marking = frozenset[str]
FINISHED: Marking = frozenset()


@dataclass(frozen=True, slots=True)
class Violation:
    """A marking that must not be.

    :ivar rule: ``deadlock``, ``lack-of-synchronisation``, ``improper-completion`` or
        ``never-completes``. :ivar element: where. :ivar trace: elements and flows that lead there.
    """

    rule: str
    element: str
    trace: tuple[str, ...]


@dataclass(slots=True)
class Game:
    """What was found out.

    :ivar done: elements that were done at least once. :ivar complete: whether every reachable
        marking was looked at.
    """

    violations: list[Violation] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    complete: bool = True


def play(net: Net, starts: tuple[str, ...], *, must_complete: bool = True) -> Game:
    """Return what can happen in a net that begins at these elements.

    :param must_complete: whether an end must be reachable from everywhere.
    """
    return _Player(net, must_complete).play(starts)


class _Player:
    def __init__(self, net: Net, must_complete: bool) -> None:
        self.net = net
        self.must_complete = must_complete
        self.game = Game(complete=not net.undecided)
        self.came_from: dict[Marking, tuple[Marking | None, tuple[str, ...]]] = {}
        self.before: dict[Marking, list[Marking]] = {}
        self.seen: set[tuple[str, str]] = set()

    def play(self, starts: tuple[str, ...]) -> Game:
        waiting: deque[Marking] = deque()
        first = self._settle(None, set(), [start_of(name) for name in starts], ())
        if first is not None:
            waiting.append(first)
        moves = 0
        while waiting:
            marking = waiting.popleft()
            moved = False
            for left, gives, steps, ends in self._moves(marking):
                moved = True
                moves += 1
                if moves > MOVE_LIMIT:
                    self.game.complete = False
                    return self.game
                new = (
                    self._finish(marking, steps)
                    if ends
                    else (self._settle(marking, set(left), list(gives), steps))
                )
                if new is not None:
                    waiting.append(new)
            if not moved:
                self._stopped(marking)
        self._completes()
        return self.game

    # --- moves --------------------------------------------------------------------------------

    def _moves(
        self, marking: Marking
    ) -> Iterator[tuple[Marking, tuple[str, ...], tuple[str, ...], bool]]:
        """Yield what is left, what is given, by which steps, and whether everything ends."""
        # What nothing competes with may as well go first: the rest is still there afterwards.
        first = next((place for place in sorted(marking) if self._goes_first(place)), None)
        ready: Iterable[tuple[Marking, str]] = (
            self._ready(marking)
            if first is None
            else [(frozenset({first}), self.net.target[first].id)]
        )
        for taken, name in ready:
            for move in self.net.moves[name]:
                yield marking - taken, move.gives, move.steps, move.ends

    def _goes_first(self, place: str) -> bool:
        return (
            place in self.net.plain
            and place not in self.net.stays
            and self.net.target[place].kind not in JOINS
            and not any(move.ends for move in self.net.moves[self.net.target[place].id])
        )

    def _ready(self, marking: Marking) -> Iterator[tuple[Marking, str]]:
        joins: set[str] = set()
        for place in sorted(marking):
            if place in self.net.stays:
                continue
            element = self.net.target[place]
            if element.kind not in {"parallelGateway", "inclusiveGateway"}:
                yield frozenset({place}), element.id
            elif element.id not in joins:
                joins.add(element.id)
                taken = self._joined(element.id, element.kind, marking)
                if taken:
                    yield taken, element.id

    def _joined(self, name: str, kind: str, marking: Marking) -> Marking:
        flows = self.net.takes[name] - {start_of(name)}
        here = marking & self.net.takes[name]
        if start_of(name) in here or here == flows:
            return here
        if kind == "parallelGateway":
            return FINISHED
        wanted = frozenset[str]().union(*(self.net.reaching(flow) for flow in flows - here))
        other_ways = frozenset[str]().union(*(self.net.reaching(flow) for flow in here))
        return FINISHED if (marking - here) & (wanted - other_ways) else here

    def _settle(
        self, origin: Marking | None, marking: set[str], gives: list[str], steps: tuple[str, ...]
    ) -> Marking | None:
        """Return the marking after these places got tokens, if it is new and nothing is wrong.

        What goes on in one way only goes on at once.
        """
        trace = list(steps)
        while gives:
            place = gives.pop()
            element = self.net.target[place]
            moves = self.net.moves[element.id]
            if place in self.net.stays:
                trace.append(element.id)
            wrong = self._wrong(marking, place)
            if wrong:
                self.game.done |= set(trace)
                self._violation(wrong, element.id, origin, trace)
                return None
            if len(moves) == 1 and self._goes_first(place):
                trace += moves[0].steps
                gives += moves[0].gives
            else:
                marking.add(place)
        self.game.done |= set(trace)
        return self._reached(frozenset(marking), origin, tuple(trace))

    def _finish(self, origin: Marking, steps: tuple[str, ...]) -> Marking | None:
        self.game.done |= set(steps)
        return self._reached(FINISHED, origin, steps)

    def _reached(
        self, marking: Marking, origin: Marking | None, steps: tuple[str, ...]
    ) -> Marking | None:
        if origin is not None:
            self.before.setdefault(marking, []).append(origin)
        if marking in self.came_from:
            return None
        self.came_from[marking] = (origin, steps)
        return marking

    # --- what is wrong ------------------------------------------------------------------------

    def _wrong(self, marking: set[str], place: str) -> str:
        element = self.net.target[place]
        if place in self.net.side or (element.kind == "endEvent" and place not in self.net.stays):
            return ""
        if place in marking:
            return "improper-completion" if place in self.net.stays else "lack-of-synchronisation"
        others = self.net.merges.get(place)
        return "lack-of-synchronisation" if others and not others.isdisjoint(marking) else ""

    def _stopped(self, marking: Marking) -> None:
        stuck = [place for place in sorted(marking) if place not in self.net.stays]
        for place in stuck[:1]:
            self._violation("deadlock", self.net.target[place].id, marking, [])

    def _violation(self, rule: str, element: str, origin: Marking | None, steps: list[str]) -> None:
        if (rule, element) in self.seen:
            return
        self.seen.add((rule, element))
        self.game.violations.append(Violation(rule, element, (*self._trace(origin), *steps)))

    def _trace(self, marking: Marking | None) -> tuple[str, ...]:
        parts: list[tuple[str, ...]] = []
        while marking is not None:
            marking, steps = self.came_from[marking]
            parts.append(steps)
        return tuple(step for steps in reversed(parts) for step in steps)

    def _completes(self) -> None:
        """Note a marking from which nothing leads to an end, where all markings are known."""
        if not (self.must_complete and self.game.complete) or self.game.violations:
            return
        good = [m for m in self.came_from if all(place in self.net.stays for place in m)]
        seen = set(good)
        while good:
            for origin in self.before.get(good.pop(), ()):
                if origin not in seen:
                    seen.add(origin)
                    good.append(origin)
        for marking in self.came_from:
            if marking not in seen:
                place = min(p for p in marking if p not in self.net.stays)
                self._violation("never-completes", self.net.target[place].id, marking, [])
                return
