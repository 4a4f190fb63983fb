"""The engine's tables, drawn once; migrations in ``migrations/versions`` make them.

Times are aware UTC. States, arguments and event bodies are canonical JSON bytes, the same on both
databases. Everything that belongs to a case carries ``case_id`` in its key.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment: refuses naive ones, always reads back in UTC (SQLite stores no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write in UTC; without its zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass an aware moment.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


deployments = Table(
    "deployments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("scheme", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("documentation", Text),
    UniqueConstraint("scheme", "version", name="uq_deployments_scheme_version"),
)

definitions = Table(
    "definitions",
    metadata,
    Column("deployment_id", ForeignKey("deployments.id"), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("reference", String(64), nullable=False, unique=True),
    Column("scheme", String(100), nullable=False),
    Column("deployment_id", ForeignKey("deployments.id"), nullable=False),
    Column("country", String(2), nullable=False),
    Column("subject", String(64)),
    Column("status", String(16), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("request_id", String(64), unique=True),
    Column("last_seq", Integer, nullable=False),
    Column("last_hash", LargeBinary, nullable=False),
    Index("ix_cases_scheme_status", "scheme", "status", "started_at"),
    Index("ix_cases_deployment", "deployment_id", "ended_at", "id"),
)

case_links = Table(
    "case_links",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("origin_id", ForeignKey("cases.id"), nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    Index("ix_case_links_origin", "origin_id"),
)

work_items = Table(
    "work_items",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("activation", Integer, primary_key=True),
    Column("element_id", String(255), nullable=False),
    Column("name", String(500), nullable=False),
    Column("form_id", String(255)),
    Column("phase", String(64)),
    Column("status", String(16), nullable=False),
    Column("assignee", String(64)),
    Column("candidate_users", Text, nullable=False),
    Column("separate_from", Text, nullable=False),
    Column("reason_required", Boolean, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("follow_up_at", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String(64)),
    Column("closed_for", Text),
    Column("draft", LargeBinary),
    Column("draft_at", UtcDateTime),
    Index("ix_work_items_status_due", "status", "due_at"),
    Index("ix_work_items_assignee", "assignee", "status"),
    Index("ix_work_items_closed_by", "closed_by", "closed_at"),
)

work_item_groups = Table(
    "work_item_groups",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("activation", Integer, primary_key=True),
    Column("role", String(64), primary_key=True),
    ForeignKeyConstraint(
        ["case_id", "activation"], ["work_items.case_id", "work_items.activation"]
    ),
    Index("ix_work_item_groups_role", "role", "case_id", "activation"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("activation", Integer, nullable=False),
    Column("element_id", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("handler", String(100)),
    Column("payload", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("last_error", Text),
    Index("ix_jobs_status_due", "status", "due_at", "id"),
    Index("ix_jobs_case", "case_id", "activation"),
    sqlite_autoincrement=True,
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("activation", Integer, nullable=False),
    Column("element_id", String(255), nullable=False),
    Column("code", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("said", Text),
    Column("job_id", Integer),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", String(64)),
    Index("ix_incidents_open", "resolved_at", "raised_at"),
    Index("ix_incidents_case", "case_id", "activation"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("activation", Integer, primary_key=True),
    Column("element_id", String(255), nullable=False),
    Column("name", String(500), nullable=False),
    Column("message", String(255), nullable=False),
    Column("keys_digest", String(64), nullable=False),
    Column("form_id", String(255)),
    Column("candidate_groups", Text, nullable=False),
    Index("ix_subscriptions_message", "message", "keys_digest"),
)

buffered_messages = Table(
    "buffered_messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("message_id", String(32), nullable=False),
    Column("message", String(255), nullable=False),
    Column("keys_digest", String(64), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_buffered_messages_message", "message", "keys_digest"),
    Index("ix_buffered_messages_message_id", "message_id", unique=True),
)

message_deliveries = Table(
    "message_deliveries",
    metadata,
    Column("message_id", String(32), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_message_deliveries_expires", "expires_at"),
)

start_events = Table(
    "start_events",
    metadata,
    Column("scheme", String(100), primary_key=True),
    Column("element_id", String(255), primary_key=True),
    Column("trigger", String(16), primary_key=True),
    Column("name", String(255), primary_key=True),
    Index("ix_start_events_name", "trigger", "name"),
)

start_jobs = Table(
    "start_jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", String(100), nullable=False),
    Column("deployment_id", ForeignKey("deployments.id")),
    Column("element_id", String(255), nullable=False),
    Column("trigger", String(16), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("last_error", Text),
    Index("ix_start_jobs_status_due", "status", "due_at", "id"),
    Index("ix_start_jobs_scheme", "scheme"),
    sqlite_autoincrement=True,
)

published_messages = Table(
    "published_messages",
    metadata,
    Column("message", String(255), primary_key=True),
    Column("message_id", String(255), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("element_id", String(255)),
    Column("body", LargeBinary, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

case_parties = Table(
    "case_parties",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("organisation_id", String(64), nullable=False),
    Column("role", String(64), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Index("ix_case_parties_organisation", "organisation_id", "case_id"),
    Index("ix_case_parties_case", "case_id"),
)

case_migrations = Table(
    "case_migrations",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("from_deployment", ForeignKey("deployments.id"), nullable=False),
    Column("to_deployment", ForeignKey("deployments.id"), nullable=False),
    Column("mapping", Text, nullable=False),
    Column("state_before", LargeBinary),
    Column("rows_before", LargeBinary),
    Column("migrated_at", UtcDateTime, nullable=False),
    Column("migrated_by", String(64), nullable=False),
    Column("undone_at", UtcDateTime),
)

migration_batches = Table(
    "migration_batches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("scheme", String(100), nullable=False),
    Column("from_deployment", ForeignKey("deployments.id"), nullable=False),
    Column("to_deployment", ForeignKey("deployments.id"), nullable=False),
    Column("mapping", Text, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(64), nullable=False),
    Index("ix_migration_batches_scheme", "scheme", "created_at"),
)

migration_items = Table(
    "migration_items",
    metadata,
    Column("batch_id", ForeignKey("migration_batches.id"), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", UtcDateTime),
    Index("ix_migration_items_status", "batch_id", "status"),
)

periodic_runs = Table(
    "periodic_runs",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # Until when whoever runs it has it to themselves; null while nobody does.
    Column("held_until", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Integer, nullable=False),
)

site = Table(
    "site",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
