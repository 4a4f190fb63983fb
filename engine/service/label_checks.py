"""Whether a scheme speaks every language that it says it speaks, and of what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine import bpmn
from engine.bpmn.bodies import bodies
from engine.bpmn.checks import elements_of, suggestion
from engine.errors import Finding
from engine.forms import Form
from engine.forms.model import Field
from engine.labels import DOCUMENTATION, Labels
from engine.rules import finding, said
from engine.service.scheme import SchemeConfig

TOLD = 6
"""Keys that one finding names, at most; it counts the others."""


def check_labels(
    config: SchemeConfig, seen: bpmn.Survey, labels: Mapping[str, Labels], own: Mapping[str, Labels]
) -> Iterator[Finding]:
    """Yield what a language lacks, and texts of what is not there.

    The first language needs none: the diagrams and forms themselves are written in it.

    :param labels: by language, those of ``common/`` included. :param own: the scheme's alone.
    """
    for locale in config.languages[1:]:
        yield from _missing(locale, labels[locale], seen)
    for locale in config.languages:
        yield from _variables(locale, labels[locale], config)
    for locale, texts in own.items():
        yield from _nothing_there(locale, texts, seen)


def _missing(locale: str, labels: Labels, seen: bpmn.Survey) -> Iterator[Finding]:
    for file, element_ids in _named(seen).items():
        missing = [name for name in element_ids if name not in labels.elements]
        if missing:
            yield _lacking(file, locale, "[elements]", missing)
    for form_id, form in seen.forms.items():
        texts = labels.forms.get(form_id, {})
        missing = [key for key in _keys(form) if key not in texts]
        if missing:
            yield _lacking(seen.form_files[form_id], locale, f"[forms.{form_id}]", missing)


def _variables(locale: str, labels: Labels, config: SchemeConfig) -> Iterator[Finding]:
    missing = [name for name in config.summary if name not in labels.variables]
    if missing:
        yield _lacking("scheme.toml", locale, "[variables]", missing)


def _lacking(file: str, locale: str, table: str, missing: list[str]) -> Finding:
    more = f" (+ {len(missing) - TOLD})" if len(missing) > TOLD else ""
    return finding(
        "labels.missing",
        "warning",
        file,
        missing[0] if table == "[elements]" else "",
        0,
        said(
            "labels.{locale}.toml has no text under {table} for: {missing}.",
            locale=locale,
            table=table,
            missing=", ".join(missing[:TOLD]) + more,
        ),
        "Add the texts, or take the language out of scheme.toml.",
    )


def _named(seen: bpmn.Survey) -> Mapping[str, list[str]]:
    """Return the ids of what diagrams show a name of, by file."""
    found: dict[str, list[str]] = {}
    for element in elements_of(seen.processes.values()):
        if element.name.strip():
            found.setdefault(element.place.file, []).append(element.id)
    return found


def _keys(form: Form) -> Iterator[str]:
    """Yield the keys under which a form's texts are looked up."""
    waiting = list(form.fields)
    while waiting:
        field = waiting.pop(0)
        yield from _keys_of(field)
        waiting = [*field.children, *waiting]


def _keys_of(field: Field) -> Iterator[str]:
    if field.label.strip():
        yield field.key
    if field.description.strip():
        yield f"{field.key}.description"
    yield from (f"{field.key}.{value}" for value, _ in field.options)


# --- texts of nothing -------------------------------------------------------------------------


def _nothing_there(locale: str, labels: Labels, seen: bpmn.Survey) -> Iterator[Finding]:
    """Yield texts under ids that neither diagrams nor forms have: renamed, or misspelt."""
    ids = _ids(seen)
    named = {name.removesuffix(DOCUMENTATION) for name in labels.elements}
    yield from _unknown(locale, "[elements]", named, ids)
    yield from _unknown(locale, "[forms]", labels.forms, seen.forms)
    for form_id, texts in labels.forms.items():
        form = seen.forms.get(form_id)
        if form is not None:
            keys = {name.partition(".")[0] for name in _keys(form)}
            told = {name.partition(".")[0] for name in texts}
            yield from _unknown(locale, f"[forms.{form_id}]", told, keys)


def _ids(seen: bpmn.Survey) -> set[str]:
    found = set(seen.processes)
    for process in seen.processes.values():
        for body, _ in bodies(process):
            found |= {*body.elements, *body.flows}
    return found | {
        element.lane for element in elements_of(seen.processes.values()) if element.lane
    }


def _unknown(
    locale: str, table: str, told: Iterable[str], known: Iterable[str]
) -> Iterator[Finding]:
    there = set(known)
    for name in sorted(set(told) - there):
        yield finding(
            "labels.unknown",
            "warning",
            f"labels.{locale}.toml",
            "",
            0,
            said("{table} has a text for '{name}', which is not there.", table=table, name=name),
            suggestion(name, sorted(there), "Correct the id, or remove the text."),
        )
