"""The keys under which a name is found: exact, by sound, by skeleton."""

from __future__ import annotations

import re

import jellyfish
from anyascii import anyascii

from handlers.people.names.compounds import compounds
from handlers.people.names.normal import is_arabic, words
from handlers.people.names.skeleton import skeletons

EXACT, SKELETON, SOUND = "n", "k", "p"
LONGEST_NAME = 200
MOST_WORDS = 12


def name_keys(text: str) -> frozenset[tuple[str, str]]:
    """Return the keys of a name: kind and text.

    ``n`` is a word in its normal form, ``k`` its consonant skeleton, the same from both scripts,
    ``p`` its Metaphone (Latin letters; for names that an Arabic skeleton serves badly).

    >>> ("k", "crf") in name_keys("Chérif") & name_keys("شَريف")
    True
    """
    spelled = words(text[:LONGEST_NAME])[:MOST_WORDS]
    named = {word for called in compounds(spelled) for word in called}
    found = {(EXACT, word) for word in {*spelled, *named} if len(word) > 1}
    for word in named:
        found |= {(SKELETON, key) for key in skeletons(word)}
        if not is_arabic(word):
            plain = re.sub(r"[^a-z]", "", anyascii(word).casefold())
            sound = jellyfish.metaphone(plain) if plain else ""
            if len(sound) > 1:
                found.add((SOUND, sound))
    return frozenset(found)
