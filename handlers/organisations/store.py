"""Rows of organisations, operators' profiles and their load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.errors import Conflict, NotFound
from engine.store import UnitOfWork
from handlers.organisations import tables as t


class Kind(StrEnum):
    """What a body is. Any of them may be entrusted with cases; an operator is there for it."""

    MINISTRY = "ministry"
    AGENCY = "agency"
    PUBLIC_SERVICE = "public-service"
    INTERNATIONAL = "international"
    LOCAL_ADMINISTRATION = "local-administration"
    COMMITTEE = "committee"
    OPERATOR = "operator"
    ASSOCIATION = "association"
    COMPANY = "company"
    TRAINING_PROVIDER = "training-provider"


class Dimension(StrEnum):
    """What an organisation covers, each a set of codes."""

    SECTOR = "sector"
    REGION = "region"
    LEVEL = "level"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that works on cases.

    :ivar kind: code, one of :class:`Kind`.
    :ivar country: ISO 3166-1 alpha-2.
    :ivar type: ``public`` or ``private``.
    :ivar language: ISO 639-1 code that notices to it are written in.
    :ivar active: whether new cases may be entrusted to it; those it has stay.
    :ivar source: where the fact that it exists comes from, with its mark; said of samples too.
    :ivar revision: counts its changes; two people who change it at once do not undo one another.
    """

    id: str
    name: str
    kind: str
    country: str
    type: str
    email: str
    language: str = "fr"
    active: bool = True
    source: str = ""
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Operator:
    """An organisation that takes charge of cases.

    :ivar capacity: how many cases it can have at a time.
    :ivar load: how many it has.
    """

    organisation: Organisation
    capacity: int
    load: int
    sectors: frozenset[str]
    regions: frozenset[str]
    levels: frozenset[str]

    @property
    def capacity_left(self) -> int:
        """How many more cases it can take."""
        return self.capacity - self.load


@dataclass(frozen=True, slots=True)
class Assignment:
    """An operator's charge of a case; ``until`` is ``None`` while it lasts."""

    case_id: str
    organisation_id: str
    since: datetime
    until: datetime | None


def save_organisation(uow: UnitOfWork, organisation: Organisation) -> None:
    """Write an organisation, or change the one that has its id, whatever its revision."""
    o = t.organisations.c
    values = _values(organisation)
    changed = uow.connection.execute(
        sa.update(t.organisations)
        .where(o.id == organisation.id)
        .values(**values, revision=o.revision + 1)
    )
    if changed.rowcount == 0:
        uow.connection.execute(
            sa.insert(t.organisations).values(id=organisation.id, **values, revision=1)
        )


def change_organisation(uow: UnitOfWork, organisation: Organisation) -> None:
    """Change an organisation that was read at ``organisation.revision``.

    :raises Conflict: it was changed since.
    """
    o = t.organisations.c
    changed = uow.connection.execute(
        sa.update(t.organisations)
        .where(o.id == organisation.id, o.revision == organisation.revision)
        .values(**_values(organisation), revision=organisation.revision + 1)
    )
    if changed.rowcount == 0:
        raise Conflict(
            f"Organisation {organisation.id} was changed by somebody else meanwhile. "
            "Open it again and repeat your change."
        )


def _values(organisation: Organisation) -> dict[str, object]:
    return {
        "name": organisation.name,
        "kind": organisation.kind,
        "country": organisation.country,
        "type": organisation.type,
        "email": organisation.email,
        "language": organisation.language,
        "active": organisation.active,
        "source": organisation.source,
    }


def save_profile(
    uow: UnitOfWork,
    organisation_id: str,
    *,
    capacity: int,
    sectors: Iterable[str],
    regions: Iterable[str],
    levels: Iterable[str],
) -> None:
    """Write what an operator can do, or change it; its load stays.

    :raises NotFound: there is no such organisation.
    :raises Conflict: it has more cases now than the new capacity.
    """
    save_capacity(uow, organisation_id, capacity)
    covered = {Dimension.SECTOR: sectors, Dimension.REGION: regions, Dimension.LEVEL: levels}
    for dimension, codes in covered.items():
        save_coverage(uow, organisation_id, dimension, codes)


