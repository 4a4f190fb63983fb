"""String built-ins (DMN 1.5, table 76). Positions count from 1, negative ones from the end."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.feel.builtins_number import whole
from engine.feel.failure import Failure
from engine.feel.regex import Match, Pattern, compile_pattern
from engine.feel.registry import builtin
from engine.feel.runtime import Run
from engine.feel.values import Value

_REPLACEMENT = re.compile(r"\\([\\$])|\$(\d+)|([\\$])", re.ASCII)


@builtin("substring", "string: string, start position: number, length?: number")
def substring(string: str, start: Decimal, length: Decimal | None = None) -> str:
    """Return the characters from a position on, at most so many."""
    first = whole(start)
    if first == 0:
        raise Failure("positions")
    begin = first - 1 if first > 0 else max(len(string) + first, 0)
    if length is None:
        return string[begin:]
    if whole(length) < 1:
        raise Failure("length")
    return string[begin : begin + whole(length)]


@builtin("string length", "string: string")
def string_length(string: str) -> Decimal:
    """Return how many characters there are."""
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(string: str) -> str:
    """Return the text in capitals."""
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(string: str) -> str:
    """Return the text in small letters."""
    return string.lower()


@builtin("trim", "string: string")
def trim(string: str) -> str:
    """Return the text without spaces at its ends. Camunda's addition to DMN."""
    return string.strip()


@builtin("substring before", "string: string, match: string")
def substring_before(string: str, match: str) -> str:
    """Return what stands before the first occurrence; nothing if there is none."""
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after", "string: string, match: string")
def substring_after(string: str, match: str) -> str:
    """Return what stands after the first occurrence; nothing if there is none."""
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string")
def contains(string: str, match: str) -> bool:
    """Return whether the text has the other in it."""
    return match in string


@builtin("starts with", "string: string, match: string")
def starts_with(string: str, match: str) -> bool:
    """Return whether the text begins with the other."""
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(string: str, match: str) -> bool:
    """Return whether the text ends with the other."""
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags?: string?", run=True)
def matches(run: Run, string: str, pattern: str, flags: str | None = None) -> bool:
    """Return whether an XPath pattern matches somewhere in the text."""
    return compile_pattern(pattern, flags or "").search(string, 0, run.meter) is not None


@builtin(
    "replace", "input: string, pattern: string, replacement: string, flags?: string?", run=True
)
def replace(run: Run, string: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """Return the text with each match replaced; ``$1`` stands for the first group."""
    compiled = compile_pattern(pattern, flags or "")
    if "q" in (flags or ""):
        replacement = replacement.replace("\\", "\\\\").replace("$", "\\$")
    parts: list[str] = []
    place = 0
    for match in _all_matches(compiled, string, run):
        start, end = match.spans[0]
        parts += [string[place:start], _filled(replacement, match, string, compiled.groups)]
        run.meter.spend_chars(len(parts[-1]) + start - place)
        place = end
    parts.append(string[place:])
    return "".join(parts)


@builtin("split", "string: string, delimiter: string", run=True)
def split(run: Run, string: str, delimiter: str) -> Value:
    """Return the texts between the matches of an XPath pattern."""
    parts: list[str] = []
    place = 0
    for match in _all_matches(compile_pattern(delimiter, ""), string, run):
        start, end = match.spans[0]
        parts.append(string[place:start])
        place = end
    parts.append(string[place:])
    run.meter.spend_items(len(parts))
    run.meter.spend_chars(len(string))
    return tuple(parts)


def _all_matches(pattern: Pattern, string: str, run: Run) -> list[Match]:
    if pattern.search("", 0, run.meter) is not None:
        raise Failure("matches-empty")
    found: list[Match] = []
    place = 0
    while (match := pattern.search(string, place, run.meter)) is not None:
        start, end = match.spans[0]
        place = max(end, place + 1) if end == start else end
        if end > start:
            found.append(match)
    return found


def _filled(replacement: str, match: Match, string: str, groups: int) -> str:
    def piece(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        if found[3]:
            raise Failure("replacement", char=found[3])
        digits = found[2]
        # "$12" is group 12 where there is one, else group 1 followed by "2".
        length = len(digits)
        while length > 1 and int(digits[:length]) > groups:
            length -= 1
        number = int(digits[:length])
        return (match.group(string, number) if number <= groups else "") + digits[length:]

    return _REPLACEMENT.sub(piece, replacement)


@builtin("string join", "list: list, delimiter?: string?", run=True)
def string_join(run: Run, items: tuple[Value, ...], delimiter: str | None = None) -> str:
    """Return the texts of a list, nulls left out, with the delimiter between them."""
    texts: list[str] = []
    for item in items:
        if isinstance(item, str):
            texts.append(item)
        elif item is not None:
            raise Failure("list-not-texts")
    run.meter.spend_chars(sum(map(len, texts)) + len(texts) * len(delimiter or ""))
    return (delimiter or "").join(texts)
