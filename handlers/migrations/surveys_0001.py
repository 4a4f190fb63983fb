"""Surveys: instruments, never rewritten, and what was taken in a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "surveys_0001"
down_revision = None
branch_labels = ("surveys",)
depends_on = "handlers_0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "survey_instruments",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("code", "version", name="uq_survey_instruments_code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("call_key", sa.String(255), nullable=False, unique=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("instrument", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("moment", sa.String(16), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(64), nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("applicable", sa.Integer, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("reference", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument", "version"],
            ["survey_instruments.code", "survey_instruments.version"],
            name="fk_surveys_instrument",
        ),
    )
    op.create_index("ix_surveys_case", "surveys", ["case_id", "taken_at"])
    _forbid_rewriting("survey_instruments")


def _forbid_rewriting(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'a version of an instrument is never rewritten'); END"
            )
        return
    # The function is the engine's own (engine_0001).
    op.execute(
        f"CREATE TRIGGER {table}_no_rewriting BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION passerelle_forbid_rewriting()"
    )
