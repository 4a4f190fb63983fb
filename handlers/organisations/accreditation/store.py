"""Rows of specifications and accreditations."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from engine.errors import Conflict, NotFound
from engine.store import UnitOfWork
from handlers.organisations import tables as t

Texts = Mapping[str, str]
"""A text by language, ISO 639-1."""


class Status(StrEnum):
    """Where an accreditation stands; whether it holds on a day is a matter of its dates too."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One demand of a set of specifications."""

    code: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Specification:
    """A set of specifications; a version never changes once it is published.

    :ivar id: ``<code>-<version>``. :ivar mark: S, W, I or R as in the schemes' figures.
    """

    code: str
    version: int
    country: str
    name: Texts
    criteria: tuple[Criterion, ...]
    published_on: date
    mark: str
    source: str

    @property
    def id(self) -> str:
        """The id of this version."""
        return f"{self.code}-{self.version}"


@dataclass(frozen=True, slots=True)
class Accreditation:
    """An organisation found to meet a set of specifications.

    :ivar until: its last day; ``None`` where no end was set.
    :ivar body: organisation or committee that decided; ``None`` where an officer wrote it down.
    :ivar reason: why, a code or a text about the organisation.
    :ivar case_id: the case in which it was decided, if one was.
    :ivar key: idempotency key of the step that decided.
    """

    id: str
    organisation_id: str
    specification_id: str
    since: date
    until: date | None
    status: Status
    revision: int
    body: str | None = None
    reason: str | None = None
    case_id: str | None = None
    key: str | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the organisation is accredited on that day."""
        within = self.since <= day and (self.until is None or day <= self.until)
        return within and self.status is Status.ACTIVE


def publish_specification(uow: UnitOfWork, specification: Specification) -> bool:
    """Write a version of a set of specifications; ``False`` if the very same is there already.

    :raises Conflict: that version is published with another content: publish the next one.
    """
    try:
        known = read_specification(uow, specification.id)
    except NotFound:
        _insert(uow, specification)
        return True
    if known != specification:
        raise Conflict(
            f"Version {specification.version} of {specification.code} is published and never "
            f"changes. Publish version {specification.version + 1}."
        )
    return False


def _insert(uow: UnitOfWork, specification: Specification) -> None:
    uow.connection.execute(
        sa.insert(t.specifications).values(
            id=specification.id,
            code=specification.code,
            version=specification.version,
            country=specification.country,
            name=json.dumps(dict(specification.name), ensure_ascii=False),
            published_on=specification.published_on,
            mark=specification.mark,
            source=specification.source,
        )
    )
    rows = [
        {
            "specification_id": specification.id,
            "code": criterion.code,
            "position": position,
            "text": json.dumps(dict(criterion.text), ensure_ascii=False),
        }
        for position, criterion in enumerate(specification.criteria)
    ]
    if rows:
        uow.connection.execute(sa.insert(t.specification_criteria), rows)


def read_specification(uow: UnitOfWork, specification_id: str) -> Specification:
    """Return one version of a set of specifications.

    :raises NotFound: there is none.
    """
    row = uow.connection.execute(
        sa.select(t.specifications).where(t.specifications.c.id == specification_id)
    ).first()
    if row is None:
        raise NotFound("specification", specification_id)
    return _specification(uow, row._mapping)


def specifications_in(uow: UnitOfWork, country: str) -> tuple[Specification, ...]:
    """Return every version published in a country, by code, the newest of each first."""
    s = t.specifications.c
    rows = uow.connection.execute(
        sa.select(t.specifications).where(s.country == country).order_by(s.code, s.version.desc())
    ).all()
    return tuple(_specification(uow, row._mapping) for row in rows)


def every_specification(uow: UnitOfWork) -> tuple[Specification, ...]:
    """Return every version of every set, by code, the oldest of each first."""
    s = t.specifications.c
    rows = uow.connection.execute(sa.select(t.specifications).order_by(s.code, s.version)).all()
    return tuple(_specification(uow, row._mapping) for row in rows)


def newest_version(uow: UnitOfWork, code: str) -> Specification | None:
    """Return the newest version of a set, in force already or not."""
    s = t.specifications.c
    row = uow.connection.execute(
        sa.select(t.specifications).where(s.code == code).order_by(s.version.desc()).limit(1)
    ).first()
    return None if row is None else _specification(uow, row._mapping)


def holders_of(uow: UnitOfWork, specification_id: str) -> tuple[Accreditation, ...]:
    """Return who was ever accredited on a version, by organisation, the newest first."""
    a = t.accreditations.c
    rows = uow.connection.execute(
        sa.select(t.accreditations)
        .where(a.specification_id == specification_id)
        .order_by(a.organisation_id, a.since.desc())
    )
    return tuple(_accreditation(row._mapping) for row in rows)


def accredited_on(
    uow: UnitOfWork, organisation_ids: Collection[str], code: str, day: date
) -> frozenset[str]:
    """Return which of these organisations are accredited that day, on whichever version."""
    a, s = t.accreditations.c, t.specifications.c
    rows = uow.connection.execute(
        sa.select(a.organisation_id)
        .join(t.specifications, s.id == a.specification_id)
        .where(
            a.organisation_id.in_(list(organisation_ids)),
            s.code == code,
            a.status == Status.ACTIVE,
            a.since <= day,
            sa.or_(a.until.is_(None), a.until >= day),
        )
    )
    return frozenset(row.organisation_id for row in rows)


def specification_exists(uow: UnitOfWork, code: str, country: str) -> bool:
    """Tell whether any version of that set is published in a country."""
    s = t.specifications.c
    found = uow.connection.execute(
        sa.select(s.id).where(s.code == code, s.country == country).limit(1)
    ).first()
    return found is not None


def accreditations_of(uow: UnitOfWork, organisation_id: str) -> tuple[Accreditation, ...]:
    """Return an organisation's accreditations, the newest first."""
    a = t.accreditations.c
    rows = uow.connection.execute(
        sa.select(t.accreditations)
        .where(a.organisation_id == organisation_id)
        .order_by(a.since.desc(), a.id)
    )
    return tuple(_accreditation(row._mapping) for row in rows)


