"""Simple conditions of other languages, read as FEEL: comparisons, and, or, not, a few of text.

What JUEL (``${test == "1"}``), Java, Groovy, JavaScript and XPath write alike is read the same
whatever language a file declares, since many files declare one and write another. Anything else
stays as it is, to be refused with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.bpmn.expressions import ISO_TIME
from engine.bpmn.reader import BPMN
from engine.errors import FeelError
from engine.feel import parse

FEEL = "http://www.omg.org/spec/FEEL/20140401"
EXPRESSIONS = [
    "conditionExpression",
    "condition",
    "loopCondition",
    "loopCardinality",
    "completionCondition",
    "activationCondition",
    "timeDate",
    "timeDuration",
    "timeCycle",
]
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)[LlFfDd]?\b"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<name>(?:starts-with|ends-with|string-length)(?=\s*\()|\$?[A-Za-z_]\w*)"
    r"|(?P<sign>[$#]\{|===?|!==?|<=|>=|<>|&&|\|\||[()}!=<>+\-*/%.,]))"
)
OR, AND = {"||": "or", "or": "or"}, {"&&": "and", "and": "and"}
COMPARED = {
    "==": "=", "===": "=", "=": "=", "eq": "=", "!=": "!=", "!==": "!=", "<>": "!=", "ne": "!=",
    "<": "<", "lt": "<", "<=": "<=", "le": "<=", ">": ">", "gt": ">", ">=": ">=", "ge": ">=",
}  # fmt: skip
ADDED, MULTIPLIED = {"+": "+", "-": "-"}, {"*": "*", "/": "/", "div": "/"}
MISWRITTEN_TIME = re.compile(r"[-+]?P[-+\d]|R\d*/")
"""How a duration or a cycle begins; one that is wrong is no subtraction of a variable ``P``."""
FUNCTIONS = {
    ("contains", 2): "contains({}, {})",
    ("startsWith", 2): "starts with({}, {})",
    ("starts-with", 2): "starts with({}, {})",
    ("endsWith", 2): "ends with({}, {})",
    ("ends-with", 2): "ends with({}, {})",
    ("equals", 2): "({} = {})",
    ("equalsIgnoreCase", 2): "(lower case({}) = lower case({}))",
    ("toLowerCase", 1): "lower case({})",
    ("toUpperCase", 1): "upper case({})",
    ("length", 1): "string length({})",
    ("string-length", 1): "string length({})",
    ("size", 1): "count({})",
    ("true", 0): "true",
    ("false", 0): "false",
}
"""Functions and methods by name and number of arguments; a method's first is what it is of."""
HOLDERS = frozenset({"execution", "kcontext", "context", "delegateExecution"})
BY_NAME = frozenset({"getVariable", "getDataObject", "getProcessProperty"})
LIMIT = 50
"""How deep parentheses may lie in one another."""


class NotSimple(Exception):
    """The text is none of the simple conditions."""


def read_conditions(root: Any) -> None:
    """Write the simple conditions of a foreign diagram as FEEL, in place."""
    declared = root.get("expressionLanguage")
    for node in root.iter(*(f"{{{BPMN}}}{name}" for name in EXPRESSIONS)):
        text = (node.text or "").strip()
        meant_as_time = ISO_TIME.fullmatch(text) or MISWRITTEN_TIME.match(text)
        if not text or meant_as_time or _is_feel(text, node.get("language") or declared):
            continue
        try:
            node.text = to_feel_text(text)
        except NotSimple:
            continue
        node.set("language", FEEL)


def to_feel_text(text: str) -> str:
    """Return a simple condition as FEEL.

    :raises NotSimple: it is none.
    """
    returned = re.fullmatch(r"(?:return\b)?\s*(.*?)\s*;?", text, re.DOTALL)
    assert returned is not None
    return _Reader(returned[1]).read()


def _is_feel(text: str, language: str | None) -> bool:
    if language:
        return "feel" in language.lower()
    if re.search(r"\.\s*\w+\s*\(|[$#]\{", text) and not text.startswith("="):
        return False
    try:
        parse(text.removeprefix("="))
    except FeelError:
        return False
    return True


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place, text = 0, text.rstrip()
        while place < len(text):
            found = TOKEN.match(text, place)
            if found is None or found.lastgroup is None:
                raise NotSimple(text)
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            place = found.end()
        self.tokens.append(("end", ""))
        self.place = 0
        self.depth = 0

    def read(self) -> str:
        found = self.either()
        self.demand("")
        return found

    @property
    def next(self) -> str:
        kind, text = self.tokens[self.place]
        return "" if kind in {"text", "number", "end"} else text

    def take(self) -> tuple[str, str]:
        self.place += 1
        return self.tokens[self.place - 1]

    def demand(self, text: str) -> None:
        if self.next != text or (not text and self.tokens[self.place][0] != "end"):
            raise NotSimple(text)
        self.place += 1

    def joined(self, operators: dict[str, str], part: Callable[[], str]) -> str:
        found = part()
        while self.next in operators:
            found = f"{found} {operators[self.take()[1]]} {part()}"
        return found

    def either(self) -> str:
        return self.joined(OR, lambda: self.joined(AND, self.denied))

    def denied(self) -> str:
        if self.next in {"!", "not"}:
            self.deepen()
            self.take()
            return f"not({self.denied()})"
        found = self.sum()
        if self.next in COMPARED:
            found = f"{found} {COMPARED[self.take()[1]]} {self.sum()}"
        return found

    def sum(self) -> str:
        return self.joined(ADDED, lambda: self.joined(MULTIPLIED, self.signed))

    def signed(self) -> str:
        if self.next == "-":
            self.deepen()
            self.take()
            return f"-{self.signed()}"
        return self.called(self.one())

    def one(self) -> str:
        kind, text = self.take()
        if kind == "number":
            return text
        if kind == "text":
            inner = text[1:-1].replace(f"\\{text[0]}", text[0])
            return '"' + inner.replace('\\"', '"').replace('"', '\\"') + '"'
        if kind == "sign" and text in {"(", "${", "#{"}:
            self.deepen()
            found = self.either()
            self.demand(")" if text == "(" else "}")
            return f"({found})"
        if kind != "name" or text in COMPARED:
            raise NotSimple(text)
        if self.next == "(":
            return self.function(text, self.arguments())
        if text in HOLDERS and self.next == ".":
            self.take()
            return self.function(self.take()[1], self.arguments())
        return text.removeprefix("$")

    def called(self, found: str) -> str:
        while self.next == ".":
            self.take()
            kind, name = self.take()
            if kind != "name":
                raise NotSimple(name)
            if self.next == "(":
                found = self.function(name, [found, *self.arguments()])
            else:
                found = f"{found}.{name}"
        return found

    def arguments(self) -> list[str]:
        self.demand("(")
        self.deepen()
        found: list[str] = []
        while self.next != ")":
            if found:
                self.demand(",")
            found.append(self.either())
        self.take()
        return found

    def function(self, name: str, arguments: list[str]) -> str:
        if name in BY_NAME and len(arguments) == 1:
            variable = arguments[0][1:-1]
            if arguments[0].startswith('"') and variable.isidentifier():
                return variable
        pattern = FUNCTIONS.get((name, len(arguments)))
        if pattern is None:
            raise NotSimple(name)
        return pattern.format(*arguments)

    def deepen(self) -> None:
        self.depth += 1
        if self.depth > LIMIT:
            raise NotSimple("too deep")
