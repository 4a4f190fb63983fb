"""Random well-formed diagrams, done in random order, against a token game of their blocks."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import bpmn
from engine.bpmn.checks import elements_of
from engine.bpmn.interpreter import take
from engine.bpmn.journal import Journal
from engine.bpmn.state import read_state, write_state
from engine.model import CaseStatus, Command, CompleteActivity, Outcome, TriggerEvent
from tests.unit.bpmn.blocks import BITS, Shape, drawn, named, shapes
from tests.unit.bpmn.oracle import Game
from tests.unit.bpmn.play import CASE, NOW, Play, compiled

STEPS = 300
CHANCE = st.randoms(use_true_random=False)
CHOICES = st.lists(st.booleans(), min_size=BITS, max_size=BITS)


class Both:
    """One case twice: read back before every step, and kept in memory throughout."""

    def __init__(self, source: bytes, bits: list[bool]) -> None:
        self.publication = compiled(source)
        elements = elements_of(self.publication.processes.values())
        self.tasks = {element.id for element in elements if element.kind == "task"}
        values = {f"bit{n}": bit for n, bit in enumerate(bits)}
        self.play = Play(self.publication, **values)
        self.context = bpmn.StepContext(CASE, NOW)
        self.kept = read_state(self.publication, self.play.state, self.context)

    def offers(self) -> list[str]:
        """Names of what waits."""
        rows = self.play.waiting
        return [item.element_id for kind in ("tasks", "timers") for item in rows[kind].values()]

    def said(self) -> list[str]:
        """Names of the undefined tasks that the last step passed."""
        return [
            event.element_id
            for event in self.play.last.events
            if event.kind == "element.completed" and event.element_id in self.tasks
        ]

    def do(self, name: str, turn: int) -> None:
        """Let one of those of a name happen, in both; they must agree in every detail."""
        command = self._command(name, turn)
        self.play.do(command)
        self.kept.journal = Journal(self.kept.next_activation)
        assert told(take(self.kept, command)) == told(self.play.last)
        if self.play.status is CaseStatus.ACTIVE:
            rested = read_state(self.publication, self.play.state, self.context)
            assert write_state(rested) == self.play.state

    def _command(self, name: str, turn: int) -> Command:
        for kind, command in (("tasks", CompleteActivity), ("timers", TriggerEvent)):
            rows = self.play.waiting[kind]
            found = sorted(a for a, item in rows.items() if item.element_id == name)
            if found:
                if kind == "timers":
                    del rows[found[turn]]
                return command(found[turn])
        raise AssertionError(f"nothing waits at {name}")


def told(outcome: Outcome) -> tuple[object, ...]:
    return outcome.state, outcome.status, outcome.events, outcome.withdrawn


def check(shape: Shape, bits: list[bool], chance: Random) -> None:
    """Play a shape; the engine and the game must offer and say the same until both are over."""
    shape = named(shape)
    both, game = Both(drawn(shape), bits), Game(shape, bits)
    for _ in range(STEPS):
        assert both.play.waiting["incidents"] == {}
        assert Counter(both.said()) == Counter(game.said)
        assert Counter(both.offers()) == Counter(game.offers())
        assert both.play.done == game.over
        if game.over:
            break
        game.said.clear()
        names = sorted(set(game.offers()))
        name = chance.choice(names)
        turn = chance.randrange(game.offers().count(name))
        game.do(name, turn)
        both.do(name, turn)
    check_history(both.play)


def check_history(play: Play) -> None:
    """What was entered was left, once; nothing waits when the case is over."""
    happened = Counter(
        (event.kind, event.activation) for event in play.events if event.kind.startswith("element.")
    )
    assert set(happened.values()) == {1}
    if not play.done:
        return
    assert all(not rows for rows in play.waiting.values())
    entered = {a for kind, a in happened if kind == "element.entered"}
    left = {a for kind, a in happened if kind in {"element.completed", "element.cancelled"}}
    assert entered == left


@settings(max_examples=100)
@given(shapes(8), CHOICES, CHANCE)
def test_a_random_case_offers_and_says_what_the_rules_of_tokens_say(shape, bits, chance):
    check(shape, bits, chance)


@pytest.mark.long
@settings(max_examples=2_000)
@given(shapes(30), CHOICES, CHANCE)
def test_a_large_random_case_offers_and_says_what_the_rules_of_tokens_say(shape, bits, chance):
    check(shape, bits, chance)
