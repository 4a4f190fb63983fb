"""Random cases at random moments move to another version and go on as the rules of tokens say."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.migrate import migrate
from engine.model import CompleteActivity, Outcome, TriggerEvent
from tests.unit.bpmn.blocks import BITS, drawn, named, shapes
from tests.unit.bpmn.oracle import Game
from tests.unit.bpmn.play import Play, compiled
from tests.unit.bpmn.test_migrate import move

STEPS = 300
CHANCE = st.randoms(use_true_random=False)
CHOICES = st.lists(st.booleans(), min_size=BITS, max_size=BITS)
NAME = re.compile(r"\b(?=[a-z]+(?:_[a-z]+)?\d)(?!bit|n_)([a-z_]+\d+)")
"""The beginning of every id of a drawn shape, but of no variable."""


def renamed(text: str) -> str:
    return NAME.sub(r"new_\1", text)


def begin(source: bytes, bits: list[bool]) -> Play:
    return Play(compiled(source), **{f"bit{n}": bit for n, bit in enumerate(bits)})


def do(play: Play, name: str, turn: int) -> None:
    """Let one of those of a name happen."""
    for kind, command in (("tasks", CompleteActivity), ("timers", TriggerEvent)):
        rows = play.waiting[kind]
        found = sorted(a for a, item in rows.items() if item.element_id == name)
        if found:
            if kind == "timers":
                del rows[found[turn]]
            play.do(command(found[turn]))
            return
    raise AssertionError(f"nothing waits at {name}")


def step(play: Play, game: Game, chance: Random, *, moved: bool = False) -> None:
    """Let the same happen in a case and in the game."""
    name = chance.choice(sorted(set(game.offers())))
    turn = chance.randrange(game.offers().count(name))
    game.do(name, turn)
    do(play, renamed(name) if moved else name, turn)


@settings(max_examples=60)
@given(shapes(8), CHOICES, st.integers(0, 8), CHANCE)
def test_moving_a_random_case_to_the_same_diagram_changes_nothing(shape, bits, steps, chance):
    shape = named(shape)
    source = drawn(shape)
    play, game = begin(source, bits), Game(shape, bits)
    for _ in range(steps):
        if not game.over:
            step(play, game, chance)
    if game.over:
        return
    found = migrate(play.publication, compiled(source), play.state, {}, play._context())
    assert found.outcome == Outcome(play.state, play.status)
    assert (found.tasks, found.subscriptions, found.calls) == ((), (), ())
    assert {str(each.fate) for each in found.plan.moves} == {"kept"}
    rows = {a: item.element_id for kind in play.waiting.values() for a, item in kind.items()}
    assert {a: found.places[a] for a in rows} == rows


@settings(max_examples=80)
@given(shapes(8), CHOICES, st.integers(0, 8), CHANCE)
def test_a_random_case_goes_on_in_a_diagram_whose_every_id_is_another(shape, bits, steps, chance):
    shape = named(shape)
    source = drawn(shape).decode()
    ids = re.findall(r' id="([^"]+)"', source)
    mapping = {name: renamed(name) for name in ids if renamed(name) != name}
    play, game = begin(source.encode(), bits), Game(shape, bits)
    for _ in range(steps):
        if not game.over:
            step(play, game, chance)
    if not game.over:
        move(play, compiled(renamed(source).encode()), **mapping)
        assert not re.search(r'"at":"(?!new_)[a-z]', play.state.decode())
    for _ in range(STEPS):
        if game.over:
            break
        offers = [i.element_id for k in ("tasks", "timers") for i in play.waiting[k].values()]
        assert Counter(offers) == Counter(map(renamed, game.offers()))
        step(play, game, chance, moved=True)
    assert play.done
    assert all(not rows for rows in play.waiting.values())
