"""A form as the engine knows it: fields, who may read their answers, when they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
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

CHOICES = frozenset({"select", "radio", "checklist"})
"""Kinds whose answer is one or several of the options offered."""

LONGEST_LINE = 2_000
"""Most characters of a text of one line."""

LONGEST_TEXT = 20_000
"""Most characters of a text of several lines."""

Bound = Decimal | Expression | None
"""A number, or FEEL over what conditions see (``=scheme.business_ceiling``)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One component of a form.

    :ivar key: name of the answer; for a static text or a group the component's own id.
    :ivar kind: ``text`` (static Markdown in ``label``), ``textfield``, ``textarea``, ``number``,
        ``date``, ``select``, ``radio``, ``checkbox``, ``checklist``, ``group``, ``table``,
        ``file`` or ``expression`` (computed, read-only).
    :ivar tier: who may read the answer; ``None`` if it is a process variable. A file's content is
        kept under its tier, while its answer, a document id, is a variable all the same.
    :ivar options: value and text of each choice; empty where the next two say where they are.
    :ivar options_key: variable that lists the choices.
    :ivar options_from: FEEL that lists the choices.
    :ivar hide: FEEL condition under which the field is not shown.
    :ivar length: least and greatest number of characters.
    :ivar digits: most decimals of a number; ``None`` for any.
    :ivar pattern: what must match somewhere in the text, as form-js tests it (``^…$`` for all of
        it); XPath's regular expressions, which engine.feel bounds.
    :ivar form_of: ``email`` or ``phone``, where the text must look like one.
    :ivar not_past: a date before today is refused.
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
    options_from: Expression | None = None
    hide: Expression | None = None
    minimum: Bound = None
    maximum: Bound = None
    length: tuple[int, int] = (0, LONGEST_LINE)
    digits: int | None = None
    pattern: str | None = None
    form_of: str | None = None
    not_past: bool = False
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
        return tuple(each for each in walk(self.fields) if each.kind in ANSWERED)

    def watched(self) -> frozenset[str]:
        """Return the names on which the form's look depends: conditions, choices, computed texts.

        What conditions read through a computed field counts too.
        """
        found: set[str] = set()
        for each in walk(self.fields):
            found |= {each.options_key} if each.options_key else set()
            for expression in (each.hide, each.expression, each.options_from):
                if expression is not None:
                    found |= expression.free_names | expression.maybe_names
        return frozenset(found)


def walk(fields: tuple[Field, ...]) -> Iterator[Field]:
    """Yield fields and what groups hold, in order; a table's columns are left out."""
    for each in fields:
        yield each
        if each.kind == "group":
            yield from walk(each.children)
