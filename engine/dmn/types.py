"""Item definitions: the types a DMN file declares, with their allowed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from engine.dmn.document import Report, child, child_text, children, text_of
from engine.errors import FeelError
from engine.feel import ANY, FeelType, UnaryTests, Value, kind_of, parse_unary_tests, simple_type
from engine.feel.syntax import Literal as LiteralNode
from engine.rules import said


@dataclass(frozen=True, slots=True)
class ItemType:
    """A declared type.

    :ivar feel: what FEEL's own type checks know of it.
    :ivar allowed: tests a value must pass; ``None`` where any value will do.
    :ivar item: of a list, its items' type; of a function, its result's.
    :ivar parts: of a structure, its components' types.
    """

    feel: FeelType
    allowed: UnaryTests | None = None
    item: ItemType | None = None
    parts: Mapping[str, ItemType] = field(default_factory=dict)

    @property
    def listed(self) -> tuple[Value, ...]:
        """The allowed values in the order written, where all of them are written as values."""
        tree = None if self.allowed is None else self.allowed.tree
        if tree is None or tree.negated:
            return ()
        literals = [test for test in tree.tests if isinstance(test, LiteralNode)]
        return tuple(t.value for t in literals) if len(literals) == len(tree.tests) else ()

    @property
    def of_result(self) -> ItemType | None:
        """What a function declared with this type returns: any other type is its result's own."""
        return self.item if self.feel.kind == "function" else self

    @property
    def name(self) -> str:
        """The type as written, for messages."""
        return self.feel.name or self.feel.kind

    def fits(self, value: Value) -> bool:
        """Return whether the value is of this type; null is of every type."""
        if value is None:
            return True
        if not self.feel.conforms(value):
            return False
        if self.allowed is not None and self.allowed.test(value, {}) is not True:
            return False
        if isinstance(value, tuple) and self.item is not None:
            return all(self.item.fits(part) for part in value)
        if isinstance(value, Mapping):
            return all(kind.fits(value[name]) for name, kind in self.parts.items() if name in value)
        return True

    def taken(self, value: Value) -> tuple[Value, str]:
        """Return the value as this type takes it, and why it is null if it does not fit.

        DMN 1.5, 10.3.2.9.4: a list of one stands for its item, an item for a list of one, a date
        for its midnight in UTC; anything else that does not fit is null.
        """
        if self.fits(value):
            return value, ""
        for other in _alternatives(value):
            if self.fits(other):
                return other, ""
        shown = f" {value!r}" if isinstance(value, str) and len(value) < 40 else ""
        return None, f"a {kind_of(value)}{shown} is no {self.name}"


def _alternatives(value: Value) -> Iterable[Value]:
    if isinstance(value, tuple) and len(value) == 1:
        yield value[0]
    yield (value,)
    if type(value) is date:
        yield datetime(value.year, value.month, value.day, tzinfo=UTC)


ANYTHING = ItemType(ANY)


class Types:
    """The types of one file, by name, and those of the files it imports.

    :ivar feel: the declared types as ``instance of`` may name them.
    :ivar component_names: names of all components, which paths may use: some have spaces.
    """

    def __init__(self, root: Any, report: Report, imported: Mapping[str, Types]) -> None:
        self._report = report
        self._nodes = {node.get("name", ""): node for node in children(root, "itemDefinition")}
        self._known: dict[str, ItemType] = {}
        self._open: set[str] = set()
        for prefix, types in imported.items():
            self._known.update({f"{prefix}.{k}": v for k, v in types._known.items()})
        for name in self._nodes:
            self.find(name)
        self.feel: Mapping[str, FeelType] = {k: v.feel for k, v in self._known.items()}
        own = {n.get("name", "") for n in root.iter("{*}itemComponent")}
        self.component_names: frozenset[str] = frozenset(own).union(
            *(types.component_names for types in imported.values())
        )

    def find(self, name: str) -> ItemType | None:
        """Return a type by its name, with or without a namespace prefix (``feel:string``)."""
        for wanted in (name, name.rpartition(":")[2]):
            if wanted in self._known:
                return self._known[wanted]
            if wanted in self._nodes:
                return self._declared(wanted)
            simple = simple_type(wanted)
            if simple is not None:
                return ItemType(simple)
        return None

    def of(self, node: Any | None) -> ItemType | None:
        """Return the type that a variable, clause or parameter declares; ``None`` without one."""
        name = "" if node is None else (node.get("typeRef") or child_text(node, "typeRef"))
        if not name:
            return None
        found = self.find(name)
        if found is None:
            self._report.warning(
                "unknown-type",
                node,
                said("the type '{name}' is unknown; values are not checked.", name=name),
                "Declare it as an item definition, or use a FEEL type such as string or number.",
            )
        return found

    def _declared(self, name: str) -> ItemType:
        if name in self._open:
            return ANYTHING  # A type inside itself: its inner level is not checked.
        self._open.add(name)
        built = self._built(self._nodes[name], name)
        self._open.discard(name)
        self._known[name] = built
        return built

    def _built(self, node: Any, name: str) -> ItemType:
        allowed = self._tests(child(node, "allowedValues"))
        constraint = self._tests(child(node, "typeConstraint"))
        many = node.get("isCollection") == "true"
        components = list(children(node, "itemComponent"))
        if components:
            parts = {c.get("name", ""): self._built(c, c.get("name", "")) for c in components}
            kinds = {key: part.feel for key, part in parts.items()}
            single = ItemType(FeelType("context", entries=kinds, name=name), allowed, parts=parts)
        elif (function := child(node, "functionItem")) is not None:
            result = function.get("outputTypeRef") or child_text(function, "outputTypeRef")
            single = ItemType(FeelType("function", name=name), item=self.find(result))
        else:
            single = self._alias(node, name, allowed, constraint if not many else None)
        if many:
            return ItemType(FeelType("list", item=single.feel, name=name), constraint, single)
        return single

    def _alias(
        self, node: Any, name: str, allowed: UnaryTests | None, constraint: UnaryTests | None
    ) -> ItemType:
        base = self.of(node) or ANYTHING
        tests = constraint or allowed or base.allowed
        return ItemType(base.feel, tests, base.item, base.parts)

    def _tests(self, node: Any | None) -> UnaryTests | None:
        source = text_of(node)
        if not source.strip():
            return None
        try:
            return parse_unary_tests(source)
        except FeelError as error:
            self._report.error(
                "feel", node, said("allowed values: {error}", error=error), "Correct the list."
            )
            return None
