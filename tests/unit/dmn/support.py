"""DMN files built in tests, as Camunda Modeler writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from engine.dmn import DecisionResult, evaluate, read_decisions

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def dmn(
    *elements: str, namespace: str = NAMESPACE, own: str = "urn:test", name: str = "t"
) -> bytes:
    """Return a file with these elements."""
    body = "\n".join(elements)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{namespace}" id="defs" '
        f'name="{name}" namespace="{own}">\n{body}\n</definitions>'
    ).encode()


def text(tag: str, source: str, attributes: str = "") -> str:
    """Return ``<tag><text>source</text></tag>``."""
    return f"<{tag}{attributes}><text>{escape(source)}</text></{tag}>"


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    attributes: str = "",
    values: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> str:
    """Return a decision table; a rule is its cells and, one more, its annotation.

    :param values: ``outputValues`` by column. :param defaults: default outputs by column.
    """
    lines = [f"<decisionTable {attributes}>"]
    lines += [
        f'<input id="In{i}">{text("inputExpression", source)}</input>'
        for i, source in enumerate(inputs, start=1)
    ]
    for i, name in enumerate(outputs):
        listed = text("outputValues", values[i]) if i < len(values) else ""
        default = text("defaultOutputEntry", defaults[i]) if i < len(defaults) else ""
        lines.append(f"<output id='Out{i}' name={quoteattr(name)}>{listed}{default}</output>")
    width = len(inputs) + len(outputs)
    for number, cells in enumerate(rules, start=1):
        note = f"<description>{cells[width]}</description>" if len(cells) > width else ""
        lines.append(f'<rule id="Rule_{number}">{note}')
        lines += [text("inputEntry", cell) for cell in cells[: len(inputs)]]
        lines += [text("outputEntry", cell) for cell in cells[len(inputs) : width]]
        lines.append("</rule>")
    return "\n".join([*lines, "</decisionTable>"])


def decision(body: str, *, id: str = "D", name: str = "d", requires: Sequence[str] = ()) -> str:
    """Return a decision; ``requires`` are ids of decisions."""
    arrows = "".join(
        f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>'
        for other in requires
    )
    return f'<decision id="{id}" name={quoteattr(name)}>{arrows}{body}</decision>'


def literal(source: str) -> str:
    """Return a literal expression."""
    return text("literalExpression", source)


def decide(source: bytes, context: dict[str, object], id: str = "D") -> DecisionResult:
    """Return what a decision of a file gives."""
    return evaluate(read_decisions(source, "t.dmn"), id, context, now=NOW)
