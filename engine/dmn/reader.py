"""From a DMN file to its model: the requirement graph, its types and its expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.dmn.boxed import Missing
from engine.dmn.boxed_reader import read_function, read_logic
from engine.dmn.direct import direct
from engine.dmn.document import Report, child, children, read_root, refused, tag
from engine.dmn.expressions import Expressions, Known
from engine.dmn.graph import check_graph
from engine.dmn.model import (
    Decision,
    DecisionModel,
    Element,
    InputData,
    Knowledge,
    Requirement,
    Service,
)
from engine.dmn.session import Box
from engine.dmn.types import Types
from engine.errors import DecisionError
from engine.rules import said

MAX_IMPORTS = 50
"""Files that one file may import, directly or through others."""

_NO_FILES: Mapping[str, bytes] = {}
_LOGIC_TAGS = (
    *("decisionTable", "literalExpression", "context", "list", "relation", "functionDefinition"),
    *("invocation", "conditional", "filter", "for", "some", "every"),
)


def read_decisions(
    source: bytes, filename: str, others: Mapping[str, bytes] = _NO_FILES
) -> DecisionModel:
    """Return a DMN file's decisions, compiled.

    :param filename: its name in the scheme's folder, for messages.
    :param others: files by name that it may import; found by their namespace.
    :raises DecisionError: it cannot be read at all: too large, no XML, a DTD, no DMN 1.2 to 1.5.
        A fault inside one decision is a finding, and raises when that decision is evaluated.
    """
    return read_model(source, Report(filename), others)


def read_model(source: bytes, report: Report, others: Mapping[str, bytes]) -> DecisionModel:
    """Do what :func:`read_decisions` does, with a report that outlives a refusal.

    :raises DecisionError: it cannot be read at all; the report says so too.
    """
    root = read_root(source, report)
    try:
        return _model(root, report, others)
    except RecursionError:
        message = "its expressions, types or imports nest too deep."
        raise refused(report, "too-deep", message, "Split it into several decisions.") from None


def _model(root: Any, report: Report, others: Mapping[str, bytes]) -> DecisionModel:
    library = _Library(others)
    library.open.add(root.get("namespace", ""))
    reader = _FileReader(root, report, library, "")
    elements = reader.read()
    own = {key: elements[key] for key in reader.keys}
    findings = [*report.items, *library.findings()]
    report.items = list(dict.fromkeys(findings))
    decisions = {key: e for key, e in own.items() if isinstance(e, Decision)}
    laid_out = {k: direct(d, elements) for k, d in decisions.items() if k not in reader.circular}
    return DecisionModel(
        file=report.file,
        name=root.get("name", ""),
        namespace=root.get("namespace", ""),
        decisions=decisions,
        services={key: e for key, e in own.items() if isinstance(e, Service)},
        elements=elements,
        circular=reader.circular,
        findings=report.sorted(),
        direct={key: one for key, one in laid_out.items() if one is not None},
    )


class _Library:
    """The files that may be imported, read once each, when first wanted."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._roots: dict[str, tuple[Any, Report]] | None = None
        self._read: dict[str, _FileReader] = {}
        self.open: set[str] = set()

    def find(self, namespace: str) -> _FileReader | None:
        """Return the reader of the file with a namespace; ``None`` if no file has it."""
        if namespace in self._read:
            return self._read[namespace]
        found = self._sources().get(namespace)
        if found is None or len(self._read) >= MAX_IMPORTS:
            return None
        self.open.add(namespace)
        reader = _FileReader(*found, self, f"{namespace}#")
        self._read[namespace] = reader
        reader.read()
        self.open.discard(namespace)
        return reader

    def findings(self) -> Iterator[Any]:
        """Yield what is wrong with the files that were imported."""
        for reader in self._read.values():
            yield from reader.report.items

    def _sources(self) -> dict[str, tuple[Any, Report]]:
        if self._roots is None:
            self._roots = {}
            for name, source in self._files.items():
                report = Report(name)
                try:
                    root = read_root(source, report)
                except DecisionError:
                    continue  # Its own reading tells of it; here it only cannot be imported.
                self._roots[root.get("namespace", "")] = (root, report)
        return self._roots


