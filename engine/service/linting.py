"""Lint of whatever lies at some paths: schemes, single files, folders of foreign diagrams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import bpmn
from engine.errors import DeploymentRefused, Finding
from engine.labels import Labels
from engine.model import HandlerSpec
from engine.service.label_checks import check_labels
from engine.service.lone_files import Beside, files_below, lint_alone, unreadable
from engine.service.publications import COMMON, labels_of, read_folder
from engine.service.scheme import SchemeConfig, read_scheme, review_scheme
from engine.service.scheme_checks import check_scheme

RUNS, WARNINGS, REFUSED = "runs", "warnings", "refused"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What lint says of one file.

    :ivar file: its path. :ivar findings: errors first.
    """

    file: str
    findings: tuple[Finding, ...] = field(default=())

    @property
    def outcome(self) -> str:
        """``refused`` with an error, ``warnings`` with a warning, otherwise ``runs``."""
        severities = {finding.severity for finding in self.findings}
        if "error" in severities:
            return REFUSED
        return WARNINGS if "warning" in severities else RUNS

    def as_json(self) -> Mapping[str, Any]:
        """Return file, outcome and findings for programs."""
        return {
            "file": self.file,
            "outcome": self.outcome,
            "findings": [asdict(finding) for finding in self.findings],
        }


def lint_files(
    files: Mapping[str, bytes],
    handlers: Mapping[str, HandlerSpec],
    now: datetime | None = None,
    *,
    as_documentation: bool = False,
) -> tuple[Finding, ...]:
    """Return everything there is to say of a publication, errors first.

    :param now: what fixed dates are compared with; without it they are not looked at.
    :param as_documentation: whether what cannot be run only warns, since it would be published so.
    """
    try:
        config = read_scheme(files["scheme.toml"])
    except DeploymentRefused as refused:
        return refused.findings
    seen = bpmn.survey(
        files,
        config.process,
        handlers=handlers,
        constants=config.constants,
        country=config.country,
        time_zone=config.time_zone,
        now=now,
        as_documentation=as_documentation,
    )
    found = [
        *seen.findings,
        *check_scheme(config, files, seen),
        *review_scheme(config),
        *_label_findings(files, config, seen),
        *(each for spec in handlers.values() if spec.review for each in spec.review(files, seen)),
    ]
    return tuple(sorted(dict.fromkeys(found), key=_order))


def _order(found: Finding) -> tuple[bool, str, int, str]:
    return found.severity != "error", found.file, found.line, found.rule


def _label_findings(
    files: Mapping[str, bytes], config: SchemeConfig, seen: bpmn.Survey
) -> Iterable[Finding]:
    own = {name: source for name, source in files.items() if "/" not in name}
    try:
        labels = {locale: labels_of(files, locale) for locale in config.languages}
        alone: dict[str, Labels] = {locale: labels_of(own, locale) for locale in config.languages}
    except DeploymentRefused as refused:
        return refused.findings
    if config.process not in seen.processes:
        return ()  # Without its process there is nothing to compare the texts with.
    return check_labels(config, seen, labels, alone)


def lint_paths(
    paths: Iterable[Path],
    handlers: Mapping[str, HandlerSpec],
    now: datetime | None = None,
    *,
    as_documentation: bool = False,
) -> tuple[FileReport, ...]:
    """Return one report a file at or below these paths, by path.

    A file in a scheme's folder is read with its scheme; any other ``.bpmn``, ``.dmn`` or ``.form``
    stands alone, so that what it calls may be elsewhere.

    :param now: what fixed dates are compared with; without it they are not looked at.
    :param as_documentation: whether what cannot be run only warns, since it would be published so.
    """
    found: dict[Path, list[Finding]] = {}
    wanted = [path for root in paths for path in files_below(root)]
    for folder in sorted({path.parent for path in wanted if _scheme_of(path)}):
        for path, findings in _lint_scheme(folder, handlers, now, as_documentation).items():
            found.setdefault(path, []).extend(findings)
    beside: Beside = {}
    asked = set(wanted) | _shared(found, wanted)
    for path in wanted:
        if path not in found and path.suffix.lower() != ".toml":
            found[path] = list(lint_alone(path, handlers, now, beside, as_documentation))
    return tuple(
        FileReport(str(path), tuple(dict.fromkeys(found[path])))
        for path in sorted(found)
        if path in asked
    )


def _scheme_of(path: Path) -> bool:
    return (path.parent / "scheme.toml").is_file()


def _shared(found: Iterable[Path], wanted: Iterable[Path]) -> set[Path]:
    """Return the files of ``common/`` that schemes asked for as a whole call."""
    whole = {path.parent for path in wanted if path.name == "scheme.toml"}
    homes = {folder.parent.parent / COMMON for folder in whole}
    return {path for path in found if homes & set(path.parents)}


def _lint_scheme(
    folder: Path,
    handlers: Mapping[str, HandlerSpec],
    now: datetime | None,
    as_documentation: bool,
) -> dict[Path, list[Finding]]:
    try:
        files = read_folder(folder)
    except OSError as error:
        path = Path(error.filename or folder)
        return {path: [unreadable(path.name, error)]}
    found: dict[Path, list[Finding]] = {_place(folder, name): [] for name in files}
    for finding in lint_files(files, handlers, now, as_documentation=as_documentation):
        found.setdefault(_place(folder, finding.file), []).append(finding)
    return found


def _place(folder: Path, name: str) -> Path:
    home = folder.parent.parent if name.startswith(f"{COMMON}/") else folder
    return home / name
