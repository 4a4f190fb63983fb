"""How a file says that an activity is repeated: multi-instance, standard loop, ad hoc."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.bpmn.data import DataReader, referred_text
from engine.bpmn.elements import AdHoc, Event, Extensions, Loop, LoopBehaviour, Trigger
from engine.bpmn.expressions import Expressions, Formula
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import child, children, extensions, flag, referred, tag
from engine.bpmn.triggers import Triggers
from engine.rules import said

THROWN = frozenset({Trigger.SIGNAL, Trigger.ESCALATION, Trigger.MESSAGE})


class Repeats:
    """Reads the repetitions of one file."""

    def __init__(
        self,
        file: str,
        findings: Findings,
        expressions: Expressions,
        triggers: Triggers,
        data: DataReader,
    ) -> None:
        self._file = file
        self._findings = findings
        self._expressions = expressions
        self._triggers = triggers
        self._data = data

    def _refuse(self, node: Any, message: str, remedy: str) -> None:
        self._findings.error("loop", Place.of(self._file, node), message, remedy)

    def _formula(self, node: Any | None, what: str) -> Formula | None:
        return None if node is None else self._expressions.feel(node.text, node, what)

    def loop(self, node: Any) -> Loop | None:
        """Return how an activity is repeated, if it is."""
        several = child(node, "multiInstanceLoopCharacteristics")
        if several is not None:
            return self._several(several)
        again = child(node, "standardLoopCharacteristics")
        return None if again is None else self._again(again)

    # --- standard loop ------------------------------------------------------------------------

    def _again(self, node: Any) -> Loop:
        condition = self._formula(child(node, "loopCondition"), said("loop condition"))
        maximum = (node.get("loopMaximum") or "").strip()
        if maximum.startswith("-"):
            self._refuse(
                node,
                said("its loopMaximum is {maximum}.", maximum=maximum),
                "Write a whole number from 0.",
            )
        limit = self._expressions.feel(maximum, node, said("loop maximum"))
        if condition is None and limit is None:
            self._refuse(
                node,
                "the loop has no condition and no maximum, so it would never end.",
                "Write a loop condition: the activity is repeated while it is true.",
            )
        return Loop(
            sequential=True,
            standard=True,
            condition=condition,
            maximum=limit,
            test_before=flag(node, "testBefore"),
        )

    # --- multi-instance -----------------------------------------------------------------------

    def _several(self, loop: Any) -> Loop:
        zeebe = next((x for x in extensions(loop) if tag(x) == "loopCharacteristics"), None)
        read = {} if zeebe is None else zeebe.attrib
        feel = self._expressions.feel
        number, enough = child(loop, "loopCardinality"), child(loop, "completionCondition")
        behaviour = self._behaviour(loop)
        found = Loop(
            flag(loop, "isSequential"),
            feel(read.get("inputCollection"), zeebe, said("input collection")),
            read.get("inputElement"),
            self._formula(number, said("loop cardinality")),
            read.get("outputCollection"),
            feel(read.get("outputElement"), zeebe, said("output element")),
            self._formula(enough, said("completion condition")),
            behaviour=behaviour,
            throws=self._throws(loop, behaviour),
        )
        found = self._from_data(loop, found)
        if (read.get("inputCollection") is None and not found.takes) == (number is None):
            self._refuse(
                loop,
                "the multi-instance says neither or both of an input collection and a number.",
                "Give it an input collection (zeebe:loopCharacteristics).",
            )
        return found

    def _from_data(self, node: Any, loop: Loop) -> Loop:
        """Return the loop with the items and the outputs that BPMN's own references name."""
        takes, gives = (
            referred_text(node, name) for name in ("loopDataInputRef", "loopDataOutputRef")
        )
        for name in (takes, gives):
            if name and name not in self._data.names:
                self._refuse(
                    node,
                    said("its items or outputs are in '{name}', which is no data here.", name=name),
                    "Name a data object, or one of its data inputs or outputs.",
                )
                return replace(loop, takes=takes)
        item, output = child(node, "inputDataItem"), child(node, "outputDataItem")
        names, formula = self._data.names, self._data.formula
        if takes:
            loop = replace(loop, collection=loop.collection or formula(takes), takes=takes)
        if item is not None:
            loop = replace(loop, item_name=loop.item_name or names.get(item.get("id", "")))
        if gives:
            loop = replace(loop, output_name=loop.output_name or names[gives], gives=gives)
        if output is not None:
            loop = replace(loop, output=loop.output or formula(output.get("id")))
        return loop

    def _behaviour(self, loop: Any) -> LoopBehaviour:
        text = loop.get("behavior") or LoopBehaviour.ALL
        if text in set(LoopBehaviour):
            return LoopBehaviour(text)
        self._refuse(
            loop, said("its behavior is '{text}'.", text=text), "Choose All, None, One or Complex."
        )
        return LoopBehaviour.ALL

    def _throws(
        self, loop: Any, behaviour: LoopBehaviour
    ) -> tuple[tuple[Formula | None, Event], ...]:
        if behaviour is LoopBehaviour.ALL:
            return ()
        if behaviour is LoopBehaviour.COMPLEX:
            definitions = children(loop, "complexBehaviorDefinition")
            return tuple(pair for each in definitions for pair in self._complex(each))
        name = referred(loop, f"{behaviour.lower()}BehaviorEventRef")
        if name is None:
            # BPMN 2.0.2, table 10.31: a default signal event definition is thrown.
            return ((None, Event(Trigger.SIGNAL)),)
        definition = self._triggers.definition(name, loop)
        if definition is None:
            return ()
        event = self._triggers.read(loop, definition, Extensions())
        return ((None, self._thrown(loop, event)),)

    def _complex(self, node: Any) -> list[tuple[Formula | None, Event]]:
        condition = self._formula(child(node, "condition"), said("behaviour's condition"))
        thrower = child(node, "event")
        if thrower is None:
            return []
        event = self._triggers.event(thrower, Extensions())
        return [(condition, self._thrown(node, part)) for part in event.parts or (event,)]

    def _thrown(self, node: Any, event: Event) -> Event:
        if event.trigger not in THROWN:
            self._refuse(
                node,
                said(
                    "the multi-instance throws a {trigger} event when an instance is done.",
                    trigger=event.trigger,
                ),
                "Throw a signal or an escalation.",
            )
        return event

    # --- ad hoc -------------------------------------------------------------------------------

    def ad_hoc(self, node: Any) -> AdHoc | None:
        """Return how an ad-hoc sub-process goes, if it is one."""
        if tag(node) != "adHocSubProcess":
            return None
        return AdHoc(
            node.get("ordering") == "Sequential",
            self._formula(child(node, "completionCondition"), said("completion condition")),
            flag(node, "cancelRemainingInstances", otherwise=True),
        )
