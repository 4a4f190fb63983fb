"""Rows of suspected, merged and distinguished pairs, and every decision about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.model import Actor
from engine.store import UnitOfWork
from engine.store.store import upsert
from handlers.people import tables as t
from handlers.people.files.store import visible

_PAIR = t.person_pairs.c


class PairStatus(StrEnum):
    """Where a pair is: ``suspected ⇄ merged``, ``suspected ⇄ distinct``."""

    SUSPECTED = "suspected"
    MERGED = "merged"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that could be, are, or are not of one person.

    :ivar low: the smaller id; ``high``: the greater.
    :ivar kept: root of the merged file, at the moment of merging.
    """

    low: str
    high: str
    score: int
    status: PairStatus
    kept: str | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class PairDecision:
    """Somebody's decision about a pair: ``merged``, ``distinct`` or ``undone``."""

    decision: str
    kept: str | None
    at: datetime
    by: str


def in_order(one: str, other: str) -> tuple[str, str]:
    """Return two ids as a pair names them."""
    return (one, other) if one < other else (other, one)


def read_pair(uow: UnitOfWork, one: str, other: str, *, lock: bool = False) -> Pair | None:
    """Return what is known of a pair; ``None`` if nothing is."""
    low, high = in_order(one, other)
    query = sa.select(t.person_pairs).where(_PAIR.low == low, _PAIR.high == high)
    if lock:
        query = query.with_for_update()
    row = uow.connection.execute(query).first()
    return None if row is None else _pair(row)


def undecided_or_new(uow: UnitOfWork, one: str, other: str) -> bool:
    """Tell whether nobody has decided about a pair yet."""
    pair = read_pair(uow, one, other)
    return pair is None or pair.status is PairStatus.SUSPECTED


def suspect(uow: UnitOfWork, one: str, other: str, score: int | None, at: datetime) -> None:
    """Note a suspicion, or take it back for ``None``; what was decided stays as it is."""
    low, high = in_order(one, other)
    if score is None:
        uow.connection.execute(
            sa.delete(t.person_pairs).where(
                _PAIR.low == low, _PAIR.high == high, _PAIR.status == PairStatus.SUSPECTED
            )
        )
        return
    row = upsert(uow, t.person_pairs).values(
        low=low, high=high, score=score, status=PairStatus.SUSPECTED.value, found_at=at
    )
    uow.connection.execute(
        row.on_conflict_do_update(
            index_elements=[_PAIR.low, _PAIR.high],
            set_={"score": score},
            where=_PAIR.status == PairStatus.SUSPECTED,
        )
    )


def decide(
    uow: UnitOfWork, pair: Pair, status: PairStatus, kept: str | None, at: datetime, by: str
) -> None:
    """Write a decision about a pair; every one of them stays on record."""
    row = upsert(uow, t.person_pairs).values(
        low=pair.low,
        high=pair.high,
        score=pair.score,
        status=status.value,
        kept=kept,
        found_at=pair.found_at,
    )
    uow.connection.execute(
        row.on_conflict_do_update(
            index_elements=[_PAIR.low, _PAIR.high], set_={"status": status.value, "kept": kept}
        )
    )
    decision = "undone" if status is PairStatus.SUSPECTED else status.value
    uow.connection.execute(
        sa.insert(t.pair_decisions).values(
            low=pair.low, high=pair.high, decision=decision, kept=kept, at=at, by=by
        )
    )


def decisions(uow: UnitOfWork, pair: Pair) -> tuple[PairDecision, ...]:
    """Return what was decided about a pair, the oldest first."""
    d = t.pair_decisions.c
    rows = uow.connection.execute(
        sa.select(d.decision, d.kept, d.at, d.by)
        .where(d.low == pair.low, d.high == pair.high)
        .order_by(d.id)
    )
    return tuple(PairDecision(*row) for row in rows)


