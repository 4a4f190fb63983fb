"""Source → tokens. Spaces and comments go; names are cut into words, joined again by the parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from engine.feel.limits import MAX_SOURCE_CHARS
from engine.feel.messages import Message, feel_error


class Kind(Enum):
    """What a token is."""

    NAME = auto()
    KEYWORD = auto()
    NUMBER = auto()
    STRING = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the source.

    :ivar text: as written; of a string, its value with escapes resolved.
    :ivar start: offset of its first character.
    :ivar end: offset after its last.
    """

    kind: Kind
    text: str
    start: int
    end: int


KEYWORDS = frozenset(
    {"and", "between", "else", "every", "false", "for", "function", "if", "in", "instance"}
    | {"null", "or", "return", "satisfies", "some", "then", "true"}
)
"""Words no name begins with; ``of`` and ``external`` are keywords in one place each only."""

_SPACE = re.compile(r"(?:\s|\u180e|\u200b|\ufeff|//[^\n\r]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SYMBOL = re.compile(r"\.\.|\*\*|<=|>=|!=|->|[-+*/=<>()\[\]{},:.@']")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))",
    re.DOTALL,
)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def scan(source: str) -> list[Token]:
    """Return the source's tokens, the last of kind END.

    :raises FeelError: a character begins no token, or a text or comment is not closed.
    """
    if len(source) > MAX_SOURCE_CHARS:
        raise feel_error(
            "too-long",
            source=source[:200],
            position=MAX_SOURCE_CHARS,
            length=len(source),
            limit=MAX_SOURCE_CHARS,
        )
    tokens: list[Token] = []
    position = 0
    while True:
        space = _SPACE.match(source, position)
        position = space.end() if space else position
        if position >= len(source):
            tokens.append(Token(Kind.END, "", position, position))
            return tokens
        token = _token(source, position)
        tokens.append(token)
        position = token.end


def _token(source: str, start: int) -> Token:
    char = source[start]
    if is_name_start(char):
        end = start + 1
        while end < len(source) and is_name_part(source[end]):
            end += 1
        word = source[start:end]
        return Token(Kind.KEYWORD if word in KEYWORDS else Kind.NAME, word, start, end)
    if char == '"':
        return _string(source, start)
    number = _NUMBER.match(source, start)
    if number is not None and not source.startswith("..", start):
        return Token(Kind.NUMBER, number[0], start, number.end())
    if source.startswith("/*", start):
        raise feel_error("open-comment", source=source, position=start)
    symbol = _SYMBOL.match(source, start)
    if symbol is None:
        raise feel_error(
            "odd-character", source=source, position=start, char=char, hint=_hint(char)
        )
    return Token(Kind.SYMBOL, symbol[0], start, symbol.end())


_ADVICE = {"&": "and", "|": "or", "!": "not", "%": "modulo", "“": "quotes", "”": "quotes"}


def _hint(char: str) -> Message:
    advice = "quotes" if char in "«»‘’" else _ADVICE.get(char, "other")
    return Message(f"write.{advice}")


def _string(source: str, start: int) -> Token:
    match = _STRING.match(source, start)
    if match is None:
        raise feel_error("open-text", source=source, position=start)
    text = _ESCAPE.sub(lambda m: _escaped(m, source, start), match[0][1:-1])
    return Token(Kind.STRING, text, start, match.end())


def _escaped(match: re.Match[str], source: str, start: int) -> str:
    if match[1]:
        code = 0x10000 + ((int(match[1], 16) - 0xD800) << 10) + (int(match[2], 16) - 0xDC00)
        return chr(code)
    digits = match[3] or match[4]
    if digits:
        code = int(digits, 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise feel_error("no-character", source=source, position=start, text=match[0])
        return chr(code)
    # Patterns are written with single backslashes ("\d+"): an escape FEEL lacks stays as it is.
    return _PLAIN.get(match[5], match[0])


_NAME_START = re.compile(
    "[?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u180d\u180f-\u1fff"
    "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe"
    "\uff00-\ufffd\U00010000-\U000effff]"
)
_NAME_MORE = "0123456789\u00b7\u203f\u2040"


def is_name_start(char: str) -> bool:
    """Return whether a name can begin with this character (DMN 1.5, grammar rule 28)."""
    return _NAME_START.match(char) is not None


def is_name_part(char: str) -> bool:
    """Return whether a name can go on with this character (grammar rules 29 and 30)."""
    return is_name_start(char) or char in _NAME_MORE or "\u0300" <= char <= "\u036f"
