"""Reading YAML strictly: every value keeps its line, and nothing is guessed.

Only what a scenario needs is read: texts, ``true`` and ``false``, numbers, dates, moments, lists
and mappings. ``yes`` and ``no`` are texts, because they are answers of forms; decimals are exact;
tags and references are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from engine.errors import PasserelleError

_TAG = "tag:yaml.org,2002:"

_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "bool": lambda text: text == "true",
    "null": lambda _text: None,
    "int": int,
    "float": Decimal,
}
"""What a plain text means, by its kind; dates are read apart."""


class ScenarioUnreadable(PasserelleError):
    """A scenario's file does not say what a scenario says.

    :ivar file: the file. :ivar line: where in it, counting from 1.
    """

    def __init__(self, file: Path, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line
        self.message = message


class Block(dict[str, Any]):
    """A mapping that knows its file, its line and the line of every key."""

    def __init__(self, file: Path, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}

    def wrong(self, message: str, key: str | None = None) -> ScenarioUnreadable:
        """Return the error that says what is wrong here, or at a key."""
        line = self.line if key is None else self.lines.get(key, self.line)
        return ScenarioUnreadable(self.file, line, message)

    def only(self, allowed: Iterable[str], what: str) -> None:
        """Refuse keys that mean nothing here.

        :raises ScenarioUnreadable: at the first of them.
        """
        known = sorted(allowed)
        for key in self:
            if key not in known:
                raise self.wrong(f"{what} knows no '{key}'. It knows: {', '.join(known)}.", key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text.

        :raises ScenarioUnreadable: it is missing and has no default, or is no text.
        """
        value = self.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"'{key}' must be a text.", key)
        return value

    def block(self, key: str) -> Block:
        """Return a mapping; an empty one where the key is missing.

        :raises ScenarioUnreadable: it is something else.
        """
        value = self.get(key)
        if value is None:
            return Block(self.file, self.lines.get(key, self.line))
        if not isinstance(value, Block):
            raise self.wrong(f"'{key}' must be a mapping of names to values.", key)
        return value

    def blocks(self, key: str) -> list[Block]:
        """Return a list of mappings; an empty one where the key is missing.

        :raises ScenarioUnreadable: it is something else.
        """
        value = self.get(key)
        items = [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, Block) for item in items):
            raise self.wrong(f"'{key}' must be a list of mappings.", key)
        return items


class _Reader(yaml.SafeLoader):
    """YAML 1.2's plain scalars only, and no references."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="references (*name) are not read; share steps as parts/*.yaml",
                problem_mark=event.start_mark,
            )
        return super().compose_node(parent, index)


for _kind, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", "n~"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", "-+0123456789"),
    (
        "timestamp",
        r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[-+]\d{2}:\d{2})?)?",
        "0123456789",
    ),
):
    _firsts = [*_first, ""] if _kind == "null" else [*_first]
    _Reader.add_implicit_resolver(_TAG + _kind, re.compile(f"^(?:{_pattern})$"), _firsts)


def read_file(file: Path) -> Block:
    """Read a YAML file that holds one mapping.

    :raises ScenarioUnreadable: it is missing, is no YAML, or holds something else.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Reader)
    except OSError as error:
        raise ScenarioUnreadable(file, 1, f"it cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ScenarioUnreadable(file, 1, "it is no UTF-8 text. Save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ScenarioUnreadable(file, line, f"it is no YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise ScenarioUnreadable(file, 1, f"it is no YAML: {error}.") from error
    value = _value(file, node) if node is not None else None
    if not isinstance(value, Block):
        raise ScenarioUnreadable(file, 1, "it must hold one mapping of keys to values.")
    return value


def _value(file: Path, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
        return _mapping(file, node)
    if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
        return [_value(file, item) for item in node.value]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(file, node)
    raise ScenarioUnreadable(file, _line(node), f"the tag {node.tag} is not read. Leave it out.")


def _mapping(file: Path, node: yaml.MappingNode) -> Block:
    block = Block(file, _line(node))
    for key_node, value_node in node.value:
        line = _line(key_node)
        if not isinstance(key_node, yaml.ScalarNode):
            raise ScenarioUnreadable(file, line, "a key must be a text.")
        key = str(key_node.value)
        if key in block:
            raise ScenarioUnreadable(file, line, f"'{key}' stands here twice. Keep one.")
        block.lines[key] = line
        block[key] = _value(file, value_node)
    return block


def _scalar(file: Path, node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    kind = node.tag.removeprefix(_TAG)
    try:
        if kind == "timestamp":
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError as error:
        raise ScenarioUnreadable(file, _line(node), f"'{text}' is no date: {error}.") from error
    read = _SCALARS.get(kind)
    if read is not None:
        return read(text)
    raise ScenarioUnreadable(file, _line(node), f"the tag {node.tag} is not read. Leave it out.")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
