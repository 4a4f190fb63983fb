"""Random well-formed diagrams, done in random order: every case ends, and nothing is left over."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import bpmn
from engine.bpmn.migrate import migrate
from engine.bpmn.state import read_state, write_state
from engine.model import CaseStatus, Outcome
from tests.unit.bpmn.diagrams import bpmn as diagram
from tests.unit.bpmn.diagrams import each, end, flow, line, node, start, timer, user
from tests.unit.bpmn.play import CASE, NOW, Play, compiled

LEAF = st.sampled_from(["task", "user", "votes", "timer", "watched"])
BLOCKS = st.recursive(
    LEAF,
    lambda inner: st.tuples(
        st.sampled_from(["row", "parallel", "exclusive", "inclusive", "sub", "interrupted"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=10,
)


class Drawing:
    """Draws a block; each has one way in and one way out."""

    def __init__(self) -> None:
        self.ids = count(1)

    def block(self, shape: object) -> tuple[str, str, str]:
        """Return the XML, the first element's id and the last one's."""
        if isinstance(shape, str):
            return self._leaf(shape, f"N{next(self.ids)}")
        assert isinstance(shape, tuple)
        kind, parts = shape
        name = f"N{next(self.ids)}"
        if kind == "row":
            return self._row(parts)
        if kind in {"sub", "interrupted"}:
            return self._sub(name, parts, interrupted=kind == "interrupted")
        return self._gateways(name, kind, parts)

    def _leaf(self, kind: str, name: str) -> tuple[str, str, str]:
        if kind == "timer":
            return node("intermediateCatchEvent", name, timer("duration", "P1D")), name, name
        if kind == "votes":
            return user(name, each("=[1, 2]", sequential=len(name) % 2 == 0)), name, name
        if kind == "watched":
            pieces = (
                user(name),
                node(
                    "boundaryEvent",
                    f"{name}b",
                    timer("cycle", "R2/P1D"),
                    attachedToRef=name,
                    cancelActivity="false",
                ),
                end(f"{name}e"),
                line(f"{name}b", f"{name}e"),
            )
            return "".join(pieces), name, name
        return (user(name) if kind == "user" else node("task", name)), name, name

    def _row(self, parts: list[object]) -> tuple[str, str, str]:
        drawn = [self.block(part) for part in parts]
        flows = [flow(a[2], b[1]) for a, b in pairwise(drawn)]
        return "".join([d[0] for d in drawn] + flows), drawn[0][1], drawn[-1][2]

    def _sub(self, name: str, parts: list[object], *, interrupted: bool) -> tuple[str, str, str]:
        xml, first, last = self._row(parts)
        inside = (
            start(f"{name}s"),
            xml,
            end(f"{name}x"),
            line(f"{name}s", first),
            line(last, f"{name}x"),
        )
        pieces = node("subProcess", name, *inside)
        if not interrupted:
            return pieces, name, name
        out = f"{name}out"
        pieces += node("boundaryEvent", f"{name}b", timer("duration", "P2D"), attachedToRef=name)
        pieces += node("exclusiveGateway", out) + line(name, out) + line(f"{name}b", out)
        return pieces, name, out

    def _gateways(self, name: str, kind: str, parts: list[object]) -> tuple[str, str, str]:
        fork, meet = f"{name}f", f"{name}m"
        drawn = [self.block(part) for part in parts]
        xml = "".join(d[0] for d in drawn)
        default = {} if kind == "parallel" else {"default": f"{fork}-{drawn[0][1]}"}
        xml += node(f"{kind}Gateway", fork, **default) + node(f"{kind}Gateway", meet)
        for index, (_, first, last) in enumerate(drawn):
            plain = kind == "parallel" or index == 0
            condition = "" if plain else f"=odd and {index} < 9"
            xml += flow(fork, first, condition) + flow(last, meet)
        return xml, fork, meet


def drawn(shape: object) -> bytes:
    xml, first, last = Drawing().block(shape)
    return diagram(start(), xml, end(), line("S", first), line(last, "E"))


@settings(max_examples=80, deadline=None)
@given(BLOCKS, st.booleans(), st.randoms(use_true_random=False))
def test_every_random_case_ends_with_nothing_left_over(shape, odd, chance):
    publication = compiled(drawn(shape))
    play = Play(publication, odd=odd)
    for _ in range(200):
        if play.status is not CaseStatus.ACTIVE:
            break
        rested = read_state(publication, play.state, bpmn.StepContext(CASE, NOW))
        assert write_state(rested) == play.state
        choices = [("complete", e) for e in play.open("tasks")]
        choices += [("fire", e) for e in play.open("timers")]
        assert choices, "the case waits for nothing"
        assert play.waiting["incidents"] == {}
        what, element = chance.choice(choices)
        getattr(play, what)(element)
    assert play.done
    assert all(not rows for rows in play.waiting.values())
    happened = Counter(
        (event.kind, event.activation) for event in play.events if event.kind.startswith("element.")
    )
    entered = {a for kind, a in happened if kind == "element.entered"}
    left = {a for kind, a in happened if kind in {"element.completed", "element.cancelled"}}
    assert entered == left
    assert set(happened.values()) == {1}


@settings(max_examples=60, deadline=None)
@given(BLOCKS, st.booleans(), st.integers(0, 8), st.randoms(use_true_random=False))
def test_moving_a_random_case_to_the_same_diagram_changes_nothing(shape, odd, steps, chance):
    source = drawn(shape)
    play = Play(compiled(source), odd=odd)
    for _ in range(steps):
        choices = [("complete", e) for e in play.open("tasks")]
        choices += [("fire", e) for e in play.open("timers")]
        if play.status is not CaseStatus.ACTIVE:
            return
        what, element = chance.choice(choices)
        getattr(play, what)(element)
    if play.status is not CaseStatus.ACTIVE:
        return
    found = migrate(play.publication, compiled(source), play.state, {}, play._context())
    assert found.outcome == Outcome(play.state, play.status)
    assert (found.tasks, found.subscriptions, found.calls) == ((), (), ())
    assert {str(move.fate) for move in found.plan.moves} == {"kept"}
    waiting = {
        row.activation: row.element_id for rows in play.waiting.values() for row in rows.values()
    }
    assert {a: e for a, e in found.places.items() if a in waiting} == waiting


@settings(max_examples=40, deadline=None)
@given(BLOCKS, st.integers(0, 8), st.randoms(use_true_random=False))
def test_a_random_case_whose_every_element_is_renamed_goes_on_to_its_end(shape, steps, chance):
    source = drawn(shape)
    renamed = re.sub(rb"N(\d+)", rb"M\1", source)
    mapping = {
        name: name.replace("N", "M")
        for name in map(bytes.decode, set(re.findall(rb"N\d+[a-z-]*[^\"]*", source)))
    }
    play = Play(compiled(source), odd=False)
    for step in range(200):
        if play.status is not CaseStatus.ACTIVE:
            break
        if step == steps:
            found = migrate(
                play.publication, compiled(renamed), play.state, mapping, play._context()
            )
            play.publication = compiled(renamed)
            for rows in play.waiting.values():
                for activation, row in rows.items():
                    rows[activation] = replace(row, element_id=found.places[activation])
            play._take(found.outcome)
        choices = [("complete", e) for e in play.open("tasks")]
        choices += [("fire", e) for e in play.open("timers")]
        what, element = chance.choice(choices)
        getattr(play, what)(element)
    assert play.done
    assert all(not rows for rows in play.waiting.values())
