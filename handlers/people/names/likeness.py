"""How alike two names are, whatever their scripts: 0 to 100."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from handlers.people.names.compounds import compounds
from handlers.people.names.normal import is_arabic, words
from handlers.people.names.skeleton import skeletons


def likeness(one: str, other: str) -> float:
    """Return how alike two names are; the order of their words does not matter.

    Each word of the name with fewer words is paired with the most similar one of the other.

    >>> likeness("Chérif Mahdi", "المهدي شريف") > 90 > 60 > likeness("Chérif", "Ngo Bell")
    True
    """
    mine, theirs = compounds(words(one)), compounds(words(other))
    if not mine or not theirs:
        return 0.0
    short, long = sorted((mine, theirs), key=len)
    found = sum(_best(called, long) for called in short) / len(short)
    if len(short) < len(long):
        return found
    return min(found, sum(_best(called, short) for called in long) / len(long))


def _best(called: Sequence[str], others: Sequence[Sequence[str]]) -> float:
    return max(_pair(word, other) for word in called for each in others for other in each)


def _pair(one: str, other: str) -> float:
    if one == other:
        return 100.0
    sounding = max(
        (fuzz.ratio(a, b) for a in skeletons(one) for b in skeletons(other)), default=0.0
    )
    if is_arabic(one) != is_arabic(other):
        # Vowels were never compared: alike by consonants alone is a little less than alike.
        return 0.97 * sounding
    return max(fuzz.ratio(one, other), 0.9 * sounding)
