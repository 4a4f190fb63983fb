"""Rows of the files before committees, and of what members say of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from engine.store.store import upsert
from handlers.committees import tables as t
from handlers.committees.rules import Vote
from handlers.payments import as_amount


class FileStatus(StrEnum):
    """Where a file is: ``waiting → listed → decided``, or ``withdrawn`` before it is decided."""

    WAITING = "waiting"
    LISTED = "listed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class File:
    """A case before a body.

    :ivar key: idempotency key of the submission. :ivar reference: the case's.
    :ivar preparers: accounts that prepared it: they recuse.
    :ivar session_id: whose agenda it is on, at ``position``, from 1.
    :ivar wanted_session_id: to which it was adjourned.
    """

    id: str
    key: str
    body_id: str
    case_id: str
    reference: str
    status: FileStatus
    amount_minor: int | None
    currency: str | None
    preparers: tuple[str, ...]
    submitted_at: datetime
    session_id: str | None = None
    wanted_session_id: str | None = None
    position: int | None = None

    @property
    def amount(self) -> Decimal | None:
        """The amount asked for, with the currency's digits."""
        return as_amount(self.amount_minor, self.currency)


def insert_file(uow: UnitOfWork, file: File) -> None:
    """Write a file."""
    values: dict[str, Any] = {c.name: getattr(file, c.name) for c in t.committee_files.c}
    values["preparers"] = json.dumps(file.preparers)
    uow.connection.execute(sa.insert(t.committee_files).values(values))


def find_files(
    uow: UnitOfWork,
    *,
    body_id: str | None = None,
    session_id: str | None = None,
    case_id: str | None = None,
    status: FileStatus | None = None,
    ids: Collection[str] | None = None,
) -> tuple[File, ...]:
    """Return files by any of these, in the order of the agenda, then of their submission."""
    f = t.committee_files.c
    query = sa.select(t.committee_files).order_by(f.position, f.submitted_at, f.reference)
    for column, wanted in (
        (f.body_id, body_id),
        (f.session_id, session_id),
        (f.case_id, case_id),
        (f.status, status),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if ids is not None:
        query = query.where(f.id.in_(sorted(ids)))
    return tuple(_file(row._mapping) for row in uow.connection.execute(query))


def file_by_key(uow: UnitOfWork, key: str) -> File | None:
    """Return the file that was submitted under an idempotency key."""
    row = uow.connection.execute(
        sa.select(t.committee_files).where(t.committee_files.c.key == key)
    ).first()
    return None if row is None else _file(row._mapping)


def read_file(uow: UnitOfWork, file_id: str) -> File:
    """Return a file.

    :raises NotFound: there is none.
    """
    found = find_files(uow, ids=[file_id])
    if not found:
        raise NotFound("committee file", file_id)
    return found[0]


def move_file(uow: UnitOfWork, file: File, status: FileStatus, **values: object) -> bool:
    """Change a file's status if it is still in the one that was read; tell whether it was."""
    f = t.committee_files.c
    result = uow.connection.execute(
        sa.update(t.committee_files)
        .where(f.id == file.id, f.status == file.status.value)
        .values(status=status.value, **values)
    )
    return result.rowcount == 1


def place_file(uow: UnitOfWork, file_id: str, position: int) -> None:
    """Give a file its place on the agenda."""
    f = t.committee_files.c
    uow.connection.execute(
        sa.update(t.committee_files).where(f.id == file_id).values(position=position)
    )


def _file(m: sa.RowMapping) -> File:
    values = {column.name: m[column] for column in t.committee_files.c}
    values["status"] = FileStatus(values["status"])
    values["preparers"] = tuple(json.loads(values["preparers"]))
    return File(**values)


def save_conflict(
    uow: UnitOfWork, file_id: str, account_id: str, ground: str, at: datetime
) -> None:
    """Note a conflict of interest, once."""
    statement = upsert(uow, t.conflicts_of_interest).values(
        file_id=file_id, account_id=account_id, ground=ground, declared_at=at
    )
    uow.connection.execute(statement.on_conflict_do_nothing())


def conflicts_of(uow: UnitOfWork, file_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """Return, by file, the ground by account."""
    c = t.conflicts_of_interest.c
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in uow.connection.execute(
        sa.select(c.file_id, c.account_id, c.ground).where(c.file_id.in_(sorted(file_ids)))
    ):
        found[row.file_id][row.account_id] = row.ground
    return found


def save_score(
    uow: UnitOfWork, file_id: str, account_id: str, points: Mapping[str, int], at: datetime
) -> None:
    """Write a member's points for a file, over earlier ones."""
    c = t.scores.c
    for criterion, value in points.items():
        values = {"points": value, "given_at": at}
        statement = upsert(uow, t.scores).values(
            file_id=file_id, account_id=account_id, criterion=criterion, **values
        )
        uow.connection.execute(
            statement.on_conflict_do_update(
                index_elements=[c.file_id, c.account_id, c.criterion], set_=values
            )
        )


def scores_of(uow: UnitOfWork, file_id: str) -> Mapping[str, Mapping[str, int]]:
    """Return points by criterion, by account."""
    c = t.scores.c
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in uow.connection.execute(
        sa.select(c.account_id, c.criterion, c.points).where(c.file_id == file_id)
    ):
        found[row.account_id][row.criterion] = row.points
    return found


def save_vote(uow: UnitOfWork, file_id: str, account_id: str, vote: Vote, at: datetime) -> None:
    """Write a member's vote on a file, over an earlier one."""
    c = t.votes.c
    values = {"vote": vote.value, "cast_at": at}
    statement = upsert(uow, t.votes).values(file_id=file_id, account_id=account_id, **values)
    uow.connection.execute(
        statement.on_conflict_do_update(index_elements=[c.file_id, c.account_id], set_=values)
    )


def votes_of(uow: UnitOfWork, file_ids: Collection[str]) -> Mapping[str, Mapping[str, Vote]]:
    """Return, by file, the vote by account."""
    c = t.votes.c
    found: dict[str, dict[str, Vote]] = defaultdict(dict)
    for row in uow.connection.execute(
        sa.select(c.file_id, c.account_id, c.vote).where(c.file_id.in_(sorted(file_ids)))
    ):
        found[row.file_id][row.account_id] = Vote(row.vote)
    return found
