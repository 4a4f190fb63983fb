"""Translations that stand beside a scheme's diagrams and forms: ``labels.<locale>.toml``.

::

    [elements]                      # by element id
    Task_Check = "Check the file"
    "Task_Check.documentation" = "Whoever wrote the file does not check it."
    [forms.check]                   # by form id: field, hint, option
    complete = "Is the file complete?"
    "complete.description" = "All six papers"
    "complete.yes" = "Yes"
    [variables]                     # by variable name
    assistance_type = "Type of assistance"
    [values.assistance_type]        # by variable, then code
    business = "Business creation"
    [messages]                      # by message name: what the case page offers to do
    withdrawal = "Record a withdrawal"

What is missing falls back to the text that the diagram or form carries itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import DeploymentRefused, Finding
from engine.rules import finding, said

_TABLES = ("elements", "variables", "messages")
_NESTED = ("forms", "values")
DOCUMENTATION = ".documentation"
"""Ends the keys of what elements' pages say about them."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A publication's texts in one language.

    :ivar locale: language code, for example ``fr``.
    """

    locale: str
    elements: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def element(self, element_id: str, default: str) -> str:
        """Return an element's name."""
        return self.elements.get(element_id, default)

    def documentation(self, element_id: str, default: str) -> str:
        """Return what an element's page says about it."""
        return self.elements.get(f"{element_id}{DOCUMENTATION}", default)

    def field(self, form_id: str, key: str, default: str) -> str:
        """Return a form field's label."""
        return self.forms.get(form_id, {}).get(key, default)

    def description(self, form_id: str, key: str, default: str) -> str:
        """Return a form field's hint."""
        return self.forms.get(form_id, {}).get(f"{key}.description", default)

    def option(self, form_id: str, key: str, value: str, default: str) -> str:
        """Return the text of one choice of a field."""
        return self.forms.get(form_id, {}).get(f"{key}.{value}", default)

    def variable(self, name: str) -> str:
        """Return a variable's name for people, or the name itself."""
        return self.variables.get(name, name)

    def value(self, variable: str, code: str) -> str:
        """Return the text of one of a variable's codes, or the code itself."""
        return self.values.get(variable, {}).get(code, code)

    def message(self, name: str, default: str) -> str:
        """Return what people do when they send this message from a case's page."""
        return self.messages.get(name, default)


def read_labels(locale: str, sources: Mapping[str, bytes]) -> Labels:
    """Read the labels of one language from its files; later files win.

    :param sources: content by file name.
    :raises DeploymentRefused: a file is no TOML, or holds what is no text.
    """
    flat: dict[str, dict[str, str]] = {name: {} for name in _TABLES}
    nested: dict[str, dict[str, dict[str, str]]] = {name: {} for name in _NESTED}
    findings: list[Finding] = []
    for filename, source in sources.items():
        data = _parse(filename, source, findings)
        for table in _TABLES:
            flat[table] |= _texts(filename, table, data.get(table, {}), findings)
        for table in _NESTED:
            for name, texts in _tables(filename, table, data.get(table, {}), findings):
                found = _texts(filename, f"{table}.{name}", texts, findings)
                nested[table].setdefault(name, {}).update(found)
    if findings:
        raise DeploymentRefused(findings)
    return Labels(
        locale,
        elements=flat["elements"],
        variables=flat["variables"],
        messages=flat["messages"],
        forms=nested["forms"],
        values=nested["values"],
    )


def _parse(filename: str, source: bytes, findings: list[Finding]) -> dict[str, Any]:
    try:
        data = tomllib.loads(source.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        findings.append(
            _finding(
                filename,
                "labels.not-toml",
                said("It does not read as TOML: {error}.", error=error),
                "Mend it.",
            )
        )
        return {}
    unknown = sorted(set(data) - {*_TABLES, *_NESTED})
    if unknown:
        findings.append(
            _finding(
                filename,
                "labels.unknown-table",
                said("No text is looked up in [{unknown}].", unknown="], [".join(unknown)),
                "Use [elements], [forms.<form id>], [variables], [values.<variable>] "
                "and [messages].",
            )
        )
    return data


def _tables(
    filename: str, table: str, named: Any, findings: list[Finding]
) -> Iterable[tuple[str, Any]]:
    if isinstance(named, dict):
        return named.items()
    remedy = said('Write [{table}.<name>], then key = "text".', table=table)
    findings.append(
        _finding(filename, "labels.not-text", said("'{table}' is no table.", table=table), remedy)
    )
    return ()


def _texts(filename: str, table: str, texts: Any, findings: list[Finding]) -> dict[str, str]:
    wrong = (
        [f"{key!r}" for key, text in texts.items() if not isinstance(text, str)]
        if isinstance(texts, dict)
        else [repr(texts)]
    )
    if not wrong:
        return dict(texts)
    findings.append(
        _finding(
            filename,
            "labels.not-text",
            said("[{table}] holds what is no text: {wrong}.", table=table, wrong=", ".join(wrong)),
            'Write key = "text"; quote keys with dots: "field.option" = "text".',
        )
    )
    return {}


def _finding(filename: str, rule: str, message: str, remedy: str) -> Finding:
    return finding(rule, "error", filename, "", 0, message, remedy)