class _FileReader:
    """Reads one file; ``prefix`` stands before its elements' keys where it is imported."""

    def __init__(self, root: Any, report: Report, library: _Library, prefix: str) -> None:
        self.root = root
        self.report = report
        self.prefix = prefix
        self.namespace = root.get("namespace", "")
        self.elements: dict[str, Element] = {}
        self.circular: frozenset[str] = frozenset()
        self._imports = dict(self._imported(library))
        self.types: Types = Types(root, report, {n: r.types for n, r in self._imports.items()})
        self._nodes = {self.prefix + _id(node): node for node in children(root, *_ELEMENTS)}

    @property
    def keys(self) -> Iterable[str]:
        """The keys of the file's own elements."""
        return self._nodes

    def read(self) -> dict[str, Element]:
        """Return every element by key, those of imported files too."""
        for reader in self._imports.values():
            self.elements.update(reader.elements)
        self._check_ids()
        for key, node in self._nodes.items():
            self.elements[key] = _ELEMENTS[tag(node)](self, node)
        self.circular = check_graph(self.elements, self._nodes, self.report)
        return self.elements

    def _imported(self, library: _Library) -> Iterator[tuple[str, _FileReader]]:
        for node in children(self.root, "import"):
            namespace = node.get("namespace", "")
            if "DMN" not in node.get("importType", "DMN"):
                continue
            if namespace in library.open:
                message = said(
                    "the import of '{namespace}' comes back to this file.", namespace=namespace
                )
                self.report.error("import", node, message, "Break the circle.")
                continue
            reader = library.find(namespace)
            if reader is None:
                message = said(
                    "no file with the namespace '{namespace}' is here to be imported.",
                    namespace=namespace,
                )
                self.report.error("import", node, message, "Add that file, or remove the import.")
                continue
            yield node.get("name", ""), reader

    def _check_ids(self) -> None:
        seen: set[str] = set()
        for node in self.root.iter():
            found = node.get("id") if isinstance(node.tag, str) else None
            if found and found in seen:
                message = said("the id '{found}' is used twice.", found=found)
                self.report.error("duplicate-id", node, message, "Give each element its own id.")
            seen.add(found or "")
        for node in children(self.root, *_ELEMENTS):
            if not node.get("id"):
                message = said(
                    "<{tag}> '{name}' has no id.", tag=tag(node), name=node.get("name", "")
                )
                self.report.warning("no-id", node, message, "Give it one, so its name may change.")

    # --- requirements -------------------------------------------------------------------------

    def _requirement(self, node: Any) -> Requirement | None:
        """Return what a node with an ``href`` points to; nothing, with a finding, if nowhere."""
        href = node.get("href", "")
        namespace, _, wanted = href.rpartition("#")
        if namespace in {"", self.namespace}:
            target = self._nodes.get(self.prefix + wanted)
            if target is not None:
                return Requirement(self.prefix + wanted, (_variable(target),))
        for name, reader in self._imports.items():
            target = reader._nodes.get(f"{namespace}#{wanted}")
            if target is not None:
                path = (name, _variable(target)) if name else (_variable(target),)
                return Requirement(f"{namespace}#{wanted}", path)
        message = said(
            "<{tag}> points to '{href}', which is not in the file.", tag=tag(node), href=href
        )
        self.report.error("missing-requirement", node, message, "Draw it, or remove the arrow.")
        return None

    def _requirements(self, node: Any, *arrows: str) -> tuple[Requirement, ...]:
        found = [
            self._requirement(target)
            for arrow in children(node, *arrows)
            for target in children(arrow, "requiredInput", "requiredDecision", "requiredKnowledge")
        ]
        return tuple(requirement for requirement in found if requirement is not None)

    def _known(self, requires: tuple[Requirement, ...]) -> Known:
        supplied = {part for requirement in requires for part in requirement.path}
        nested = {
            part
            for reader in self._imports.values()
            for node in reader._nodes.values()
            for part in (_variable(node),)
        }
        return Known(frozenset(supplied) | self.types.entry_names | nested)

    # --- elements -----------------------------------------------------------------------------

    def input_data(self, node: Any) -> Element:
        """Read a drawn input."""
        kind = self.types.of(child(node, "variable"))
        return InputData(_id(node), _variable(node), kind, self.report.place(node))

    def decision(self, node: Any) -> Element:
        """Read a decision."""
        requires = self._requirements(node, "informationRequirement", "knowledgeRequirement")
        made = Expressions(self.report, self.types)
        name = node.get("name") or _id(node)
        box = read_logic(node, self._known(requires), made, said("decision '{name}'", name=name))
        logic = child(node, *_LOGIC_TAGS)
        kind = self.types.of(child(node, "variable"))
        box = made.typed(box, kind, node, said("decision '{name}'", name=name))
        return Decision(
            id=_id(node),
            name=name,
            variable=_variable(node),
            kind="" if logic is None else tag(logic),
            box=box,
            requires=requires,
            free_names=self._free(made, requires),
            type=kind,
            where=self.report.place(node),
            line=node.sourceline or 0,
        )

    def _free(self, made: Expressions, requires: tuple[Requirement, ...]) -> frozenset[str]:
        inputs: set[str] = set()
        supplied: set[str] = set()
        for requirement in requires:
            target = self._nodes.get(requirement.key)
            if target is not None and tag(target) == "inputData":
                inputs.add(requirement.path[0])
            else:
                supplied.add(requirement.path[0])
                supplied.add(requirement.key)
        return frozenset((made.free - supplied) | inputs)

    def knowledge(self, node: Any) -> Element:
        """Read a business knowledge model."""
        drawn = self._requirements(node, "knowledgeRequirement")
        # A function sees itself: an arrow to itself draws no circle.
        requires = tuple(one for one in drawn if one.key != self.prefix + _id(node))
        made = Expressions(self.report, self.types)
        logic = child(node, "encapsulatedLogic")
        name = _variable(node)
        box: Box
        if logic is None:
            message = said("the knowledge model '{name}' has no function.", name=name)
            box = Missing(self.report.error("empty", node, message, "Give it one."))
        else:
            variable = child(node, "variable")
            known = self._known(requires).plus(name)
            box = read_function(logic, known, made, name, _id(node), variable)
        return Knowledge(_id(node), name, box, requires, self.report.place(node))

    def service(self, node: Any) -> Element:
        """Read a decision service."""
        inputs = [*children(node, "inputData"), *children(node, "inputDecision")]
        found = [self._requirement(part) for part in inputs]
        outputs = [self._requirement(part) for part in children(node, "outputDecision")]
        declared = self.types.of(child(node, "variable"))
        return Service(
            id=_id(node),
            name=_variable(node),
            inputs=tuple(r for r in found if r is not None),
            outputs=tuple(r for r in outputs if r is not None),
            type=None if declared is None else declared.of_result,
            where=self.report.place(node),
        )


_ELEMENTS: dict[str, Callable[[_FileReader, Any], Element]] = {
    "inputData": _FileReader.input_data,
    "decision": _FileReader.decision,
    "businessKnowledgeModel": _FileReader.knowledge,
    "decisionService": _FileReader.service,
}


def _id(node: Any) -> str:
    return str(node.get("id") or node.get("name") or "")


def _variable(node: Any) -> str:
    """Return the name that an element has in expressions."""
    variable = child(node, "variable")
    name = None if variable is None else variable.get("name")
    return str(name or node.get("name") or _id(node))
