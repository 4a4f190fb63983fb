"""Item definitions: the types a DMN file declares, with their allowed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from engine.dmn.document import Report, child, child_text, children, text_of
from engine.errors import FeelError
from engine.feel import (
    ANY,
    FeelType,
    Meter,
    UnaryTests,
    Value,
    kind_of,
    parse_unary_tests,
    simple_type,
)
from engine.feel.syntax import Literal as LiteralNode
from engine.rules import said


@dataclass(frozen=True, slots=True)
class ItemType:
    """A declared type.

    :ivar feel: what FEEL's own type checks know of it.
    :ivar allowed: tests of which a value must pass each: its own and those of the types it narrows.
    :ivar item: of a list, its items' type; of a function, its result's.
    :ivar parts: of a structure, its components' types.
    :ivar name: as declared, for messages.
    """

    feel: FeelType
    allowed: tuple[UnaryTests, ...] = ()
    item: ItemType | None = None
    parts: Mapping[str, ItemType] = field(default_factory=dict)
    name: str = ""

    @property
    def listed(self) -> tuple[Value, ...]:
        """The allowed values in the order written, where all of them are written as values."""
        for tests in reversed(self.allowed):
            tree = tests.tree
            if tree is None or tree.negated:
                continue
            literals = [test.value for test in tree.tests if isinstance(test, LiteralNode)]
            if len(literals) == len(tree.tests):
                return tuple(value for value in literals if self._allows(value))
        return ()

    @property
    def of_result(self) -> ItemType | None:
        """What a function declared with this type returns: any other type is its result's own."""
        return self.item if self.feel.kind == "function" else self

    def fits(self, value: Value, meter: Meter | None = None) -> bool:
        """Return whether the value is of this type; null is of every type.

        :raises FeelError: its tests pass the budget.
        """
        if value is None:
            return True
        if not self.feel.conforms(value) or not self._allows(value, meter):
            return False
        if isinstance(value, tuple) and self.item is not None:
            return all(self.item.fits(part, meter) for part in value)
        if isinstance(value, Mapping):
            here = [(kind, value[name]) for name, kind in self.parts.items() if name in value]
            return all(kind.fits(part, meter) for kind, part in here)
        return True

    def _allows(self, value: Value, meter: Meter | None = None) -> bool:
        return all(tests.test(value, {}, meter=meter) is True for tests in self.allowed)

    def taken(self, value: Value, meter: Meter | None = None) -> tuple[Value, str]:
        """Return the value as this type takes it, and why it is null if it does not fit.

        DMN 1.5, 10.3.2.9.4: a list of one stands for its item, an item for a list of one, a date
        for its midnight in UTC; anything else that does not fit is null. The reason names kinds
        and types, never the value.

        :param meter: the budget of the evaluation, which pays for the type's tests.
        :raises FeelError: they pass it.
        """
        if self.fits(value, meter):
            return value, ""
        for other in _alternatives(value):
            if self.fits(other, meter):
                return other, ""
        name = self.name or self.feel.name or self.feel.kind
        if self.feel.conforms(value):
            return None, f"a {kind_of(value)} is not among the values that {name} allows"
        return None, f"a {kind_of(value)} is no {name}"


def _alternatives(value: Value) -> Iterable[Value]:
    if isinstance(value, tuple) and len(value) == 1:
        yield value[0]
    yield (value,)
    if type(value) is date:
        yield datetime(value.year, value.month, value.day, tzinfo=UTC)


ANYTHING = ItemType(ANY)


_NAMING = ("{*}itemComponent", "{*}contextEntry", "{*}column", "{*}output")
"""Elements that name an entry of a context."""


def _entry_name(node: Any) -> str:
    variable = child(node, "variable")
    return str((node if variable is None else variable).get("name") or "")


class Types:
    """The types of one file, by name, and those of the files it imports.

    :ivar feel: the declared types as ``instance of`` may name them.
    :ivar entry_names: names of all components, context entries and columns, which paths and
        filters may use: some have signs in them.
    """

    def __init__(self, root: Any, report: Report, imported: Mapping[str, Types]) -> None:
        self._report = report
        self._nodes = {node.get("name", ""): node for node in children(root, "itemDefinition")}
        self._known: dict[str, ItemType] = {}
        self._open: set[str] = set()
        own = {name for node in root.iter(*_NAMING) if (name := _entry_name(node))}
        self.entry_names: frozenset[str] = frozenset(own).union(
            *(types.entry_names for types in imported.values())
        )
        for prefix, types in imported.items():
            path = f"{prefix}." if prefix else ""
            known = {path + name: kind for name, kind in types._known.items()}
            self._known.update({k: v for k, v in known.items() if k not in self._nodes})
        for name in self._nodes:
            self.find(name)
        self.feel: Mapping[str, FeelType] = {k: v.feel for k, v in self._known.items()}

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
            return ANYTHING  # A type that is only itself says nothing.
        self._open.add(name)
        built = self._built(self._nodes[name], name, declared=True)
        self._open.discard(name)
        self._known[name] = built
        return built

    def _built(self, node: Any, name: str, *, declared: bool = False) -> ItemType:
        """Return the type of an item definition or component.

        Allowed values are of each item of a collection, a type constraint of the whole
        (DMN 1.5, 7.3.3).
        """
        allowed = self._tests(child(node, "allowedValues"))
        whole = self._tests(child(node, "typeConstraint"))
        many = node.get("isCollection") == "true"
        of_one = allowed if many else allowed + whole
        function = child(node, "functionItem")
        components = list(children(node, "itemComponent"))
        kinds: dict[str, FeelType] = {}
        parts: dict[str, ItemType] = {}
        if components:
            feel = FeelType("context", entries=kinds, name=name)
            single = ItemType(feel, of_one, parts=parts, name=name)
        elif function is not None:
            single = self._function(function, name, of_one)
        else:
            single = self._alias(node, name, of_one)
        built = single
        if many:
            feel = FeelType("list", item=single.feel, name=name)
            built = ItemType(feel, whole, single, name=name)
        if declared and components:
            self._known[name] = built  # Its own components may be of this type.
        for component in components:
            key = component.get("name", "")
            parts[key] = self._built(component, key)
            kinds[key] = parts[key].feel
        return built

    def _function(self, node: Any, name: str, tests: tuple[UnaryTests, ...]) -> ItemType:
        result = self.find(node.get("outputTypeRef") or child_text(node, "outputTypeRef"))
        given = [(self.of(one) or ANYTHING).feel for one in children(node, "parameters")]
        item = None if result is None else result.feel
        feel = FeelType("function", item=item, params=tuple(given) or None, name=name)
        return ItemType(feel, tests, result, name=name)

    def _alias(self, node: Any, name: str, tests: tuple[UnaryTests, ...]) -> ItemType:
        base = self.of(node) or ANYTHING
        of_items = self._tests(child(node, "allowedValues"))
        if base.feel.kind == "list" and base.item is not None and of_items:
            item = replace(base.item, allowed=base.item.allowed + of_items)
            own = tuple(one for one in tests if one not in of_items)
            return ItemType(base.feel, base.allowed + own, item, name=name)
        return ItemType(base.feel, base.allowed + tests, base.item, base.parts, name)

    def _tests(self, node: Any | None) -> tuple[UnaryTests, ...]:
        source = text_of(node)
        if not source.strip():
            return ()
        try:
            return (parse_unary_tests(source, self.entry_names),)
        except FeelError as error:
            self._report.error(
                "feel", node, said("allowed values: {error}", error=error), "Correct the list."
            )
            return ()
