"""Did you mean …: the nearest known name to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from engine.feel.messages import NOTHING, Message

_MAX_COMPARED = 500


def nearest(name: str, known: Iterable[str], code: str = "did-you-mean") -> Message:
    """Return ``; did you mean 'x'?`` for the nearest name, or the empty message.

    :param code: of the message, where the suggestion is not the end of a sentence.
    """
    found = get_close_matches(name[:80], islice(known, _MAX_COMPARED), n=1, cutoff=0.7)
    return Message(code, {"name": found[0]}) if found else NOTHING


def closest(name: str, known: Iterable[str], language: str = "en") -> str:
    """Return ``; did you mean 'x'?`` for the nearest name, or nothing, in words."""
    return nearest(name, known).told(language)
