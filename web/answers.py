"""What a browser sent, read into the shape of its form: strings, lists of strings, rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from engine.forms import Field, Form
from engine.model import Tier
from web.documents import DocumentRefused, refusal, take

_MOST_ROWS = 200
_UNSENT = frozenset({"text", "expression"})


@dataclass(frozen=True, slots=True)
class Pending:
    """A file handed in with a start form: it is stored once its case is open."""

    purpose: str
    tier: Tier | None
    file: FileStorage


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
    pending: list[Pending] = field(default_factory=list)


def read_posted(form: Form | None, case_id: str | None) -> Posted:
    """Read the request's form; files handed in are stored with the case at once.

    :param case_id: the case that takes the files; ``None`` before there is one: then they wait
        in :attr:`Posted.pending`.
    """
    posted = Posted("complete", {}, request.form.get("_reason", "").strip())
    if form is not None:
        posted.answer = _Reader(case_id, posted).read(form.fields)
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


class _Reader:
    """Reads the request's form along its schema."""

    def __init__(self, case_id: str | None, posted: Posted) -> None:
        self._case_id = case_id
        self._posted = posted

    def read(self, fields: Iterable[Field], prefix: str = "") -> dict[str, object]:
        """Return the answers to these fields; ``prefix`` leads their names in a table's row."""
        answer: dict[str, object] = {}
        for each in fields:
            if each.kind == "group":
                answer |= self.read(each.children, prefix)
            elif each.kind not in _UNSENT and not each.readonly:
                value = self._value(each, f"{prefix}{each.key}")
                # A field that was not on the page is not an empty one: what is known stays.
                if value is not None:
                    answer[each.key] = value
        return answer

    def _value(self, each: Field, name: str) -> object | None:
        if each.kind == "checklist":
            return request.form.getlist(name)
        if each.kind == "checkbox":
            return "true" if request.form.get(name) else "false"
        if each.kind == "table":
            rows = (self.read(each.children, prefix) for prefix in _row_prefixes(name))
            return [row for row in rows if _filled(row)]
        if each.kind == "file":
            return self._document(each, name)
        text = request.form.get(name)
        return None if text is None else text.replace("\r\n", "\n")

    def _document(self, each: Field, name: str) -> str | None:
        kept = request.form.get(name)
        file = request.files.get(f"{name}.file")
        if file is None or not file.filename:
            return kept
        if self._case_id is None:
            self._posted.pending.append(Pending(each.key, each.tier, file))
            return kept
        try:
            return take(self._case_id, file, purpose=each.key, tier=each.tier)
        except DocumentRefused as error:
            self._posted.errors[each.key] = refusal(error)
            return kept


def _filled(row: Mapping[str, object]) -> bool:
    # A box that is not ticked is no answer: a row of nothing else was left empty.
    return any(value not in ("", "false") for value in row.values())


def _row_prefixes(name: str) -> Iterable[str]:
    for number in range(_MOST_ROWS):
        prefix = f"{name}.{number}."
        if f"{prefix}_row" not in request.form:
            return
        yield prefix


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
