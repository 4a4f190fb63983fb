"""Lint: everything there is to say of a publication, and what was seen of it on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.dataflow import check_variables
from engine.bpmn.documentation import Documentation
from engine.bpmn.elements import Process
from engine.bpmn.findings import Findings
from engine.bpmn.publication import read_publication
from engine.bpmn.staffing import check_staffing
from engine.bpmn.vain import check_vain
from engine.bpmn.writers import NONE, Names
from engine.errors import DeploymentRefused, Finding
from engine.feel import to_feel
from engine.forms import Form, read_form
from engine.model import HandlerSpec


@dataclass(frozen=True, slots=True)
class Survey:
    """What lint saw of a publication.

    :ivar processes: those that can be run, by id. :ivar forms: those that could be read, by id.
    :ivar decisions: the decision model that holds each decision.
    :ivar form_files: the file of each form.
    :ivar writes: what a case's own process writes. :ivar findings: errors first.
    """

    processes: Mapping[str, Process]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Any]
    form_files: Mapping[str, str]
    writes: Names
    findings: tuple[Finding, ...]


def lint(
    files: Mapping[str, bytes],
    process_id: str | None,
    *,
    handlers: Mapping[str, HandlerSpec],
    constants: Mapping[str, Any],
    country: str,
    time_zone: str,
    now: datetime | None = None,
    as_documentation: bool = False,
) -> tuple[Finding, ...]:
    """Return everything there is to say of a publication, errors first; see :func:`survey`."""
    return survey(
        files,
        process_id,
        handlers=handlers,
        constants=constants,
        country=country,
        time_zone=time_zone,
        now=now,
        as_documentation=as_documentation,
    ).findings


def survey(
    files: Mapping[str, bytes],
    process_id: str | None,
    *,
    handlers: Mapping[str, HandlerSpec],
    constants: Mapping[str, Any],
    country: str,
    time_zone: str,
    now: datetime | None = None,
    as_documentation: bool = False,
) -> Survey:
    """Look at a publication from every side.

    :param process_id: the process that a case runs; ``None`` for a diagram that stands alone, whose
        handlers, forms, decisions and called processes may be elsewhere.
    :param now: what fixed dates are compared with; without it they are not looked at.
    :param as_documentation: whether what cannot be run only warns, since it would be published so.
    """
    findings = Findings()
    values = {name: to_feel(value) for name, value in constants.items()}
    told = Documentation(process_id, keeps=as_documentation)
    processes, decisions = read_publication(
        files, process_id, handlers, country, time_zone, findings, told, values, deep=True
    )
    check_vain(processes.values(), time_zone, now, findings)
    homes = _forms(files)
    forms, writes = {key: form for key, (form, _) in homes.items()}, NONE
    if process_id is not None and process_id in processes:
        check_staffing(processes.values(), findings)
        writes = check_variables(
            processes, process_id, handlers, forms, decisions, constants, findings
        )
    form_files = {form_id: name for form_id, (_, name) in homes.items()}
    return Survey(processes, forms, decisions, form_files, writes, findings.sorted())


def _forms(files: Mapping[str, bytes]) -> dict[str, tuple[Form, str]]:
    found = {}
    for name, source in files.items():
        if name.endswith(".form"):
            try:
                form = read_form(source, name)
            except DeploymentRefused:
                continue  # Its check has said why.
            found[form.id] = (form, name)
    return found