def save_capacity(uow: UnitOfWork, organisation_id: str, capacity: int) -> None:
    """Write how many cases an organisation can have, or change it; its load stays.

    :raises NotFound: there is no such organisation.
    :raises Conflict: it has more cases now than the new capacity.
    """
    read_organisation(uow, organisation_id)
    o = t.operators.c
    row = uow.connection.execute(
        sa.select(o.load_cases).where(o.organisation_id == organisation_id).with_for_update()
    ).first()
    if row is None:
        uow.connection.execute(
            sa.insert(t.operators).values(
                organisation_id=organisation_id, capacity_cases=capacity, load_cases=0
            )
        )
    elif row.load_cases > capacity:
        raise Conflict(
            f"Operator {organisation_id} has {row.load_cases} cases; its capacity cannot become "
            f"{capacity}. Move cases to another operator first."
        )
    else:
        uow.connection.execute(
            sa.update(t.operators)
            .where(o.organisation_id == organisation_id)
            .values(capacity_cases=capacity)
        )


def save_coverage(
    uow: UnitOfWork, organisation_id: str, dimension: Dimension, codes: Iterable[str]
) -> None:
    """Write what an organisation covers in one dimension, in place of what it covered."""
    c = t.organisation_coverage.c
    uow.connection.execute(
        sa.delete(t.organisation_coverage).where(
            c.organisation_id == organisation_id, c.dimension == dimension.value
        )
    )
    rows = [
        {"organisation_id": organisation_id, "dimension": dimension.value, "code": code}
        for code in sorted(set(codes))
    ]
    if rows:
        uow.connection.execute(sa.insert(t.organisation_coverage), rows)


def coverage_of(
    uow: UnitOfWork, organisation_ids: Iterable[str]
) -> Mapping[str, Mapping[Dimension, frozenset[str]]]:
    """Return what organisations cover, by id; every dimension is there, empty or not."""
    ids = list(organisation_ids)
    found = _coverage(uow, ids)
    return {
        each: {dimension: frozenset(found[each][dimension]) for dimension in Dimension}
        for each in ids
    }


def read_organisation(uow: UnitOfWork, organisation_id: str) -> Organisation:
    """Return one organisation.

    :raises NotFound: there is none.
    """
    row = uow.connection.execute(
        sa.select(t.organisations).where(t.organisations.c.id == organisation_id)
    ).first()
    if row is None:
        raise NotFound("organisation", organisation_id)
    return organisation_from(row._mapping)


def find_organisations(
    uow: UnitOfWork, *, country: str | None = None, kind: str | None = None
) -> tuple[Organisation, ...]:
    """Return organisations by id, of one country or kind where asked."""
    o = t.organisations.c
    query = sa.select(t.organisations).order_by(o.id)
    if country is not None:
        query = query.where(o.country == country)
    if kind is not None:
        query = query.where(o.kind == kind)
    return tuple(organisation_from(row._mapping) for row in uow.connection.execute(query))


def find_operators(
    uow: UnitOfWork, country: str, covering: Iterable[tuple[Dimension, str]] = ()
) -> tuple[Operator, ...]:
    """Return the active operators of a country that cover all of this, the freest first."""
    o, p, c = t.organisations.c, t.operators.c, t.organisation_coverage.c
    query = (
        sa.select(*t.organisations.c, p.capacity_cases, p.load_cases)
        .join(t.operators, p.organisation_id == o.id)
        .where(o.country == country, o.active)
        .order_by((p.capacity_cases - p.load_cases).desc(), o.id)
    )
    for dimension, code in covering:
        query = query.where(
            sa.exists().where(
                c.organisation_id == o.id, c.dimension == dimension.value, c.code == code
            )
        )
    rows = uow.connection.execute(query).all()
    coverage = _coverage(uow, [row.id for row in rows])
    return tuple(_operator(row._mapping, coverage[row.id]) for row in rows)


