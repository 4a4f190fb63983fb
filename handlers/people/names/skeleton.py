"""A name's skeleton: its consonants by class, the same from Arabic and from Latin letters.

Short vowels are not written in Arabic, and each country romanises its consonants in its own way
(شريف: Charif, Cherif, Sharif). The skeleton keeps what survives: consonants in classes, doubled
ones once, no vowel but a first one. Letters that are romanised in two ways give two skeletons.
"""

from __future__ import annotations

import re
from itertools import product

from anyascii import anyascii

from handlers.people.names.normal import is_arabic

MOST_VARIANTS = 8

# Arabic letter → the classes that its romanisations fall into. ع is silent in all of them.
_CLASSES = {
    "ب": "b",
    "ت": "t",
    "ث": "ts",
    "ج": "jk",
    "ح": "h",
    "خ": "k",
    "د": "d",
    "ذ": "dz",
    "ر": "r",
    "ز": "z",
    "س": "s",
    "ش": "c",
    "ص": "s",
    "ض": "d",
    "ط": "t",
    "ظ": "dz",
    "غ": "k",
    "ف": "f",
    "ق": "k",
    "ك": "k",
    "ل": "l",
    "م": "m",
    "ن": "n",
    "ه": "h",
}
_SILENT = "اوي"

_LATIN = (
    (re.compile(r"dj|dg(?=[eiy])"), "j"),
    (re.compile(r"tch|sch|sh|ch"), "c"),
    (re.compile(r"kh|gh|qu(?=[eiao])|ck|q|g|x"), "k"),
    (re.compile(r"th"), "t"),
    (re.compile(r"dh"), "d"),
    (re.compile(r"ph|v"), "f"),
    (re.compile(r"p"), "b"),
    (re.compile(r"(?<=[aeiouy])h$"), ""),
)
_SOFT = re.compile(r"c(?=[eiy])")
_CH = "\0"  # stands for ch and sh while a plain c is read


def skeletons(word: str) -> frozenset[str]:
    """Return a word's skeletons; at most :data:`MOST_VARIANTS`.

    >>> skeletons("شريف") & skeletons("cherif") & skeletons("sharif")
    frozenset({'crf'})
    """
    found = _of_arabic(word) if is_arabic(word) else frozenset({_of_latin(word)})
    return frozenset(each for each in found if each)


def _of_arabic(word: str) -> frozenset[str]:
    first, rest = word[:1], word[1:]
    head = {"و": "w", "ي": "y"}.get(first, "a" if first in "اع" else "")
    body = rest if head else word
    body = body[:-1] if body.endswith("ه") else body
    choices = [_CLASSES.get(letter, "") for letter in body if letter not in _SILENT]
    spelled: set[str] = set()
    for letters in product(*(choice for choice in choices if choice)):
        spelled.add(_once(head + "".join(letters)))
        if len(spelled) >= MOST_VARIANTS:
            break
    return frozenset(spelled)


def _of_latin(word: str) -> str:
    plain = "".join(c for c in anyascii(word).casefold() if c.isalnum())
    head = _head(plain)
    marked = re.sub(r"tch|sch|sh|ch", _CH, plain)
    marked = _SOFT.sub("s", marked).replace("c", "k").replace(_CH, "ch")
    for pattern, letter in _LATIN:
        marked = pattern.sub(letter, marked)
    body = re.sub(r"[aeiouwy]", "", marked)
    return _once(head + body)


def _head(plain: str) -> str:
    if re.match(r"w|ou(?=[aeiouy])", plain):
        return "w"
    if re.match(r"y", plain):
        return "y"
    return "a" if re.match(r"[aeiou]", plain) else ""


def _once(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", text)
