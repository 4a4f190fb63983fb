"""Publications: a scheme's folder read whole, checked, and kept compiled by deployment."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import bpmn, dmn
from engine.errors import (
    ConfigurationError,
    DecisionError,
    DeploymentRefused,
    DocumentationOnly,
    NotFound,
)
from engine.forms import Form, read_form
from engine.labels import Labels, read_labels
from engine.model import HandlerSpec
from engine.service.scheme import SchemeConfig, read_scheme
from engine.service.signatures import signatures
from engine.store import Store
from engine.store.cases import DeploymentRow, deployment_files, read_deployment

SUFFIXES = (".bpmn", ".dmn", ".form", ".toml")
COMMON = "common"


@dataclass(frozen=True, slots=True)
class Deployed:
    """A publication, compiled.

    :ivar files: every file by name; those of ``common/`` begin with ``common/``.
    :ivar forms: by form id. :ivar elements: by element id. :ivar labels: by locale.
    """

    config: SchemeConfig
    files: Mapping[str, bytes]
    process: bpmn.Publication
    forms: Mapping[str, Form]
    elements: Mapping[str, bpmn.ElementInfo]
    labels: Mapping[str, Labels]

    def labels_in(self, locale: str) -> Labels:
        """Return the labels of a language; those of the scheme's first one if it has none."""
        return self.labels.get(locale) or self.labels[self.config.languages[0]]

    def name_of(self, element_id: str, labels: Labels) -> str:
        """Return what people call an element: its translated name, else its id."""
        element = self.elements.get(element_id)
        return labels.element(element_id, element.name if element else "") or element_id

    def form(self, form_id: str) -> Form:
        """Return a form.

        :raises NotFound: the publication has none of this id.
        """
        form = self.forms.get(form_id)
        if form is None:
            raise NotFound("form", form_id)
        return form


# --- reading a folder -------------------------------------------------------------------------


def read_folder(folder: Path, common: Path | None = None) -> dict[str, bytes]:
    """Return a scheme's files and the files of ``common/`` that they reach, by name.

    :param common: the shared folder; ``../../common`` beside the country's if left out.
    :raises ConfigurationError: the folder or its scheme.toml is missing.
    """
    if not (folder / "scheme.toml").is_file():
        raise ConfigurationError(
            f"{folder} has no scheme.toml: it is not a scheme's folder. "
            "Pass one such as processes/cm/ofii."
        )
    files = {path.name: path.read_bytes() for path in _sources(folder)}
    shared = common or folder.parent.parent / COMMON
    if shared.is_dir():
        pool = {
            f"{COMMON}/{path.relative_to(shared).as_posix()}": path.read_bytes()
            for path in sorted(shared.rglob("*"))
            if path.suffix in SUFFIXES
        }
        files |= reached(files, pool)
    return files


def _sources(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES)


def reached(files: Mapping[str, bytes], pool: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those files of ``pool`` that ``files`` call, directly or through one another."""
    homes = {name: _defined(name, source) for name, source in pool.items()}
    found: dict[str, bytes] = {}
    wanted = set().union(*(_wanted(name, source) for name, source in files.items()), set())
    while True:
        new = [name for name, ids in homes.items() if name not in found and ids & wanted]
        if not new:
            break
        for name in new:
            found[name] = pool[name]
            wanted |= _wanted(name, pool[name])
    if found:
        found |= {name: source for name, source in pool.items() if name.endswith(".toml")}
    return found


def _wanted(name: str, source: bytes) -> set[str]:
    if not name.endswith(".bpmn"):
        return set()
    try:
        refs = bpmn.references(source)
    except DeploymentRefused:
        return set()  # Compilation reads the file again and reports it with its name.
    return {*refs.processes, *refs.forms, *refs.decisions}


def _defined(name: str, source: bytes) -> set[str]:
    try:
        if name.endswith(".bpmn"):
            return set(bpmn.references(source).defines)
        if name.endswith(".dmn"):
            return set(dmn.read_decisions(source, name).decisions)
        if name.endswith(".form"):
            form = json.loads(source)
            return {str(form.get("id"))} if isinstance(form, dict) else set()
    except (DeploymentRefused, DecisionError, ValueError):
        return set()  # Nobody can call a file that does not read; lint tells of it by name.
    return set()


def digest(files: Mapping[str, bytes]) -> str:
    """Return SHA-256 over every file's name and content, hex."""
    total = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


# --- compiling --------------------------------------------------------------------------------


def compile_files(
    files: Mapping[str, bytes],
    handlers: Mapping[str, HandlerSpec],
    documentation: Collection[str] | None = None,
) -> Deployed:
    """Compile a publication from its files.

    :param documentation: given, what cannot be run is kept as documentation instead of being
        refused, and so are the processes with these ids.
    :raises DeploymentRefused: something in it has errors; every finding is told.
    """
    config = read_scheme(files["scheme.toml"])
    process = bpmn.compile_publication(
        files,
        config.process,
        handlers=handlers,
        constants=config.constants,
        country=config.country,
        time_zone=config.time_zone,
        documentation=documentation,
    )
    return Deployed(
        config=config,
        files=files,
        process=process,
        forms=_forms(files, as_documentation=documentation is not None),
        elements={element.id: element for element in bpmn.elements(process)},
        labels={language: labels_of(files, language) for language in config.languages},
    )


def _forms(files: Mapping[str, bytes], *, as_documentation: bool) -> Mapping[str, Form]:
    found = {}
    for name in (name for name in files if name.endswith(".form")):
        try:
            form = read_form(files[name], name)
        except DeploymentRefused:
            if not as_documentation:
                raise
            continue  # Its check has said why; nothing that runs asks for it.
        found[form.id] = form
    return found


def labels_of(files: Mapping[str, bytes], locale: str) -> Labels:
    """Return a publication's labels in a language.

    :raises DeploymentRefused: a file of them does not read.
    """
    wanted = f"labels.{locale}.toml"
    sources = {name: files[name] for name in sorted(files) if name.rpartition("/")[2] == wanted}
    return read_labels(locale, sources)


class Publications:
    """Compiled publications by deployment id; immutable, so kept as long as the process runs."""

    def __init__(self, store: Store, handlers: Mapping[str, HandlerSpec]) -> None:
        self._store = store
        self._handlers = handlers
        self._compiled: dict[str, Deployed] = {}
        self._lock = threading.Lock()

    def get(self, deployment_id: str) -> Deployed:
        """Return a publication, compiled.

        :raises NotFound: there is no such deployment.
        :raises DeploymentRefused: this version of the engine refuses what it once took.
        """
        known = self._compiled.get(deployment_id)
        if known is not None:
            return known
        with self._store.snapshot() as unit_of_work:
            row = read_deployment(unit_of_work, deployment_id)
            files = deployment_files(unit_of_work, deployment_id)
        known_handlers = signatures(files, self._handlers)
        return self.keep(deployment_id, compile_files(files, known_handlers, row.documentation))

    def runnable(self, row: DeploymentRow) -> Deployed:
        """Return a publication in which cases can be.

        :raises DocumentationOnly: it is there to be read only.
        """
        deployed = self.get(row.id)
        if deployed.process.top is None:
            reasons = [str(found) for found in deployed.process.why]
            raise DocumentationOnly(row.scheme, row.version, deployed.config.process, reasons)
        return deployed

    def keep(self, deployment_id: str, deployed: Deployed) -> Deployed:
        """Remember a compiled publication."""
        with self._lock:
            return self._compiled.setdefault(deployment_id, deployed)


__all__ = [
    "Deployed",
    "DeploymentRow",
    "Publications",
    "compile_files",
    "read_folder",
]
