"""A form's schema as what a page shows: fields with their names, values, choices and errors.

The engine checks answers; here nothing is decided but how a field looks. A field's HTML name is
its key; in a row of a table it is ``table.row.column``. Its id is ``f-`` and that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.forms import Field, Form, answer_scope, choices, computed, computed_value, visible
from engine.labels import Labels
from web.answers import row_mapping, shown_value
from web.context import engine
from web.documents import title_of
from web.locales import figure
from web.prose import prose

_LIVE = {
    "data-hx-post": "",
    "data-hx-trigger": "change",
    "data-hx-include": "closest form",
    "data-hx-vals": '{"_intent": "refresh"}',
    "data-hx-target": "#fields",
    "data-hx-select": "#fields",
    "data-hx-swap": "outerHTML",
    "data-hx-sync": "closest form:replace",
}
"""Attributes with which htmx, where it runs, presses "Update the fields" by itself.

A second tick before the first one's answer replaces its request: the answer of the first would
take the second tick off the page.
"""


@dataclass(slots=True)
class Widget:
    """One field as the page shows it.

    :ivar value: what stands in it. :ivar items: choices, as govuk-frontend's macros take them.
    :ivar rows: of a table: its rows, each a widget a column; ``columns`` are their names.
    :ivar html: of a static text. :ivar file: name of the document that is handed in.
    :ivar live: attributes that let htmx refresh the fields when this one changes.
    """

    id: str
    name: str
    kind: str
    label: str
    hint: str = ""
    required: bool = False
    readonly: bool = False
    error: str = ""
    value: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    children: list[Widget] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[Widget]] = field(default_factory=list)
    html: str = ""
    accept: str = ""
    file: str = ""
    live: dict[str, str] = field(default_factory=dict)
    in_row: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as the page asks it.

    :ivar errors: element id and message, in the order of the page; for the summary.
    :ivar conditional: some fields depend on answers, so a button refreshes them.
    """

    widgets: tuple[Widget, ...]
    errors: tuple[tuple[str, str], ...]
    conditional: bool


class _Source:
    """What fields are filled from, and which of them are shown."""

    def __init__(
        self,
        form: Form,
        labels: Labels,
        variables: Mapping[str, Any],
        typed: Mapping[str, object] | None,
        errors: Mapping[str, str],
        case_id: str | None,
    ) -> None:
        self.form, self.labels, self.variables = form, labels, variables
        self.typed, self.errors, self.case_id = typed, errors, case_id
        self.watched = form.watched()
        self._now = engine().now()
        answer = {each.key: self.raw(each) for each in form.answerable()}
        self._scope = answer_scope(form, answer, variables)
        self._visible = visible(form, answer, variables=variables, now=self._now)

    def raw(self, each: Field) -> Any:
        """Return what stands in a field: what was typed, else what is known, else its default."""
        if self.typed is not None and each.key in self.typed:
            return self.typed[each.key]
        known = self.variables.get(each.key)
        return each.default if known is None else known

    def shown(self, each: Field) -> bool:
        """Tell whether the answers so far call for a field."""
        return each.key in self._visible

    def choices(self, each: Field) -> Sequence[tuple[str, str]]:
        """Return value and text of each choice."""
        return choices(each, self._scope)

    def computed(self, each: Field) -> str:
        """Return the text of a computed field for the answers so far."""
        value = computed_value(each, self._scope, self._now)
        return figure(value, computed(each, self._scope, self._now))


def ask(
    form: Form | None,
    labels: Labels | None,
    variables: Mapping[str, Any],
    typed: Mapping[str, object] | None,
    errors: Mapping[str, str],
    *,
    case_id: str | None = None,
) -> Asked:
    """Return a form ready to be shown.

    :param variables: what is known already, by field key or variable name.
    :param typed: what was typed and not yet accepted; wins over what is known.
    :param errors: message by field key; rows of a table as ``table.row.column``.
    """
    loose = tuple(("" if key == "" else f"f-{key}", text) for key, text in errors.items())
    if form is None or labels is None:
        return Asked((), loose, False)
    source = _Source(form, labels, variables, typed, errors, case_id)
    widgets = _widgets(form.fields, source)
    order = {id_: position for position, id_ in enumerate(_ids(widgets))}
    ordered = sorted(loose, key=lambda each: order.get(each[0], -1))
    return Asked(tuple(widgets), tuple(ordered), bool(source.watched & _keys(form)))


def _widgets(fields: tuple[Field, ...], source: _Source) -> list[Widget]:
    return [_widget(each, source) for each in fields if source.shown(each)]


def _widget(each: Field, source: _Source) -> Widget:
    widget = _plain(each, source, each.key, source.errors.get(each.key, ""))
    if each.kind == "group":
        widget.children = _widgets(each.children, source)
    elif each.kind == "table":
        _fill_table(widget, each, source)
    else:
        _fill(widget, each, source, source.raw(each))
    if each.key in source.watched:
        widget.live = dict(_LIVE)
    return widget


def _plain(each: Field, source: _Source, name: str, error: str) -> Widget:
    form_id = source.form.id
    return Widget(
        id=f"f-{name}",
        name=name,
        kind=each.kind,
        label=source.labels.field(form_id, each.key, each.label),
        hint=source.labels.description(form_id, each.key, each.description),
        required=each.required,
        readonly=each.readonly,
        error=error,
    )


def _fill(widget: Widget, each: Field, source: _Source, raw: Any) -> None:
    if each.kind == "text":
        widget.html = prose(widget.label)
    elif each.kind in {"select", "radio", "checklist"}:
        widget.items = _items(widget, each, source, raw)
    elif each.kind == "expression":
        widget.value = source.computed(each)
    elif each.kind == "file":
        widget.value, widget.accept = shown_value(raw), each.accept
        if widget.value and source.case_id:
            widget.file = title_of(source.case_id, widget.value)
    else:
        widget.value = shown_value(raw)


def _fill_table(widget: Widget, each: Field, source: _Source) -> None:
    raw = source.raw(each)
    rows = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else ()
    for number, row in enumerate(rows or ({},)):
        known = row_mapping(row)
        cells = []
        for column in each.children:
            name = f"{each.key}.{number}.{column.key}"
            cell = _plain(column, source, name, source.errors.get(name, ""))
            _fill(cell, column, source, known.get(column.key))
            cell.in_row = True
            cells.append(cell)
        widget.rows.append(cells)
    widget.columns = [
        source.labels.field(source.form.id, column.key, column.label) for column in each.children
    ]


def _items(widget: Widget, each: Field, source: _Source, raw: Any) -> list[dict[str, Any]]:
    chosen = {str(one) for one in raw} if isinstance(raw, list | tuple) else {shown_value(raw)}
    options = [
        (value, source.labels.option(source.form.id, each.key, value, text))
        for value, text in source.choices(each)
    ]
    if each.kind == "select":
        first = [{"value": "", "text": "", "selected": not (chosen - {""})}]
        return first + [
            {"value": value, "text": text, "selected": value in chosen} for value, text in options
        ]
    return [
        {
            "value": value,
            "text": text,
            "checked": value in chosen,
            # The error summary leads to the first choice by the field's own id.
            "id": widget.id if number == 0 else f"{widget.id}-{number}",
        }
        for number, (value, text) in enumerate(options)
    ]


def _ids(widgets: list[Widget]) -> list[str]:
    found: list[str] = []
    for widget in widgets:
        found += [widget.id, *_ids(widget.children)]
        found += [cell.id for row in widget.rows for cell in row]
    return found


def _keys(form: Form) -> frozenset[str]:
    return frozenset(each.key for each in form.answerable())
