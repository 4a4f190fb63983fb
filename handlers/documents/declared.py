"""What designers declare about documents: which ones a step needs, and letters in three languages.

``documents.toml`` beside a scheme and in ``common/`` are published with its diagrams; a case reads
those of its own publication. The scheme's words hold before the shared ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import ConfigurationError
from engine.model import Tier
from engine.store import UnitOfWork
from engine.store.cases import deployment_file, home_of
from handlers.documents.checks import FILES, LANGUAGES, Problem, parsed, problems
from handlers.documents.placeholders import Template


@dataclass(frozen=True, slots=True)
class Need:
    """A document that steps of a scheme need.

    :ivar code: the purpose it is handed in for: the key of the form's field, where a form asks.
    :ivar name: by language.
    :ivar steps: ids of the elements that need it.
    :ivar source: where the demand comes from, with its mark.
    """

    code: str
    name: Mapping[str, str]
    steps: frozenset[str]
    source: str

    def name_in(self, locale: str) -> str:
        """Return what people call it."""
        return self.name.get(locale) or self.name["fr"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter or form that the system writes.

    :ivar tier: of the document it becomes; it may name the person's identity and this tier only.
    :ivar shows_reference: whether the case's reference stands on it: never on a letter that
        somebody at the person's address may open.
    :ivar bears_head: whether the scheme's letterhead stands on it: never on such a letter either.
    :ivar title: by language; ``body``: Markdown with ``{{ FEEL }}``.
    :ivar asks: what whoever writes it is asked: by the name under ``values``, its label by
        language.
    """

    code: str
    tier: Tier
    shows_reference: bool
    bears_head: bool
    title: Mapping[str, str]
    body: Mapping[str, Template]
    asks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes a scheme's letters.

    :ivar name: of the body, by language. :ivar address: by language; its lines.
    """

    name: Mapping[str, str]
    address: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Declared:
    """A publication's words about documents."""

    needs: Mapping[str, Need] = field(default_factory=dict)
    letters: Mapping[str, Letter] = field(default_factory=dict)
    letterhead: Letterhead | None = None

    def needs_of(self, step: str) -> tuple[Need, ...]:
        """Return what a step needs, in the order in which the designer wrote it."""
        return tuple(need for need in self.needs.values() if step in need.steps)


def read_declared(source: bytes, filename: str) -> Declared:
    """Read a ``documents.toml``.

    :raises ConfigurationError: it does not read: which entry, what is wrong, what to write.
    """
    data = parsed(source)
    wrong = [data] if isinstance(data, Problem) else list(problems(data))
    if wrong or isinstance(data, Problem):
        raise ConfigurationError("\n".join(f"{filename}: {problem}" for problem in wrong))
    return Declared(
        {code: _need(code, said) for code, said in data.get("needs", {}).items()},
        {code: _letter(code, said) for code, said in data.get("letters", {}).items()},
        _letterhead(data["letterhead"]) if "letterhead" in data else None,
    )


@dataclass(frozen=True, slots=True)
class Declarations:
    """Reads publications' declarations; each is immutable, so it is read once a process."""

    _read: dict[str, Declared] = field(default_factory=dict)

    def of_case(self, uow: UnitOfWork, case_id: str) -> Declared:
        """Return what holds in a case.

        :raises ConfigurationError: what was published does not read.
        """
        home = home_of(uow, case_id)
        if home is None:
            return Declared()
        deployment = home[1]
        if deployment not in self._read:
            self._read[deployment] = _merged(uow, deployment)
        return self._read[deployment]


def _merged(uow: UnitOfWork, deployment_id: str) -> Declared:
    needs: dict[str, Need] = {}
    letters: dict[str, Letter] = {}
    head: Letterhead | None = None
    for name in FILES:
        source = deployment_file(uow, deployment_id, name)
        if source is not None:
            declared = read_declared(source, name)
            needs |= declared.needs
            letters |= declared.letters
            head = declared.letterhead or head
    return Declared(needs, letters, head)


def _letterhead(said: Mapping[str, Any]) -> Letterhead:
    return Letterhead(
        {language: said[language]["name"] for language in LANGUAGES},
        {language: tuple(said[language]["address"].strip().splitlines()) for language in LANGUAGES},
    )


def _need(code: str, said: Mapping[str, Any]) -> Need:
    names = {language: said[language] for language in LANGUAGES}
    return Need(code, names, frozenset(said["steps"]), said["source"])


def _letter(code: str, said: Mapping[str, Any]) -> Letter:
    return Letter(
        code=code,
        tier=Tier(said["tier"]),
        shows_reference=said.get("shows_reference") is True,
        bears_head=said.get("letterhead") is True,
        title={language: said[language]["title"] for language in LANGUAGES},
        body={language: Template.read(said[language]["body"]) for language in LANGUAGES},
        asks=dict(said.get("asks", {})),
    )
