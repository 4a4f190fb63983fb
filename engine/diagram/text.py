"""How wide a text is and where its lines break, without a font file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LINE_HEIGHT = 1.2
"""Distance of two baselines, in font sizes."""

# Widths in thousandths of the font size, after Helvetica's published metrics (Adobe AFM), by
# groups of characters of about one width.
_GROUPS = {
    200: "ijl'|‘’",
    278: " ftI!,./:;[]\\·",
    333: 'r()-`"“”°',
    500: "cksvxyzJ*^{}«»",
    556: "abdeghnopquL0123456789_$#?–€",
    611: "FTZ~+<>=",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    944: "W%—…",
    1015: "@",
}
_WIDTHS = {character: width for width, group in _GROUPS.items() for character in group}
_OTHER = 600
_CLOSING = frozenset("?!:;»%€…")
_OPENING = frozenset("«")
# Interface fonts (Segoe UI, Roboto, DejaVu Sans) run a little wider than Helvetica.
_ALLOWANCE = 1.06


@lru_cache(maxsize=4096)
def _character_width(character: str) -> int:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Cc"}:
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1000
    base = unicodedata.normalize("NFD", character)[0]
    return _OTHER if base == character else _character_width(base)


def width_of(text: str, size: float) -> float:
    """Return about how wide a line is.

    :param size: of the font, in px.
    :returns: px.
    """
    return sum(map(_character_width, text)) * size * _ALLOWANCE / 1000


def is_right_to_left(text: str) -> bool:
    """Say whether the first letter with a direction is Arabic or Hebrew."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def wrap(text: str, width: float, size: float, most: int) -> tuple[list[str], bool]:
    """Break a text into lines.

    Words wider than a line are broken, after a hyphen or a slash if they have one.

    :param width: of a line, in px. :param size: of the font, in px.
    :param most: lines that may be given at most; the last then ends in an ellipsis.
    :returns: the lines, and whether something had to be left out.
    """
    lines: list[str] = []
    for line in _lines(text, width, size):
        if len(lines) == most:
            lines[-1] = _shortened(lines[-1], width, size)
            return lines, True
        lines.append(line)
    return lines, False


def _lines(text: str, width: float, size: float) -> Iterator[str]:
    for paragraph in text.splitlines():
        line = ""
        for word in _words(paragraph):
            joined = f"{line} {word}" if line else word
            if width_of(joined, size) <= width:
                line = joined
                continue
            if line:
                yield line
            *full, line = _pieces(word, width, size)
            yield from full
        if line:
            yield line


def _words(paragraph: str) -> list[str]:
    """Split at spaces, except before the signs that French sets apart from their word."""
    words: list[str] = []
    for part in paragraph.split():
        if words and (part in _CLOSING or words[-1] in _OPENING):
            words[-1] += f" {part}"
        else:
            words.append(part)
    return words


def _pieces(word: str, width: float, size: float) -> list[str]:
    pieces = [""]
    for character in word:
        while pieces[-1] and width_of(pieces[-1] + character, size) > width:
            cut = max(pieces[-1].rfind(sign, 0, -1) for sign in "-/–") + 1
            pieces[-1:] = [pieces[-1][:cut], pieces[-1][cut:]] if cut else [pieces[-1], ""]
        pieces[-1] += character
    return [piece.strip() for piece in pieces if piece.strip()]


def _shortened(line: str, width: float, size: float) -> str:
    while line and width_of(line + "…", size) > width:
        line = line[:-1]
    return line.rstrip(" ,;:.-") + "…"
