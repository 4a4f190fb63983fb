"""What a diagram only tells its readers: nothing runs it, so nothing of it refuses a publication.

A process that is not marked executable and that nothing calls, a pool without a process, an
extension of another tool, a data store: each is kept as it is written and gives one warning.
Whoever publishes may ask that what cannot be run be kept so as well, instead of being refused.

Source: BPMN 2.0.2, table 10.1 (isExecutable), section 9.3 (black box pools), 8.3.3 (extensions).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set

from lxml import etree

from engine.bpmn.bodies import bodies, called
from engine.bpmn.elements import Process
from engine.bpmn.findings import ERROR, Findings, Place
from engine.bpmn.reader import BPMN, ZEEBE, Document, children, flag, is_bpmn, referred
from engine.errors import Finding
from engine.rules import said

SILENT = frozenset({BPMN, ZEEBE, "http://camunda.org/schema/modeler/1.0"})
"""Namespaces of extension elements that are read, or that only modelers use."""
SCHEME = "scheme.toml"


class Documentation:
    """The parts of a publication's diagrams that are not run.

    :param process_id: the process that a case runs; ``None`` where each file stands alone.
    :param keeps: whether what cannot be run is kept as documentation too. :param known: processes
        that are documentation whatever is found: they were published so.
    :ivar kept: once settled, the processes that are documentation since they cannot be run.
    :ivar why: what each of these would have been refused for, as warnings.
    """

    def __init__(
        self, process_id: str | None, *, keeps: bool = False, known: Collection[str] = ()
    ) -> None:
        self._process_id = process_id
        self.keeps = keeps
        self.kept: set[str] = set(known)
        self.why: tuple[Finding, ...] = ()
        self._homes: dict[tuple[str, str], str] = {}
        self._described: dict[str, set[str]] = {}
        self._executable: dict[str, set[str]] = {}

    def describe(self, document: Document, findings: Findings) -> None:
        """Note what of a file is documentation."""
        file, root = document.file, document.root
        self._described[file], self._executable[file] = set(), set()
        for node in children(root, "process"):
            process_id = node.get("id", "")
            marked = flag(node, "isExecutable")
            (self._executable if marked else self._described)[file].add(process_id)
            for part in node.iter():
                if is_bpmn(part) and part.get("id"):
                    self._homes[file, part.get("id")] = process_id
            if not marked:
                findings.warning(
                    "not-executable",
                    Place.of(file, node),
                    "the process is not marked executable: unless a scheme or a diagram names it, "
                    "it is documentation.",
                    'Set isExecutable="true" if cases are to run it.',
                )
        self._nothing_to_run(document, findings)
        _pools(document, findings)
        _stores(document, findings)
        _foreign(document, findings)

    def _nothing_to_run(self, document: Document, findings: Findings) -> None:
        tasks = any(is_bpmn(node) and "globalTask" in node.tag for node in document.root)
        if not children(document.root, "process") and not tasks:
            findings.warning(
                "nothing-to-run",
                Place(document.file, "", document.root.sourceline or 0),
                "the file has no process: it is documentation.",
                "Draw a process in it if cases are to run it.",
            )

    def settle(self, processes: dict[str, Process], findings: Findings) -> None:
        """Let nothing refuse the publication that is only documentation; take it out of it."""
        runs = self._run(processes)
        told = {
            (file, name)
            for file, names in self._described.items()
            for name in names
            if name not in runs
        }
        quiet = {
            file
            for file, names in self._described.items()
            if not self._executable[file] and all((file, name) in told for name in names)
        }
        dropped: set[tuple[str, str]] = set()

        def is_told(finding: Finding) -> bool:
            home = (finding.file, self._homes.get((finding.file, finding.element), ""))
            if home not in told and finding.file not in quiet:
                return False
            named = {home} if home in told else {pair for pair in told if pair[0] == finding.file}
            dropped.update(named)
            return True

        findings.soften(is_told)
        for name, process in list(processes.items()):
            if (process.place.file, name) in dropped:
                del processes[name]
        if self.keeps:
            self._keep(processes, findings)

    def _keep(self, processes: dict[str, Process], findings: Findings) -> None:
        """Keep what cannot be run, and what calls it, as documentation; take it out."""
        wrong = [item for item in findings.items if item.severity == ERROR and _of_a_file(item)]
        homes = {(item.file, self._homes.get((item.file, item.element), "")) for item in wrong}
        whole = {file for file, home in homes if not home}
        self.kept |= {home for _, home in homes if home}
        for file in whole:
            self.kept |= self._described.get(file, set()) | self._executable.get(file, set())
        while callers := [p for p in processes.values() if self._is_lost(p)]:
            for process in callers:
                self.kept.add(process.id)
                del processes[process.id]
                _tell_calls(process, self.kept, findings)
        self.why = findings.soften(_of_a_file)

    def _is_lost(self, process: Process) -> bool:
        return process.id in self.kept or not self.kept.isdisjoint(called(process))

    def _run(self, processes: Mapping[str, Process]) -> set[str]:
        """Return the scheme's process, those marked executable, and all that these call."""
        found: set[str] = set()
        waiting = [self._process_id or "", *(i for ids in self._executable.values() for i in ids)]
        while waiting:
            name = waiting.pop()
            if name in processes and name not in found:
                found.add(name)
                waiting.extend(called(processes[name]))
        return found


def _of_a_file(finding: Finding) -> bool:
    """Return whether a finding is about a file that can be documentation."""
    return finding.file != SCHEME or finding.rule == "bpmn.no-process"


def _tell_calls(process: Process, kept: Set[str], findings: Findings) -> None:
    for body, _ in bodies(process):
        for element in body.elements.values():
            target = element.extensions.called
            if target is not None and target.process_id in kept - {process.id}:
                findings.error(
                    "called",
                    element.place,
                    said(
                        "it calls '{process_id}', which is published as documentation only.",
                        process_id=target.process_id,
                    ),
                    "Mend the process that it calls, and publish again.",
                )


def _pools(document: Document, findings: Findings) -> None:
    known = {node.get("id") for node in children(document.root, "process")}
    for holder in children(document.root, "collaboration"):
        for pool in children(holder, "participant"):
            if referred(pool, "processRef") not in known:
                findings.warning(
                    "pool-without-process",
                    Place.of(document.file, pool),
                    said(
                        "the pool '{name}' has no process here: it is documentation.",
                        name=pool.get("name") or pool.get("id"),
                    ),
                    "Nothing, if it stands for somebody outside; otherwise draw their process.",
                )


def _stores(document: Document, findings: Findings) -> None:
    for node in document.root.iter(f"{{{BPMN}}}dataStoreReference"):
        findings.warning(
            "data-store",
            Place.of(document.file, node),
            said(
                "the data store '{name}' is kept within each case: nothing outside is read or "
                "written.",
                name=node.get("name") or node.get("id"),
            ),
            "Let a handler read and write what others are to see, and keep the store as a note.",
        )


def _foreign(document: Document, findings: Findings) -> None:
    seen: set[str] = set()
    for node in document.root.iter(f"{{{BPMN}}}extensionElements"):
        for item in node:
            if not isinstance(item.tag, str):
                continue
            namespace = etree.QName(item).namespace or ""
            if namespace in SILENT or namespace in seen:
                continue
            seen.add(namespace)
            findings.warning(
                "foreign-extension",
                Place.of(document.file, item),
                said(
                    "extensions in the namespace '{namespace}' are kept and not run.",
                    namespace=namespace,
                ),
                "Say what they mean in BPMN or in zeebe: extensions, if cases are to follow it.",
            )
