"""What a browser sent, read into the shape of its form: strings, lists of strings, rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from engine.forms import Field, Form
from web.documents import DocumentRefused, take
from web.i18n import _

_MOST_ROWS = 200
_UNSENT = frozenset({"text", "expression"})


@dataclass(slots=True)
class Posted:
    """A form as it was sent.

    :ivar intent: which button: ``complete``, ``draft``, ``refresh`` (show the fields that the
        answers call for; adding and removing a row of a table does that too).
    :ivar answer: by field key, as :func:`engine.forms.validate` takes it.
    :ivar reason: the reason given beside the form.
    :ivar errors: files that could not be taken, by field key.
    """

    intent: str
    answer: dict[str, object]
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def read_posted(form: Form | None, case_id: str | None) -> Posted:
    """Read the request's form; files handed in are stored with the case at once.

    :param case_id: the case that takes the files; ``None`` before there is one.
    """
    posted = Posted("complete", {}, request.form.get("_reason", "").strip())
    if form is not None:
        posted.answer = _read(form.fields, "", case_id, posted.errors)
    _act(posted, request.form.get("_intent", "complete"))
    return posted


def _act(posted: Posted, intent: str) -> None:
    verb, _colon, rest = intent.partition(":")
    if verb == "add":
        _rows(posted.answer, rest).append({})
    elif verb == "remove":
        key, _colon, number = rest.rpartition(":")
        rows = _rows(posted.answer, key)
        if number.isdecimal() and int(number) < len(rows):
            rows.pop(int(number))
    posted.intent = verb if verb in {"complete", "draft"} else "refresh"


def _rows(answer: dict[str, object], key: str) -> list[object]:
    rows = answer.get(key)
    return rows if isinstance(rows, list) else []


def _read(
    fields: Iterable[Field], prefix: str, case_id: str | None, errors: dict[str, str]
) -> dict[str, object]:
    answer: dict[str, object] = {}
    for each in fields:
        if each.kind == "group":
            answer |= _read(each.children, prefix, case_id, errors)
        elif each.kind not in _UNSENT and not each.readonly:
            answer[each.key] = _value(each, f"{prefix}{each.key}", case_id, errors)
    return answer


def _value(each: Field, name: str, case_id: str | None, errors: dict[str, str]) -> object:
    if each.kind == "checklist":
        return request.form.getlist(name)
    if each.kind == "checkbox":
        return "true" if request.form.get(name) else "false"
    if each.kind == "table":
        rows = (_read(each.children, prefix, case_id, errors) for prefix in _row_prefixes(name))
        return [row for row in rows if _filled(row)]
    if each.kind == "file":
        return _document(each, name, case_id, errors)
    return request.form.get(name, "").replace("\r\n", "\n")


def _filled(row: Mapping[str, object]) -> bool:
    # A box that is not ticked is no answer: a row of nothing else was left empty.
    return any(value not in ("", "false") for value in row.values())


def _row_prefixes(name: str) -> Iterable[str]:
    for number in range(_MOST_ROWS):
        prefix = f"{name}.{number}."
        if f"{prefix}_row" not in request.form:
            return
        yield prefix


def _document(each: Field, name: str, case_id: str | None, errors: dict[str, str]) -> str:
    kept = request.form.get(name, "")
    file: FileStorage | None = request.files.get(f"{name}.file")
    if file is None or not file.filename:
        return kept
    if case_id is None:
        errors[each.key] = _("Files can be handed in once the case is open.")
        return kept
    try:
        return take(case_id, file, purpose=each.key, tier=each.tier)
    except DocumentRefused as error:
        errors[each.key] = str(error)
        return kept


def shown_value(value: Any) -> str:
    """Return a value as an input shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def row_mapping(row: object) -> Mapping[str, object]:
    """Return a row of a table as a mapping; an empty one if it is none."""
    return row if isinstance(row, Mapping) else {}
