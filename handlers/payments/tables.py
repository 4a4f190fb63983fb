"""The table of payments."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from engine.store.tables import UtcDateTime

metadata = MetaData()

# Amounts are whole minor units (centimes, millimes; francs CFA have none): exact on both
# databases, where SQLite would keep decimals as binary floats.
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
    Column("planned_at", UtcDateTime, nullable=False),
    Column("prepared_by", String(64)),
    Column("prepared_at", UtcDateTime),
    Column("approved_by", String(64)),
    Column("approved_at", UtcDateTime),
    Column("paid_by", String(64)),
    Column("paid_at", UtcDateTime),
    Column("paid_on", Date),
    Column("proof_document", String(32)),
    Column("refused_by", String(64)),
    Column("refused_at", UtcDateTime),
    UniqueConstraint("plan_key", "tranche", name="uq_payments_plan_key_tranche"),
    CheckConstraint("amount_minor >= 0", name="ck_payments_amount_minor"),
    Index("ix_payments_case", "case_id", "planned_at", "tranche"),
)
