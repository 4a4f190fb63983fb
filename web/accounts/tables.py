"""Tables of accounts: who may sign in, and which roles they hold where."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables import UtcDateTime

metadata = sa.MetaData()

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("email", sa.String(320), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    # A new value ends every open session of the account.
    sa.Column("session_key", sa.String(64), nullable=False, unique=True),
    sa.Column("locale", sa.String(8)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)

account_grants = sa.Table(
    "account_grants",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("role", sa.String(64), nullable=False),
    sa.Column("organisation_id", sa.String(64)),
    sa.Column("country", sa.String(2)),
    # Scheme ids as a JSON array; empty means every scheme.
    sa.Column("schemes", sa.Text, nullable=False),
    sa.Column("sees_cases", sa.Boolean, nullable=False),
    sa.Index("ix_account_grants_account_id", "account_id"),
)

substitutions = sa.Table(
    "substitutions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("absent_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("substitute_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("named_at", UtcDateTime, nullable=False),
    sa.Index("ix_substitutions_substitute", "substitute_id", "until"),
    sa.Index("ix_substitutions_absent", "absent_id", "until"),
)

sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    # SHA-256 of the secret in the link, hex: whoever reads the table cannot sign in with it.
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_sign_in_links_account", "account_id"),
)

account_events = sa.Table(
    "account_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.String(64), sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    # The grant concerned as a JSON object; empty for other kinds.
    sa.Column("data", sa.Text, nullable=False),
    sa.Index("ix_account_events_account", "account_id", "id"),
    sqlite_autoincrement=True,
)

task_notices = sa.Table(
    "task_notices",
    metadata,
    sa.Column("account_id", sa.String(64), sa.ForeignKey("accounts.id"), primary_key=True),
    # ``each`` or ``digest``; who wants none has no row.
    sa.Column("mode", sa.String(8), nullable=False),
    sa.Column("hour", sa.Integer, nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    # Up to when tasks were told of.
    sa.Column("told_until", UtcDateTime, nullable=False),
    # Since when the account's mailbox refuses; null while it takes mail.
    sa.Column("refused_at", UtcDateTime),
)
