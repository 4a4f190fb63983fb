"""What a DMN file holds once it is read: its decisions and what they require."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.dmn.session import Box
from engine.dmn.types import ItemType
from engine.errors import DecisionError, Finding

if TYPE_CHECKING:
    from engine.dmn.direct import Direct


@dataclass(frozen=True, slots=True)
class Requirement:
    """An arrow of the requirement graph, from its user's side.

    :ivar key: key of the required element in :attr:`DecisionModel.elements`.
    :ivar path: the name it has in expressions; two parts where it is imported.
    """

    key: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InputData:
    """A drawn input: a variable that the caller supplies. ``type`` is ``None`` for any."""

    id: str
    name: str
    type: ItemType | None
    where: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision.

    :ivar id: its id in the file, by which a diagram calls it; its name where it has no id.
    :ivar name: as people read it.
    :ivar variable: the name of its value in the expressions of other decisions.
    :ivar kind: tag of its expression: ``decisionTable``, ``literalExpression`` …
    :ivar requires: inputs, decisions, knowledge models and services that it draws an arrow from.
    :ivar free_names: variables that its own expressions read and no requirement supplies, and its
        drawn inputs. See :meth:`DecisionModel.inputs` for those of the whole graph.
    :ivar type: what its value is declared to be; ``None`` for any.
    :ivar line: line in the file, counting from 1.
    """

    id: str
    name: str
    variable: str
    kind: str
    box: Box
    requires: tuple[Requirement, ...]
    free_names: frozenset[str]
    type: ItemType | None
    where: str
    line: int


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions call by its name."""

    id: str
    name: str
    box: Box
    requires: tuple[Requirement, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions callable as a function.

    :ivar inputs: parameters in order: input data, then input decisions (DMN 1.5, 10.4).
    :ivar outputs: decisions whose values it returns; several as a context.
    """

    id: str
    name: str
    inputs: tuple[Requirement, ...]
    outputs: tuple[Requirement, ...]
    type: ItemType | None
    where: str


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """A DMN file, read and compiled. Immutable.

    :ivar decisions: by id.
    :ivar services: decision services by id; ``evaluate`` takes their ids too.
    :ivar elements: everything by key: the id, after ``namespace#`` where it is imported.
    :ivar circular: keys of elements that require themselves, directly or through others.
    :ivar direct: by id, the decisions that need no more than their table, laid out for speed.
    :ivar findings: what is wrong with it. A decision with an error in it raises when evaluated.
    """

    file: str
    name: str
    namespace: str
    decisions: Mapping[str, Decision]
    services: Mapping[str, Service]
    elements: Mapping[str, Element]
    circular: frozenset[str]
    findings: tuple[Finding, ...]
    direct: Mapping[str, Direct] = field(default_factory=dict)

    def decision(self, decision_id: str) -> Decision:
        """Return a decision.

        :raises DecisionError: the file has none of this id.
        """
        found = self.decisions.get(decision_id)
        if found is None:
            known = ", ".join(sorted(self.decisions)) or "none"
            raise DecisionError(
                f"{self.file} has no decision '{decision_id}'. Its decisions are: {known}."
            )
        return found

    def inputs(self, decision_id: str) -> frozenset[str]:
        """Return the variables that a decision and all it requires read from the caller.

        :raises DecisionError: the file has no such decision.
        """
        names: set[str] = set()
        waiting: list[Element] = [self.decision(decision_id)]
        seen: set[int] = set()
        while waiting:
            element = waiting.pop()
            if id(element) in seen or not isinstance(element, Decision):
                continue
            seen.add(id(element))
            names |= element.free_names
            waiting += [self.elements[r.key] for r in element.requires if r.key in self.elements]
        return frozenset(names)
