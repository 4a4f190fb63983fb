"""Lint of whatever lies at some paths: schemes, single files, folders of foreign diagrams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine import bpmn, dmn, forms
from engine.errors import Finding
from engine.model import HandlerSpec
from engine.service.publications import COMMON, lint_files, read_folder

SUFFIXES = (".bpmn", ".dmn", ".form")

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


def lint_paths(
    paths: Iterable[Path], handlers: Mapping[str, HandlerSpec]
) -> tuple[FileReport, ...]:
    """Return one report a file at or below these paths, by path.

    A file in a scheme's folder is read with its scheme; any other ``.bpmn``, ``.dmn`` or ``.form``
    stands alone, so that what it calls may be elsewhere.
    """
    found: dict[Path, list[Finding]] = {}
    wanted = [path for root in paths for path in _files(root)]
    for folder in sorted({path.parent for path in wanted if _scheme_of(path)}):
        for path, findings in _lint_scheme(folder, handlers).items():
            found.setdefault(path, []).extend(findings)
    asked = set(wanted) | _shared(found, wanted)
    for path in wanted:
        if path not in found and path.suffix in SUFFIXES:
            found[path] = list(_lint_alone(path, handlers))
    return tuple(
        FileReport(str(path), tuple(dict.fromkeys(found[path])))
        for path in sorted(found)
        if path in asked
    )


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix in (*SUFFIXES, ".toml"):
            yield path


def _scheme_of(path: Path) -> bool:
    return (path.parent / "scheme.toml").is_file()


def _shared(found: Iterable[Path], wanted: Iterable[Path]) -> set[Path]:
    """Return the files of ``common/`` that schemes asked for as a whole call."""
    whole = {path.parent for path in wanted if path.name == "scheme.toml"}
    homes = {folder.parent.parent / COMMON for folder in whole}
    return {path for path in found if homes & set(path.parents)}


def _lint_scheme(folder: Path, handlers: Mapping[str, HandlerSpec]) -> dict[Path, list[Finding]]:
    files = read_folder(folder)
    found: dict[Path, list[Finding]] = {_place(folder, name): [] for name in files}
    for finding in lint_files(files, handlers):
        found.setdefault(_place(folder, finding.file), []).append(finding)
    return found


def _place(folder: Path, name: str) -> Path:
    home = folder.parent.parent if name.startswith(f"{COMMON}/") else folder
    return home / name


def _lint_alone(path: Path, handlers: Mapping[str, HandlerSpec]) -> tuple[Finding, ...]:
    source = path.read_bytes()
    if path.suffix == ".form":
        return forms.check(source, path.name)
    if path.suffix == ".dmn":
        beside = {other.name: other.read_bytes() for other in sorted(path.parent.glob("*.dmn"))}
        return dmn.check(source, path.name, beside)
    return bpmn.lint(
        {path.name: source}, None, handlers=handlers, constants={}, country="", time_zone=""
    )
