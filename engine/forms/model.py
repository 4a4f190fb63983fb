"""A form as the engine knows it: fields, who may read their answers, when they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.feel import Expression
from engine.model import Tier

ANSWERED = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "date",
        "select",
        "radio",
        "checkbox",
        "checklist",
        "table",
        "file",
    }
)
"""Kinds that take an answer; the others (text, group, expression) show or hold something."""


@dataclass(frozen=True, slots=True)
class Field:
    """One component of a form.

    :ivar key: name of the answer; for a static text or a group the component's own id.
    :ivar kind: ``text`` (static Markdown in ``label``), ``textfield``, ``textarea``, ``number``,
        ``date``, ``select``, ``radio``, ``checkbox``, ``checklist``, ``group``, ``table``,
        ``file`` or ``expression`` (computed, read-only).
    :ivar tier: who may read the answer; ``None`` if it is a process variable.
    :ivar options: value and text of each choice; empty where ``options_key`` names a variable.
    :ivar hide: FEEL condition under which the field is not shown.
    :ivar length: least and greatest number of characters.
    :ivar digits: most decimals of a number; ``None`` for any.
    :ivar children: fields of a group, columns of a table.
    """

    key: str
    kind: str
    label: str = ""
    description: str = ""
    required: bool = False
    readonly: bool = False
    tier: Tier | None = None
    options: tuple[tuple[str, str], ...] = ()
    options_key: str | None = None
    hide: Expression | None = None
    minimum: Any = None
    maximum: Any = None
    length: tuple[int, int] = (0, 2000)
    digits: int | None = None
    pattern: re.Pattern[str] | None = None
    default: Any = None
    accept: str = ""
    expression: Expression | None = None
    children: tuple[Field, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A form.

    :ivar id: what diagrams call it by.
    :ivar fields: in the order in which they are shown.
    """

    id: str
    fields: tuple[Field, ...]

    def answerable(self) -> tuple[Field, ...]:
        """Return the fields that take an answer, those inside groups included."""
        return tuple(_answerable(self.fields))

    def watched(self) -> frozenset[str]:
        """Return the names on which conditions and computed texts of the form depend."""
        return frozenset().union(*(_names(each) for each in self.fields), frozenset())


def _answerable(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        if each.kind == "group":
            yield from _answerable(each.children)
        elif each.kind in ANSWERED:
            yield each


def _names(each: Field) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for expression in (each.hide, each.expression):
        if expression is not None:
            found |= expression.free_names
    return found.union(*(_names(child) for child in each.children))
