"""Item-aware elements, read: data objects, properties, data inputs and outputs, associations.

Each is a variable of the scope that it stands in, under its own name where that is a plain one and
under its id otherwise. A data association moves a value from one to another when an activity or
event begins or ends.

Source: BPMN 2.0.2, section 10.4 (items and data).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.bpmn.expressions import Expressions, Formula
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import BPMN, Document, child, children, is_bpmn, referred, tag
from engine.feel import parse
from engine.rules import said

ITEMS = ("property", "dataInput", "dataOutput", "inputDataItem", "outputDataItem")
PLACEHOLDER = "__targetRef_placeholder"
"""Name of the property that Camunda Modeler writes where the schema wants a target."""


@dataclass(frozen=True, slots=True)
class Carry:
    """One value that a data association moves.

    :ivar target: variable, and the entries of its context on the way to the part that is written.
    :ivar origin: id of what it reads as a whole; ``""`` where an expression says it.
    :ivar goal: id of what it writes. :ivar is_copy: whether it moves the origin as it is; what
        was never written is not copied.
    """

    source: Formula
    target: tuple[str, ...]
    origin: str
    goal: str
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Data:
    """What an activity or event has of its own, takes in and gives out.

    :ivar own: variables that nobody outside sees.
    """

    own: tuple[str, ...] = ()
    inputs: tuple[Carry, ...] = ()
    outputs: tuple[Carry, ...] = ()


NO_DATA = Data()


class DataReader:
    """Reads the data of one file.

    :ivar names: the variable of each item-aware element, by id.
    """

    def __init__(self, document: Document, findings: Findings, expressions: Expressions) -> None:
        self._file = document.file
        self._findings = findings
        self._expressions = expressions
        self._placeholders: set[str] = set()
        self.names: dict[str, str] = {}
        self._read_objects(document.root)
        for node in document.root.iter(*(f"{{{BPMN}}}{kind}" for kind in ITEMS)):
            if node.get("name") == PLACEHOLDER:
                self._placeholders.add(node.get("id", ""))
            elif node.get("id"):
                self.names[node.get("id")] = _variable(node.get("name"), node.get("id"))

    def _read_objects(self, root: Any) -> None:
        shown: dict[str, str] = {}
        references = list(root.iter(f"{{{BPMN}}}dataObjectReference"))
        for node in references:
            shown.setdefault(referred(node, "dataObjectRef") or "", node.get("name") or "")
        taken: set[tuple[Any, str]] = set()
        for node in root.iter(f"{{{BPMN}}}dataObject"):
            name = node.get("id", "")
            variable = _variable(node.get("name") or shown.get(name), name)
            # Two objects of one name in one place are two: the second goes by its id.
            self.names[name] = name if (node.getparent(), variable) in taken else variable
            taken.add((node.getparent(), variable))
        for node in references:
            aim = referred(node, "dataObjectRef") or ""
            self.names[node.get("id", "")] = self.names.get(aim, aim)
        for node in root.iter(f"{{{BPMN}}}dataStoreReference"):
            self.names[node.get("id", "")] = _variable(node.get("name"), node.get("id", ""))

    def objects(self, node: Any) -> tuple[str, ...]:
        """Return the variables of the data objects that a process or sub-process declares."""
        declared = (self.names[each.get("id", "")] for each in children(node, "dataObject"))
        return tuple(dict.fromkeys(declared))

    def formula(self, reference: str | None) -> Formula | None:
        """Return what reads an item-aware element; ``None`` if there is none of this id."""
        name = self.names.get((reference or "").strip().rpartition(":")[2])
        return None if name is None else Formula(name, parse(name, (name,)))

    def read(self, node: Any) -> Data:
        """Return the data of an activity or event."""
        inputs = tuple(self._carries(node, "dataInputAssociation"))
        outputs = tuple(self._carries(node, "dataOutputAssociation"))
        own = [self.names[each.get("id", "")] for each in self._properties(node)]
        results = {each.get("id") for each in _results(node)}
        own += [self.names[carry.origin] for carry in outputs if carry.origin in results]
        return Data(tuple(dict.fromkeys(own)), inputs, outputs)

    def _properties(self, node: Any) -> Iterator[Any]:
        for each in children(node, "property"):
            if each.get("id") in self.names:
                yield each

    # --- associations -------------------------------------------------------------------------

    def _carries(self, node: Any, kind: str) -> Iterator[Carry]:
        for association in children(node, kind):
            goal = referred_text(association, "targetRef")
            if goal in self._placeholders or not goal:
                continue
            if goal not in self.names:
                self._not_run(association, goal)
            elif children(association, "assignment"):
                yield from self._assigned(association, goal)
            elif child(association, "transformation") is not None:
                yield from self._transformed(association, goal)
            else:
                yield from self._copied(association, goal)

    def _copied(self, association: Any, goal: str) -> Iterator[Carry]:
        for reference in children(association, "sourceRef")[:1]:
            origin = _ref(reference)
            formula = self.formula(origin)
            if formula is None:
                self._not_run(association, origin)
            else:
                yield Carry(formula, (self.names[goal],), origin, goal, is_copy=True)

    def _transformed(self, association: Any, goal: str) -> Iterator[Carry]:
        node = child(association, "transformation")
        formula = self._feel(node, said("transformation"))
        if formula is not None:
            sources = [_ref(each) for each in children(association, "sourceRef")]
            origin = sources[0] if len(sources) == 1 else ""
            yield Carry(formula, (self.names[goal],), origin, goal, is_copy=False)

    def _assigned(self, association: Any, goal: str) -> Iterator[Carry]:
        for each in children(association, "assignment"):
            source, to = child(each, "from"), child(each, "to")
            formula = self._feel(source, said("assignment")) if source is not None else None
            if formula is None:
                continue
            path = self._path((to.text or "") if to is not None else "", goal)
            if all(part.isidentifier() for part in path[1:]):
                yield Carry(formula, path, "", goal, is_copy=False)
            else:
                self._findings.error(
                    "data-association",
                    Place.of(self._file, each),
                    said("its assignment goes to '{path}', which is no part.", path=".".join(path)),
                    "Write the data's id or name, or a path into it such as address.town.",
                )

    def _path(self, text: str, goal: str) -> tuple[str, ...]:
        """Return where an assignment goes: a whole element, or a part of the association's goal."""
        written = text.strip().removeprefix("=").strip()
        if written in self.names:
            return (self.names[written],)
        head, *rest = written.split(".")
        whole = self.names[goal]
        if head in {"", whole, goal}:
            return (whole, *rest)
        if head in self.names:
            return (self.names[head], *rest)
        return (whole, head, *rest)

    def _feel(self, node: Any, what: str) -> Formula | None:
        if self._expressions.is_feel(node):
            return self._expressions.feel(node.text, node, what)
        self._findings.warning(
            "data-association",
            Place.of(self._file, node),
            said("its {what} is not written in FEEL, so nothing is carried over.", what=what),
            "Write it in FEEL if cases are to follow it.",
        )
        return None

    def _not_run(self, association: Any, name: str) -> None:
        self._findings.warning(
            "data-association",
            Place.of(self._file, association),
            said("its data association joins '{name}', which is no data here.", name=name),
            "Join a data object, a property or a data input or output, or remove it.",
        )


def _variable(name: str | None, identifier: str) -> str:
    return name.strip() if name and name.strip().isidentifier() else identifier


def referred_text(node: Any, name: str) -> str:
    """Return the id that a child of this name holds; ``""`` if there is none."""
    return _ref(child(node, name))


def _ref(node: Any | None) -> str:
    return "" if node is None else (node.text or "").strip().rpartition(":")[2]


def _results(node: Any) -> Iterator[Any]:
    """Yield an element's data outputs: an event's own, an activity's in its specification."""
    for holder in (node, *children(node, "ioSpecification")):
        yield from (each for each in holder if is_bpmn(each) and tag(each) == "dataOutput")
