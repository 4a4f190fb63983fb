"""Reading a form-js schema (``*.form``) into a :class:`~engine.forms.model.Form`.

What the schema asks for and we do not do is told as a finding, never dropped in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import DeploymentRefused, FeelError, Finding
from engine.feel import Expression, parse
from engine.forms.model import ANSWERED, Field, Form
from engine.model import Tier

LARGEST_BYTES = 1_000_000
LONGEST_LINE = 2_000
LONGEST_TEXT = 20_000
DEEPEST = 5

_KINDS = {
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
_CHOICES = frozenset({"select", "radio", "checklist"})
_IGNORED = frozenset({"separator", "spacer", "button"})
_IN_TABLE = frozenset({"textfield", "number", "date", "select", "checkbox"})
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NESTED_REPEAT = re.compile(r"[*+}]\s*\)\s*[*+{]|\\[1-9]")


def read_form(source: bytes, filename: str) -> Form:
    """Read a form.

    :raises DeploymentRefused: it has errors; every one is told with field and remedy.
    """
    reader = _Reader(filename)
    form = reader.read(source)
    errors = [finding for finding in reader.findings if finding.severity == "error"]
    if form is None or errors:
        raise DeploymentRefused(errors)
    return form


def check(source: bytes, filename: str) -> tuple[Finding, ...]:
    """Return everything there is to say of a form, errors first."""
    reader = _Reader(filename)
    reader.read(source)
    return tuple(sorted(reader.findings, key=lambda finding: finding.severity))


class _Reader:
    """Reads one file and gathers what is wrong with it."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.findings: list[Finding] = []
        self._keys: set[str] = set()

    def _say(self, rule: str, element: str, message: str, remedy: str, kind: str = "error") -> None:
        found = Finding(f"form.{rule}", kind, self.filename, element, 0, message, remedy)
        self.findings.append(found)

    def read(self, source: bytes) -> Form | None:
        if len(source) > LARGEST_BYTES:
            self._say("too-large", "", f"It has {len(source)} bytes.", "Split the form.")
            return None
        try:
            schema = json.loads(source)
        except (ValueError, RecursionError) as error:
            self._say("not-json", "", f"It does not read as JSON: {error}.", "Save it again.")
            return None
        if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
            self._say(
                "not-form-js",
                "",
                "It is no form-js schema.",
                'Give it an object with "components".',
            )
            return None
        form_id = schema.get("id")
        if not isinstance(form_id, str) or not form_id:
            self._say("no-id", "", "The form has no id.", 'Add "id": the name diagrams call it by.')
            form_id = ""
        return Form(form_id, self._fields(schema["components"], 0))

    def _fields(self, components: list[Any], depth: int, column: bool = False) -> tuple[Field, ...]:
        if depth > DEEPEST:
            self._say("too-deep", "", f"Groups stand {depth} deep.", f"Use at most {DEEPEST}.")
            return ()
        found = (self._field(component, depth, column) for component in components)
        return tuple(each for each in found if each is not None)

    def _field(self, component: Any, depth: int, column: bool) -> Field | None:
        if not isinstance(component, dict):
            self._say("not-form-js", "", "A component is no object.", "Save the form again.")
            return None
        kind = _KINDS.get(str(component.get("type")))
        name = str(component.get("key") or component.get("id") or "")
        if kind is None:
            if component.get("type") not in _IGNORED:
                self._say(
                    "unknown-component",
                    name,
                    f"Component type '{component.get('type')}' is not known.",
                    f"Use one of {', '.join(sorted(_KINDS))}.",
                )
            return None
        if column and kind not in _IN_TABLE:
            self._say("column", name, f"A table cannot hold a {kind}.", f"Use {sorted(_IN_TABLE)}.")
            return None
        if kind == "date" and component.get("subtype", "date") != "date":
            self._say("datetime", name, "Only dates are asked.", 'Set "subtype": "date".')
        return self._build(component, kind, self._key(component, kind, name, column), depth)

    def _key(self, component: Mapping[str, Any], kind: str, name: str, column: bool) -> str:
        key = str(component.get("path" if kind == "table" else "key") or name)
        if kind not in ANSWERED:
            return key
        if not _KEY.fullmatch(key):
            self._say(
                "key",
                name,
                f"'{key}' is no name that a process can use.",
                "Use letters, digits and underscores, beginning with a letter.",
            )
        elif key in self._keys and not column:
            self._say("duplicate-key", key, "Two fields have this key.", "Rename one of them.")
        if not column:
            self._keys.add(key)
        return key

    def _build(self, component: Mapping[str, Any], kind: str, key: str, depth: int) -> Field:
        rules = component.get("validate") or {}
        properties = {str(k): str(v) for k, v in (component.get("properties") or {}).items()}
        label = str(component.get("text" if kind == "text" else "label") or "")
        if kind == "date":
            label = str(component.get("dateLabel") or label)
        if not label and kind not in {"group", "expression"}:
            self._say("no-label", key, "The field has no label.", "Say what is asked.")
        options, options_key = self._options(component, kind, key)
        return Field(
            key=key,
            kind=kind,
            label=label,
            description=str(component.get("description") or ""),
            required=bool(rules.get("required")),
            readonly=bool(component.get("readonly") or component.get("disabled")),
            tier=self._tier(kind, key, properties),
            options=options,
            options_key=options_key,
            hide=self._hide(component, key),
            minimum=self._bound(rules, "min", key),
            maximum=self._bound(rules, "max", key),
            length=self._length(rules, kind),
            digits=component.get("decimalDigits"),
            pattern=self._pattern(rules, key),
            default=component.get("defaultValue"),
            accept=str(component.get("accept") or ""),
            expression=self._feel(component.get("expression"), key)
            if kind == "expression"
            else None,
            children=self._fields(component.get("components") or [], depth + 1, kind == "table"),
            properties=properties,
        )

    def _options(
        self, component: Mapping[str, Any], kind: str, key: str
    ) -> tuple[tuple[tuple[str, str], ...], str | None]:
        if kind not in _CHOICES:
            return (), None
        if component.get("valuesKey"):
            return (), str(component["valuesKey"])
        values = component.get("values") or []
        if not values:
            self._say("no-options", key, "There is nothing to choose from.", "Add values.")
        pairs = tuple((str(v.get("value", "")), str(v.get("label", ""))) for v in values)
        if len({value for value, _ in pairs}) != len(pairs):
            self._say("duplicate-option", key, "Two choices have one value.", "Rename one.")
        return pairs, None

    def _tier(self, kind: str, key: str, properties: Mapping[str, str]) -> Tier | None:
        named = properties.get("tier")
        if named is not None:
            try:
                return Tier(named)
            except ValueError:
                self._say(
                    "tier",
                    key,
                    f"There is no tier '{named}'.",
                    f"Use one of {', '.join(Tier)}.",
                )
                return Tier.CASE
        free = kind == "textarea" or (kind == "textfield" and properties.get("variable") != "true")
        return Tier.CASE if free else None

    def _hide(self, component: Mapping[str, Any], key: str) -> Expression | None:
        condition = (component.get("conditional") or {}).get("hide")
        return self._feel(condition, key) if condition else None

    def _computed(self, component: Mapping[str, Any], kind: str, key: str) -> Expression | None:
        return self._feel(component.get("expression"), key) if kind == "expression" else None

    def _feel(self, source: Any, key: str) -> Expression | None:
        try:
            return parse(str(source or ""))
        except FeelError as error:
            self._say("feel", key, f"'{source}' does not parse: {error}", "Mend the expression.")
            return None

    def _bound(self, rules: Mapping[str, Any], name: str, key: str) -> Decimal | None:
        if rules.get(name) is None:
            return None
        try:
            return Decimal(str(rules[name]))
        except InvalidOperation:
            self._say("bound", key, f"'{rules[name]}' is no number.", f"Mend validate.{name}.")
            return None

    def _length(self, rules: Mapping[str, Any], kind: str) -> tuple[int, int]:
        longest = LONGEST_TEXT if kind == "textarea" else LONGEST_LINE
        return int(rules.get("minLength") or 0), min(
            int(rules.get("maxLength") or longest), longest
        )

    def _pattern(self, rules: Mapping[str, Any], key: str) -> re.Pattern[str] | None:
        source = rules.get("pattern")
        if not source:
            return None
        if _NESTED_REPEAT.search(source):
            self._say(
                "pattern",
                key,
                "The pattern repeats a repetition, which can take for ever on some answers.",
                "Write it without nested * or +, and without back references.",
            )
            return None
        try:
            return re.compile(source)
        except re.error as error:
            self._say("pattern", key, f"The pattern is wrong: {error}.", "Mend it.")
            return None
