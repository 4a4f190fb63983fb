"""People as CSV: taken in with a report of every problem, given out without personal data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.errors import InvalidAnswer
from engine.model import Actor
from engine.store import UnitOfWork
from handlers.csv_files import CsvColumn, CsvProblem, CsvRefused, CsvRow, read_csv, write_csv
from handlers.people.attributes import ATTRIBUTES, IDENTIFIER_TYPES, IDENTITY_ENTRIES, NAMES
from handlers.people.consents import Purpose, agrees
from handlers.people.files import checks
from handlers.people.files.store import cases_of, persons_from, read_person
from handlers.people.index.store import candidates, everyone
from handlers.people.names import digits_normal
from handlers.people.peoples import People

IMPORTER = Actor("import")
"""Under whom imports are written down."""

_IDENTIFIER = ("identifier_type", "identifier_country", "identifier_number")
_REASONS: Mapping[str, str] = {
    "long": "it is too long.",
    "choice": "it is none of the known codes.",
    "date": "it is no day that has passed, written such as 1992-04-17.",
    "year": "it is no year such as 1992.",
    "email": "it is no e-mail address.",
    "phone": "it is no telephone number.",
    "country": "it is no country's code of two letters.",
    "number": "it has fewer than three letters or digits.",
}
_BATCH = 500
EXPORTED = (
    "person",
    "opened_at",
    "organisation",
    "merged_into",
    "cases",
    "schemes",
    "open_cases",
    "processing",
    "sharing",
    "promotion",
    "erased_at",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, or would do.

    :ivar count: files opened. :ivar problems: of the rows that were left out.
    """

    count: int
    problems: tuple[CsvProblem, ...]


def columns(today: date) -> tuple[CsvColumn, ...]:
    """Return the columns of an import: a person's identity entries and one identifier."""
    entries = [CsvColumn(key, _reader(key, today), required=False) for key in IDENTITY_ENTRIES]
    return (*entries, *(CsvColumn(name, required=False) for name in _IDENTIFIER))


def take_in(
    uow: UnitOfWork,
    people: People,
    content: bytes,
    organisation_id: str,
    today: date,
    *,
    all_or_nothing: bool,
) -> Taken:
    """Open a file for each row.

    A row whose number is known already is a problem: the person has a file. Likely duplicates by
    name are taken in and suspected, to be looked at by people.

    :raises CsvRefused: there are problems and the file was to be taken whole.
    """
    table = read_csv(content, columns(today))
    problems, count = list(table.problems), 0
    numbers: set[str] = set()
    good: list[tuple[CsvRow, dict[str, str] | None]] = []
    for row in table.rows:
        found, identifier = _checked(uow, people, row, numbers)
        problems += found
        if not found:
            good.append((row, identifier))
    if problems and all_or_nothing:
        raise CsvRefused(sorted(problems, key=lambda problem: problem.row))
    for row, identifier in good:
        values = {key: row.values.get(key) for key in IDENTITY_ENTRIES}
        people.files.take_in(uow, values, IMPORTER, organisation_id, identifier=identifier)
        count += 1
    return Taken(count, tuple(sorted(problems, key=lambda problem: problem.row)))


def export(uow: UnitOfWork, people: People) -> bytes:
    """Return a line a file, without a name or a number: whose it is only this site knows."""
    rows: list[Mapping[str, Any]] = []
    after = ""
    while batch := persons_from(uow, after, _BATCH):
        rows += [_exported(uow, people, person_id) for person_id in batch]
        after = batch[-1]
    return write_csv(EXPORTED, rows)


def _exported(uow: UnitOfWork, people: People, person_id: str) -> Mapping[str, Any]:
    row = read_person(uow, person_id)
    cases = cases_of(uow, [person_id], None, people.files.clock.now())
    return {
        "person": row.id,
        "opened_at": row.created_at.date().isoformat(),
        "organisation": row.organisation_id,
        "merged_into": row.root if row.root != row.id else None,
        "cases": len(cases),
        "schemes": " ".join(sorted({case.scheme for case in cases})),
        "open_cases": sum(case.ended_at is None for case in cases),
        **{purpose.value: _yes(agrees(uow, person_id, purpose)) for purpose in Purpose},
        "erased_at": row.erased_at.date().isoformat() if row.erased_at else None,
    }


def _yes(given: bool) -> str:
    return "yes" if given else "no"


def _reader(key: str, today: date) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return checks.parse(ATTRIBUTES[key], text, today)
        except checks.Unfit as unfit:
            raise ValueError(_REASONS[str(unfit)]) from None

    return read


def _checked(
    uow: UnitOfWork, people: People, row: CsvRow, numbers: set[str]
) -> tuple[list[CsvProblem], dict[str, str] | None]:
    if not any(row.values.get(key) for key in NAMES):
        return [CsvProblem(row.number, "", "it has no name in either script.")], None
    parts: Sequence[str] = [row.values.get(name) or "" for name in _IDENTIFIER]
    if not any(parts):
        return [], None
    try:
        identifier = checks.check_identifier(*parts)
    except InvalidAnswer as wrong:
        known = ", ".join(IDENTIFIER_TYPES)
        return [
            CsvProblem(
                row.number,
                "identifier_type" if part == "kind" else f"identifier_{part}",
                f"it is none of {known}." if part == "kind" else _REASONS[code],
            )
            for part, code in wrong.errors.items()
        ], None
    number = digits_normal(identifier["number"])
    if number in numbers or _is_known(uow, people, number):
        reason = "somebody with this number is known already: open their file."
        return [CsvProblem(row.number, "identifier_number", reason)], None
    numbers.add(number)
    return [], identifier


def _is_known(uow: UnitOfWork, people: People, number: str) -> bool:
    tokens = people.search.directory.tokens(frozenset({("i", number)}))
    return bool(candidates(uow, tokens, seen=everyone(), least=1, limit=1))
