"""Names of several words that are one: Abd al-Rahman, Nour-Eddine, Ben Ali; and articles.

Both scripts write them apart or together. A *compound* has its parts joined and its article taken
away, so that عبد الرحمن, Abd El Rahman and Abderrahmane end alike.
"""

from __future__ import annotations

import re

from handlers.people.names.normal import is_arabic

_ARTICLES = frozenset(
    {
        *("al", "el", "er", "ar", "en", "an", "es", "as", "ech", "ach", "esh", "ash", "ez", "az"),
        *("ed", "ad", "et", "at", "ul", "ur", "us", "ud", "le", "la", "les", "de", "du"),
    }
)
_SERVANTS = frozenset({"abd", "abdel", "abdal", "abdul", "abdoul", "abdou", "عبد"})
_SONS = frozenset({"ben", "bin", "ibn", "bent", "bint", "bou", "abou", "abu", "ould", "oueld"})
_ARABIC_SONS = frozenset({"بن", "ابن", "بنت", "ابو", "بو", "ولد"})
_FAITHS = frozenset({"eddine", "din", "dine", "deen", "uddin", "eldin", "eddin", "aldin", "الدين"})

_GLUED_SERVANT = re.compile(r"^abd[aeou]+(?:l(?=[^aeiouy])|([^aeiouyl])(?=\1))")
_GLUED_ARTICLE = re.compile(r"^[ae]l(?=[^aeiouyl]..)|^[ae]([rnsdzt])(?=\1)|^[ae]ch?(?=ch)")


def without_article(word: str) -> str:
    """Return a word without the article that is written together with it.

    >>> without_article("القاسم"), without_article("eddine"), without_article("elhadj")
    ('قاسم', 'dine', 'hadj')
    """
    if is_arabic(word):
        return word[2:] if word.startswith("ال") and len(word) > 3 else word
    if servant := _GLUED_SERVANT.match(word):
        return "abd" + word[servant.end() :]
    return _GLUED_ARTICLE.sub("", word) if len(word) > 4 else word


def compounds(spelled: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the names in a sequence of words, each with what else it may be called.

    Parts are joined, articles gone. A part stays beside its compound, and a word beside itself
    without its article: people drop *ben* and *abd* in everyday life, and *Azz* is no article.

    >>> compounds(("abd", "el", "rahman", "elhadj"))
    (('abdrahman', 'rahman'), ('hadj', 'elhadj'))
    >>> compounds(("nour", "eddine"))
    (('nourdine', 'nour'),)
    """
    parts = [word for word in spelled if word not in _ARTICLES] or list(spelled)
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(parts):
        word, after = parts[at], parts[at + 1] if at + 1 < len(parts) else None
        joined = None if after is None else _joined(word, after)
        called = joined or (without_article(word), word)
        found.append(tuple(dict.fromkeys(called)))
        at += 1 if joined is None else 2
    return tuple(dict.fromkeys(found))


def _joined(word: str, after: str) -> tuple[str, ...] | None:
    if word in _SERVANTS:
        head = "عبد" if is_arabic(word) else "abd"
        return head + without_article(after), without_article(after)
    if word in _SONS | _ARABIC_SONS:
        return word + without_article(after), without_article(after)
    if after in _FAITHS:
        return word + ("دين" if is_arabic(after) else "dine"), word
    return None
