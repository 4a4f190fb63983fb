"""Tables of people: their keys, encrypted fields, households, consents, and who read what.

Nothing here refers to ``cases`` by a foreign key: the first answers of a case may be written
before its own row, in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from engine.store.tables import UtcDateTime

metadata = MetaData()

persons = Table(
    "persons",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("erased_at", UtcDateTime),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("wrapped", LargeBinary),
    Column("master_fingerprint", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("destroyed_at", UtcDateTime),
)

tiered_fields = Table(
    "tiered_fields",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("owner", ForeignKey("data_keys.owner"), nullable=False),
    Column("key", String(255), nullable=False),
    Column("tier", String(16), nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("written_by", String(64), nullable=False),
    Index("ix_tiered_fields_owner_key", "owner", "key", "seq"),
    sqlite_autoincrement=True,
)

sensitive_reads = Table(
    "sensitive_reads",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("tiers", String(100), nullable=False),
    Column("keys", Text, nullable=False),
    Column("purpose", String(64), nullable=False),
    Index("ix_sensitive_reads_case", "case_id", "at"),
    Index("ix_sensitive_reads_account", "account_id", "at"),
)

households = Table(
    "households",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
)

household_members = Table(
    "household_members",
    metadata,
    Column("household_id", ForeignKey("households.id"), primary_key=True),
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Column("relation", String(32), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Index("ix_household_members_person", "person_id"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("sheet_document", String(32)),
    Index("ix_consents_person", "person_id", "purpose", "recorded_at"),
)
