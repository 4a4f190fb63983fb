"""Rows of the blind index and of the log of searches."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.people import tables as t
from handlers.people.index.tokens import WEIGHTS

_T, _P = t.person_tokens.c, t.persons.c


@dataclass(frozen=True, slots=True)
class SearchRow:
    """Who looked for somebody, and whom they were shown.

    :ivar asked: by what: ``name``, ``birth``, ``identifier``, joined by ``+``.
    :ivar digest: the same for equal searches; tells not what was typed.
    """

    at: datetime
    account_id: str
    asked: str
    digest: str
    persons: tuple[str, ...]


def replace_tokens(
    uow: UnitOfWork, person_id: str, fingerprint: str, tokens: Mapping[str, str]
) -> None:
    """Write what a person is found by, in place of what they were found by.

    :param tokens: kind by token.
    """
    forget_tokens(uow, [person_id])
    rows = [
        {"person_id": person_id, "key_fingerprint": fingerprint, "token": token, "kind": kind}
        for token, kind in sorted(tokens.items())
    ]
    if rows:
        uow.connection.execute(sa.insert(t.person_tokens), rows)


def forget_tokens(uow: UnitOfWork, person_ids: Collection[str]) -> None:
    """Delete what persons are found by."""
    uow.connection.execute(sa.delete(t.person_tokens).where(_T.person_id.in_(sorted(person_ids))))


def candidates(
    uow: UnitOfWork,
    tokens: Collection[str],
    *,
    seen: sa.ColumnElement[bool],
    least: int,
    limit: int,
) -> tuple[str, ...]:
    """Return roots of the persons that share most with these tokens, the weightiest first.

    :param seen: condition on ``persons`` of the roots that may be given.
    :param least: weight below which a person is no candidate.
    """
    member = t.persons.alias("found")
    weight = sa.func.sum(sa.case(WEIGHTS, value=_T.kind, else_=0))
    shared = (
        sa.select(member.c.root.label("root"), weight.label("weight"))
        .join(member, member.c.id == _T.person_id)
        .where(_T.token.in_(sorted(tokens)), member.c.erased_at.is_(None))
        .group_by(member.c.root)
        .having(weight >= least)
        .subquery()
    )
    rows = uow.connection.execute(
        sa.select(shared.c.root)
        .join(t.persons, _P.id == shared.c.root)
        .where(seen)
        .order_by(shared.c.weight.desc(), shared.c.root)
        .limit(limit)
    )
    return tuple(row.root for row in rows)


def everyone() -> sa.ColumnElement[bool]:
    """Return the condition that leaves nobody out: for the search of duplicates."""
    return sa.true()


def outdated(uow: UnitOfWork, fingerprint: str) -> int:
    """Return how many persons are found under another search key than this."""
    return int(
        uow.connection.execute(
            sa.select(sa.func.count(sa.distinct(_T.person_id))).where(
                _T.key_fingerprint != fingerprint
            )
        ).scalar_one()
    )


def insert_search(uow: UnitOfWork, search: SearchRow) -> None:
    """Append to the log of searches."""
    uow.connection.execute(
        sa.insert(t.person_searches).values(
            at=search.at,
            account_id=search.account_id,
            asked=search.asked,
            digest=search.digest,
            persons=json.dumps(list(search.persons)),
        )
    )


def searches(
    uow: UnitOfWork, *, person_ids: Collection[str] | None, limit: int
) -> tuple[SearchRow, ...]:
    """Return the log of searches, the newest first.

    :param person_ids: only those that showed one of these persons.
    """
    s = t.person_searches.c
    query = sa.select(t.person_searches).order_by(s.at.desc(), s.id.desc()).limit(limit)
    if person_ids is not None:
        query = query.where(sa.or_(*(s.persons.contains(f'"{each}"') for each in person_ids)))
    return tuple(
        SearchRow(row.at, row.account_id, row.asked, row.digest, tuple(json.loads(row.persons)))
        for row in uow.connection.execute(query)
    )
