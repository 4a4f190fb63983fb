"""From the XML of a boxed expression to its evaluable form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.dmn.boxed import (
    Broken,
    Conditional,
    Definition,
    Entries,
    Filter,
    Invocation,
    Items,
    Loop,
    Missing,
    Quantified,
    Relation,
)
from engine.dmn.document import child, children, tag
from engine.dmn.expressions import Expressions, Known
from engine.dmn.session import Box
from engine.dmn.table_reader import read_table
from engine.rules import said

Reader = Callable[[Any, Known, Expressions, str], Box]


def read_logic(parent: Any, known: Known, made: Expressions, what: str) -> Box:
    """Return the boxed expression inside a node; one that is null where there is none.

    :param what: what the expression is, as a message begins.
    """
    node = child(parent, *_READERS)
    if node is None:
        message = said("{what} has no expression.", what=what)
        return Missing(made.report.error("empty", parent, message, "Give it a table or a text."))
    return read_box(node, known, made, what)


def read_box(node: Any, known: Known, made: Expressions, what: str) -> Box:
    """Return the boxed expression that a node is, with the type that it declares checked."""
    box = _READERS[tag(node)](node, known, made, what)
    if tag(node) == "functionDefinition":
        return box  # Its type is its result's, which its body is held to.
    return made.typed(box, made.types.of(node), node, what)


def _literal(node: Any, known: Known, made: Expressions, what: str) -> Box:
    return made.literal(node, known, what, empty=said("is empty."))


def _table(node: Any, known: Known, made: Expressions, what: str) -> Box:
    return read_table(node, known, made, what)


def _context(node: Any, known: Known, made: Expressions, _what: str) -> Box:
    entries: list[tuple[str, Box]] = []
    result: Box | None = None
    for entry in children(node, "contextEntry"):
        variable = child(entry, "variable")
        if variable is None:
            result = read_logic(entry, known, made, said("the result entry"))
            continue
        name = variable.get("name", "")
        what = said("entry '{name}'", name=name)
        box = read_logic(entry, known, made, what)
        entries.append((name, made.typed(box, made.types.of(variable), entry, what)))
        known = known.plus(name)
    return Entries(tuple(entries), result)


def _list(node: Any, known: Known, made: Expressions, _what: str) -> Box:
    items = children(node, *_READERS)
    return Items(
        tuple(
            read_box(item, known, made, said("item {number}", number=i))
            for i, item in enumerate(items, start=1)
        )
    )


def _relation(node: Any, known: Known, made: Expressions, what: str) -> Box:
    columns = list(children(node, "column"))
    names = tuple(column.get("name", "") for column in columns)
    kinds = [made.types.of(column) for column in columns]
    rows: list[tuple[Box, ...]] = []
    for number, row in enumerate(children(node, "row"), start=1):
        cells = list(children(row, *_READERS))
        if len(cells) != len(names):
            message = said(
                "row {number} has {cells} cells for {columns} columns.",
                number=number,
                cells=len(cells),
                columns=len(names),
            )
            return Broken(made.report.error("cells", row, message, "Give it one a column."))
        boxes = [
            made.typed(
                read_box(
                    cell, known, made, said("row {number}, '{name}'", number=number, name=name)
                ),
                kind,
                cell,
                what,
            )
            for cell, name, kind in zip(cells, names, kinds, strict=True)
        ]
        rows.append(tuple(boxes))
    return Relation(names, tuple(rows))


def read_function(
    node: Any,
    known: Known,
    made: Expressions,
    name: str,
    owner: str = "",
    variable: Any | None = None,
) -> Box:
    """Return the function that a ``functionDefinition`` or ``encapsulatedLogic`` defines.

    :param variable: a knowledge model's, which may declare a type too. A type that is no
        function's is its result's, as files before DMN 1.3 declare it.
    """
    kind = node.get("kind", "FEEL")
    if kind != "FEEL":
        message = said("the function is written in {kind}, which is never run here.", kind=kind)
        return Broken(made.report.error("unsupported", node, message, "Write it in FEEL."))
    params = list(children(node, "formalParameter"))
    names = tuple(param.get("name", "") for param in params)
    kinds = ((param.get("name", ""), made.types.of(param)) for param in params)
    types = {key: kind for key, kind in kinds if kind is not None}
    what = said("function '{name}'", name=name) if name else said("function")
    body = read_logic(node, known.plus(*names), made, what)
    for declaring in (node, variable):
        declared = made.types.of(declaring)
        if declared is not None:
            body = made.typed(body, declared.of_result, node, what)
    return Definition(name, names, types, body, owner)


def _function(node: Any, known: Known, made: Expressions, _what: str) -> Box:
    return read_function(node, known, made, "")


def _invocation(node: Any, known: Known, made: Expressions, what: str) -> Box:
    bindings: list[tuple[str, Box]] = []
    for binding in children(node, "binding"):
        parameter = child(binding, "parameter")
        name = "" if parameter is None else parameter.get("name", "")
        bindings.append(
            (name, read_logic(binding, known, made, said("argument '{name}'", name=name)))
        )
    function = read_logic(node, known, made, said("{what}'s function", what=what))
    return Invocation(function, tuple(bindings), f"{made.report.place(node)}: {what}")


def _part(node: Any, name: str, known: Known, made: Expressions, what: str) -> Box:
    inner = child(node, name)
    if inner is None:
        message = said("{what} has no <{name}>.", what=what, name=name)
        return Broken(made.report.error("empty", node, message, "Add it."))
    return read_logic(inner, known, made, said("{what}, <{name}>", what=what, name=name))


def _conditional(node: Any, known: Known, made: Expressions, what: str) -> Box:
    condition, yes, no = (_part(node, name, known, made, what) for name in ("if", "then", "else"))
    return Conditional(condition, yes, no, f"{made.report.place(node)}: {what}")


def _filter(node: Any, known: Known, made: Expressions, what: str) -> Box:
    inner = known.plus("item")
    return Filter(_part(node, "in", known, made, what), _part(node, "match", inner, made, what))


def _loop(node: Any, known: Known, made: Expressions, what: str) -> Box:
    variable = node.get("iteratorVariable", "")
    domain = _part(node, "in", known, made, what)
    inner = known.plus(variable, "partial")
    return Loop(variable, domain, _part(node, "return", inner, made, what))


def _quantified(node: Any, known: Known, made: Expressions, what: str) -> Box:
    variable = node.get("iteratorVariable", "")
    domain = _part(node, "in", known, made, what)
    condition = _part(node, "satisfies", known.plus(variable), made, what)
    return Quantified(tag(node) == "every", variable, domain, condition)


_READERS: dict[str, Reader] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "functionDefinition": _function,
    "invocation": _invocation,
    "conditional": _conditional,
    "filter": _filter,
    "for": _loop,
    "some": _quantified,
    "every": _quantified,
}