def read_operator(uow: UnitOfWork, organisation_id: str) -> Operator:
    """Return one operator's profile.

    :raises NotFound: there is none.
    """
    o, p = t.organisations.c, t.operators.c
    row = uow.connection.execute(
        sa.select(*t.organisations.c, p.capacity_cases, p.load_cases)
        .join(t.operators, p.organisation_id == o.id)
        .where(o.id == organisation_id)
    ).first()
    if row is None:
        raise NotFound("operator", organisation_id)
    return _operator(row._mapping, _coverage(uow, [organisation_id])[organisation_id])


def take_place(uow: UnitOfWork, organisation_id: str) -> bool:
    """Count one more case on an operator; ``False`` if it has no place left.

    One statement guards the count: of two transactions that want the last place, the second
    waits for the first and then finds none.
    """
    p = t.operators.c
    result = uow.connection.execute(
        sa.update(t.operators)
        .where(p.organisation_id == organisation_id, p.load_cases < p.capacity_cases)
        .values(load_cases=p.load_cases + 1)
    )
    return result.rowcount == 1


def give_back_place(uow: UnitOfWork, organisation_id: str) -> None:
    """Count one case less on an operator."""
    p = t.operators.c
    uow.connection.execute(
        sa.update(t.operators)
        .where(p.organisation_id == organisation_id, p.load_cases > 0)
        .values(load_cases=p.load_cases - 1)
    )


def open_assignment(uow: UnitOfWork, case_id: str, organisation_id: str, since: datetime) -> None:
    """Write that an operator takes charge of a case."""
    uow.connection.execute(
        sa.insert(t.assignments).values(
            case_id=case_id, organisation_id=organisation_id, since=since
        )
    )


def end_assignment(uow: UnitOfWork, case_id: str, organisation_id: str, until: datetime) -> bool:
    """Write that an operator's charge of a case ends; ``False`` if it had none."""
    a = t.assignments.c
    result = uow.connection.execute(
        sa.update(t.assignments)
        .where(a.case_id == case_id, a.organisation_id == organisation_id, a.until.is_(None))
        .values(until=until)
    )
    return bool(result.rowcount)


def assignments_of(uow: UnitOfWork, case_id: str) -> tuple[Assignment, ...]:
    """Return the operators that a case has or had, the oldest first."""
    a = t.assignments.c
    rows = uow.connection.execute(
        sa.select(a.case_id, a.organisation_id, a.since, a.until)
        .where(a.case_id == case_id)
        .order_by(a.id)
    )
    return tuple(Assignment(*row) for row in rows)


def _coverage(uow: UnitOfWork, ids: list[str]) -> dict[str, dict[Dimension, set[str]]]:
    found: dict[str, dict[Dimension, set[str]]] = defaultdict(lambda: defaultdict(set))
    c = t.organisation_coverage.c
    rows = uow.connection.execute(
        sa.select(c.organisation_id, c.dimension, c.code).where(c.organisation_id.in_(ids))
    )
    for row in rows:
        found[row.organisation_id][Dimension(row.dimension)].add(row.code)
    return found


def organisation_from(m: sa.RowMapping) -> Organisation:
    """Return a row as an organisation."""
    return Organisation(**{c.name: m[c] for c in t.organisations.c})


def _operator(m: sa.RowMapping, coverage: dict[Dimension, set[str]]) -> Operator:
    return Operator(
        organisation=organisation_from(m),
        capacity=m[t.operators.c.capacity_cases],
        load=m[t.operators.c.load_cases],
        sectors=frozenset(coverage[Dimension.SECTOR]),
        regions=frozenset(coverage[Dimension.REGION]),
        levels=frozenset(coverage[Dimension.LEVEL]),
    )
