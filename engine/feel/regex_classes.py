"""Character classes of XPath patterns: ``\\d``, ``\\p{Lu}``, ``\\p{IsArabic}`` and their like."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from engine.feel.scanner import is_name_part, is_name_start

Test = Callable[[str], bool]

_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)
_BLOCKS: dict[str, tuple[int, int]] = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Thai": (0x0E00, 0x0E7F),
    "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF),
    "Ethiopic": (0x1200, 0x137F),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
    "PrivateUse": (0xE000, 0xF8FF),
    "ArabicPresentationForms-A": (0xFB50, 0xFDFF),
    "ArabicPresentationForms-B": (0xFE70, 0xFEFF),
}


def named_class(name: str) -> Test | None:
    """Return the test of ``\\p{name}``: a general category or a block; ``None`` if unknown."""
    if name in _CATEGORIES:
        return lambda char: unicodedata.category(char).startswith(name)
    block = _BLOCKS.get(name.removeprefix("Is")) if name.startswith("Is") else None
    if block is None:
        return None
    low, high = block
    return lambda char: low <= ord(char) <= high


def _is_digit(char: str) -> bool:
    return unicodedata.category(char) == "Nd"


def _is_space(char: str) -> bool:
    return char in " \t\n\r"


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] not in "PZC"


def _is_initial(char: str) -> bool:
    return char == ":" or (char != "?" and is_name_start(char))


def _is_name_char(char: str) -> bool:
    return char in ":-." or (char != "?" and is_name_part(char))


def _not(test: Test) -> Test:
    return lambda char: not test(char)


ESCAPES: dict[str, Test] = {
    "d": _is_digit,
    "D": _not(_is_digit),
    "s": _is_space,
    "S": _not(_is_space),
    "w": _is_word,
    "W": _not(_is_word),
    "i": _is_initial,
    "I": _not(_is_initial),
    "c": _is_name_char,
    "C": _not(_is_name_char),
}
"""Tests of the one-letter escapes."""
