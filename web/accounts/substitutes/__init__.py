"""Substitutes: while somebody is away, another account does their work, under its own name."""

from web.accounts.substitutes.store import (
    Substitution,
    end_substitution,
    name_substitute,
    substitutions_of,
    taken_over,
)

__all__ = [
    "Substitution",
    "end_substitution",
    "name_substitute",
    "substitutions_of",
    "taken_over",
]
