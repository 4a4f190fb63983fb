"""Rows of erasure requests and of erasures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.store import UnitOfWork
from engine.store import tables as e
from handlers.people import tables as t

_R, _E = t.erasure_requests.c, t.erasures.c


class Ground(StrEnum):
    """Why a file is to be erased."""

    PERSON = "person"
    RETENTION = "retention"
    MISTAKE = "mistake"


class RequestStatus(StrEnum):
    """Where a request is: ``asked → done | refused``; the last two are final."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """Somebody asks that a person be erased.

    :ivar person_id: root of the person's files.
    """

    id: str
    person_id: str
    ground: Ground
    status: RequestStatus
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None = None
    decided_by: str | None = None


def insert_request(uow: UnitOfWork, request: ErasureRequest) -> None:
    """Write a request."""
    uow.connection.execute(
        sa.insert(t.erasure_requests).values(
            id=request.id,
            person_id=request.person_id,
            ground=request.ground.value,
            status=request.status.value,
            asked_at=request.asked_at,
            asked_by=request.asked_by,
        )
    )


def read_request(uow: UnitOfWork, request_id: str) -> ErasureRequest | None:
    """Return a request, or ``None``."""
    row = uow.connection.execute(sa.select(t.erasure_requests).where(_R.id == request_id)).first()
    return None if row is None else _request(row)


def open_request(uow: UnitOfWork, person_id: str) -> ErasureRequest | None:
    """Return the request about a person that nobody decided yet, or ``None``."""
    row = uow.connection.execute(
        sa.select(t.erasure_requests).where(
            _R.person_id == person_id, _R.status == RequestStatus.ASKED
        )
    ).first()
    return None if row is None else _request(row)


def close_request(
    uow: UnitOfWork, request_id: str, status: RequestStatus, at: datetime, by: str
) -> bool:
    """Decide a request; ``False`` if somebody decided it already."""
    closed = uow.connection.execute(
        sa.update(t.erasure_requests)
        .where(_R.id == request_id, _R.status == RequestStatus.ASKED)
        .values(status=status.value, decided_at=at, decided_by=by)
    )
    return closed.rowcount == 1


def requests(uow: UnitOfWork, limit: int = 200) -> tuple[ErasureRequest, ...]:
    """Return requests, those that wait first, then the newest."""
    rows = uow.connection.execute(
        sa.select(t.erasure_requests)
        .order_by(_R.status != RequestStatus.ASKED.value, _R.asked_at.desc(), _R.id)
        .limit(limit)
    )
    return tuple(_request(row) for row in rows)


def known_erasures(uow: UnitOfWork, ids: Collection[str]) -> frozenset[str]:
    """Return those of the erasures that this database knows."""
    rows = uow.connection.execute(
        sa.select(t.erasures.c.id).where(t.erasures.c.id.in_(sorted(ids)))
    )
    return frozenset(row.id for row in rows)


def erasure_ids(uow: UnitOfWork) -> frozenset[str]:
    """Return every erasure that this database knows."""
    return frozenset(row.id for row in uow.connection.execute(sa.select(t.erasures.c.id)))


def insert_erasure(uow: UnitOfWork, erasure_id: str, at: datetime) -> None:
    """Note that this database knows an erasure."""
    uow.connection.execute(sa.insert(t.erasures).values(id=erasure_id, at=at))


def unscrubbed(uow: UnitOfWork) -> tuple[str, ...]:
    """Return the erasures whose old keys may still lie in the database's files."""
    ids = sa.select(_E.id).where(_E.scrubbed_at.is_(None))
    return tuple(uow.connection.execute(ids).scalars())


def mark_scrubbed(uow: UnitOfWork, erasure_ids: Collection[str], at: datetime) -> None:
    """Note that the old keys of these erasures are gone from the database's files."""
    uow.connection.execute(
        sa.update(t.erasures).where(_E.id.in_(sorted(erasure_ids))).values(scrubbed_at=at)
    )


def mark_erased(uow: UnitOfWork, person_ids: Collection[str], at: datetime) -> None:
    """Note on persons' rows when they were erased, and end their places in households."""
    ids, p, m = sorted(person_ids), t.persons.c, t.household_members.c
    uow.connection.execute(
        sa.update(t.persons).where(p.id.in_(ids), p.erased_at.is_(None)).values(erased_at=at)
    )
    uow.connection.execute(
        sa.update(t.household_members)
        .where(m.person_id.in_(ids), m.until.is_(None))
        .values(until=at)
    )


def blank_searches(uow: UnitOfWork, person_ids: Collection[str]) -> None:
    """Take the digests from searches that showed these persons: they were made of their names."""
    s = t.person_searches.c
    for person_id in person_ids:
        uow.connection.execute(
            sa.update(t.person_searches)
            .where(s.persons.contains(f'"{person_id}"'))
            .values(digest="")
        )


def ended_subjects(uow: UnitOfWork, after: str, limit: int) -> tuple[str, ...]:
    """Return the next roots whose cases have all ended, in the order of ids."""
    p, c, member = t.persons.c, e.cases.c, t.persons.alias("member")
    about = sa.exists().where(member.c.root == p.id, c.subject == member.c.id)
    rows = uow.connection.execute(
        sa.select(p.id)
        .where(
            p.id == p.root,
            p.erased_at.is_(None),
            p.id > after,
            about,
            ~sa.exists().where(
                member.c.root == p.id, c.subject == member.c.id, c.ended_at.is_(None)
            ),
        )
        .order_by(p.id)
        .limit(limit)
    )
    return tuple(row.id for row in rows)


def _request(row: sa.Row[tuple[object, ...]]) -> ErasureRequest:
    values = dict(row._mapping)
    return ErasureRequest(
        **{
            **values,
            "ground": Ground(str(values["ground"])),
            "status": RequestStatus(str(values["status"])),
        }
    )
