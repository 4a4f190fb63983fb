"""Notices' texts: files in ``templates/``, neutral, without personal data.

A template's first line is the subject, then paragraphs apart by an empty line: a greeting, what
there is to say, an ending. An SMS says the middle one alone. Notices to
organisations may say ``$reference`` (the case's reference); those to a person never do: a
reference names the scheme, and whoever shares the mailbox may not know of the return (domain
file, E: W12, W21).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from engine.errors import HandlerFailed

LOCALES = ("fr", "en", "ar")
DEFAULT_LOCALE = "fr"

DISCREET = "discreet"
"""What is said to a person whose family does not know: that there is a message, no more."""

_DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Wording:
    """A notice's words.

    :ivar short: the one sentence that an SMS says.
    """

    subject: str
    body: str
    short: str


def written_locale(wanted: object) -> str:
    """Return the language to write in: the wanted one where there are texts in it, or French."""
    return str(wanted) if wanted in LOCALES else DEFAULT_LOCALE


@cache
def template_names() -> frozenset[str]:
    """Return the names that ``notices.send`` takes."""
    folder = files("handlers.notices") / "templates"
    names = {entry.name.split(".")[0] for entry in folder.iterdir() if entry.name.endswith(".txt")}
    return frozenset(names - {_DIGEST})


def tells_reference(template: str) -> bool:
    """Tell whether a template names the case: then it goes to organisations only."""
    return "$reference" in _read(template, DEFAULT_LOCALE)


def wording(template: str, locale: str, reference: str | None) -> Wording:
    """Return a notice's text.

    :param locale: one of :data:`LOCALES`.
    :param reference: the case's reference; ``None`` for a notice to a person.
    :raises HandlerFailed: there is no such template, or it wants a reference and goes to a person.
    """
    if template not in template_names():
        known = ", ".join(sorted(template_names()))
        raise HandlerFailed(f"No notice is called '{template}'. Those there are: {known}.")
    text = _read(template, locale)
    values = {} if reference is None else {"reference": reference}
    try:
        filled = Template(text).substitute(values)
    except KeyError as error:
        raise HandlerFailed(
            f"Notice '{template}' names {error}, which is not told to a person. Send it to an "
            "organisation, or choose another template."
        ) from None
    return _wording(filled)


def digest_wording(texts: Sequence[Wording], locale: str) -> Wording:
    """Return one text that tells the subjects of several notices to an organisation."""
    lines = "\n".join(f"- {text.subject}" for text in texts)
    return _wording(Template(_read(_DIGEST, locale)).substitute(count=len(texts), lines=lines))


def _wording(filled: str) -> Wording:
    subject, _, body = filled.partition("\n")
    paragraphs = body.strip().split("\n\n")
    return Wording(subject.strip(), body.strip() + "\n", paragraphs[1])


@cache
def _read(template: str, locale: str) -> str:
    folder = files("handlers.notices") / "templates"
    return (folder / f"{template}.{locale}.txt").read_text("utf-8")
