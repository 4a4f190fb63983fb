"""Money: programmes, budget headings, the ledger, payments, orders, bank statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.final import forbid_rewriting

revision = "payments_0001"
down_revision = None
branch_labels = ("payments",)
depends_on = "handlers_0001"

_LEDGER = ("ledger_entries", "ledger_lines")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _budgets()
    _ledger()
    _plans()
    _orders()
    _payments()
    _statements()
    forbid_rewriting(_LEDGER)


def _budgets() -> None:
    op.create_table(
        "programmes",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("funder", sa.String(64), nullable=False),
        sa.Column("payer_name", sa.String(140), nullable=False),
        sa.Column("payer_account", sa.String(34), nullable=False),
        sa.Column("payer_bic", sa.String(11), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
    )
    op.create_table(
        "budget_headings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("programme_id", sa.String(64), sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.UniqueConstraint("programme_id", "code", "year", name="uq_budget_headings_code_year"),
    )
    op.create_table(
        "heading_balances",
        sa.Column(
            "heading_id", sa.String(32), sa.ForeignKey("budget_headings.id"), primary_key=True
        ),
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.CheckConstraint("amount_minor >= 0 OR account = 'funder'", name="ck_heading_balances"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("movement", sa.String(16), nullable=False),
        sa.Column("heading_id", sa.String(32), sa.ForeignKey("budget_headings.id"), nullable=False),
        sa.Column("payment_id", sa.String(32)),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
    )
    op.create_index("ix_ledger_entries_heading", "ledger_entries", ["heading_id", "at"])
    op.create_index("ix_ledger_entries_payment", "ledger_entries", ["payment_id", "at"])
    op.create_table(
        "ledger_lines",
        sa.Column("entry_id", sa.String(32), sa.ForeignKey("ledger_entries.id"), primary_key=True),
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
    )


def _plans() -> None:
    op.create_table(
        "plan_lines",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("plan_key", sa.String(500), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("own_contribution", sa.Boolean, nullable=False),
        sa.UniqueConstraint("plan_key", "number", name="uq_plan_lines_plan_key_number"),
    )
    op.create_index("ix_plan_lines_case", "plan_lines", ["case_id", "plan_key", "number"])


def _orders() -> None:
    op.create_table(
        "payment_orders",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(32), nullable=False, unique=True),
        sa.Column("programme_id", sa.String(64), sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("execute_on", sa.Date, nullable=False),
        sa.Column("drawn_up_at", _moment(), nullable=False),
        sa.Column("drawn_up_by", sa.String(64), nullable=False),
        sa.Column("drawn_up_for", sa.Text),
        sa.Column("signed_at", _moment()),
        sa.Column("signed_by", sa.String(64)),
    )


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("tranche", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("plan_key", sa.String(500), nullable=False),
        sa.Column("heading_id", sa.String(32), sa.ForeignKey("budget_headings.id")),
        sa.Column("line_id", sa.String(32), sa.ForeignKey("plan_lines.id")),
        sa.Column("payee", sa.String(64)),
        sa.Column("way", sa.String(16)),
        sa.Column("order_id", sa.String(32), sa.ForeignKey("payment_orders.id")),
        sa.Column("method", sa.String(16)),
        sa.Column("refunded_minor", sa.BigInteger, nullable=False),
        sa.Column("planned_at", _moment(), nullable=False),
        sa.Column("prepared_by", sa.String(64)),
        sa.Column("prepared_for", sa.Text),
        sa.Column("prepared_at", _moment()),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("approved_for", sa.Text),
        sa.Column("approved_at", _moment()),
        sa.Column("paid_by", sa.String(64)),
        sa.Column("paid_at", _moment()),
        sa.Column("paid_on", sa.Date),
        sa.Column("proof_document", sa.String(32)),
        sa.Column("refused_by", sa.String(64)),
        sa.Column("refused_at", _moment()),
        sa.UniqueConstraint("plan_key", "tranche", name="uq_payments_plan_key_tranche"),
        sa.CheckConstraint("amount_minor >= 0", name="ck_payments_amount_minor"),
        sa.CheckConstraint(
            "refunded_minor BETWEEN 0 AND amount_minor", name="ck_payments_refunded_minor"
        ),
    )
    op.create_table(
        "payee_accounts",
        sa.Column("organisation_id", sa.String(64), primary_key=True),
        sa.Column("account", sa.LargeBinary, nullable=False),
        sa.Column("written_at", _moment(), nullable=False),
        sa.Column("written_by", sa.String(64), nullable=False),
    )
    op.create_index("ix_payments_status", "payments", ["status", "planned_at"])
    op.create_index("ix_payments_order", "payments", ["order_id"])
    op.create_index("ix_payments_case", "payments", ["case_id", "planned_at", "tranche"])


def _statements() -> None:
    op.create_table(
        "statement_lines",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("programme_id", sa.String(64), sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("booked_on", sa.Date, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reference", sa.String(140), nullable=False),
        sa.Column("imported_at", _moment(), nullable=False),
        sa.Column("imported_by", sa.String(64), nullable=False),
        sa.Column("payment_id", sa.String(32), unique=True),
        sa.Column("problem", sa.String(32)),
    )
