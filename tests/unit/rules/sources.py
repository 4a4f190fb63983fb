"""What the engine's source says at lint: every message, remedy and rule id, from its syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from engine.bpmn.soundness import MESSAGES

ENGINE = Path(__file__).parents[3] / "engine"
REVIEWS = (ENGINE.parent / "handlers" / "documents" / "checks.py",)
"""Where handlers say what is wrong with files of their own."""
ROOMS = ("bpmn", "dmn", "forms", "service", "diagram", "labels.py")
TELLS = frozenset(
    [
        *("error", "warning", "info", "refuse", "_refuse", "_say", "_finding", "refused"),
        *("_refused", "finding", "suggestion", "Tell", "Problem", "_missing", "_unknown_code"),
    ]
)
"""Names of the functions that take a rule, a message and a remedy."""


def texts() -> dict[str, str]:
    """Every text that lint says, in English, with the file that says it."""
    found = {text: "engine/bpmn/soundness.py" for pair in MESSAGES.values() for text in pair}
    for path, tree in _trees():
        for node in ast.walk(tree):
            for text in _texts_of(node):
                found.setdefault(text, path)
    return found


def computed() -> Iterator[str]:
    """Where a message is put together (an f-string), so that no French could be found for it."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node) in TELLS:
                for part in _arguments(node):
                    if isinstance(part, ast.JoinedStr) and " " in ast.unparse(part):
                        yield f"{path}:{part.lineno}"


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in REVIEWS:
        yield path.relative_to(ENGINE.parent).as_posix(), ast.parse(path.read_text())
    for room in ROOMS:
        home = ENGINE / room
        for path in [home] if home.is_file() else sorted(home.rglob("*.py")):
            source = path.read_text()
            if room != "service" or "finding(" in source:  # The others log and answer.
                yield path.relative_to(ENGINE.parent).as_posix(), ast.parse(source)


def _texts_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and _name(node) == "said":
        yield from (part.value for part in node.args[:1] if _is_text(part))
    elif isinstance(node, ast.Call) and _name(node) in TELLS:
        yield from (part.value for part in _arguments(node) if _is_text(part) and _says(part.value))
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
        text = node.value.value
        yield from [text] if _is_text(node.value) and text[:1].isupper() and text[-1] == "." else []
    elif (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in {"message", "remedy"}
        and _is_text(node.value)
    ):
        yield node.value.value


def _arguments(node: ast.Call) -> Iterator[ast.expr]:
    for part in [*node.args, *(keyword.value for keyword in node.keywords)]:
        yield from [part.body, part.orelse] if isinstance(part, ast.IfExp) else [part]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _says(text: str) -> bool:
    return " " in text or text.endswith(".")


def _name(node: ast.Call) -> str:
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


PREFIXES = {"bpmn": "bpmn.", "dmn": "dmn.", "forms": "form."}
RULE = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?")
SEVERITIES = frozenset({"error", "warning", "info"})
COMPUTED = frozenset(
    [
        *(f"bpmn.{rule}" for rule in MESSAGES),
        *("bpmn.duplicate-form", "bpmn.duplicate-decision", "bpmn.error-code"),
        *("bpmn.escalation-code", "bpmn.schema", "dmn.schema"),
    ]
)
"""Rules whose ids are put together."""
OTHERS = frozenset({"landing.py", "modify.py", "migrate.py", "migration.py"})
"""Modules that refuse what people ask for, not what designers draw."""


def rule_ids() -> set[str]:
    """Every rule id that the source names."""
    found = set(COMPUTED)
    for path, tree in _trees():
        room = path.split("/")[1]
        if room == "diagram" or path.split("/")[-1] in OTHERS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node) in TELLS:
                names = {part.value for part in _arguments(node) if _is_text(part)} - SEVERITIES
                rules = {name for name in names if RULE.fullmatch(name)}
                found |= {r if "." in r else PREFIXES.get(room, "") + r for r in rules}
    return {rule for rule in found if "." in rule}
