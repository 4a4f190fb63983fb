"""A scheme's own words against its diagrams: roles, organisations, what the case page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine import bpmn
from engine.bpmn.assignment import listed
from engine.bpmn.checks import elements_of, suggestion
from engine.bpmn.elements import Element
from engine.bpmn.expressions import Formula
from engine.errors import Finding
from engine.feel import syntax
from engine.rules import finding, said
from engine.service.publications import COMMON
from engine.service.report_specs import unknown_names
from engine.service.scheme import SchemeConfig

FILE = "scheme.toml"
ORGANISATION = "organisation"
"""What handlers call the argument that names an organisation."""


def check_scheme(
    config: SchemeConfig, files: Mapping[str, bytes], seen: bpmn.Survey
) -> Iterator[Finding]:
    """Yield what does not fit between a scheme's own words and its files."""
    for element in elements_of(seen.processes.values()):
        yield from _roles(element, config)
        yield from _organisations(element, config)
    for party in config.standing_parties:
        if party.role not in config.roles:
            yield _unknown_role(party.role, config, FILE, "", 0)
    yield from _summary(config, seen)
    yield from _reports(config, seen)
    yield from _unused(config, files, seen)


# --- roles and organisations ------------------------------------------------------------------


def _roles(element: Element, config: SchemeConfig) -> Iterator[Finding]:
    place = element.place
    roles = dict.fromkeys(_groups(element))
    # What schemes share is offered to roles of all of them; each has those that it needs.
    if place.file.startswith(f"{COMMON}/") and any(role in config.roles for role in roles):
        return
    for role in roles:
        if role not in config.roles:
            yield _unknown_role(role, config, place.file, place.element, place.line)


def _unknown_role(role: str, config: SchemeConfig, file: str, element: str, line: int) -> Finding:
    return finding(
        "scheme.role",
        "warning",
        file,
        element,
        line,
        said("the group '{role}' is none of the scheme's roles, so nobody is asked.", role=role),
        suggestion(role, config.roles, "Add [roles.…] to scheme.toml, or correct the name."),
    )


def _groups(element: Element) -> Iterator[str]:
    """Yield the roles that an element names, as far as its texts say them."""
    groups = element.extensions.candidate_groups
    yield from listed(element.extensions.properties.get("candidateGroups", ""))
    if groups is not None:
        yield from _texts(groups)
    elif element.lane and element.kind in {"userTask", "manualTask"}:
        yield element.lane


def _texts(formula: Formula) -> Iterator[str]:
    if formula.expression is None:
        yield from listed(formula.text)
        return
    waiting: list[object] = [formula.expression.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.Literal) and isinstance(node.value, str):
            yield from listed(node.value)
        elif isinstance(node, syntax.If):
            waiting += [node.no, node.yes]
        elif isinstance(node, syntax.ListOf):
            waiting += node.items


def _organisations(element: Element, config: SchemeConfig) -> Iterator[Finding]:
    named = {party.organisation for party in config.standing_parties}
    named |= {value for value in config.constants.values() if isinstance(value, str)}
    for mapping in element.extensions.inputs:
        name = mapping.source.text
        if mapping.target == (ORGANISATION,) and mapping.source.is_literal and name not in named:
            place = element.place
            yield finding(
                "scheme.organisation",
                "warning",
                place.file,
                place.element,
                place.line,
                said("the organisation '{name}' is not named in scheme.toml.", name=name),
                suggestion(
                    name,
                    named,
                    "Name it under [constants] and write =scheme.…, so that it is found there.",
                ),
            )


def _summary(config: SchemeConfig, seen: bpmn.Survey) -> Iterator[Finding]:
    for name in config.summary:
        if name not in seen.writes.known and not seen.writes.is_open:
            yield finding(
                "scheme.summary",
                "warning",
                FILE,
                "",
                0,
                said("the case page is to show '{name}', which no step writes.", name=name),
                suggestion(name, sorted(seen.writes.known), "Correct 'summary'."),
            )


def _reports(config: SchemeConfig, seen: bpmn.Survey) -> Iterator[Finding]:
    if seen.writes.is_open:
        return
    for code, name in unknown_names(config.reports, seen.writes.known):
        yield finding(
            "scheme.report-variable",
            "warning",
            FILE,
            "",
            0,
            said("[reports.{code}] reads '{name}', which no step writes.", code=code, name=name),
            suggestion(name, sorted(seen.writes.known), "Correct the name."),
        )


# --- files ------------------------------------------------------------------------------------


def _unused(
    config: SchemeConfig, files: Mapping[str, bytes], seen: bpmn.Survey
) -> Iterator[Finding]:
    """Yield the scheme's own files that its process does not reach."""
    if config.process not in seen.processes:
        return
    used = _reached(config.process, seen) | _imported(files, seen)
    for file in sorted(files):
        if "/" not in file and file in _homes(seen) and file not in used:
            yield finding(
                "scheme.unused-file",
                "warning",
                file,
                "",
                0,
                "no step of the scheme comes to this file.",
                "Call it from a diagram, or remove it from the folder.",
            )


def _reached(process_id: str, seen: bpmn.Survey) -> set[str]:
    used: set[str] = set()
    waiting, known = [process_id], {process_id}
    while waiting:
        process = seen.processes[waiting.pop()]
        used.add(process.place.file)
        for element in elements_of([process]):
            found = element.extensions
            if found.form_id is not None:
                used.add(seen.form_files.get(found.form_id, ""))
            decision = seen.decisions.get(found.decision_id or "")
            used |= {decision.file} if decision is not None else set()
            called = found.called.process_id if found.called else ""
            if called in seen.processes and called not in known:
                known.add(called)
                waiting.append(called)
    return used


def _imported(files: Mapping[str, bytes], seen: bpmn.Survey) -> set[str]:
    """Return the decision files whose namespace another one names."""
    return {
        model.file
        for model in seen.decisions.values()
        for name, source in files.items()
        if name != model.file and name.endswith(".dmn") and model.namespace.encode() in source
    }


def _homes(seen: bpmn.Survey) -> Iterable[str]:
    """Return the files that something could call."""
    return {
        *(process.place.file for process in seen.processes.values()),
        *seen.form_files.values(),
        *(model.file for model in seen.decisions.values()),
    }
