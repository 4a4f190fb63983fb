"""French as it is printed: the apostrophe, and spaces at which no line may break.

Source: Lexique des règles typographiques en usage à l'Imprimerie nationale, « Ponctuation ».
"""

from __future__ import annotations

import re

_NO_BREAK = "\u00a0"
_THIN = "\u202f"
_RULES = (
    (re.compile(r"(?<=\w)'(?=[\w«“%])"), "’"),
    (re.compile(r"«[ \u00a0\u202f]*"), f"«{_NO_BREAK}"),
    (re.compile(r"[ \u00a0\u202f]*»"), f"{_NO_BREAK}»"),
    (re.compile(r"(?:[ \u00a0\u202f]+|(?<=\w)):(?=\s|$)"), f"{_NO_BREAK}:"),
    (re.compile(r"(?:[ \u00a0\u202f]+|(?<=[\w)]))([;!?])(?=\s|$)"), rf"{_THIN}\1"),
    (re.compile(r"(?<=[\ds])[ \u202f]%%"), f"{_NO_BREAK}%%"),
)


def typeset(text: str) -> str:
    """Return a text with typographic apostrophes and unbreakable spaces, the rest as it was.

    A no-break space stands within guillemets and before a colon, a narrow one before ``;``,
    ``!`` and ``?``. Hours (``18:30``), expressions and placeholders are left alone.

    >>> typeset("L'heure : 18:30 ; d'accord ?")
    'L’heure\\xa0: 18:30\\u202f; d’accord\\u202f?'
    """
    for pattern, written in _RULES:
        text = pattern.sub(written, text)
    return text
