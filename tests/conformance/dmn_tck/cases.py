"""The TCK's test files: where they are, and what they ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lxml import etree

from engine.feel import Value
from tests.conformance.dmn_tck.values import Unreadable, children, read_value, tag

_LEVEL = re.compile(r"compliance-level-\d+|non-compliant")
_LABEL = re.compile(r"Compliance Level (\d+)", re.IGNORECASE)
_FUNCTIONS = {"decisionService", "bkm"}
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One result of a case.

    :ivar name: the decision's, service's or knowledge model's whose value it is.
    :ivar target: what to evaluate for it: the service that gives it, else the same name.
    :ivar called: the target is a service or knowledge model, with the inputs as its parameters.
    :ivar value: the value it must have. :ivar error: evaluating it may end in an error.
    """

    name: str
    target: str
    called: bool
    value: Value
    error: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. ``problem`` says what in it is no value; such a case fails."""

    id: str
    inputs: dict[str, Value]
    expected: tuple[Expectation, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """One test file.

    :ivar level: the folder that says its level of compliance; else what its labels say.
    :ivar model: file name of its model; ``""`` where it names none.
    :ivar problem: why the file cannot be read; such a file is one failure.
    """

    path: Path
    level: str
    model: str = ""
    cases: tuple[Case, ...] = ()
    problem: str = ""


def find_suites(path: Path) -> Iterator[Suite]:
    """Yield every test file at or below a folder, in order of their paths."""
    home = path / "TestCases" if (path / "TestCases").is_dir() else path
    for file in sorted(home.resolve().rglob("*.xml")):
        try:
            root: Any = etree.parse(file, etree.XMLParser(resolve_entities=False)).getroot()
        except etree.XMLSyntaxError as error:
            yield Suite(file, _level(file, None), problem=f"it is no XML: {error.msg}")
            continue
        if tag(root) == "testCases":
            yield _suite(file, root)


def _suite(file: Path, root: Any) -> Suite:
    names = ["".join(node.itertext()).strip() for node in children(root, "modelName")]
    cases = tuple(_case(node) for node in children(root, "testCase"))
    model = names[0] if names else ""
    return Suite(file, _level(file, root), model, cases, "" if cases else "it has no case")


def _level(file: Path, root: Any | None) -> str:
    for part in reversed(file.parts[:-1]):
        if _LEVEL.fullmatch(part):
            return part
    labels = () if root is None else root.iter("{*}label")
    found = [_LABEL.fullmatch("".join(label.itertext()).strip()) for label in labels]
    levels = [match[1] for match in found if match]
    return f"compliance-level-{max(levels)}" if levels else "no level"


def _case(node: Any) -> Case:
    problems: list[str] = []
    inputs = {
        given.get("name", ""): _tried(read_value, given, problems)
        for given in children(node, "inputNode")
    }
    expected = tuple(
        _expectation(node, result, problems) for result in children(node, "resultNode")
    )
    if not expected:
        problems.append("it expects no result")
    return Case(node.get("id", ""), inputs, expected, "; ".join(problems))


def _expectation(case: Any, result: Any, problems: list[str]) -> Expectation:
    name = result.get("name", "")
    called = bool(_FUNCTIONS & {case.get("type"), result.get("type")})
    target = (case.get("invocableName") if called else "") or name
    wanted = next(children(result, "expected"), None)
    value = None if wanted is None else _tried(read_value, wanted, problems)
    return Expectation(name, target, called, value, result.get("errorResult") in {"true", "1"})


def _tried(read: Callable[[Any], Value], node: Any, problems: list[str]) -> Value:
    try:
        return read(node)
    except Unreadable as error:
        problems.append(f"{node.get('name') or tag(node)}: {error}")
        return None
