"""What scenarios took: sequence flows by diagram, rules by decision table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine import bpmn
from engine.model import EventKind
from engine.scenario.situation import rules_of
from engine.service import Deployed, EventView


@dataclass(frozen=True, slots=True)
class FlowName:
    """A sequence flow with the names of the steps it joins (their ids where they have none)."""

    id: str
    source: str
    target: str


@dataclass(slots=True)
class FileCoverage:
    """The flows of one diagram file, and those that were taken.

    :ivar file: below the folder of processes: ``cm/ofii/ofii.bpmn``, ``common/training.bpmn``.
    """

    file: str
    flows: dict[str, FlowName] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @property
    def missing(self) -> tuple[FlowName, ...]:
        """Flows that were never taken, in the diagram's order."""
        return tuple(flow for key, flow in self.flows.items() if key not in self.taken)


@dataclass(slots=True)
class TableCoverage:
    """The rules of one decision table, and those that fired."""

    file: str
    decision: str
    rules: tuple[str, ...]
    fired: set[str] = field(default_factory=set)

    @property
    def missing(self) -> tuple[str, ...]:
        """Rules that never fired, in the table's order."""
        return tuple(rule for rule in self.rules if rule not in self.fired)


@dataclass(slots=True)
class Coverage:
    """Flows and rules of every scheme that was played; what ``common/`` shares is counted once."""

    files: dict[str, FileCoverage] = field(default_factory=dict)
    tables: dict[tuple[str, str], TableCoverage] = field(default_factory=dict)

    def know(self, deployed: Deployed) -> None:
        """Count the flows and rules of a publication."""
        for flow in bpmn.sequence_flows(deployed.process):
            file = _place(deployed, flow.file)
            known = self.files.setdefault(file, FileCoverage(file))
            name = FlowName(flow.id, _name(deployed, flow.source), _name(deployed, flow.target))
            known.flows[flow.id] = name
        for table in bpmn.decision_tables(deployed.process):
            file = _place(deployed, table.file)
            key = (file, table.decision_id)
            self.tables.setdefault(key, TableCoverage(file, table.decision_id, table.rules))

    def saw(self, deployed: Deployed, events: Iterable[EventView]) -> None:
        """Count what a case's history says was taken and fired."""
        homes = {
            (flow.id, flow.source): _place(deployed, flow.file)
            for flow in bpmn.sequence_flows(deployed.process)
        }
        tables = {
            table.decision_id: (_place(deployed, table.file), table.decision_id)
            for table in bpmn.decision_tables(deployed.process)
        }
        for event in events:
            if event.kind == EventKind.FLOW_TAKEN:
                flow_id = str(event.element_id)
                self.files[homes[flow_id, str(event.data["source"])]].taken.add(flow_id)
            for decision, rules in rules_of(event):
                if decision in tables:
                    self.tables[tables[decision]].fired.update(rules)

    @property
    def flows(self) -> int:
        """How many flows there are."""
        return sum(len(file.flows) for file in self.files.values())

    @property
    def taken(self) -> int:
        """How many flows were taken at least once."""
        return sum(len(file.taken) for file in self.files.values())

    @property
    def ratio(self) -> float:
        """Flows taken of all flows, 0 to 1; 0 where there are none."""
        return self.taken / self.flows if self.flows else 0.0


def _place(deployed: Deployed, file: str) -> str:
    return file if file.startswith("common/") else f"{deployed.config.id}/{file}"


def _name(deployed: Deployed, element_id: str) -> str:
    element = deployed.elements.get(element_id)
    return element.name if element and element.name else element_id
