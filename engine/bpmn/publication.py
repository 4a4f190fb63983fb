"""A publication: the diagrams of a scheme with all they call, checked and made runnable."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.checks import check_calendar, check_references
from engine.bpmn.documentation import Documentation
from engine.bpmn.drawn import check_drawing
from engine.bpmn.elements import Body, Process
from engine.bpmn.findings import Findings, Place
from engine.bpmn.processes import read_processes
from engine.bpmn.reader import DI, children, extensions, is_bpmn, read_document, referred, tag
from engine.bpmn.schemas import check_dmn_schema
from engine.bpmn.soundness import check_soundness
from engine.bpmn.specs import build
from engine.bpmn.starts import check_beginning
from engine.bpmn.structure import check_structure
from engine.bpmn.undoing import check_undone
from engine.bpmn.wording import check_wording
from engine.dmn import check, read_decisions
from engine.errors import DecisionError, DeploymentRefused, Finding
from engine.feel import to_feel
from engine.forms import check as check_form
from engine.model import HandlerSpec
from engine.rules import said


@dataclass(frozen=True, slots=True)
class References:
    """What one file calls and defines, by id."""

    processes: frozenset[str]
    forms: frozenset[str]
    decisions: frozenset[str]
    defines: frozenset[str]


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication ready to run; immutable, and safe to share between threads.

    :ivar processes: by id. :ivar specs: SpiffWorkflow's specifications, by process or
        sub-process id. :ivar decisions: the decision model that holds each decision id.
    :ivar documentation: ids of processes that cannot be run and are kept as documentation.
    :ivar why: what they would have been refused for.
    :ivar constants: visible to every expression as ``scheme``; never part of a state.
    """

    process_id: str
    processes: Mapping[str, Process]
    specs: Mapping[str, Any]
    decisions: Mapping[str, Any]
    handlers: Mapping[str, HandlerSpec]
    constants: Mapping[str, Any]
    country: str
    time_zone: str
    findings: tuple[Finding, ...]
    documentation: frozenset[str] = frozenset()
    why: tuple[Finding, ...] = ()

    @property
    def top(self) -> Body | None:
        """The body of the process that a case runs; ``None`` if that is documentation only."""
        process = self.processes.get(self.process_id)
        return None if process is None else process.body


def compile_publication(
    files: Mapping[str, bytes],
    process_id: str,
    *,
    handlers: Mapping[str, HandlerSpec],
    constants: Mapping[str, Any],
    country: str,
    time_zone: str,
    any_start: bool = False,
    documentation: Collection[str] | None = None,
) -> Publication:
    """Read, check and build a scheme's diagrams.

    :param files: every file of the publication by name.
    :param process_id: the process that a case of the scheme runs.
    :param any_start: whether the caller starts cases itself, in ways of its own.
    :param documentation: given, what cannot be run is kept as documentation instead of being
        refused, and so are the processes with these ids.
    :raises DeploymentRefused: something in it has errors; every finding is told.
    """
    findings = Findings()
    values = {name: to_feel(value) for name, value in constants.items()}
    told = Documentation(process_id, keeps=documentation is not None, known=documentation or ())
    processes, decisions = read_publication(
        files,
        process_id,
        handlers,
        country,
        time_zone,
        findings,
        told,
        None if any_start else values,
    )
    if findings.refused:
        raise DeploymentRefused(findings.sorted())
    return Publication(
        process_id,
        processes,
        build(processes),
        decisions,
        handlers,
        values,
        country,
        time_zone,
        findings.sorted(),
        frozenset(told.kept),
        told.why,
    )


def references(source: bytes) -> References:
    """Return what a BPMN file calls and defines.

    :raises DeploymentRefused: it cannot be read.
    """
    findings = Findings()
    document = read_document(source, "", findings)
    if document is None:
        raise DeploymentRefused(findings.sorted())
    found: dict[str, set[str]] = {"processId": set(), "formId": set(), "decisionId": set()}
    for node in document.root.iter():
        for item in extensions(node):
            for name, ids in found.items():
                if item.get(name):
                    ids.add(item.get(name))
        if is_bpmn(node) and tag(node) == "callActivity":
            found["processId"].add(referred(node, "calledElement") or "")
    defines = {node.get("id", "") for node in children(document.root, "process")}
    return References(
        frozenset(found["processId"] - {""}),
        frozenset(found["formId"]),
        frozenset(found["decisionId"]),
        frozenset(defines),
    )


