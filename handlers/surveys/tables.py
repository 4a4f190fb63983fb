"""Tables of surveys: instruments, a row a version and never changed, and what was taken in a case.

Answers and scores are no columns: they lie encrypted in the person's file (tier psychosocial).
Nothing here refers to ``cases`` by a foreign key, as in people.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from engine.store.tables import UtcDateTime

metadata = MetaData()

survey_instruments = Table(
    "survey_instruments",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("code", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    UniqueConstraint("code", "version", name="uq_survey_instruments_code"),
    sqlite_autoincrement=True,
)

surveys = Table(
    "surveys",
    metadata,
    Column("id", String(32), primary_key=True),
    # Idempotency key of the call that recorded it.
    Column("call_key", String(255), nullable=False, unique=True),
    Column("case_id", String(32), nullable=False),
    Column("instrument", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("moment", String(16), nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("taken_by", String(64), nullable=False),
    Column("answered", Integer, nullable=False),
    Column("applicable", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    # The sealed result in the person's file.
    Column("reference", String(32), nullable=False),
    ForeignKeyConstraint(
        ["instrument", "version"],
        ["survey_instruments.code", "survey_instruments.version"],
        name="fk_surveys_instrument",
    ),
    Index("ix_surveys_case", "case_id", "taken_at"),
)
