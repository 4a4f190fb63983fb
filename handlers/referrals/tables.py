"""Tables of referrals: the directory of what each organisation can give, and what was referred.

Nothing here refers to ``cases`` by a foreign key, as in people.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
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

referral_services = Table(
    "referral_services",
    metadata,
    Column("organisation_id", String(64), primary_key=True),
    Column("need", String(64), primary_key=True),
    # Code of a region; empty where the whole country is served.
    Column("region", String(64), primary_key=True),
    # How many accepted referrals it works on at a time.
    Column("capacity", Integer, nullable=False),
    CheckConstraint("capacity >= 0", name="ck_referral_services_capacity"),
    Index("ix_referral_services_need", "need", "region"),
)

referrals = Table(
    "referrals",
    metadata,
    Column("id", String(32), primary_key=True),
    # Idempotency key of the call that sent it.
    Column("call_key", String(255), nullable=False, unique=True),
    Column("case_id", String(32), nullable=False),
    Column("need", String(64), nullable=False),
    # Region of the directory's row of which a place is taken; empty for the whole country.
    Column("region", String(64), nullable=False),
    Column("priority", String(32), nullable=False),
    Column("from_organisation", String(64), nullable=False),
    Column("to_organisation", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    # Keys of the person's file that the receiver may read, one a line.
    Column("shared_keys", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("sent_by", String(64), nullable=False),
    Column("answer_by", UtcDateTime, nullable=False),
    Column("access_until", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("answered_by", String(64)),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(32)),
    # Reason of a decline or feedback, sealed under the person's key.
    Column("words", LargeBinary),
    Index("ix_referrals_case", "case_id", "sent_at"),
    Index("ix_referrals_receiver", "to_organisation", "status"),
    Index("ix_referrals_sender", "from_organisation", "status"),
)
