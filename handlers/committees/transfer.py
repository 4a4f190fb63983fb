"""Committees' bodies and members as CSV: taken in with every problem told, and given out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.store import UnitOfWork
from handlers.committees.bodies.store import (
    Body,
    Member,
    MemberRole,
    bodies,
    members_of,
    save_body,
    save_member,
)
from handlers.committees.rules import Criterion, Majority
from handlers.csv_files import CsvColumn, CsvProblem, CsvRefused, CsvRow, read_csv, write_csv

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_CRITERION = re.compile(
    r"(?P<code>[\w-]+)=(?P<name>[^:|]+):(?P<highest>[0-9]+):(?P<weight>[0-9.]+)"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, or would do.

    :ivar count: rows written. :ivar problems: of the rows that were left out.
    """

    count: int
    problems: tuple[CsvProblem, ...]


def _code(longest: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not _CODE.fullmatch(text) or len(text) > longest:
            raise ValueError(f"it is no code of letters, digits, - and _, at most {longest}.")
        return text

    return parse


def _quorum(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ValueError("it is no number of members, 1 or more.")
    return int(text)


def _flag(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("it is neither yes nor no.")
    return text == "yes"


def _majority(text: str) -> Majority:
    if text not in set(Majority):
        raise ValueError(f"it is none of {', '.join(Majority)}.")
    return Majority(text)


def _role(text: str) -> MemberRole:
    if text not in set(MemberRole):
        raise ValueError(f"it is none of {', '.join(MemberRole)}.")
    return MemberRole(text)


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise ValueError("it is no country's code of two capital letters.")
    return text


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _grid(text: str) -> tuple[Criterion, ...]:
    found = []
    for part in _list(text):
        match = _CRITERION.fullmatch(part)
        try:
            weight = Decimal(match["weight"]) if match else Decimal(0)
        except InvalidOperation:
            weight = Decimal(0)
        if match is None or weight <= 0 or int(match["highest"]) < 1:
            raise ValueError(f"'{part}' is no criterion such as need=Besoin:10:2.")
        name = match["name"].strip()
        found.append(Criterion(match["code"], {"fr": name}, int(match["highest"]), weight))
    return tuple(found)


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise ValueError("it is no day such as 2026-01-31.") from None


BODY_COLUMNS = (
    CsvColumn("id", _code(64)),
    CsvColumn("name"),
    CsvColumn("kind", _code(32)),
    CsvColumn("country", _country),
    CsvColumn("organisation", _code(64)),
    CsvColumn("prefix", _code(32)),
    CsvColumn("quorum", _quorum),
    CsvColumn("majority", _majority),
    CsvColumn("casting_vote", _flag),
    CsvColumn("documents", _list, required=False),
    CsvColumn("grid", _grid, required=False),
    CsvColumn("source"),
)
"""``documents`` and ``grid`` hold several values, ``|`` between them; a criterion is written
``code=name:highest:weight``; ``source`` says where the rule comes from, ``sample`` if nowhere."""

MEMBER_COLUMNS = (
    CsvColumn("body", _code(64)),
    CsvColumn("account", _code(64)),
    CsvColumn("role", _role),
    CsvColumn("votes", _flag),
    CsvColumn("since", _day),
    CsvColumn("until", _day, required=False),
)


def take_in_bodies(uow: UnitOfWork, content: bytes, *, all_or_nothing: bool) -> Taken:
    """Write a body for each row, over the one that has its id.

    :raises CsvRefused: there are problems and the file was to be taken whole.
    """
    table = read_csv(content, BODY_COLUMNS)
    prefixes = {body.prefix: body.id for body in bodies(uow)}
    grids = {body.id: body.grid for body in bodies(uow)}

    def problem(row: CsvRow) -> CsvProblem | None:
        values = row.values
        owner = prefixes.setdefault(values["prefix"], values["id"])
        if owner != values["id"]:
            return CsvProblem(row.number, "prefix", f"committee '{owner}' numbers by it already.")
        return None

    def write(values: Mapping[str, Any]) -> None:
        rest = {key: values[key] for key in values if key not in ("organisation", "grid")}
        rest["documents"] = values.get("documents") or ()
        grid = _translated(values.get("grid") or (), grids.get(values["id"], ()))
        save_body(uow, Body(organisation_id=values["organisation"], grid=grid, **rest))

    return _take(table.rows, table.problems, problem, write, all_or_nothing=all_or_nothing)


def take_in_members(uow: UnitOfWork, content: bytes, *, all_or_nothing: bool) -> Taken:
    """Write a seat for each row, over the one that the account has in the body.

    :raises CsvRefused: there are problems and the file was to be taken whole.
    """
    table = read_csv(content, MEMBER_COLUMNS)
    known = {body.id for body in bodies(uow)}

    def problem(row: CsvRow) -> CsvProblem | None:
        values = row.values
        if values["body"] not in known:
            return CsvProblem(row.number, "body", "no committee has this id. Import it first.")
        until = values.get("until")
        if until is not None and until <= values["since"]:
            return CsvProblem(row.number, "until", "the seat ends before it begins.")
        return None

    def write(values: Mapping[str, Any]) -> None:
        save_member(
            uow,
            Member(
                values["body"],
                values["account"],
                values["role"],
                values["votes"],
                values["since"],
                values.get("until"),
            ),
        )

    return _take(table.rows, table.problems, problem, write, all_or_nothing=all_or_nothing)


def export_bodies(uow: UnitOfWork) -> bytes:
    """Return a line a body, as an import reads it; a criterion's name in French."""
    return write_csv(
        [column.name for column in BODY_COLUMNS], [_body(body) for body in bodies(uow)]
    )


def export_members(uow: UnitOfWork, at: datetime) -> bytes:
    """Return a line a seat that is held now, as an import reads it."""
    rows = [_member(member) for body in bodies(uow) for member in members_of(uow, body.id, at)]
    return write_csv([column.name for column in MEMBER_COLUMNS], rows)


def _translated(grid: Sequence[Criterion], known: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """Keep the other languages of a criterion whose French name is still the same."""
    names = {(each.code, each.name.get("fr")): each.name for each in known}
    return tuple(
        replace(each, name=names.get((each.code, each.name["fr"]), each.name)) for each in grid
    )


def _take(
    rows: Sequence[CsvRow],
    found: Sequence[CsvProblem],
    problem: Callable[[CsvRow], CsvProblem | None],
    write: Callable[[Mapping[str, Any]], None],
    *,
    all_or_nothing: bool,
) -> Taken:
    wrong = {row.number: each for row in rows if (each := problem(row)) is not None}
    problems = sorted([*found, *wrong.values()], key=lambda each: each.row)
    if problems and all_or_nothing:
        raise CsvRefused(problems)
    good = [row for row in rows if row.number not in wrong]
    for row in good:
        write(row.values)
    return Taken(len(good), tuple(problems))


def _body(body: Body) -> Mapping[str, Any]:
    return {
        "id": body.id,
        "name": body.name,
        "kind": body.kind,
        "country": body.country,
        "organisation": body.organisation_id,
        "prefix": body.prefix,
        "quorum": body.quorum,
        "majority": body.majority.value,
        "casting_vote": "yes" if body.casting_vote else "no",
        "documents": "|".join(body.documents),
        "grid": "|".join(
            f"{c.code}={c.name.get('fr', c.code)}:{c.highest}:{c.weight}" for c in body.grid
        ),
        "source": body.source,
    }


def _member(member: Member) -> Mapping[str, Any]:
    return {
        "body": member.body_id,
        "account": member.account_id,
        "role": member.role.value,
        "votes": "yes" if member.votes else "no",
        "since": member.since.date().isoformat(),
        "until": member.until.date().isoformat() if member.until else "",
    }
