"""The engine's first tables, and the triggers that keep history from being rewritten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.final import declare_final, forbid_rewriting

revision = "engine_0001"
down_revision = None
branch_labels = ("engine",)
depends_on = None


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and forbid update and delete on events."""
    _definitions()
    _cases()
    _work()
    _messages()
    _history()
    declare_final()
    forbid_rewriting(("events",))


def _definitions() -> None:
    op.create_table(
        "deployments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("scheme", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.UniqueConstraint("scheme", "version", name="uq_deployments_scheme_version"),
    )
    op.create_table(
        "definitions",
        sa.Column(
            "deployment_id", sa.String(32), sa.ForeignKey("deployments.id"), primary_key=True
        ),
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.create_table(
        "site",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reference", sa.String(64), nullable=False, unique=True),
        sa.Column("scheme", sa.String(100), nullable=False),
        sa.Column("deployment_id", sa.String(32), sa.ForeignKey("deployments.id"), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("started_by", sa.String(64), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.Column("ended_at", _moment()),
        sa.Column("request_id", sa.String(64), unique=True),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("last_hash", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_cases_scheme_status", "cases", ["scheme", "status", "started_at"])
    op.create_table(
        "case_parties",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("until", _moment()),
    )
    op.create_index("ix_case_parties_organisation", "case_parties", ["organisation_id", "case_id"])
    op.create_index("ix_case_parties_case", "case_parties", ["case_id"])


def _work() -> None:
    op.create_table(
        "work_items",
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("activation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("element_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("form_id", sa.String(255)),
        sa.Column("phase", sa.String(64)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("assignee", sa.String(64)),
        sa.Column("candidate_users", sa.Text, nullable=False),
        sa.Column("separate_from", sa.Text, nullable=False),
        sa.Column("reason_required", sa.Boolean, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("due_at", _moment()),
        sa.Column("follow_up_at", _moment()),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment()),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("closed_for", sa.Text),
        sa.Column("draft", sa.LargeBinary),
        sa.Column("draft_at", _moment()),
    )
    op.create_index("ix_work_items_status_due", "work_items", ["status", "due_at"])
    op.create_index("ix_work_items_assignee", "work_items", ["assignee", "status"])
    op.create_index("ix_work_items_closed_by", "work_items", ["closed_by", "closed_at"])
    op.create_table(
        "work_item_groups",
        sa.Column("case_id", sa.String(32), primary_key=True),
        sa.Column("activation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("role", sa.String(64), primary_key=True),
        sa.ForeignKeyConstraint(
            ["case_id", "activation"], ["work_items.case_id", "work_items.activation"]
        ),
    )
    op.create_index(
        "ix_work_item_groups_role", "work_item_groups", ["role", "case_id", "activation"]
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("activation", sa.Integer, nullable=False),
        sa.Column("element_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("handler", sa.String(100)),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("due_at", _moment(), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("retries", sa.Integer, nullable=False),
        sa.Column("lease_until", _moment()),
        sa.Column("last_error", sa.Text),
        # A job is named outside by (id, attempt): an id must never come back after its row went.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_status_due", "jobs", ["status", "due_at", "id"])
    op.create_index("ix_jobs_case", "jobs", ["case_id", "activation"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("activation", sa.Integer, nullable=False),
        sa.Column("element_id", sa.String(255), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("job_id", sa.Integer),
        sa.Column("raised_at", _moment(), nullable=False),
        sa.Column("resolved_at", _moment()),
        sa.Column("resolved_by", sa.String(64)),
    )
    op.create_index("ix_incidents_open", "incidents", ["resolved_at", "raised_at"])
    op.create_index("ix_incidents_case", "incidents", ["case_id", "activation"])


def _messages() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("activation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("element_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("message", sa.String(255), nullable=False),
        sa.Column("keys_digest", sa.String(64), nullable=False),
        sa.Column("form_id", sa.String(255)),
        sa.Column("candidate_groups", sa.Text, nullable=False),
    )
    op.create_index("ix_subscriptions_message", "subscriptions", ["message", "keys_digest"])
    op.create_table(
        "buffered_messages",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("message", sa.String(255), nullable=False),
        sa.Column("keys_digest", sa.String(64), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
    )
    op.create_index("ix_buffered_messages_message", "buffered_messages", ["message", "keys_digest"])
    op.create_table(
        "published_messages",
        sa.Column("message", sa.String(255), primary_key=True),
        sa.Column("message_id", sa.String(255), primary_key=True),
        sa.Column("expires_at", _moment(), nullable=False),
    )


def _history() -> None:
    op.create_table(
        "events",
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("element_id", sa.String(255)),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("prev_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
