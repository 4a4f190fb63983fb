"""Rows of cases and their deployments: read under a lock, written once a step."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound, RevisionConflict
from engine.model import CaseRef, CaseStatus
from engine.store import tables as t
from engine.store.events import GENESIS, Tail
from engine.store.store import UnitOfWork, upsert


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case at rest."""

    id: str
    reference: str
    scheme: str
    deployment_id: str
    country: str
    subject: str | None
    status: CaseStatus
    state: bytes
    revision: int
    started_at: datetime
    started_by: str
    updated_at: datetime
    ended_at: datetime | None
    tail: Tail

    @property
    def ref(self) -> CaseRef:
        """What handlers and ports may know of it."""
        return CaseRef(self.id, self.reference, self.scheme, self.country, self.subject)


_C = t.cases.c


def case_columns() -> list[sa.ColumnElement[object]]:
    """The columns that :func:`case_from_row` reads, for joins."""
    return [column for column in t.cases.c if column.name != "request_id"]


def case_from_row(row: sa.Row[*tuple[Any, ...]]) -> CaseRow:
    """Build a case from a row that has all of :func:`case_columns`."""
    m = row._mapping
    return CaseRow(
        id=m[_C.id],
        reference=m[_C.reference],
        scheme=m[_C.scheme],
        deployment_id=m[_C.deployment_id],
        country=m[_C.country],
        subject=m[_C.subject],
        status=CaseStatus(m[_C.status]),
        state=m[_C.state],
        revision=m[_C.revision],
        started_at=m[_C.started_at],
        started_by=m[_C.started_by],
        updated_at=m[_C.updated_at],
        ended_at=m[_C.ended_at],
        tail=Tail(m[_C.last_seq], m[_C.last_hash]),
    )


def insert_case(uow: UnitOfWork, case: CaseRow, request_id: str | None) -> None:
    """Write a new case."""
    uow.connection.execute(
        sa.insert(t.cases).values(
            id=case.id,
            reference=case.reference,
            scheme=case.scheme,
            deployment_id=case.deployment_id,
            country=case.country,
            subject=case.subject,
            status=case.status,
            state=case.state,
            revision=case.revision,
            started_at=case.started_at,
            started_by=case.started_by,
            updated_at=case.updated_at,
            ended_at=case.ended_at,
            request_id=request_id,
            last_seq=0,
            last_hash=GENESIS,
        )
    )


def case_by_reference(uow: UnitOfWork, reference: str) -> CaseRow | None:
    """Return the case of a reference."""
    row = uow.connection.execute(
        sa.select(*case_columns()).where(_C.reference == reference)
    ).first()
    return None if row is None else case_from_row(row)


def case_by_request(uow: UnitOfWork, request_id: str) -> str | None:
    """Return the id of the case that this request started, if it did."""
    return uow.connection.execute(sa.select(_C.id).where(_C.request_id == request_id)).scalar()


def case_ids_after(uow: UnitOfWork, case_id: str, limit: int) -> tuple[str, ...]:
    """Return the next ids of cases after this one, in their order; all begin after ``""``."""
    found = sa.select(_C.id).where(_C.id > case_id).order_by(_C.id).limit(limit)
    return tuple(uow.connection.execute(found).scalars())


def schemes_of(uow: UnitOfWork, case_ids: Collection[str]) -> frozenset[str]:
    """Return the schemes of these cases."""
    if not case_ids:
        return frozenset()
    rows = uow.connection.execute(sa.select(_C.scheme).where(_C.id.in_(case_ids)).distinct())
    return frozenset(row.scheme for row in rows)


def read_case(uow: UnitOfWork, case_id: str) -> CaseRow:
    """Return a case without locking it.

    :raises NotFound: there is none.
    """
    row = uow.connection.execute(sa.select(*case_columns()).where(_C.id == case_id)).first()
    if row is None:
        raise NotFound("case", case_id)
    return case_from_row(row)