def merged_pairs(uow: UnitOfWork, person_ids: Collection[str]) -> tuple[Pair, ...]:
    """Return the merges that hold among or with these files."""
    rows = uow.connection.execute(
        sa.select(t.person_pairs).where(
            _PAIR.status == PairStatus.MERGED,
            sa.or_(_PAIR.low.in_(sorted(person_ids)), _PAIR.high.in_(sorted(person_ids))),
        )
    )
    return tuple(_pair(row) for row in rows)


def last_merge_at(uow: UnitOfWork, person_ids: Collection[str]) -> datetime | None:
    """Return when the newest merge among these files was decided; ``None`` if there is none."""
    d, ids = t.pair_decisions.c, sorted(person_ids)
    return uow.connection.execute(
        sa.select(d.at)
        .where(d.decision == PairStatus.MERGED.value, d.low.in_(ids), d.high.in_(ids))
        .order_by(d.id.desc())
        .limit(1)
    ).scalar()


def find_pairs(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    status: PairStatus,
    offset: int,
    limit: int,
) -> tuple[tuple[Pair, ...], int]:
    """Return a page of the pairs whose both files the actor may see, the likeliest first.

    :returns: the page, and how many there are in all.
    """
    conditions = [
        _PAIR.status == status,
        _seen(_PAIR.low, actor, now),
        _seen(_PAIR.high, actor, now),
    ]
    rows = uow.connection.execute(
        sa.select(t.person_pairs)
        .where(*conditions)
        .order_by(_PAIR.score.desc(), _PAIR.found_at, _PAIR.low, _PAIR.high)
        .offset(offset)
        .limit(limit)
    )
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(t.person_pairs).where(*conditions)
    ).scalar_one()
    return tuple(_pair(row) for row in rows), total


def find_pairs_of(
    uow: UnitOfWork, person_ids: Collection[str], actor: Actor, now: datetime
) -> tuple[Pair, ...]:
    """Return the pairs of these files whose both files the actor may see, the likeliest first."""
    ids = sorted(person_ids)
    rows = uow.connection.execute(
        sa.select(t.person_pairs)
        .where(
            sa.or_(_PAIR.low.in_(ids), _PAIR.high.in_(ids)),
            _seen(_PAIR.low, actor, now),
            _seen(_PAIR.high, actor, now),
        )
        .order_by(_PAIR.score.desc(), _PAIR.low, _PAIR.high)
    )
    return tuple(_pair(row) for row in rows)


def pairs_of(uow: UnitOfWork, person_ids: Collection[str]) -> tuple[Pair, ...]:
    """Return every pair that one of these files is in, the likeliest first."""
    ids = sorted(person_ids)
    rows = uow.connection.execute(
        sa.select(t.person_pairs)
        .where(sa.or_(_PAIR.low.in_(ids), _PAIR.high.in_(ids)))
        .order_by(_PAIR.score.desc(), _PAIR.low, _PAIR.high)
    )
    return tuple(_pair(row) for row in rows)


def forget_suspicions(uow: UnitOfWork, person_ids: Collection[str]) -> None:
    """Delete suspicions about files that were erased; decisions stay."""
    ids = sorted(person_ids)
    uow.connection.execute(
        sa.delete(t.person_pairs).where(
            _PAIR.status == PairStatus.SUSPECTED,
            sa.or_(_PAIR.low.in_(ids), _PAIR.high.in_(ids)),
        )
    )


def _seen(column: sa.ColumnElement[str], actor: Actor, now: datetime) -> sa.ColumnElement[bool]:
    p = t.persons.c
    file = t.persons.alias("file")
    return sa.exists().where(
        file.c.id == column, file.c.erased_at.is_(None), p.id == file.c.root, visible(actor, now)
    )


def _pair(row: sa.Row[tuple[object, ...]]) -> Pair:
    values = dict(row._mapping)
    return Pair(**{**values, "status": PairStatus(values["status"])})
