"""From the XML of a decision table to its evaluable form, with every fault a finding."""

from __future__ import annotations

from typing import Any

from engine.dmn.boxed import Broken
from engine.dmn.document import child, child_text, children, text_of
from engine.dmn.expressions import Expressions, Known, names_in
from engine.dmn.hits import Aggregator, HitPolicy
from engine.dmn.session import Box
from engine.dmn.table import Cell, DecisionTable, Input, Output, Rule
from engine.dmn.table_checks import check_cells, check_coverage, check_rules
from engine.feel import UnaryTests, Value
from engine.rules import said

_RANKED = {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}


def read_table(node: Any, known: Known, made: Expressions, what: str) -> Box:
    """Return the table that a ``decisionTable`` is; a broken box where it cannot be used."""
    policy, aggregator, refusal = _policy(node, made)
    inputs = tuple(
        _input(column, number, known, made)
        for number, column in enumerate(children(node, "input"), start=1)
    )
    outputs = tuple(
        _output(column, number, known, made)
        for number, column in enumerate(children(node, "output"), start=1)
    )
    rules = tuple(
        _rule(row, number, inputs, outputs, known, made)
        for number, row in enumerate(children(node, "rule"), start=1)
    )
    refusal = refusal or _wrong_outputs(node, policy, aggregator, outputs, made)
    if not rules:
        message = "the table has no rules, so nothing ever matches."
        made.report.warning("no-rules", node, message, "Add rules, or remove the table.")
    if refusal:
        return Broken(refusal)
    where = f"{made.report.place(node)}: {what}"
    table = DecisionTable(inputs, outputs, rules, policy, aggregator, where)
    check_cells(node, table, known, made)
    check_rules(node, table, made)
    check_coverage(node, table, made)
    return table


def _policy(node: Any, made: Expressions) -> tuple[HitPolicy, Aggregator | None, str]:
    written = node.get("hitPolicy") or "UNIQUE"
    try:
        policy = HitPolicy(written)
    except ValueError:
        message = said("the hit policy '{written}' is unknown.", written=written)
        remedy = said("Choose one of {known}.", known=", ".join(HitPolicy))
        return HitPolicy.UNIQUE, None, made.report.error("hit-policy", node, message, remedy)
    name = node.get("aggregation")
    if not name:
        return policy, None, ""
    if policy is not HitPolicy.COLLECT:
        message = said(
            "the aggregation {name} has no meaning under {policy}.", name=name, policy=policy
        )
        made.report.warning("aggregation", node, message, "Remove it, or choose COLLECT.")
        return policy, None, ""
    try:
        return policy, Aggregator(name), ""
    except ValueError:
        message = said("the aggregation '{name}' is unknown.", name=name)
        remedy = said("Choose one of {known}.", known=", ".join(Aggregator))
        return policy, None, made.report.error("aggregation", node, message, remedy)


def _input(node: Any, number: int, known: Known, made: Expressions) -> Input:
    expression = child(node, "inputExpression")
    label = text_of(expression).strip() or node.get("label") or f"input {number}"
    what = said("input {number}", number=number)
    box: Box
    if expression is None:
        message = said("{what} has no expression.", what=what)
        remedy = "Write what it reads, for example the name of a variable."
        box = Broken(made.report.error("empty", node, message, remedy))
    else:
        box = made.literal(expression, known, what, empty=said("has no expression."))
    allowed = _allowed(child(node, "inputValues"), known, made, said("{what}'s values", what=what))
    return Input(label, box, allowed, made.report.place(node))


def _output(node: Any, number: int, known: Known, made: Expressions) -> Output:
    listed = child(node, "outputValues")
    what = said("output {number}", number=number)
    default = child(node, "defaultOutputEntry")
    kind = made.types.of(node)
    priorities: tuple[Value, ...] = ()
    if listed is not None:
        priorities = made.values(listed, said("{what}'s values", what=what))
    return Output(
        node.get("name") or "",
        _allowed(listed, known, made, said("{what}'s values", what=what))
        or (kind.allowed if kind else ()),
        priorities or (kind.listed if kind else ()),
        None
        if default is None
        else made.literal(default, known, said("{what}'s default", what=what)),
        made.report.place(node),
    )


def _allowed(
    node: Any | None, known: Known, made: Expressions, what: str
) -> tuple[UnaryTests, ...]:
    if node is None or not text_of(node).strip():
        return ()
    tests, _ = made.tests(node, known, what)
    return () if tests is None else (tests,)


def _rule(
    node: Any,
    number: int,
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    known: Known,
    made: Expressions,
) -> Rule:
    cells = list(children(node, "inputEntry"))
    results = list(children(node, "outputEntry"))
    broken = _wrong_cells(node, number, (len(cells), len(results)), inputs, outputs, made)
    tests: list[Cell] = []
    for column, cell in enumerate(cells, start=1):
        label = inputs[column - 1].label if column <= len(inputs) else str(column)
        what = said("rule {number}, input '{label}'", number=number, label=label)
        compiled, problem = made.tests(cell, known, what)
        broken = broken or problem
        if compiled is not None and compiled.tree is not None:
            where = f"{made.report.place(cell)}: {what}"
            tests.append(Cell(column - 1, compiled, names_in(compiled.tree), where))
    boxes = tuple(
        made.literal(
            cell, known, said("rule {number}, output {column}", number=number, column=column)
        )
        for column, cell in enumerate(results, start=1)
    )
    return Rule(node.get("id") or "", number, _annotation(node), tuple(tests), boxes, broken)


def _wrong_cells(
    node: Any,
    number: int,
    found: tuple[int, int],
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    made: Expressions,
) -> str:
    wanted = (len(inputs), len(outputs))
    if found == wanted:
        return ""
    message = said(
        "rule {number} has {inputs} input and {outputs} output cells; the table has "
        "{wanted_inputs} inputs and {wanted_outputs} outputs.",
        number=number,
        inputs=found[0],
        outputs=found[1],
        wanted_inputs=wanted[0],
        wanted_outputs=wanted[1],
    )
    return made.report.error("cells", node, message, "Give it one cell a column.")


def _annotation(node: Any) -> str:
    """Return the designer's words: a rule's description (Camunda Modeler) or annotation cells."""
    words = [child_text(node, "description")]
    words += [text_of(entry).strip() for entry in children(node, "annotationEntry")]
    return " · ".join(word for word in words if word)


def _wrong_outputs(
    node: Any,
    policy: HitPolicy,
    aggregator: Aggregator | None,
    outputs: tuple[Output, ...],
    made: Expressions,
) -> str:
    names = [column.name for column in outputs]
    if not outputs:
        return made.report.error("outputs", node, "the table has no output.", "Add a column.")
    if len(outputs) > 1 and (not all(names) or len(set(names)) < len(names)):
        message = "several outputs need a name each, and no name twice."
        return made.report.error("outputs", node, message, "Name every output column.")
    if len(outputs) > 1 and aggregator is not None:
        message = said(
            "the aggregation {aggregator} takes one output; the table has {count}.",
            aggregator=aggregator,
            count=len(outputs),
        )
        return made.report.error("aggregation", node, message, "Remove it, or split the table.")
    if policy in _RANKED and not any(column.priorities for column in outputs):
        message = said(
            "the hit policy {policy} ranks by output values, and no output lists any.",
            policy=policy,
        )
        remedy = "List an output's values, the most important first."
        return made.report.error("hit-policy", node, message, remedy)
    return ""
