"""Tables of organisations: who they are, what an operator can do, which cases it has."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table

from engine.store.tables import UtcDateTime

metadata = MetaData()

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("country", String(2), nullable=False),
    Column("type", String(16), nullable=False),
    Column("email", String(254), nullable=False),
    Column("language", String(2), nullable=False),
    Index("ix_organisations_country", "country", "kind"),
)

operators = Table(
    "operators",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id"), primary_key=True),
    Column("capacity_cases", Integer, nullable=False),
    Column("load_cases", Integer, nullable=False),
    CheckConstraint(
        "load_cases >= 0 AND load_cases <= capacity_cases", name="ck_operators_load_cases"
    ),
)

operator_coverage = Table(
    "operator_coverage",
    metadata,
    Column("organisation_id", ForeignKey("operators.organisation_id"), primary_key=True),
    Column("dimension", String(16), primary_key=True),
    Column("code", String(64), primary_key=True),
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(32), nullable=False),
    Column("organisation_id", ForeignKey("operators.organisation_id"), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Index("ix_assignments_case", "case_id"),
    Index("ix_assignments_organisation", "organisation_id", "until"),
    sqlite_autoincrement=True,
)
