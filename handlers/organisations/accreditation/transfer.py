"""Sets of specifications as CSV, a row a criterion: taken in with a report, given out whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.store import UnitOfWork
from handlers.csv_files import CsvColumn, CsvProblem, CsvRefused, CsvRow, read_csv, write_csv
from handlers.organisations.accreditation.publishing import LANGUAGES, publish_next, read_draft
from handlers.organisations.accreditation.store import (
    Specification,
    every_specification,
    newest_version,
    read_specification,
)

_SET = ("code", "version", "country", "published_on", "mark", "source")
_NAMES = tuple(f"name_{each}" for each in LANGUAGES)
_TEXTS = tuple(f"text_{each}" for each in LANGUAGES)
COLUMNS = (*_SET, *_NAMES, "criterion", *_TEXTS)
_OPTIONAL = frozenset({"name_ar", "text_ar"})
_REASONS: Mapping[str, str] = {
    "required": "it is empty.",
    "long": "it is too long, or the set has too many criteria.",
    "id": "it is no code: small letters, digits and hyphens, 48 at most.",
    "country": "it is no country's code of two capital letters.",
    "choice": "it is none of S, W, I, R.",
    "date": "it is no day such as 2026-01-15.",
    "twice": "this criterion stands in the set twice.",
}


@dataclass(frozen=True, slots=True)
class Published:
    """What an import did, or would do.

    :ivar published: versions published. :ivar same: versions that are there already.
    :ivar problems: of the versions that were left out.
    """

    published: int
    same: int
    problems: tuple[CsvProblem, ...]


def take_in(uow: UnitOfWork, content: bytes, *, all_or_nothing: bool) -> Published:
    """Publish each version of a set that the rows spell out, the oldest version first.

    A version is taken whole or not at all, whatever ``all_or_nothing`` says of the file.

    :raises CsvRefused: there are problems and the file was to be taken whole.
    """
    parse = {"version": _version}
    table = read_csv(
        content, [CsvColumn(each, parse.get(each, str), each not in _OPTIONAL) for each in COLUMNS]
    )
    problems, published, same = list(table.problems), 0, 0
    sets: dict[tuple[str, int], list[CsvRow]] = {}
    for row in table.rows:
        sets.setdefault((row.values["code"], row.values["version"]), []).append(row)
    for _, rows in sorted(sets.items()):
        try:
            if _publish(uow, _drafted(rows)):
                published += 1
            else:
                same += 1
        except InvalidAnswer as error:
            problems += [_problem(rows, key, code) for key, code in error.errors.items()]
        except Conflict as error:
            problems.append(CsvProblem(rows[0].number, "version", str(error)))
    ordered = tuple(sorted(problems, key=lambda problem: problem.row))
    if ordered and all_or_nothing:
        raise CsvRefused(ordered)
    return Published(published, same, ordered)


def export(uow: UnitOfWork) -> bytes:
    """Return every version of every set, in the form that an import takes back."""
    return write_csv(COLUMNS, (row for each in every_specification(uow) for row in _rows(each)))


def _version(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) > 0):
        raise ValueError("it is no version's number, from 1.")
    return int(text)


def _drafted(rows: Sequence[CsvRow]) -> Specification:
    first = rows[0].values
    wrong = {
        f"criteria.{number}.{key}": f"it differs from row {rows[0].number}, of the same version."
        for number, row in enumerate(rows)
        for key in (*_SET, *_NAMES)
        if row.values.get(key) != first.get(key)
    }
    if wrong:
        raise InvalidAnswer(wrong)
    typed = {key: str(first.get(key) or "") for key in (*_SET, *_NAMES)}
    criteria = [
        {"code": row.values["criterion"]}
        | {each: row.values.get(f"text_{each}") or "" for each in LANGUAGES}
        for row in rows
    ]
    return replace(read_draft(typed, criteria), version=first["version"])


def _publish(uow: UnitOfWork, wanted: Specification) -> bool:
    try:
        known = read_specification(uow, wanted.id)
    except NotFound:
        newest = newest_version(uow, wanted.code)
        following = 1 if newest is None else newest.version + 1
        if wanted.version != following:
            raise Conflict(f"'{wanted.code}' goes on with version {following}.") from None
        publish_next(uow, wanted, wanted.version)
        return True
    if known != wanted:
        raise Conflict(
            f"Version {wanted.version} of '{wanted.code}' is published with another content and "
            "never changes."
        )
    return False


def _problem(rows: Sequence[CsvRow], key: str, code: str) -> CsvProblem:
    kind, _, rest = key.partition(".")
    reason = _REASONS.get(code, code)
    if kind != "criteria" or not rest:
        return CsvProblem(rows[0].number, "criterion" if kind == "criteria" else key, reason)
    number, _, field = rest.partition(".")
    column = "criterion" if field == "code" and code in _REASONS else field
    column = f"text_{field}" if field in LANGUAGES else column
    return CsvProblem(rows[int(number)].number, column, reason)


def _rows(each: Specification) -> list[dict[str, Any]]:
    head: dict[str, Any] = {key: getattr(each, key) for key in _SET}
    head["published_on"] = each.published_on.isoformat()
    head |= {f"name_{language}": each.name.get(language, "") for language in LANGUAGES}
    return [
        head
        | {"criterion": criterion.code}
        | {f"text_{language}": criterion.text.get(language, "") for language in LANGUAGES}
        for criterion in each.criteria
    ]
