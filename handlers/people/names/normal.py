"""The normal form of a name: one spelling for what people write in many ways.

Unicode first (NFKC, no marks), then Arabic's own variants: hamza carriers, taa marbuta, alif
maqsura, Persian letters, tatweel, vowel signs. What anyascii would make of them (``alqasm``) keeps
the article and loses that two spellings are one name; hence rules of our own before it.
"""

from __future__ import annotations

import re
import unicodedata

_ARABIC = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ئ": "ي",
        "ی": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ۀ": "ه",
        "ک": "ك",
        "گ": "ق",
        "ڨ": "ق",
        "ڤ": "ف",
        "پ": "ب",
        "چ": "ش",
        "ء": "",
        "ـ": "",
    }
)
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"[\u2019\u2018\u02bc\u02bf'`´]")


def fold(text: str) -> str:
    """Return a text without case, marks and variants of one letter.

    >>> fold("Ésaïe"), fold("فَاطِمَة")
    ('esaie', 'فاطمه')
    """
    flat = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", flat) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_ARABIC)


def words(text: str) -> tuple[str, ...]:
    """Return a name's words in normal form, in their order.

    An apostrophe joins (N'Diaye, Ma'mun), a hyphen parts (El-Hadj).

    >>> words("  N’DIAYE, el-Hadj ")
    ('ndiaye', 'el', 'hadj')
    """
    return tuple(_WORD.findall(fold(_APOSTROPHES.sub("", text))))


def is_arabic(word: str) -> bool:
    """Tell whether a word is written in Arabic letters."""
    return any("\u0600" <= c <= "\u06ff" or "\u0750" <= c <= "\u077f" for c in word)


def digits_normal(number: str) -> str:
    """Return an identifier's letters and digits alone, in capitals, its digits as 0 to 9.

    >>> digits_normal("a 12-٣٤")
    'A1234'
    """
    flat = unicodedata.normalize("NFKC", number)
    kept = (_digit(c) for c in flat if c.isalnum())
    return "".join(kept).upper()


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)
