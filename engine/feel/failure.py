"""How an operation says that it has no result: FEEL turns it into null and a warning."""

from __future__ import annotations


class Failure(Exception):
    """An operation has no result for these values. Never leaves :mod:`engine.feel`."""
