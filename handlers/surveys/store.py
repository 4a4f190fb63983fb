"""Rows of instruments and of surveys taken. No encryption here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import Actor
from engine.store import UnitOfWork
from engine.store import tables as engine_tables
from engine.store.queries import visible as visible_cases
from handlers.surveys import tables as t


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """A stored version. :ivar content: its file, as imported."""

    code: str
    version: str
    content: bytes
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey taken in a case; what was answered lies in the person's file.

    :ivar moment: ``intake``, or ``m`` and the months since the support began, such as ``m6``.
    :ivar answered: questions answered, of the ``applicable`` ones.
    :ivar complete: whether that reaches the instrument's minimum.
    :ivar reference: of the sealed result.
    """

    id: str
    call_key: str
    case_id: str
    instrument: str
    version: str
    moment: str
    taken_at: datetime
    taken_by: str
    answered: int
    applicable: int
    complete: bool
    reference: str


def insert_instrument(uow: UnitOfWork, row: InstrumentRow) -> None:
    """Write a version."""
    values = {name: getattr(row, name) for name in ("code", "version", "content", "imported_at")}
    uow.connection.execute(sa.insert(t.survey_instruments).values(**values))


def find_instrument(uow: UnitOfWork, code: str, version: str | None = None) -> InstrumentRow | None:
    """Return a version of an instrument, the one imported last if none is named."""
    i = t.survey_instruments.c
    wanted = sa.select(t.survey_instruments).where(i.code == code).order_by(i.seq.desc())
    if version is not None:
        wanted = wanted.where(i.version == version)
    row = uow.connection.execute(wanted.limit(1)).first()
    return None if row is None else _instrument(row._mapping)


def instruments(uow: UnitOfWork) -> tuple[InstrumentRow, ...]:
    """Return every version of every instrument, by code, the oldest first."""
    i = t.survey_instruments.c
    rows = uow.connection.execute(sa.select(t.survey_instruments).order_by(i.code, i.seq))
    return tuple(_instrument(row._mapping) for row in rows)


def insert_survey(uow: UnitOfWork, survey: Survey) -> None:
    """Write that a survey was taken."""
    values = {column.name: getattr(survey, column.name) for column in t.surveys.c}
    uow.connection.execute(sa.insert(t.surveys).values(**values))


def survey_of_call(uow: UnitOfWork, call_key: str) -> Survey | None:
    """Return the survey that a call has recorded already."""
    row = uow.connection.execute(
        sa.select(t.surveys).where(t.surveys.c.call_key == call_key)
    ).first()
    return None if row is None else _survey(row._mapping)


def last_survey(uow: UnitOfWork, case_id: str, instrument: str) -> Survey | None:
    """Return the survey last taken in a case with an instrument, whatever its version."""
    s = t.surveys.c
    row = uow.connection.execute(
        sa.select(t.surveys)
        .where(s.case_id == case_id, s.instrument == instrument)
        .order_by(s.taken_at.desc(), s.id)
        .limit(1)
    ).first()
    return None if row is None else _survey(row._mapping)


def visible(actor: Actor, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition on ``surveys`` under which the actor may see that one was taken.

    Whoever sees the case does; what was answered opens by tier. The one condition behind every
    list and every id of this room.
    """
    c = engine_tables.cases.c
    return sa.exists().where(c.id == t.surveys.c.case_id, visible_cases(actor, now))


def surveys_of(uow: UnitOfWork, case_id: str, actor: Actor, now: datetime) -> tuple[Survey, ...]:
    """Return the surveys taken in a case that the actor may see, the oldest first."""
    s = t.surveys.c
    rows = uow.connection.execute(
        sa.select(t.surveys)
        .where(s.case_id == case_id, visible(actor, now))
        .order_by(s.taken_at, s.id)
    )
    return tuple(_survey(row._mapping) for row in rows)


def read_survey(uow: UnitOfWork, survey_id: str, actor: Actor, now: datetime) -> Survey:
    """Return one survey.

    :raises NotFound: there is none, or its case is not the actor's to see.
    """
    row = uow.connection.execute(
        sa.select(t.surveys).where(t.surveys.c.id == survey_id, visible(actor, now))
    ).first()
    if row is None:
        raise NotFound("survey", survey_id)
    return _survey(row._mapping)


def all_surveys(uow: UnitOfWork) -> tuple[tuple[str, Survey], ...]:
    """Return every survey with its case's reference, the oldest first; for exports."""
    c, s = engine_tables.cases.c, t.surveys.c
    rows = uow.connection.execute(
        sa.select(c.reference, *t.surveys.c)
        .select_from(t.surveys.join(engine_tables.cases, c.id == s.case_id))
        .order_by(s.taken_at, s.id)
    )
    return tuple((row.reference, _survey(row._mapping)) for row in rows)


def _instrument(m: sa.RowMapping) -> InstrumentRow:
    return InstrumentRow(m["code"], m["version"], bytes(m["content"]), m["imported_at"])


def _survey(m: sa.RowMapping) -> Survey:
    return Survey(**{column.name: m[column] for column in t.surveys.c})
