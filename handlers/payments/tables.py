"""Tables of money: programmes, budget headings, the ledger, payments, orders, bank statements.

Amounts are whole minor units (centimes, millimes; francs CFA have none): exact on both databases,
where SQLite would keep decimals as binary floats. The ledger's two tables are never changed: a
correction is another entry (triggers forbid update and delete).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.store.tables import UtcDateTime

metadata = MetaData()

programmes = Table(
    "programmes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("country", String(2), nullable=False),
    Column("funder", String(64), nullable=False),
    Column("payer_name", String(140), nullable=False),
    Column("payer_account", String(34), nullable=False),
    Column("payer_bic", String(11), nullable=False),
    Column("source", String(300), nullable=False),
)

budget_headings = Table(
    "budget_headings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("programme_id", ForeignKey("programmes.id"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("year", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("source", String(300), nullable=False),
    UniqueConstraint("programme_id", "code", "year", name="uq_budget_headings_code_year"),
)

# A sum of the ledger's lines, kept beside them so that one conditional update both checks and
# moves: two commitments at once cannot both take the last franc.
heading_balances = Table(
    "heading_balances",
    metadata,
    Column("heading_id", ForeignKey("budget_headings.id"), primary_key=True),
    Column("account", String(16), primary_key=True),
    Column("amount_minor", BigInteger, nullable=False),
    CheckConstraint("amount_minor >= 0 OR account = 'funder'", name="ck_heading_balances"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("movement", String(16), nullable=False),
    Column("heading_id", ForeignKey("budget_headings.id"), nullable=False),
    Column("payment_id", String(32)),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(64), nullable=False),
    Index("ix_ledger_entries_heading", "heading_id", "at"),
    Index("ix_ledger_entries_payment", "payment_id", "at"),
)

ledger_lines = Table(
    "ledger_lines",
    metadata,
    Column("entry_id", ForeignKey("ledger_entries.id"), primary_key=True),
    Column("account", String(16), primary_key=True),
    Column("amount_minor", BigInteger, nullable=False),
)

plan_lines = Table(
    "plan_lines",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("plan_key", String(500), nullable=False),
    Column("number", Integer, nullable=False),
    Column("category", String(32), nullable=False),
    Column("item", String(64), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("own_contribution", Boolean, nullable=False),
    UniqueConstraint("plan_key", "number", name="uq_plan_lines_plan_key_number"),
    Index("ix_plan_lines_case", "case_id", "plan_key", "number"),
)

payment_orders = Table(
    "payment_orders",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("programme_id", ForeignKey("programmes.id"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", String(16), nullable=False),
    Column("execute_on", Date, nullable=False),
    Column("drawn_up_at", UtcDateTime, nullable=False),
    Column("drawn_up_by", String(64), nullable=False),
    Column("drawn_up_for", Text),
    Column("signed_at", UtcDateTime),
    Column("signed_by", String(64)),
)

statement_lines = Table(
    "statement_lines",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("programme_id", ForeignKey("programmes.id"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("booked_on", Date, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reference", String(140), nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("imported_by", String(64), nullable=False),
    Column("payment_id", String(32), unique=True),
    Column("problem", String(32)),
)

payee_accounts = Table(
    "payee_accounts",
    metadata,
    Column("organisation_id", String(64), primary_key=True),
    # Encrypted under the organisation's own key.
    Column("account", LargeBinary, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("written_by", String(64), nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("tranche", Integer, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", String(16), nullable=False),
    Column("plan_key", String(500), nullable=False),
    Column("heading_id", ForeignKey("budget_headings.id")),
    Column("line_id", ForeignKey("plan_lines.id")),
    # The organisation that gets it; null where the person does whom the case is about.
    Column("payee", String(64)),
    Column("way", String(16)),
    Column("order_id", ForeignKey("payment_orders.id")),
    Column("method", String(16)),
    Column("refunded_minor", BigInteger, nullable=False, default=0),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("prepared_by", String(64)),
    Column("prepared_for", Text),
    Column("prepared_at", UtcDateTime),
    Column("approved_by", String(64)),
    Column("approved_for", Text),
    Column("approved_at", UtcDateTime),
    Column("paid_by", String(64)),
    Column("paid_at", UtcDateTime),
    Column("paid_on", Date),
    Column("proof_document", String(32)),
    Column("refused_by", String(64)),
    Column("refused_at", UtcDateTime),
    UniqueConstraint("plan_key", "tranche", name="uq_payments_plan_key_tranche"),
    CheckConstraint("amount_minor >= 0", name="ck_payments_amount_minor"),
    CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="ck_payments_refunded_minor"),
    Index("ix_payments_status", "status", "planned_at"),
    Index("ix_payments_order", "order_id"),
    Index("ix_payments_case", "case_id", "planned_at", "tranche"),
)