def read_accreditation(uow: UnitOfWork, accreditation_id: str) -> Accreditation:
    """Return one accreditation.

    :raises NotFound: there is none.
    """
    row = uow.connection.execute(
        sa.select(t.accreditations).where(t.accreditations.c.id == accreditation_id)
    ).first()
    if row is None:
        raise NotFound("accreditation", accreditation_id)
    return _accreditation(row._mapping)


def accreditation_by_key(uow: UnitOfWork, key: str) -> Accreditation | None:
    """Return the accreditation that a step gave, if it did."""
    row = uow.connection.execute(
        sa.select(t.accreditations).where(t.accreditations.c.key == key)
    ).first()
    return None if row is None else _accreditation(row._mapping)


def newest_specification(
    uow: UnitOfWork, code: str, country: str, day: date
) -> Specification | None:
    """Return the newest version of a set that is published in a country by that day."""
    s = t.specifications.c
    row = uow.connection.execute(
        sa.select(t.specifications)
        .where(s.code == code, s.country == country, s.published_on <= day)
        .order_by(s.version.desc())
        .limit(1)
    ).first()
    return None if row is None else _specification(uow, row._mapping)


def lock_organisation(uow: UnitOfWork, organisation_id: str) -> None:
    """Hold an organisation's row until the commit: what it is accredited on changes in turn."""
    o = t.organisations.c
    # An update takes the lock on both databases; SQLite knows no FOR UPDATE.
    uow.connection.execute(
        sa.update(t.organisations).where(o.id == organisation_id).values(revision=o.revision)
    )


def insert_accreditation(uow: UnitOfWork, accreditation: Accreditation) -> None:
    """Write a new accreditation."""
    values = {column.name: getattr(accreditation, column.name) for column in t.accreditations.c}
    uow.connection.execute(sa.insert(t.accreditations).values(values))


def update_status(uow: UnitOfWork, known: Accreditation, status: Status) -> bool:
    """Write a status over the one that was read; ``False`` if it was changed since."""
    a = t.accreditations.c
    done = uow.connection.execute(
        sa.update(t.accreditations)
        .where(a.id == known.id, a.revision == known.revision)
        .values(status=status, revision=known.revision + 1)
    )
    return done.rowcount == 1


def _specification(uow: UnitOfWork, m: sa.RowMapping) -> Specification:
    c = t.specification_criteria.c
    criteria = uow.connection.execute(
        sa.select(c.code, c.text).where(c.specification_id == m["id"]).order_by(c.position)
    )
    return Specification(
        code=m["code"],
        version=m["version"],
        country=m["country"],
        name=json.loads(m["name"]),
        criteria=tuple(Criterion(row.code, json.loads(row.text)) for row in criteria),
        published_on=m["published_on"],
        mark=m["mark"],
        source=m["source"],
    )


def _accreditation(m: sa.RowMapping) -> Accreditation:
    values = {column.name: m[column] for column in t.accreditations.c}
    return Accreditation(**{**values, "status": Status(values["status"])})
