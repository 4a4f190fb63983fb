"""One component of a form-js schema, read property by property; what is wrong is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import FeelError
from engine.feel import Expression, parse
from engine.forms.fits import pattern_fault
from engine.forms.model import CHOICES, LONGEST_LINE, LONGEST_TEXT, Bound, Field
from engine.model import Tier
from engine.rules import said

KINDS = {
    "text": "text",
    "textfield": "textfield",
    "textarea": "textarea",
    "number": "number",
    "datetime": "date",
    "select": "select",
    "radio": "radio",
    "checkbox": "checkbox",
    "checklist": "checklist",
    "group": "group",
    "dynamiclist": "table",
    "filepicker": "file",
    "expression": "expression",
}
"""Our word for each form-js type."""

Say = Callable[[str, str, str], None]
"""Tells rule, message and remedy of the component at hand."""

_SHAPES = frozenset({"email", "phone", "custom"})
_MOST_DECIMALS = 30
_NESTED_REPEAT = re.compile(r"[*+}]\s*\)\s*[*+{]")


class Component:
    """Reads one component; a property of the wrong type is told and then taken as absent."""

    def __init__(
        self, source: dict[str, Any], kind: str, key: str, say: Say, column: bool = False
    ) -> None:
        self._source, self._kind, self._key, self._say = source, kind, key, say
        self._column = column
        self._rules = self._dict_of("validate")

    def build(self, children: tuple[Field, ...]) -> Field:
        """Return the field, with these children; findings are told on the way."""
        kind = self._kind
        properties = {str(k): str(v) for k, v in self._dict_of("properties").items()}
        options, options_key, options_from = self._options()
        self._check_scope()
        return Field(
            key=self._key,
            kind=kind,
            label=self._label(),
            description=self._text("description"),
            required=self._flag(self._rules, "required"),
            readonly=self._flag(self._source, "readonly") or self._flag(self._source, "disabled"),
            tier=self._tier(properties, children),
            options=options,
            options_key=options_key,
            options_from=options_from,
            hide=self._feel(self._dict_of("conditional").get("hide"), "conditional.hide"),
            minimum=self._bound("min"),
            maximum=self._bound("max"),
            length=self._length(),
            digits=self._whole(self._source, "decimalDigits", _MOST_DECIMALS),
            pattern=self._pattern(),
            form_of=self._shape(),
            not_past=self._flag(self._source, "disallowPassedDates"),
            default=self._source.get("defaultValue"),
            accept=self._text("accept"),
            expression=self._expression(),
            children=children,
            properties=properties,
        )

    # --- plain properties

    def list_of(self, name: str) -> list[Any]:
        """Return a list property; an empty one if it is absent."""
        found = self._source.get(name)
        if found is None or isinstance(found, list):
            return found or []
        self._odd(name, said("a list"))
        return []

    def _dict_of(self, name: str) -> dict[str, Any]:
        found = self._source.get(name)
        if found is None or isinstance(found, dict):
            return found or {}
        self._odd(name, said("an object"))
        return {}

    def _flag(self, source: dict[str, Any], name: str) -> bool:
        found = source.get(name, False)
        if isinstance(found, bool) or found is None:
            return bool(found)
        self._odd(name, said("true or false (a condition belongs in conditional.hide)"))
        return False

    def _whole(self, source: dict[str, Any], name: str, most: int) -> int | None:
        found = source.get(name)
        if found in (None, ""):
            return None
        try:
            number = int(str(found))
        except ValueError:
            number = -1
        if not 0 <= number <= most:
            self._odd(name, said("a whole number from 0 to {most}", most=most))
            return None
        return number

    def _text(self, name: str) -> str:
        found = self._source.get(name)
        if found is None:
            return ""
        if not isinstance(found, str):
            self._odd(name, said("a text"))
            return ""
        if found.startswith("=") or "{{" in found:
            self._say(
                "template",
                said("Its {name} is computed: {found}.", name=name, found=repr(found[:80])),
                "Write the text as it is; show a computed value with an expression field.",
            )
        return found

    def _odd(self, name: str, wanted: str) -> None:
        self._say(
            "property",
            said("Its '{name}' is not {wanted}.", name=name, wanted=wanted),
            said("Correct '{name}'.", name=name),
        )

    # --- what a field shows and who reads it

    def _label(self) -> str:
        name = {"text": "text", "date": "dateLabel"}.get(self._kind, "label")
        label = self._text(name) or self._text("label")
        if not label.strip() and self._kind not in {"group", "expression"}:
            self._say("no-label", "The field has no label.", "Say what is asked.")
        return label

    def _options(
        self,
    ) -> tuple[tuple[tuple[str, str], ...], str | None, Expression | None]:
        if self._kind not in CHOICES:
            return (), None, None
        if self._source.get("valuesExpression"):
            read = self._feel(self._source["valuesExpression"], "valuesExpression")
            return (), None, read
        if self._source.get("valuesKey"):
            return (), str(self._source["valuesKey"]), None
        return self._static_options(), None, None

    def _static_options(self) -> tuple[tuple[str, str], ...]:
        values = self.list_of("values")
        if not values:
            self._say("no-options", "There is nothing to choose from.", "Add values.")
        pairs = [
            (str(each.get("value") or ""), str(each.get("label") or ""))
            for each in values
            if isinstance(each, dict)
        ]
        if len(pairs) != len(values) or not all(value and label for value, label in pairs):
            self._say("option", "A choice has no value or no label.", "Give it both.")
        if len({value for value, _ in pairs}) != len(pairs):
            self._say("duplicate-option", "Two choices have one value.", "Rename one.")
        return tuple(pairs)

    def _tier(self, properties: dict[str, str], children: tuple[Field, ...]) -> Tier | None:
        named = properties.get("tier")
        if named is not None:
            return self._named_tier(named)
        if self._kind == "table":
            return self._table_tier(children)
        if self._kind == "textarea":
            return Tier.CASE
        free = self._kind == "textfield" and properties.get("variable") != "true"
        return Tier.CASE if free else None

    def _named_tier(self, named: str) -> Tier:
        try:
            return Tier(named)
        except ValueError:
            self._say(
                "tier",
                said("There is no tier '{named}'.", named=named),
                said("Use one of {known}.", known=", ".join(Tier)),
            )
            return Tier.CASE

    def _table_tier(self, columns: tuple[Field, ...]) -> Tier | None:
        tiers = {column.tier for column in columns} - {None}
        if tiers - {Tier.CASE}:
            self._say(
                "table-tier",
                said(
                    "A column has a tier ({tiers}); a table is kept whole.",
                    tiers=", ".join(sorted(t for t in tiers if t)),
                ),
                "Put the property 'tier' on the table.",
            )
        # A table is one answer: with free text in one column no part of it may be a variable.
        return Tier.CASE if tiers else None

    # --- what an answer must keep to

    def _check_scope(self) -> None:
        if self._kind == "group" and (
            self._source.get("path") or self._source.get("isRepeating") is True
        ):
            self._say(
                "group-path",
                "The group has a path of its own, or repeats.",
                "Remove its path; use a dynamic list for rows.",
            )
        if self._kind == "date" and self._source.get("subtype", "date") != "date":
            self._say("datetime", "Only dates are asked.", 'Set "subtype": "date".')
        if self._column and self._dict_of("conditional"):
            self._say(
                "column-condition",
                "A column has a condition; a table shows all its columns.",
                "Put the condition on the table.",
            )

    def _bound(self, name: str) -> Bound:
        found = self._rules.get(name)
        if found in (None, "") or self._kind != "number":
            return None
        if isinstance(found, str) and found.lstrip().startswith("="):
            return self._feel(found, f"validate.{name}")
        try:
            bound = Decimal(str(found))
        except InvalidOperation:
            bound = Decimal("NaN")
        if not bound.is_finite():
            self._say(
                "bound",
                said("'{found}' is no number.", found=found),
                said("Mend validate.{name}.", name=name),
            )
            return None
        least = self._rules.get("min")
        if name == "max" and isinstance(least, int | float) and bound < least:
            self._say("bound", "Its max is below its min.", "Exchange them.")
        return bound

    def _length(self) -> tuple[int, int]:
        longest = LONGEST_TEXT if self._kind == "textarea" else LONGEST_LINE
        least = self._whole(self._rules, "minLength", longest) or 0
        most = self._whole(self._rules, "maxLength", longest)
        if most is not None and most < least:
            self._say("bound", "Its maxLength is below its minLength.", "Exchange them.")
        return least, longest if most is None else most

    def _pattern(self) -> str | None:
        pattern = self._rules.get("pattern")
        if not pattern:
            return None
        if not isinstance(pattern, str):
            self._odd("validate.pattern", said("a text"))
            return None
        fault = pattern_fault(pattern)
        if not fault and _NESTED_REPEAT.search(pattern):
            fault = said("it repeats a repetition, which can take for ever on some answers")
        if fault:
            self._say(
                "pattern",
                said("The pattern is wrong: {fault}.", fault=fault),
                "Mend it; see docs/feel.md.",
            )
        return pattern

    def _shape(self) -> str | None:
        shape = self._rules.get("validationType")
        if not shape or self._kind != "textfield":
            return None
        if shape not in _SHAPES:
            self._say(
                "property",
                said("There is no validationType '{shape}'.", shape=shape),
                "Use email or phone.",
            )
            return None
        return None if shape == "custom" else str(shape)

    def _expression(self) -> Expression | None:
        if self._kind != "expression":
            return None
        if not self._source.get("expression"):
            self._say("feel", "There is nothing to compute.", "Give it an expression.")
            return None
        return self._feel(self._source["expression"], "expression")

    def _feel(self, source: Any, name: str) -> Expression | None:
        if source in (None, ""):
            return None
        if not isinstance(source, str):
            self._odd(name, said("a text in FEEL"))
            return None
        try:
            return parse(source)
        except FeelError as error:
            self._say(
                "feel",
                said("'{source}' does not parse: {error}", source=source, error=error),
                said("Mend {name}.", name=name),
            )
            return None
