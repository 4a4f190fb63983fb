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
    # Whose file this is part of: its own, or that of the person it was merged with.
    Column("root", String(32), nullable=False),
    # Where the file was opened outside any case.
    Column("organisation_id", String(64)),
    Column("erased_at", UtcDateTime),
    Index("ix_persons_root", "root"),
    Index("ix_persons_organisation", "organisation_id"),
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
    Column("case_id", String(32)),
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
    Column("case_id", String(32)),
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
    Column("case_id", String(32)),
    Column("purpose", String(32), nullable=False),
    # The organisation that data may be shared with; empty where a purpose is agreed to as a whole.
    Column("recipient", String(64), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("sheet_document", String(32)),
    Index("ix_consents_person", "person_id", "purpose", "recorded_at"),
)

# --- finding people -----------------------------------------------------------------------------

person_tokens = Table(
    "person_tokens",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Column("key_fingerprint", String(16), primary_key=True),
    Column("token", String(32), primary_key=True),
    Column("kind", String(1), nullable=False),
    Index("ix_person_tokens_token", "token"),
)

person_searches = Table(
    "person_searches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("asked", String(64), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("persons", Text, nullable=False),
    Index("ix_person_searches_account", "account_id", "at"),
    sqlite_autoincrement=True,
)

person_pairs = Table(
    "person_pairs",
    metadata,
    Column("low", ForeignKey("persons.id"), primary_key=True),
    Column("high", ForeignKey("persons.id"), primary_key=True),
    Column("score", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("kept", String(32)),
    Column("found_at", UtcDateTime, nullable=False),
    Index("ix_person_pairs_high", "high"),
    Index("ix_person_pairs_status", "status", "score"),
)

pair_decisions = Table(
    "pair_decisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("low", String(32), nullable=False),
    Column("high", String(32), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("kept", String(32)),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(64), nullable=False),
    Index("ix_pair_decisions_pair", "low", "high", "id"),
    sqlite_autoincrement=True,
)

# --- exceptional reads and the end of a file ----------------------------------------------------

emergency_accesses = Table(
    "emergency_accesses",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("verdict", String(16)),
    Column("reviewed_at", UtcDateTime),
    Column("reviewed_by", String(64)),
    Index("ix_emergency_accesses_account", "account_id", "until"),
    Index("ix_emergency_accesses_person", "person_id", "at"),
)

erasure_requests = Table(
    "erasure_requests",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False),
    Column("ground", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(64)),
    Index("ix_erasure_requests_person", "person_id", "status"),
    Index("ix_erasure_requests_status", "status", "asked_at"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    # Since when the destroyed keys lie in no page of the database's files any more.
    Column("scrubbed_at", UtcDateTime),
)
