"""Organisations as CSV: taken in with a report of every problem, given out whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import Conflict, InvalidAnswer
from engine.store import UnitOfWork
from handlers.csv_files import CsvColumn, CsvProblem, CsvRefused, read_csv, write_csv
from handlers.organisations.directory.profile import (
    Profile,
    capacity_of,
    change_profile,
    read_profile,
)
from handlers.organisations.store import Dimension, coverage_of, find_organisations

IMPORTER = "import"
"""Under whom imports are written down."""

_LISTS: Mapping[str, Dimension] = {
    "sectors": Dimension.SECTOR,
    "regions": Dimension.REGION,
    "levels": Dimension.LEVEL,
    "languages": Dimension.LANGUAGE,
}
_TEXTS = ("id", "name", "kind", "country", "type", "email", "language", "active", "capacity")
COLUMNS = (*_TEXTS, "source", *_LISTS)
_OPTIONAL = frozenset({"active", "capacity", "source", *_LISTS})
_REASONS: Mapping[str, str] = {
    "required": "it is empty; one that has cases keeps a capacity.",
    "long": "it is too long.",
    "choice": "it is none of the known codes.",
    "email": "it is no e-mail address.",
    "country": "it is no country's code of two capital letters.",
    "number": "it is no whole number of cases.",
    "id": "it is no id: small letters, digits and hyphens, 64 at most.",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, or would do.

    :ivar changed: organisations written, new ones too. :ivar same: rows that change nothing.
    :ivar problems: of the rows that were left out.
    """

    changed: int
    same: int
    problems: tuple[CsvProblem, ...]


def take_in(uow: UnitOfWork, content: bytes, at: datetime, *, all_or_nothing: bool) -> Taken:
    """Write an organisation for each row, new or over the one that has its id.

    A column that is left out leaves the lists and texts of it empty; lists are separated by ``|``.

    :raises CsvRefused: there are problems and the file was to be taken whole.
    """
    table = read_csv(content, [CsvColumn(name, required=name not in _OPTIONAL) for name in COLUMNS])
    problems, changed, same = list(table.problems), 0, 0
    seen: set[str] = set()
    for row in table.rows:
        try:
            profile = _profile(row.values, seen)
            if change_profile(uow, profile, by=IMPORTER, at=at):
                changed += 1
            else:
                same += 1
        except InvalidAnswer as error:
            problems += [
                CsvProblem(row.number, _column(key), _REASONS.get(code, code))
                for key, code in error.errors.items()
            ]
        except Conflict as error:
            problems.append(CsvProblem(row.number, "", str(error)))
    ordered = tuple(sorted(problems, key=lambda problem: problem.row))
    if ordered and all_or_nothing:
        raise CsvRefused(ordered)
    return Taken(changed, same, ordered)


def _profile(values: Mapping[str, Any], seen: set[str]) -> Profile:
    if values["id"] in seen:
        raise InvalidAnswer({"id": "it stands in the file already."})
    seen.add(values["id"])
    typed = {key: values.get(key) or "" for key in (*_TEXTS, "source")}
    typed["active"] = typed["active"] or "true"
    split: Callable[[str], list[str]] = lambda text: [c.strip() for c in text.split("|")]  # noqa: E731
    lists = {d: split(values[name]) for name, d in _LISTS.items() if values.get(name)}
    return read_profile(typed, lists)


def _column(field: str) -> str:
    return next((name for name, dimension in _LISTS.items() if dimension == field), field)


def export(uow: UnitOfWork) -> bytes:
    """Return every organisation, in the form that an import takes back."""
    rows = []
    found = find_organisations(uow)
    covered = coverage_of(uow, [each.id for each in found])
    for each in found:
        row: dict[str, Any] = {key: getattr(each, key) for key in (*_TEXTS[:7], "source")}
        row["active"] = "true" if each.active else "false"
        row["capacity"] = capacity_of(uow, each.id)
        row |= {name: "|".join(sorted(covered[each.id][d])) for name, d in _LISTS.items()}
        rows.append(row)
    return write_csv(COLUMNS, rows)