def home_of(uow: UnitOfWork, case_id: str) -> tuple[str, str] | None:
    """Return a case's scheme and the deployment that it is pinned to; ``None`` if there is none."""
    row = uow.connection.execute(
        sa.select(_C.scheme, _C.deployment_id).where(_C.id == case_id)
    ).first()
    return None if row is None else (row.scheme, row.deployment_id)


def link_subject(uow: UnitOfWork, case: CaseRow, subject: str, now: datetime) -> None:
    """Say whom a locked case is about; a step that read it before starts again.

    :raises RevisionConflict: another transaction advanced it.
    """
    linked = uow.connection.execute(
        sa.update(t.cases)
        .where(_C.id == case.id, _C.revision == case.revision, _C.subject.is_(None))
        .values(subject=subject, revision=case.revision + 1, updated_at=now)
    )
    if linked.rowcount != 1:
        raise RevisionConflict(case.id)


def lock_case(uow: UnitOfWork, case_id: str, *, skip_locked: bool = False) -> CaseRow | None:
    """Return a case, locked until the transaction ends.

    :param skip_locked: return ``None`` instead of waiting for whoever holds it (PostgreSQL).
    :raises NotFound: there is none (only when waiting).
    """
    # NO KEY: a job or party of this case may be inserted meanwhile by whoever works on another
    # case; a plain FOR UPDATE would stop its foreign key, and two cases could wait in a circle.
    row = uow.connection.execute(
        sa.select(*case_columns())
        .where(_C.id == case_id)
        .with_for_update(skip_locked=skip_locked, key_share=True)
    ).first()
    if row is None:
        if skip_locked:
            return None
        raise NotFound("case", case_id)
    return case_from_row(row)


def save_case(uow: UnitOfWork, case: CaseRow, tail: Tail, now: datetime) -> None:
    """Write a case after a step; its revision must still be the one that was read.

    :raises RevisionConflict: another transaction advanced it.
    """
    result = uow.connection.execute(
        sa.update(t.cases)
        .where(_C.id == case.id, _C.revision == case.revision)
        .values(
            deployment_id=case.deployment_id,
            subject=case.subject,
            status=case.status,
            state=case.state,
            revision=case.revision + 1,
            updated_at=now,
            ended_at=case.ended_at,
            last_seq=tail.seq,
            last_hash=tail.hash,
        )
    )
    if result.rowcount != 1:
        raise RevisionConflict(case.id)


def next_number(uow: UnitOfWork, name: str) -> int:
    """Count one further under ``name``, from 1; concurrent callers get different numbers."""
    c = t.counters.c
    count = upsert(uow, t.counters).values(name=name, value=1)
    value: int = uow.connection.execute(
        count.on_conflict_do_update(index_elements=[c.name], set_={"value": c.value + 1}).returning(
            c.value
        )
    ).scalar_one()
    return value


