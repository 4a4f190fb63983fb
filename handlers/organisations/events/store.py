"""Rows of organisations' own history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.organisations import tables as t


@dataclass(frozen=True, slots=True)
class OrganisationEvent:
    """One change.

    :ivar kind: ``registered``, ``changed``, ``accredited``, ``accreditation-refused``,
        ``accreditation-changed``, ``agreed``.
    :ivar data: what the change says; of a profile, the names of the fields that changed.
    """

    at: datetime
    account_id: str
    kind: str
    data: Mapping[str, Any]


def add_event(
    uow: UnitOfWork,
    organisation_id: str,
    kind: str,
    data: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
) -> None:
    """Write a change."""
    uow.connection.execute(
        sa.insert(t.organisation_events).values(
            organisation_id=organisation_id,
            at=at,
            account_id=by,
            kind=kind,
            data=json.dumps(dict(data), ensure_ascii=False, sort_keys=True),
        )
    )


def events_of(
    uow: UnitOfWork, organisation_id: str, limit: int = 50
) -> tuple[OrganisationEvent, ...]:
    """Return the last changes of an organisation, the newest first."""
    e = t.organisation_events.c
    rows = uow.connection.execute(
        sa.select(e.at, e.account_id, e.kind, e.data)
        .where(e.organisation_id == organisation_id)
        .order_by(e.id.desc())
        .limit(limit)
    )
    return tuple(
        OrganisationEvent(row.at, row.account_id, row.kind, json.loads(row.data)) for row in rows
    )