# --- reading ----------------------------------------------------------------------------------


def read_publication(
    files: Mapping[str, bytes],
    process_id: str | None,
    handlers: Mapping[str, HandlerSpec],
    country: str,
    time_zone: str,
    findings: Findings,
    documentation: Documentation,
    constants: Mapping[str, Any] | None,
    *,
    deep: bool = False,
) -> tuple[dict[str, Process], dict[str, Any]]:
    """Return the processes by id, and the decision model that holds each decision.

    :param process_id: the process that a case runs; ``None`` where each file stands alone.
    :param documentation: settled here: what it keeps is not returned.
    :param constants: what start events see of the scheme; ``None`` to leave them unchecked.
    :param deep: whether to look as lint does, which takes longer.
    """
    processes: dict[str, Process] = {}
    for name in sorted(files):
        if name.endswith(".bpmn"):
            _read_file(name, files[name], processes, documentation, findings)
    decisions, forms = _decisions(files, findings), _forms(files, findings)
    if documentation.keeps:
        wrong = findings.wrong_files()
        decisions = {name: each for name, each in decisions.items() if each.file not in wrong}
        forms = {name: file for name, file in forms.items() if file not in wrong}
    if process_id is not None and process_id not in processes and not findings.refused:
        known = ", ".join(sorted(processes)) or "none"
        findings.error(
            "no-process",
            Place("scheme.toml"),
            said(
                "the scheme's process '{process_id}' is in none of its files (found: {known}).",
                process_id=process_id,
                known=known,
            ),
            "Correct 'process' in scheme.toml or the id in the diagram.",
        )
    for process in processes.values():
        check_structure(process, findings)
    if process_id is not None:
        check_undone(processes.values(), findings)
        check_calendar(processes, country, time_zone, findings)
    check_references(processes, handlers, forms, decisions, findings, alone=process_id is None)
    if constants is not None and process_id in processes:
        check_beginning(processes[process_id], constants, time_zone, findings)
    if deep:
        check_soundness(processes.values(), findings)
    documentation.settle(processes, findings)
    return processes, decisions


def _read_file(
    name: str,
    source: bytes,
    processes: dict[str, Process],
    documentation: Documentation,
    findings: Findings,
) -> None:
    document = read_document(source, name, findings)
    if document is None:
        return
    documentation.describe(document, findings)
    check_wording(document, findings)
    check_drawing(document, findings)
    found = read_processes(document, findings)
    for process in found:
        if process.id in processes:
            findings.error(
                "duplicate-process",
                process.place,
                said("the process is also in {file}.", file=processes[process.id].place.file),
                "Give one of the two another id.",
            )
        processes.setdefault(process.id, process)
    if found and next(document.root.iter(f"{{{DI}}}BPMNShape"), None) is None:
        findings.warning(
            "no-diagram",
            Place(name),
            "the file has no diagram interchange: the case page shows the list of steps alone.",
            "Open it in a modeler, lay it out and save it.",
        )


def _decisions(files: Mapping[str, bytes], findings: Findings) -> dict[str, Any]:
    tables = {name: source for name, source in files.items() if name.endswith(".dmn")}
    found: dict[str, Any] = {}
    homes: dict[str, str] = {}
    for name in sorted(tables):
        findings.items.extend(check(tables[name], name, tables))
        findings.items.extend(check_dmn_schema(tables[name], name))
        try:
            model = read_decisions(tables[name], name, tables)
        except DecisionError:
            continue  # Its check has said so already, with the place.
        for decision_id in (*model.decisions, *model.services):
            _once(decision_id, name, homes, said("decision"), findings)
            found[decision_id] = model
    return found


def _forms(files: Mapping[str, bytes], findings: Findings) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, source in sorted(files.items()):
        if not name.endswith(".form"):
            continue
        findings.items.extend(check_form(source, name))
        try:
            form = json.loads(source)
        except ValueError:
            continue  # Its check has said so already.
        form_id = form.get("id") if isinstance(form, dict) else None
        if isinstance(form_id, str):
            _once(form_id, name, found, said("form"), findings)
    return found


def _once(identifier: str, file: str, homes: dict[str, str], what: str, findings: Findings) -> None:
    home = homes.setdefault(identifier, file)
    if home != file:
        findings.error(
            f"duplicate-{what}",
            Place(file),
            said(
                "the {what} '{identifier}' is also in {home}.",
                what=what,
                identifier=identifier,
                home=home,
            ),
            "Give one of the two another id.",
        )