# --- deployments ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """A publication: immutable.

    :ivar documentation: ids of its processes that are there to be read only; ``None`` of a
        publication that was refused unless all of it runs.
    """

    id: str
    scheme: str
    version: int
    digest: str
    created_at: datetime
    created_by: str
    documentation: tuple[str, ...] | None = None


def _deployment(row: sa.Row[*tuple[Any, ...]]) -> DeploymentRow:
    values = {column.name: row._mapping[column.name] for column in t.deployments.columns}
    kept = values.pop("documentation")
    return DeploymentRow(**values, documentation=None if kept is None else tuple(json.loads(kept)))


def latest_deployment(uow: UnitOfWork, scheme: str) -> DeploymentRow | None:
    """Return the newest publication of a scheme."""
    d = t.deployments.c
    row = uow.connection.execute(
        sa.select(t.deployments).where(d.scheme == scheme).order_by(d.version.desc()).limit(1)
    ).first()
    return None if row is None else _deployment(row)


def find_deployment(uow: UnitOfWork, scheme: str, version: int) -> DeploymentRow:
    """Return one version of a scheme.

    :raises NotFound: it has none of this number.
    """
    d = t.deployments.c
    row = uow.connection.execute(
        sa.select(t.deployments).where(d.scheme == scheme, d.version == version)
    ).first()
    if row is None:
        raise NotFound("version", f"{scheme} {version}")
    return _deployment(row)


def read_deployment(uow: UnitOfWork, deployment_id: str) -> DeploymentRow:
    """Return a publication's row.

    :raises NotFound: there is no such publication.
    """
    d = t.deployments.c
    row = uow.connection.execute(sa.select(t.deployments).where(d.id == deployment_id)).first()
    if row is None:
        raise NotFound("deployment", deployment_id)
    return _deployment(row)


def deployments_of(uow: UnitOfWork, scheme: str) -> tuple[tuple[DeploymentRow, int], ...]:
    """Return every version of a scheme, the newest first, with how many cases run in each."""
    d, c = t.deployments.c, t.cases.c
    running = (
        sa.select(sa.func.count())
        .where(c.deployment_id == d.id, c.ended_at.is_(None))
        .scalar_subquery()
    )
    rows = uow.connection.execute(
        sa.select(t.deployments, running.label("running"))
        .where(d.scheme == scheme)
        .order_by(d.version.desc())
    )
    return tuple((_deployment(row), row.running) for row in rows)


def running_cases(
    uow: UnitOfWork, deployment_id: str, after: str = "", limit: int = 500
) -> tuple[CaseRow, ...]:
    """Return cases of a publication that have not ended, by id, those after ``after``."""
    rows = uow.connection.execute(
        sa.select(*case_columns())
        .where(_C.deployment_id == deployment_id, _C.ended_at.is_(None), _C.id > after)
        .order_by(_C.id)
        .limit(limit)
    )
    return tuple(case_from_row(row) for row in rows)


def latest_deployments(uow: UnitOfWork) -> tuple[DeploymentRow, ...]:
    """Return the newest publication of every scheme, by scheme id."""
    d = t.deployments.c
    newest = sa.select(d.scheme, sa.func.max(d.version).label("version")).group_by(d.scheme)
    sub = newest.subquery()
    rows = uow.connection.execute(
        sa.select(t.deployments)
        .join(sub, sa.and_(sub.c.scheme == d.scheme, sub.c.version == d.version))
        .order_by(d.scheme)
    )
    return tuple(_deployment(row) for row in rows)


def insert_deployment(
    uow: UnitOfWork, deployment: DeploymentRow, files: Mapping[str, bytes]
) -> None:
    """Write a publication with every file of it."""
    kept = deployment.documentation
    uow.connection.execute(
        sa.insert(t.deployments).values(
            id=deployment.id,
            scheme=deployment.scheme,
            version=deployment.version,
            digest=deployment.digest,
            created_at=deployment.created_at,
            created_by=deployment.created_by,
            documentation=None if kept is None else json.dumps(kept),
        )
    )
    uow.connection.execute(
        sa.insert(t.definitions),
        [
            {"deployment_id": deployment.id, "name": name, "content": content}
            for name, content in sorted(files.items())
        ],
    )


def deployment_file(uow: UnitOfWork, deployment_id: str, name: str) -> bytes | None:
    """Return one file of a publication, or ``None`` if it has none of that name."""
    d = t.definitions.c
    content = uow.connection.execute(
        sa.select(d.content).where(d.deployment_id == deployment_id, d.name == name)
    ).scalar()
    return None if content is None else bytes(content)


def deployment_files(uow: UnitOfWork, deployment_id: str) -> dict[str, bytes]:
    """Return the files of a publication by name.

    :raises NotFound: there is no such publication.
    """
    d = t.definitions.c
    rows = uow.connection.execute(
        sa.select(d.name, d.content).where(d.deployment_id == deployment_id)
    )
    files = {row.name: bytes(row.content) for row in rows}
    if not files:
        raise NotFound("deployment", deployment_id)
    return files
