"""The handlers' first tables: people, organisations, documents, notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "handlers_0001"
down_revision = None
branch_labels = ("handlers",)
depends_on = "engine_0001"


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _people()
    _organisations()
    _documents()
    _notices()


def _people() -> None:
    op.create_table(
        "data_keys",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("master_fingerprint", sa.String(16), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("destroyed_at", _moment()),
    )
    op.create_table(
        "households",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created_at", _moment(), nullable=False),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("root", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(64)),
        sa.Column("erased_at", _moment()),
    )
    op.create_index("ix_persons_root", "persons", ["root"])
    op.create_index("ix_persons_organisation", "persons", ["organisation_id"])
    op.create_table(
        "sensitive_reads",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(32)),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("tiers", sa.String(100), nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
    )
    op.create_index("ix_sensitive_reads_account", "sensitive_reads", ["account_id", "at"])
    op.create_index("ix_sensitive_reads_case", "sensitive_reads", ["case_id", "at"])
    op.create_table(
        "consents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("case_id", sa.String(32)),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("recorded_at", _moment(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("ended_at", _moment()),
        sa.Column("sheet_document", sa.String(32)),
    )
    op.create_index("ix_consents_person", "consents", ["person_id", "purpose", "recorded_at"])
    op.create_table(
        "household_members",
        sa.Column("household_id", sa.String(32), sa.ForeignKey("households.id"), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("persons.id"), primary_key=True),
        sa.Column("relation", sa.String(32), nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("until", _moment()),
    )
    op.create_index("ix_household_members_person", "household_members", ["person_id"])
    op.create_table(
        "tiered_fields",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("owner", sa.String(64), sa.ForeignKey("data_keys.owner"), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.Column("case_id", sa.String(32)),
        sa.Column("written_at", _moment(), nullable=False),
        sa.Column("written_by", sa.String(64), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tiered_fields_owner_key", "tiered_fields", ["owner", "key", "seq"])


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("ix_organisations_country", "organisations", ["country", "kind"])
    op.create_table(
        "operators",
        sa.Column(
            "organisation_id", sa.String(64), sa.ForeignKey("organisations.id"), primary_key=True
        ),
        sa.Column("capacity_cases", sa.Integer, nullable=False),
        sa.Column("load_cases", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "load_cases >= 0 AND load_cases <= capacity_cases", name="ck_operators_load_cases"
        ),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column(
            "organisation_id",
            sa.String(64),
            sa.ForeignKey("operators.organisation_id"),
            nullable=False,
        ),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("until", _moment()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assignments_case", "assignments", ["case_id"])
    op.create_index("ix_assignments_organisation", "assignments", ["organisation_id", "until"])
    op.create_table(
        "organisation_coverage",
        sa.Column(
            "organisation_id", sa.String(64), sa.ForeignKey("organisations.id"), primary_key=True
        ),
        sa.Column("dimension", sa.String(16), primary_key=True),
        sa.Column("code", sa.String(64), primary_key=True),
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("case_id", sa.String(32)),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("file_name", sa.String(64), nullable=False),
        sa.Column("title", sa.LargeBinary, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("uploaded_at", _moment(), nullable=False),
        sa.Column("uploaded_by", sa.String(64), nullable=False),
        sa.Column("series", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("scan", sa.String(12), nullable=False),
        sa.Column("letter", sa.String(64), nullable=False),
        sa.UniqueConstraint("series", "version", name="uq_documents_series_version"),
    )
    op.create_index("ix_documents_scan", "documents", ["scan"])
    op.create_index("ix_documents_case", "documents", ["case_id", "uploaded_at"])
    op.create_index("ix_documents_owner", "documents", ["owner", "purpose"])
    op.create_index("ix_documents_file_name", "documents", ["file_name"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("key", sa.String(500), primary_key=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(2), nullable=False),
        sa.Column("receiver", sa.String(80), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("due_at", _moment()),
        sa.Column("attempt", sa.Integer, nullable=False),
    )
    op.create_index("ix_notices_case", "notices", ["case_id", "at"])
    op.create_index("ix_notices_message", "notices", ["message"])
    op.create_index("ix_notices_queue", "notices", ["status", "due_at"])
    op.create_table(
        "bad_addresses",
        sa.Column("address", sa.String(64), primary_key=True),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("notice_key", sa.String(500), nullable=False),
    )
    op.create_table(
        "contact_problems",
        sa.Column("case_id", sa.String(32), primary_key=True),
        sa.Column("receiver", sa.String(80), primary_key=True),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("checked_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment()),
        sa.Column("closed_by", sa.String(64)),
    )
    op.create_index("ix_contact_problems_open", "contact_problems", ["closed_at", "since"])
