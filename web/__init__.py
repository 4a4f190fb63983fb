"""Passerelle in the browser: Flask, thin.

The application is made by :func:`web.app.create_app`.
"""

from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"
"""Versions of the accounts' tables, to be upgraded with the engine's and the handlers'."""
