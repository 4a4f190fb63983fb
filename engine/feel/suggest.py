"""Did you mean …: the nearest known name to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_MAX_COMPARED = 500


def closest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest name, or nothing."""
    found = get_close_matches(name[:80], islice(known, _MAX_COMPARED), n=1, cutoff=0.7)
    return f"; did you mean '{found[0]}'?" if found else ""
