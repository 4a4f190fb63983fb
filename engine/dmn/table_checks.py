"""What lint says of a table: cells that do not mean what they say, rules that clash, gaps."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from engine.dmn.boxed import Literal
from engine.dmn.document import child, children
from engine.dmn.expressions import Expressions, Known
from engine.dmn.gaps import columns_of, find_gap
from engine.dmn.hits import HitPolicy
from engine.dmn.regions import masked, overlap, region
from engine.dmn.table import Cell, DecisionTable
from engine.dmn.types import ItemType
from engine.feel import Value, kind_of, to_text
from engine.feel.syntax import Name
from engine.feel.text import quoted
from engine.rules import said

MAX_RULES = 300
"""Rules compared with one another: the comparisons grow with their square."""

_ONE_ANSWER = {HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY}
_WRITTEN: dict[type, str] = {str: "string", Decimal: "number", bool: "boolean"}


def check_cells(node: Any, table: DecisionTable, known: Known, made: Expressions) -> None:
    """Warn of cells that will hardly do what their author meant.

    :param node: the table's XML.
    """
    inputs = [made.types.of(head) for head in _heads(node)]
    outputs = [made.types.of(column) for column in children(node, "output")]
    read = [c.box.expression.free_names for c in table.inputs if isinstance(c.box, Literal)]
    named = known.names.union(*read)
    for row, rule in zip(children(node, "rule"), table.rules, strict=True):
        if rule.broken:
            continue
        for cell in rule.cells:
            what = said("rule {number}, input {column}", number=rule.index, column=cell.column + 1)
            allowed = region(cell.tests)
            if allowed is not None:
                _check_type(row, what, _WRITTEN[allowed.kind], inputs[cell.column], made)
            _check_words(row, what, _tests(cell), named, made)
        for column, (box, kind) in enumerate(zip(rule.outputs, outputs, strict=True), start=1):
            what = said("rule {number}, output {column}", number=rule.index, column=column)
            if isinstance(box, Literal):
                _check_type(row, what, kind_of(box.written), kind, made)
                _check_words(row, what, [box.expression.tree], named, made)


def check_rules(node: Any, table: DecisionTable, made: Expressions) -> None:
    """Warn of rules that contradict UNIQUE, or that FIRST never reaches.

    Only rules of constants are compared, and only the first :data:`MAX_RULES`.
    """
    rows = list(children(node, "rule"))[:MAX_RULES]
    regions = [{cell.column: region(cell.tests) for cell in r.cells} for r in table.rules]
    for later, row in enumerate(rows):
        if table.rules[later].broken:
            continue
        for earlier in range(later):
            if table.rules[earlier].broken:
                continue
            if table.policy is HitPolicy.UNIQUE and overlap(regions[earlier], regions[later]):
                message = said(
                    "rules {earlier} and {later} can both match; UNIQUE allows one.",
                    earlier=earlier + 1,
                    later=later + 1,
                )
                remedy = "Make them exclude one another, or choose another hit policy."
                made.report.warning("overlap", row, message, remedy)
                break
            if table.policy is HitPolicy.FIRST and masked(regions[earlier], regions[later]):
                message = said(
                    "rule {later} never fires: rule {earlier} matches before it.",
                    later=later + 1,
                    earlier=earlier + 1,
                )
                made.report.warning("masked", row, message, "Move it up, or remove it.")
                break


def check_coverage(node: Any, table: DecisionTable, made: Expressions) -> None:
    """Warn of inputs that no rule covers, with an example, and of cells that nothing passes.

    No rule is an answer where a table has default outputs, and where its hit policy makes a list or
    a sum of any number of rules.
    """
    if len(table.rules) > MAX_RULES or any(rule.broken for rule in table.rules):
        return
    columns = columns_of(table, [made.types.of(head) for head in _heads(node)])
    rows = list(children(node, "rule"))
    for column in columns:
        for rule in column.dead:
            what = table.inputs[column.place].label
            message = said(
                "rule {rule} never fires: nothing passes its cell for {what}.",
                rule=rule + 1,
                what=what,
            )
            made.report.warning("unreachable", rows[rule], message, "Correct the cell.")
    default = any(output.default for output in table.outputs)
    gap = None if default or table.policy not in _ONE_ANSWER else find_gap(table, columns)
    if gap:
        inputs = (f"{table.inputs[place].label} = {_shown(v)}" for place, v in gap.items())
        message = said("nothing covers {inputs}.", inputs=", ".join(inputs))
        remedy = "Add a rule for it, a last rule with - in every input, or default outputs."
        made.report.warning("gap", node, message, remedy)


def _heads(node: Any) -> list[Any]:
    return [child(column, "inputExpression") for column in children(node, "input")]


def _shown(value: Value) -> str:
    return quoted(value) if isinstance(value, str) else to_text(value)


def _tests(cell: Cell) -> Iterable[object]:
    return () if cell.tests.tree is None else cell.tests.tree.tests


def _check_type(
    node: Any, what: str, written: str, kind: ItemType | None, made: Expressions
) -> None:
    feel = None if kind is None else kind.feel
    if feel is not None and feel.kind == "list" and feel.item is not None:
        feel = feel.item
    if feel is not None and feel.kind not in {"Any", written} and written != "null":
        message = said(
            "{what} is a {written}, and its column is declared as {kind}.",
            what=what,
            written=written,
            kind=feel.kind,
        )
        made.report.warning("type", node, message, "Correct the cell, or the column's type.")


def _check_words(
    node: Any, what: str, trees: Iterable[object], named: frozenset[str], made: Expressions
) -> None:
    for tree in trees:
        if isinstance(tree, Name) and tree.name not in named | {"?"}:
            message = said(
                "{what} is the word {name}, which FEEL reads as a variable's name.",
                what=what,
                name=tree.name,
            )
            remedy = "If it is meant as text, put it in double quotes."
            made.report.warning("bare-word", node, message, remedy)
