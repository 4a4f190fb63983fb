"""Organisations: designations, specifications, accreditations, agreements, changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "organisations_0001"
down_revision = None
branch_labels = ("organisations",)
depends_on = "handlers_0001"


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _organisation() -> sa.Column[str]:
    return sa.Column(
        "organisation_id", sa.String(64), sa.ForeignKey("organisations.id"), nullable=False
    )


def upgrade() -> None:
    """Create the tables."""
    _designations()
    _accreditation()
    _agreements()
    op.create_table(
        "organisation_events",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _organisation(),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_organisation_events_organisation", "organisation_events", ["organisation_id", "id"]
    )


def _designations() -> None:
    op.create_table(
        "designations",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column(
            "organisation_id",
            sa.String(64),
            sa.ForeignKey("operators.organisation_id"),
            nullable=False,
        ),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.Column("ended_at", _moment()),
        sa.Column("outcome", sa.String(16)),
        sa.Column("reason_code", sa.String(64)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_designations_case", "designations", ["case_id"])
    op.create_index("ix_designations_organisation", "designations", ["organisation_id", "made_at"])


def _accreditation() -> None:
    op.create_table(
        "specifications",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("published_on", sa.Date, nullable=False),
        sa.Column("mark", sa.String(1), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.UniqueConstraint("code", "version", name="uq_specifications_code_version"),
    )
    op.create_table(
        "specification_criteria",
        sa.Column(
            "specification_id", sa.String(64), sa.ForeignKey("specifications.id"), primary_key=True
        ),
        sa.Column("code", sa.String(48), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "accreditations",
        sa.Column("id", sa.String(32), primary_key=True),
        _organisation(),
        sa.Column(
            "specification_id", sa.String(64), sa.ForeignKey("specifications.id"), nullable=False
        ),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.String(64)),
        sa.Column("reason", sa.String(500)),
        sa.Column("case_id", sa.String(32)),
        sa.Column("key", sa.String(500), unique=True),
    )
    op.create_index(
        "ix_accreditations_organisation", "accreditations", ["organisation_id", "specification_id"]
    )


def _agreements() -> None:
    op.create_table(
        "organisation_agreements",
        sa.Column("id", sa.String(32), primary_key=True),
        _organisation(),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(500), nullable=False, unique=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("document", sa.String(32)),
    )
    op.create_index(
        "ix_organisation_agreements_organisation",
        "organisation_agreements",
        ["organisation_id", "since"],
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "organisation_events",
        "organisation_agreements",
        "accreditations",
        "specification_criteria",
        "specifications",
        "designations",
    ):
        op.drop_table(name)
