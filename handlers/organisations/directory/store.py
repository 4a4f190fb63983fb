"""Which organisations an actor may see: one condition for the list and for each by its id.

A grant shows the organisations of its country: that of the organisation it is held in, or the one
it names; a grant for every country shows all of them. What is public of an organisation (name,
kind, regions, whether it is accredited) they see. What is inside it (staff, load, performance,
cases) only its own people, the agency of its country, auditors and administrators see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from engine.errors import DeploymentRefused, NotFound
from engine.model import Actor, Grant
from engine.service.scheme import RoleKind, SchemeConfig, read_scheme
from engine.store import UnitOfWork
from engine.store.cases import deployment_file, latest_deployments
from engine.store.queries import visible as visible_cases
from engine.store.tables import cases
from handlers.organisations import tables as t
from handlers.organisations.designations.store import Designation, designation_from
from handlers.organisations.store import Kind, Organisation, organisation_from

AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Rights:
    """What an actor may do with one organisation that it sees.

    :ivar inside: read what is not public of it. :ivar edit: change it and its accreditations.
    """

    inside: bool
    edit: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; ``None`` for everything."""

    kind: str | None = None
    country: str | None = None
    region: str | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list, and how long all of it is."""

    rows: tuple[Organisation, ...]
    total: int
    countries: tuple[str, ...]


def _visible(actor: Actor) -> Condition:
    return sa.or_(sa.false(), *map(_within, actor.grants))


def _within(grant: Grant) -> Condition:
    o = t.organisations.c
    if grant.organisation_id is not None:
        home = t.organisations.alias()
        its_country = sa.select(home.c.country).where(home.c.id == grant.organisation_id)
        return o.country == its_country.scalar_subquery()
    return sa.true() if grant.country is None else o.country == grant.country


def visible_organisation(uow: UnitOfWork, organisation_id: str, actor: Actor) -> Organisation:
    """Return an organisation that the actor may see.

    :raises NotFound: there is none, or it is another country's.
    """
    row = uow.connection.execute(
        sa.select(t.organisations).where(t.organisations.c.id == organisation_id, _visible(actor))
    ).first()
    if row is None:
        raise NotFound("organisation", organisation_id)
    return organisation_from(row._mapping)


def listed(uow: UnitOfWork, actor: Actor, asked: Asked, *, offset: int, limit: int) -> Listed:
    """Return a page of the organisations that the actor may see, by country and name."""
    o, c = t.organisations.c, t.organisation_coverage.c
    conditions: list[Condition] = [_visible(actor)]
    if asked.kind is not None:
        conditions.append(o.kind == asked.kind)
    if asked.country is not None:
        conditions.append(o.country == asked.country)
    if asked.region is not None:
        conditions.append(
            sa.exists().where(
                c.organisation_id == o.id, c.dimension == "region", c.code == asked.region
            )
        )
    if asked.search is not None:
        conditions.append(o.name.icontains(asked.search.replace("\0", ""), autoescape=True))
    rows = uow.connection.execute(
        sa.select(t.organisations)
        .where(*conditions)
        .order_by(o.country, o.name, o.id)
        .offset(offset)
        .limit(limit)
    )
    page = tuple(organisation_from(row._mapping) for row in rows)
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(t.organisations).where(*conditions)
    ).scalar_one()
    return Listed(page, total, seen_in(uow, actor))


def rights_over(uow: UnitOfWork, organisation: Organisation, actor: Actor) -> Rights:
    """Return what an actor may do with an organisation that it sees.

    Its own people read all of it. It is changed by whoever holds, in an active agency of its
    country, a role that a scheme of that country says is the agency's.
    """
    grants = actor.grants
    own = any(grant.organisation_id == organisation.id for grant in grants)
    oversight = any(
        grant.role in {AUDITOR, ADMINISTRATOR}
        and grant.organisation_id is None
        and grant.country in {None, organisation.country}
        for grant in grants
    )
    edit = _of_the_agency(uow, organisation.country, grants)
    return Rights(inside=own or oversight or edit, edit=edit)


def _of_the_agency(uow: UnitOfWork, country: str, grants: tuple[Grant, ...]) -> bool:
    homes = {grant.organisation_id for grant in grants if grant.organisation_id is not None}
    if not homes:
        return False
    o = t.organisations.c
    agencies = frozenset(
        uow.connection.execute(
            sa.select(o.id).where(
                o.id.in_(sorted(homes)), o.kind == Kind.AGENCY, o.country == country, o.active
            )
        ).scalars()
    )
    held = [grant for grant in grants if grant.organisation_id in agencies]
    return bool(held) and any(_agency_role(grant, uow, country) for grant in held)


def edited_in(uow: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """Return the countries whose organisations and specifications the actor writes."""
    homes = {grant.organisation_id for grant in actor.grants if grant.organisation_id is not None}
    o = t.organisations.c
    countries = uow.connection.execute(
        sa.select(o.country).where(o.id.in_(sorted(homes))).distinct().order_by(o.country)
    ).scalars()
    return tuple(each for each in countries if _of_the_agency(uow, each, actor.grants))


def seen_in(uow: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """Return the countries whose organisations and specifications the actor sees."""
    o = t.organisations.c
    rows = uow.connection.execute(
        sa.select(o.country).where(_visible(actor)).distinct().order_by(o.country)
    )
    return tuple(rows.scalars())


def _agency_role(grant: Grant, uow: UnitOfWork, country: str) -> bool:
    return any(
        scheme.role_kinds.get(grant.role) is RoleKind.AGENCY
        and (not grant.schemes or scheme.id in grant.schemes)
        for scheme in schemes_of(uow, country).values()
    )


def schemes_of(uow: UnitOfWork, country: str) -> Mapping[str, SchemeConfig]:
    """Return the newest publication of each scheme of a country."""
    return {scheme.id: scheme for scheme in schemes(uow) if scheme.country == country}


def schemes(uow: UnitOfWork) -> tuple[SchemeConfig, ...]:
    """Return the newest publication of every scheme, by its place in the list of them."""
    sources = (deployment_file(uow, row.id, "scheme.toml") for row in latest_deployments(uow))
    found = (None if source is None else _read(source) for source in sources)
    return tuple(config for config in found if config is not None)


def role_names(uow: UnitOfWork, country: str, language: str) -> Mapping[str, str]:
    """Return what the schemes of a country call their roles, by role code."""
    return {
        role: words.get(language) or words.get("fr") or role
        for scheme in schemes_of(uow, country).values()
        for role, words in scheme.roles.items()
    }


@lru_cache(maxsize=64)
def _read(source: bytes) -> SchemeConfig | None:
    try:
        return read_scheme(source)
    except DeploymentRefused:
        return None  # What an older version took and this one refuses gives no right.


@dataclass(frozen=True, slots=True)
class Entrusted:
    """A case that an organisation has or had, as far as the reader may see that case.

    :ivar case_country: for its time zone.
    """

    case_id: str
    reference: str
    case_country: str
    since: datetime
    until: datetime | None


def cases_of(
    uow: UnitOfWork, organisation_id: str, actor: Actor, now: datetime, limit: int = 50
) -> tuple[Entrusted, ...]:
    """Return the cases of an organisation that the actor may see, those it has first."""
    a = t.assignments.c
    rows = uow.connection.execute(
        sa.select(cases.c.id, cases.c.reference, cases.c.country, a.since, a.until)
        .join(t.assignments, a.case_id == cases.c.id)
        .where(a.organisation_id == organisation_id, visible_cases(actor, now))
        .order_by(a.until.is_not(None), a.since.desc(), a.id.desc())
        .limit(limit)
    )
    return tuple(Entrusted(*row) for row in rows)


def designations_of(
    uow: UnitOfWork, organisation_id: str, actor: Actor, now: datetime, limit: int = 50
) -> tuple[tuple[str, Designation], ...]:
    """Return the last designations of an organisation in cases that the actor may see.

    :returns: the case's reference and the designation, the newest first.
    """
    d = t.designations.c
    rows = uow.connection.execute(
        sa.select(cases.c.reference, *d)
        .join(t.designations, d.case_id == cases.c.id)
        .where(d.organisation_id == organisation_id, visible_cases(actor, now))
        .order_by(d.id.desc())
        .limit(limit)
    )
    return tuple((row.reference, designation_from(row._mapping)) for row in rows)
