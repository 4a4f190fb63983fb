"""What is wrong with a ``documents.toml``, alone and beside the diagrams that it is published with.

``passerelle lint`` and a publication ask :func:`review`; reading a publication asks
:func:`problems` again, so that nothing is read that would not have been published.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from engine import bpmn
from engine.bpmn.checks import elements_of, suggestion
from engine.bpmn.elements import Element
from engine.bpmn.expressions import Formula
from engine.errors import FeelError, Finding
from engine.feel import syntax
from engine.model import Tier
from engine.rules import finding, said
from handlers.documents.placeholders import Template

OWN = "documents.toml"
FILES = (f"common/{OWN}", OWN)
LANGUAGES = ("fr", "en", "ar")
_NEED_KEYS = frozenset({*LANGUAGES, "steps", "source"})
_LETTER_KEYS = frozenset({*LANGUAGES, "tier", "shows_reference", "letterhead", "asks"})
_HEAD_KEYS = frozenset({*LANGUAGES, "source"})
_WORDS_KEYS = frozenset({"title", "body"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file alone.

    :ivar section: the table that it is about, as it stands in brackets; ``""`` for the file.
    """

    rule: str
    section: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"[{self.section}] {self.message} {self.remedy}".removeprefix("[] ")


def parsed(source: bytes) -> Mapping[str, Any] | Problem:
    """Return what a file says, or why it does not read as TOML."""
    try:
        return tomllib.loads(source.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = said("it does not read as TOML: {reason}.", reason=str(error))
        return Problem("documents.not-toml", "", message, "Correct that line.")


def problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a file that reads as TOML."""
    yield from _unknown(data, "", {"needs", "letters", "letterhead"})
    if "letterhead" in data:
        yield from _letterhead(data["letterhead"])
    for code, words in _tables(data, "needs"):
        yield from _need(f"needs.{code}", words)
    for code, words in _tables(data, "letters"):
        yield from _letter(f"letters.{code}", words)


def review(files: Mapping[str, bytes], seen: bpmn.Survey) -> Iterator[Finding]:
    """Yield everything there is to say of a publication's words about documents."""
    needs: dict[str, Any] = {}
    letters: dict[str, Any] = {}
    whole = True
    for name in FILES:
        if name not in files:
            continue
        data = parsed(files[name])
        wrong = [data] if isinstance(data, Problem) else list(problems(data))
        for each in wrong:
            line = _line(files[name], each.section)
            yield finding(each.rule, "error", name, "", line, each.message, each.remedy)
        if wrong or isinstance(data, Problem):
            whole = False
            continue
        needs |= data.get("needs", {})
        letters |= data.get("letters", {})
        if name == OWN:
            yield from _steps(files[name], data, seen)
    if whole:
        for element in elements_of(seen.processes.values()):
            yield from _calls(element, needs, letters)


# --- a file alone -------------------------------------------------------------------------------


def _tables(data: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    tables = data.get(name, {})
    yield from tables.items() if isinstance(tables, dict) else ()


def _unknown(words: Mapping[str, Any], section: str, known: AbstractSet[str]) -> Iterator[Problem]:
    for key in sorted(set(words) - known):
        yield Problem(
            "documents.unknown-key",
            section,
            said("'{key}' means nothing here.", key=key),
            suggestion(key, sorted(known), "Take it away, or correct it."),
        )


def _need(section: str, words: Any) -> Iterator[Problem]:
    if not isinstance(words, dict):
        words = {}
    yield from _unknown(words, section, _NEED_KEYS)
    yield from _missing_languages(section, words)
    steps = words.get("steps")
    if not isinstance(steps, list) or not steps or not all(isinstance(s, str) for s in steps):
        yield _missing(section, "steps", "Write the ids of the steps that need it.")
    if not isinstance(words.get("source"), str) or not words["source"]:
        yield _missing(section, "source", "Say where the demand comes from.")


def _letter(section: str, words: Any) -> Iterator[Problem]:
    if not isinstance(words, dict):
        words = {}
    yield from _unknown(words, section, _LETTER_KEYS)
    if words.get("tier") not in set(Tier):
        yield Problem(
            "documents.missing",
            section,
            said("'tier' must be one of {tiers}.", tiers=", ".join(Tier)),
            "Say who may read the letter.",
        )
    for key in ("shows_reference", "letterhead"):
        if not isinstance(words.get(key, False), bool):
            yield _missing(section, key, "Write true or false.")
    asks = words.get("asks", {})
    for name, label in asks.items() if isinstance(asks, dict) else ():
        yield from _missing_languages(f"{section}.asks.{name}", label)
    for language in LANGUAGES:
        yield from _words(f"{section}.{language}", words.get(language))


def _letterhead(words: Any) -> Iterator[Problem]:
    if not isinstance(words, dict):
        words = {}
    yield from _unknown(words, "letterhead", _HEAD_KEYS)
    if not _is_text(words, "source"):
        yield _missing("letterhead", "source", "Say where the name and the address come from.")
    for language in LANGUAGES:
        head = words.get(language)
        section = f"letterhead.{language}"
        for key in ("name", "address"):
            if not isinstance(head, dict) or not _is_text(head, key):
                yield _missing(section, key, "Write the letterhead in each of fr, en and ar.")


def _words(section: str, words: Any) -> Iterator[Problem]:
    if not isinstance(words, dict) or not all(_is_text(words, key) for key in _WORDS_KEYS):
        yield _missing(section, "title", "Write the letter in each of fr, en and ar.")
        return
    yield from _unknown(words, section, _WORDS_KEYS)
    try:
        Template.read(words["body"])
    except FeelError as error:
        yield Problem(
            "documents.expression",
            section,
            said("an expression of the text does not read: {reason}", reason=str(error)),
            "Correct what stands in the braces.",
        )


def _missing_languages(section: str, words: Any) -> Iterator[Problem]:
    for language in LANGUAGES:
        if not isinstance(words, dict) or not _is_text(words, language):
            yield _missing(section, language, "Write its name in each of fr, en and ar.")


def _missing(section: str, key: str, remedy: str) -> Problem:
    return Problem("documents.missing", section, said("'{key}' is missing.", key=key), remedy)


def _is_text(words: Mapping[str, Any], key: str) -> bool:
    return isinstance(words.get(key), str) and bool(words[key])


# --- beside the diagrams ------------------------------------------------------------------------


def _steps(source: bytes, data: Mapping[str, Any], seen: bpmn.Survey) -> Iterator[Finding]:
    known = {element.id for element in elements_of(seen.processes.values())}
    for code, need in data.get("needs", {}).items():
        for step in need["steps"] if known else ():
            if step not in known:
                yield finding(
                    "documents.unknown-step",
                    "warning",
                    OWN,
                    step,
                    _line(source, f"needs.{code}"),
                    said(
                        "no diagram has the step '{step}' that '{code}' names.",
                        step=step,
                        code=code,
                    ),
                    suggestion(step, sorted(known), "Correct 'steps'."),
                )


def _calls(
    element: Element, needs: Mapping[str, Any], letters: Mapping[str, Any]
) -> Iterator[Finding]:
    if element.extensions.handler == "documents.generate":
        named = _argument(element, "letter")
        if named is not None and named not in letters:
            yield _unknown_code(element, named, letters, "Declare [letters.…] in documents.toml.")
    if element.extensions.handler != "documents.require":
        return
    step = _argument(element, "step")
    if step and not any(step in need["steps"] for need in needs.values()):
        steps = {each for need in needs.values() for each in need["steps"]}
        yield _unknown_code(element, step, steps, "Name it in 'steps' of a [needs.…].")
    for code in dict.fromkeys(_required(element)):
        if code not in needs:
            yield _unknown_code(element, code, needs, "Declare [needs.…] in documents.toml.")


def _required(element: Element) -> Iterator[str]:
    """Yield the fields whose documents an element requires: each is the code of a need.

    Of ``=if x then plan else [sheet, budget]`` they are ``plan``, ``sheet`` and ``budget``.
    """
    for mapping in element.extensions.inputs:
        if mapping.target == ("documents",) and mapping.source.expression is not None:
            waiting: list[object] = [mapping.source.expression.tree]
            while waiting:
                node = waiting.pop(0)
                if isinstance(node, syntax.Name):
                    yield node.name
                elif isinstance(node, syntax.If):
                    waiting += [node.yes, node.no]
                elif isinstance(node, syntax.ListOf):
                    waiting += node.items


def _argument(element: Element, name: str) -> str | None:
    """Return what an element gives a handler as a plain text; ``None`` if it is computed."""
    for mapping in element.extensions.inputs:
        if mapping.target == (name,):
            return mapping.source.text if mapping.source.is_literal else _constant(mapping.source)
    return element.extensions.headers.get(name)


def _constant(formula: Formula) -> str | None:
    tree = None if formula.expression is None else formula.expression.tree
    if isinstance(tree, syntax.Literal) and isinstance(tree.value, str):
        return tree.value
    return None


def _unknown_code(element: Element, code: str, known: Iterable[str], otherwise: str) -> Finding:
    return finding(
        "documents.unknown-code",
        "warning",
        element.place.file,
        element.place.element,
        element.place.line,
        said("documents.toml does not know '{code}'.", code=code),
        suggestion(code, sorted(known), otherwise),
    )


def _line(source: bytes, section: str) -> int:
    """Return the line at which a table begins; 0 where it is written in another way."""
    lines = source.decode("utf-8", "replace").splitlines()
    parts = section.split(".")
    for length in range(len(parts), 0, -1):
        head = f"[{'.'.join(parts[:length])}]"
        for number, line in enumerate(lines, start=1):
            if line.strip().startswith(head):
                return number
    return 0
