"""Versions of the handlers' tables (Alembic)."""
