"""Camunda 8's extension elements (``zeebe:``) and our own ``zeebe:properties`` words, as values.

Source: https://docs.camunda.io/docs/components/modeler/bpmn/. Text without a leading ``=`` is a
literal in mappings, headers, assignments and ids, as there; in scripts, conditions, correlation
keys, loops and times it is FEEL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.bpmn.elements import Called, Extensions, IoMapping
from engine.bpmn.expressions import Expressions
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import extensions, tag
from engine.rules import said

HARMLESS = frozenset({"userTask", "userTaskForm", "modelerTemplate", "publishedDecision"})
BINDINGS = frozenset({"deployment", "latest", "versionTag"})

Found = dict[str, Any]
Reader = Callable[["Dialect", Any, Found], None]


class Dialect:
    """Reads the extension elements of one file."""

    def __init__(self, file: str, findings: Findings, expressions: Expressions) -> None:
        self.file = file
        self.findings = findings
        self.expressions = expressions

    def read(self, node: Any) -> Extensions:
        """Return what a node's extension elements say."""
        found: Found = {}
        for item in extensions(node):
            name = tag(item)
            reader = READERS.get(name)
            if reader is not None:
                reader(self, item, found)
            elif name not in HARMLESS | ELSEWHERE:
                self.refuse(item, said("zeebe:{name} is not known here.", name=name), "Remove it.")
        return Extensions(**found)

    def refuse(self, node: Any, message: str, remedy: str) -> None:
        """Refuse an extension element."""
        self.findings.error("extension", Place.of(self.file, node), message, remedy)

    def binding(self, node: Any, *, tags_known: bool) -> str:
        """Return how the called element's version is chosen."""
        binding = node.get("bindingType") or "deployment"
        if binding not in BINDINGS or (binding == "versionTag" and not tags_known):
            self.refuse(
                node,
                said("its bindingType is '{binding}'.", binding=binding),
                "Choose 'deployment': a publication brings its own versions of all it calls.",
            )
        if binding == "latest":
            self.findings.warning(
                "binding-latest",
                Place.of(self.file, node),
                "its bindingType is 'latest'; a case keeps what was published with its scheme.",
                "Choose 'deployment'.",
            )
        return binding

    def static(self, node: Any, attribute: str) -> str | None:
        """Return an attribute that must be a plain text."""
        value = (node.get(attribute) or "").strip()
        if value.startswith("="):
            self.refuse(
                node,
                said(
                    "its {attribute} '{value}' is an expression.", attribute=attribute, value=value
                ),
                said(
                    "Write the {attribute} itself: it is checked when the scheme is published.",
                    attribute=attribute,
                ),
            )
            return None
        return value or None


def _io_mapping(dialect: Dialect, node: Any, found: Found) -> None:
    for item in node:
        direction = "inputs" if tag(item) == "input" else "outputs"
        text = item.get("source")
        source = dialect.expressions.mixed(
            text, item, said("mapping to '{target}'", target=item.get("target"))
        )
        target = (item.get("target") or "").strip()
        if not target or (source is None and not (text or "").strip()):
            dialect.refuse(item, "a mapping has no source or no target.", "Give it both.")
        elif source is not None:
            mapping = IoMapping(source, tuple(target.split(".")))
            found[direction] = (*found.get(direction, ()), mapping)


def _headers(dialect: Dialect, node: Any, found: Found) -> None:
    found["headers"] = {item.get("key", ""): item.get("value", "") for item in node}


def _properties(dialect: Dialect, node: Any, found: Found) -> None:
    properties = {item.get("name", ""): item.get("value", "") for item in node}
    found["properties"] = properties
    found["separate_from"] = dialect.expressions.mixed(
        properties.get("separateFrom"), node, "separateFrom"
    )


def _task_definition(dialect: Dialect, node: Any, found: Found) -> None:
    found["handler"] = dialect.static(node, "type")
    retries = node.get("retries") or "3"
    if not retries.isdigit() or not 1 <= int(retries) <= 100:
        dialect.refuse(
            node,
            said("its retries are '{retries}'.", retries=retries),
            "Write a number from 1 to 100.",
        )
        return
    found["retries"] = int(retries)


def _form(dialect: Dialect, node: Any, found: Found) -> None:
    if node.get("formKey") or node.get("externalReference"):
        dialect.refuse(
            node, "it names its form by key or address.", "Link a form by its id (formId)."
        )
        return
    dialect.binding(node, tags_known=False)
    found["form_id"] = dialect.static(node, "formId")


def _assignment(dialect: Dialect, node: Any, found: Found) -> None:
    mixed = dialect.expressions.mixed
    found["assignee"] = mixed(node.get("assignee"), node, "assignee")
    found["candidate_groups"] = mixed(node.get("candidateGroups"), node, "candidateGroups")
    found["candidate_users"] = mixed(node.get("candidateUsers"), node, "candidateUsers")


def _schedule(dialect: Dialect, node: Any, found: Found) -> None:
    for name, attribute in (("due", "dueDate"), ("follow_up", "followUpDate")):
        formula = dialect.expressions.time(node.get(attribute), node, attribute)
        if formula is not None and formula.is_literal and not formula.text[0].isdigit():
            dialect.refuse(
                node,
                said(
                    "its {attribute} '{text}' is no date.", attribute=attribute, text=formula.text
                ),
                'Write a date, or an expression such as =now() + duration("P14D").',
            )
        found[name] = formula


def _priority(dialect: Dialect, node: Any, found: Found) -> None:
    found["priority"] = dialect.expressions.feel(node.get("priority"), node, said("priority"))


def _script(dialect: Dialect, node: Any, found: Found) -> None:
    found["script"] = dialect.expressions.feel(node.get("expression"), node, said("script"))
    found["result_variable"] = dialect.static(node, "resultVariable")


def _decision(dialect: Dialect, node: Any, found: Found) -> None:
    dialect.binding(node, tags_known=False)
    found["decision_id"] = dialect.static(node, "decisionId")
    found["result_variable"] = dialect.static(node, "resultVariable")


def _called(dialect: Dialect, node: Any, found: Found) -> None:
    process_id = dialect.static(node, "processId")
    if process_id is None:
        return
    found["called"] = Called(
        process_id,
        _flag(node, "propagateAllParentVariables"),
        _flag(node, "propagateAllChildVariables"),
        dialect.binding(node, tags_known=True),
        node.get("versionTag"),
    )


def _version_tag(dialect: Dialect, node: Any, found: Found) -> None:
    found["version_tag"] = node.get("value")


def _flag(node: Any, name: str) -> bool | None:
    text = node.get(name)
    return None if text is None else text == "true"


READERS: dict[str, Reader] = {
    "ioMapping": _io_mapping,
    "taskHeaders": _headers,
    "properties": _properties,
    "taskDefinition": _task_definition,
    "formDefinition": _form,
    "assignmentDefinition": _assignment,
    "taskSchedule": _schedule,
    "priorityDefinition": _priority,
    "script": _script,
    "calledDecision": _decision,
    "calledElement": _called,
    "versionTag": _version_tag,
}
ELSEWHERE = frozenset({"loopCharacteristics", "subscription"})
"""Read where they stand: in a loop, in a message."""
