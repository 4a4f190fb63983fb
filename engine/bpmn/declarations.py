"""What a file declares for all its processes: messages, signals, errors, event definitions."""

from __future__ import annotations

from typing import Any

from engine.bpmn.elements import Message
from engine.bpmn.expressions import Expressions, Formula
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import Document, child, children, extensions, is_bpmn, referred, tag
from engine.rules import said


class Declarations:
    """What stands beside the processes of one file, by id.

    :ivar codes: code of each error and escalation; its name or id where it says none.
    :ivar names: name of each signal. :ivar definitions: event definitions that others refer to.
    """

    def __init__(self, document: Document, findings: Findings, expressions: Expressions) -> None:
        self._file = document.file
        self._root = document.root
        self._findings = findings
        self._expressions = expressions
        self._refuse_duplicates()
        self.messages = self._read_messages()
        self.codes = self._read_codes()
        self.names = {
            node.get("id"): node.get("name") or node.get("id")
            for node in children(self._root, "signal")
        }
        self.definitions = {
            node.get("id"): node for node in self._root if tag_of(node).endswith("EventDefinition")
        }

    def _place(self, node: Any) -> Place:
        return Place.of(self._file, node)

    def _refuse_duplicates(self) -> None:
        lines: dict[str, int] = {}
        for node in self._root.iter():
            name = node.get("id") if is_bpmn(node) else None
            if name in lines:
                self._findings.error(
                    "duplicate-id",
                    self._place(node),
                    said("the id '{name}' is also on line {line}.", name=name, line=lines[name]),
                    "Give one of the two another id.",
                )
            elif name:
                lines[name] = node.sourceline or 0

    def _read_codes(self) -> dict[str, str]:
        return {
            node.get("id"): node.get(f"{tag(node)}Code") or node.get("name") or node.get("id")
            for node in children(self._root, "error", "escalation")
        }

    def _read_messages(self) -> dict[str, Message]:
        messages = {}
        for node in children(self._root, "message"):
            name = node.get("name") or node.get("id", "")
            if name.startswith("="):
                self._findings.error(
                    "message-name",
                    self._place(node),
                    said("the message's name '{name}' is an expression.", name=name),
                    "Write the name itself; values belong into the correlation key.",
                )
            keys = self._property_keys(node.get("id"))
            for item in extensions(node):
                if tag(item) == "subscription":
                    key = self._expressions.feel(
                        item.get("correlationKey"), item, said("correlation key")
                    )
                    if key is not None:
                        keys["key"] = key
            messages[node.get("id")] = Message(node.get("id"), name, keys)
        return messages

    def _property_keys(self, message_id: str) -> dict[str, Formula]:
        keys: dict[str, Formula] = {}
        for declared in children(self._root, "correlationProperty"):
            for retrieval in children(declared, "correlationPropertyRetrievalExpression"):
                path = child(retrieval, "messagePath")
                if path is None:
                    path = child(retrieval, "formalExpression")
                if referred(retrieval, "messageRef") != message_id or path is None:
                    continue
                formula = self._expressions.feel(path.text, path, said("correlation property"))
                if formula is not None:
                    keys[declared.get("name") or declared.get("id")] = formula
        return keys


def tag_of(node: Any) -> str:
    """Return a BPMN node's name; empty for nodes of other namespaces."""
    return tag(node) if is_bpmn(node) else ""
