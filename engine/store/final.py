"""Tables whose rows are final: the database itself refuses to change or delete them."""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op

_FUNCTION = "passerelle_forbid_rewriting"


def declare_final() -> None:
    """Make what :func:`forbid_rewriting` needs; once, by the engine's first migration."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'history is never rewritten'; END $$"
        )


def forbid_rewriting(tables: Iterable[str]) -> None:
    """Have triggers refuse every update, delete and truncation of these tables."""
    for table in tables:
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END"
                )
            continue
        op.execute(
            f"CREATE TRIGGER {table}_no_rewriting BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
