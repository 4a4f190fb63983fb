"""Reading a form-js schema (``*.form``) into a :class:`~engine.forms.model.Form`.

What the schema asks for and we do not do is told as a finding, never dropped in silence.
"""

from __future__ import annotations

import json
import re
from typing import Any

from engine.errors import DeploymentRefused, FeelError, Finding
from engine.feel import parse
from engine.forms.component import KINDS, Component, Say
from engine.forms.fits import fits
from engine.forms.model import ANSWERED, Field, Form
from engine.forms.typed import Wrong, typed
from engine.rules import finding, said

LARGEST_BYTES = 1_000_000
DEEPEST = 5

_IGNORED = frozenset({"separator", "spacer", "button"})
_IN_TABLE = frozenset({"textfield", "number", "date", "select", "checkbox"})
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TAKEN = frozenset({"case", "scheme", "csrf_token"})


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
        self._unnamed = 0

    def _say(
        self, rule: str, element: str, message: str, remedy: str, severity: str = "error"
    ) -> None:
        found = finding(f"form.{rule}", severity, self.filename, element, 0, message, remedy)
        self.findings.append(found)

    def read(self, source: bytes) -> Form | None:
        schema = self._schema(source)
        if schema is None:
            return None
        form_id = schema.get("id")
        if not isinstance(form_id, str) or not form_id:
            self._say("no-id", "", "The form has no id.", 'Add "id": the name diagrams call it by.')
            form_id = ""
        return Form(form_id, self._fields(schema["components"], 0))

    def _schema(self, source: bytes) -> dict[str, Any] | None:
        if len(source) > LARGEST_BYTES:
            self._say(
                "too-large",
                "",
                said(
                    "It has {size} bytes; {limit} are the most.",
                    size=len(source),
                    limit=LARGEST_BYTES,
                ),
                "Split the form in two tasks.",
            )
            return None
        try:
            schema = json.loads(source)
        except (ValueError, RecursionError) as error:
            self._say(
                "not-json",
                "",
                said("It does not read as JSON: {error}.", error=error),
                "Save it again.",
            )
            return None
        if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
            remedy = 'Give it an object with "components".'
            self._say("not-form-js", "", "It is no form-js schema.", remedy)
            return None
        return schema

    def _fields(self, components: list[Any], depth: int, column: bool = False) -> tuple[Field, ...]:
        if depth > DEEPEST:
            self._say(
                "too-deep",
                "",
                said("Groups stand {depth} deep.", depth=depth),
                said("Use at most {limit}.", limit=DEEPEST),
            )
            return ()
        found = (self._field(component, depth, column) for component in components)
        return tuple(each for each in found if each is not None)

    def _field(self, source: Any, depth: int, column: bool) -> Field | None:
        if not isinstance(source, dict):
            self._say("not-form-js", "", "A component is no object.", "Save the form again.")
            return None
        kind = KINDS.get(str(source.get("type")))
        name = str(source.get("key") or source.get("path") or source.get("id") or "")
        if kind is None:
            self._refuse(str(source.get("type")), name)
            return None
        if column and kind not in _IN_TABLE:
            remedy = said("Use one of {kinds}.", kinds=", ".join(sorted(_IN_TABLE)))
            self._say("column", name, said("A table cannot hold a {kind}.", kind=kind), remedy)
            return None
        key = self._key(source, kind, name, column)
        component = Component(source, kind, key, self._sayer(key), column)
        nested = component.list_of("components")
        children = self._fields(nested, depth + 1, kind == "table")
        made = component.build(children)
        self._check_default(made)
        if _is_never_shown(made):
            self._say(
                "never-shown",
                made.key,
                "Nobody ever sees it: its condition hides it always.",
                "Correct conditional.hide, or remove the field.",
                "warning",
            )
        return made

    def _sayer(self, key: str) -> Say:
        return lambda rule, message, remedy: self._say(rule, key, message, remedy)

    def _refuse(self, kind: str, name: str) -> None:
        if kind not in _IGNORED:
            message = said("Component type '{kind}' is not known.", kind=kind)
            remedy = said("Use one of {kinds}.", kinds=", ".join(sorted(KINDS)))
            self._say("unknown-component", name, message, remedy)

    def _key(self, source: dict[str, Any], kind: str, name: str, column: bool) -> str:
        key = str(source.get("path" if kind == "table" else "key") or name)
        if kind not in ANSWERED:
            self._unnamed += 1
            return key or f"{kind}-{self._unnamed}"
        fault = _key_fault(key)
        if fault:
            remedy = "Use letters, digits and underscores, beginning with a letter."
            self._say("key", name, said("The key '{key}' {fault}.", key=key, fault=fault), remedy)
        elif not column:
            if key in self._keys:
                self._say("duplicate-key", key, "Two fields have this key.", "Rename one of them.")
            self._keys.add(key)
        return key

    def _check_default(self, made: Field) -> None:
        if made.default in (None, "", []) or made.kind not in ANSWERED:
            return
        try:
            value = typed(made, made.default)
            if made.options_key is None and made.options_from is None and value is not False:
                fits(made, value, {}, None)
        except Wrong as wrong:
            self._say(
                "default",
                made.key,
                said(
                    "Its default {default} would be refused as an answer ({name}).",
                    default=repr(made.default),
                    name=wrong.name,
                ),
                "Correct defaultValue.",
            )


def _is_never_shown(field: Field) -> bool:
    """Return whether a field is hidden whatever the answers are."""
    hide = field.hide
    if hide is None or hide.free_names or hide.maybe_names:
        return False
    try:
        return hide.evaluate({}) is True
    except FeelError:
        return False  # It passes its budget, so nothing is known of it.


def _key_fault(key: str) -> str:
    """Return why no process variable may have this name; empty if it may."""
    if not _KEY.fullmatch(key):
        return said("is no name that a process can use")
    if key in _TAKEN:
        return said("is taken: the engine gives this name to every expression or page")
    try:
        read = parse(key)
    except FeelError:
        return said("is a word of FEEL, so no expression could read it")
    if key not in read.free_names | read.maybe_names:
        return said("is a word of FEEL, so no expression could read it")
    return ""
