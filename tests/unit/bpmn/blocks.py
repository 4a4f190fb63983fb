"""Random blocks, as shapes and as BPMN: each block has one way in and one way out.

A shape is a tuple of its kind, its parts and, for some, a number. What a shape means is told by
:mod:`tests.unit.bpmn.oracle`; here it is only drawn.
"""

from __future__ import annotations

from itertools import count, pairwise
from typing import Any

from hypothesis import strategies as st

from tests.unit.bpmn.diagrams import (
    TERMINATE,
    end,
    error,
    flow,
    line,
    node,
    on_error,
    script,
    start,
    timer,
    user,
)
from tests.unit.bpmn.diagrams import bpmn as diagram

BITS = 3
"""How many variables ``bit0`` … decide at gateways."""

Shape = tuple[Any, ...]
DAY = timer("duration", "P1D")
LEAVES = ("user", "say", "timer")
MANY = ("row", "parallel", "exclusive", "inclusive", "conditional", "implicit")
PAIRS = ("sub", "interrupted", "listening", "raises", "terminates")
COUNTED = ("loop", "standard", "together", "in turn")


def shapes(max_leaves: int) -> st.SearchStrategy[Shape]:
    """Random shapes: some in a row."""
    leaves = st.sampled_from(LEAVES).map(lambda kind: (kind,))
    some = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(MANY), st.lists(inner, min_size=1, max_size=BITS + 1)),
            st.tuples(st.sampled_from(PAIRS), st.tuples(inner, inner)),
            # Beside its scope an event may begin the same again while the first still runs, and
            # tokens know no instances: so it begins a single element.
            st.tuples(st.just("watched"), st.tuples(inner, leaves)),
            st.tuples(st.sampled_from(COUNTED), st.tuples(inner), st.integers(0, 3)),
        ),
        max_leaves=max_leaves,
    )
    return st.tuples(st.just("row"), st.lists(some, min_size=2, max_size=3))


def named(shape: Shape, ids: Any = None) -> Shape:
    """Return a shape with a name in second place, everywhere."""
    ids = ids or count(1)
    kind, *rest = shape
    name = f"{kind.replace(' ', '_')}{next(ids)}"
    parts = tuple(named(part, ids) for part in rest[0]) if rest else ()
    return (kind, name, parts, *rest[1:])


def drawn(shape: Shape) -> bytes:
    """Return the diagram of a named shape."""
    xml, first, last = draw(shape)
    return diagram(start("S"), xml, end("E"), line("S", first), line(last, "E"), top=error("x"))


def draw(shape: Shape) -> tuple[str, str, str]:
    """Return the XML, the first element's id and the last one's."""
    kind, name, parts, *number = shape
    if kind in LEAVES:
        return leaf(kind, name), name, name
    if kind == "row":
        return row(parts)
    if kind == "loop":
        return loop(name, parts[0], max(number[0], 1))
    if kind in MANY:
        return branches(kind, name, parts)
    return around(kind, name, parts, *number)


def leaf(kind: str, name: str) -> str:
    if kind == "timer":
        return node("intermediateCatchEvent", name, DAY)
    return user(name) if kind == "user" else node("task", name)


def row(parts: tuple[Shape, ...]) -> tuple[str, str, str]:
    pieces = [draw(part) for part in parts]
    flows = [flow(a[2], b[1]) for a, b in pairwise(pieces)]
    return "".join([p[0] for p in pieces] + flows), pieces[0][1], pieces[-1][2]


def loop(name: str, part: Shape, times: int) -> tuple[str, str, str]:
    """A loop of gateways with a counter."""
    zero, meet, more, again = (f"{name}{end}" for end in ("zero", "meet", "more", "again"))
    xml, first, last = draw(part)
    pieces = (
        script(zero, "=0", f"n_{name}"), node("exclusiveGateway", meet), xml,
        script(more, f"=n_{name} + 1", f"n_{name}"),
        node("exclusiveGateway", again, default=f"{again}-{name}"), node("task", name),
        line(zero, meet, first), line(last, more, again, name),
        flow(again, meet, f"=n_{name} < {times}"),
    )  # fmt: skip
    return "".join(pieces), zero, name


