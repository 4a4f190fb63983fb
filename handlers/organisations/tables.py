"""Tables of organisations: who they are, what they cover and agreed, accreditations, their cases.

``organisation_events`` tells what was changed of an organisation and by whom; a case's own events
stay in the case's history.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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
    # Language of the notices to it; those that its staff speak are in the coverage.
    Column("language", String(2), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("source", String(300), nullable=False),
    Column("revision", Integer, nullable=False),
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

organisation_coverage = Table(
    "organisation_coverage",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id"), primary_key=True),
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

designations = Table(
    "designations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(32), nullable=False),
    Column("organisation_id", ForeignKey("operators.organisation_id"), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # While it is null the organisation holds a place for the case and has not answered.
    Column("ended_at", UtcDateTime),
    Column("outcome", String(16)),
    Column("reason_code", String(64)),
    Index("ix_designations_case", "case_id"),
    Index("ix_designations_organisation", "organisation_id", "made_at"),
    sqlite_autoincrement=True,
)

specifications = Table(
    "specifications",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("code", String(48), nullable=False),
    Column("version", Integer, nullable=False),
    Column("country", String(2), nullable=False),
    Column("name", Text, nullable=False),
    Column("published_on", Date, nullable=False),
    Column("mark", String(1), nullable=False),
    Column("source", String(300), nullable=False),
    UniqueConstraint("code", "version", name="uq_specifications_code_version"),
)

specification_criteria = Table(
    "specification_criteria",
    metadata,
    Column("specification_id", ForeignKey("specifications.id"), primary_key=True),
    Column("code", String(48), primary_key=True),
    Column("position", Integer, nullable=False),
    # Texts by language, a JSON object, as in ``specifications.name``.
    Column("text", Text, nullable=False),
)

accreditations = Table(
    "accreditations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("specification_id", ForeignKey("specifications.id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("status", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    # Who decided and why, and in which case; null where somebody of the agency wrote it down.
    Column("body", String(64)),
    Column("reason", String(500)),
    Column("case_id", String(32)),
    Column("key", String(500), unique=True),
    Index("ix_accreditations_organisation", "organisation_id", "specification_id"),
)

agreements = Table(
    "organisation_agreements",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("key", String(500), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("document", String(32)),
    Index("ix_organisation_agreements_organisation", "organisation_id", "since"),
)

organisation_events = Table(
    "organisation_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", Text, nullable=False),
    Index("ix_organisation_events_organisation", "organisation_id", "id"),
    sqlite_autoincrement=True,
)