def branches(kind: str, name: str, parts: tuple[Shape, ...]) -> tuple[str, str, str]:
    """A split and its join: by gateways, or by an activity's own flows."""
    pieces = [draw(part) for part in parts]
    fork, meet = f"{name}f", f"{name}m"
    default = {} if kind in {"parallel", "implicit"} else {"default": f"{fork}-{pieces[0][1]}"}
    joins = {"conditional": "inclusive", "implicit": "parallel"}
    xml = "".join(piece[0] for piece in pieces)
    xml += node("task" if kind in joins else f"{kind}Gateway", fork, **default)
    xml += node(f"{joins.get(kind, kind)}Gateway", meet)
    for index, (_, first, last) in enumerate(pieces):
        condition = f"=bit{index - 1}" if default and index else ""
        xml += flow(fork, first, condition) + flow(last, meet)
    return xml, fork, meet


def around(kind: str, name: str, parts: tuple[Shape, ...], number: int = 0) -> tuple[str, str, str]:
    """A sub-process, with what waits at its edge or repeats it."""
    if kind in {"raises", "terminates"}:
        return broken_off(kind, name, parts)
    inside = body(name, draw(parts[0]))
    if kind in {"standard", "together", "in turn"}:
        return node("subProcess", name, *inside, repeated(kind, number)), name, name
    if kind == "listening":
        inside += (event_sub(name, draw(parts[1])),)
    xml, out = node("subProcess", name, *inside), f"{name}out"
    edge = {"attachedToRef": name, "cancelActivity": str(kind == "interrupted").lower()}
    if kind == "interrupted":
        xml += node("boundaryEvent", f"{name}b", DAY, **edge) + node("exclusiveGateway", out)
        xml += line(name, out) + line(f"{name}b", out)
        return xml, name, out
    if kind == "watched":
        side, first, last = draw(parts[1])
        xml += node("boundaryEvent", f"{name}b", DAY, **edge) + side + end(f"{name}e")
        xml += line(f"{name}b", first) + line(last, f"{name}e")
    return xml, name, name


def body(name: str, piece: tuple[str, str, str]) -> tuple[str, ...]:
    xml, first, last = piece
    ends = start(f"{name}s"), end(f"{name}x")
    return (*ends, xml, line(f"{name}s", first), line(last, f"{name}x"))


def event_sub(name: str, piece: tuple[str, str, str]) -> str:
    begin = start(f"{name}b", DAY, isInterrupting="false")
    xml, first, last = piece
    inside = (begin, end(f"{name}ve"), xml, line(f"{name}b", first), line(last, f"{name}ve"))
    return node("subProcess", f"{name}v", *inside, triggeredByEvent="true")


def repeated(kind: str, number: int) -> str:
    if kind == "standard":
        return f'<bpmn:standardLoopCharacteristics loopMaximum="{number}"/>'
    tag = "bpmn:multiInstanceLoopCharacteristics"
    inner = f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>"
    return f'<{tag} isSequential="{str(kind == "in turn").lower()}">{inner}</{tag}>'


def broken_off(kind: str, name: str, parts: tuple[Shape, ...]) -> tuple[str, str, str]:
    """Two branches, the first of which ends the whole sub-process after a task."""
    one, other = (draw(part) for part in parts)
    fork, first, over = f"{name}f", f"{name}u", f"{name}o"
    last = end(over, on_error("x") if kind == "raises" else TERMINATE)
    inside = (
        start(f"{name}s"), node("parallelGateway", fork), user(first), one[0], last, other[0],
        end(f"{name}x"), line(f"{name}s", fork, first, one[1]), line(one[2], over),
        line(fork, other[1]), line(other[2], f"{name}x"),
    )  # fmt: skip
    xml, out = node("subProcess", name, *inside), f"{name}out"
    xml += node("exclusiveGateway", out) + line(name, out)
    if kind == "raises":
        xml += node("boundaryEvent", f"{name}b", on_error("x"), attachedToRef=name)
        xml += line(f"{name}b", out)
    return xml, name, out
