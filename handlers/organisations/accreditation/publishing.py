"""Publishing sets of specifications, from a page or a file: checked, versioned, never rewritten."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from engine.errors import Conflict, InvalidAnswer
from engine.store import UnitOfWork
from handlers.organisations.accreditation.store import (
    Criterion,
    Specification,
    newest_version,
    publish_specification,
)

LANGUAGES = ("fr", "en", "ar")
REQUIRED_LANGUAGES = ("fr", "en")
"""Every text is in these; Arabic readers get French where no Arabic is given."""
MARKS = ("S", "W", "I", "R")
MOST_CRITERIA = 40
LONGEST_TEXT = 1000
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def read_draft(typed: Mapping[str, str], criteria: Sequence[Mapping[str, str]]) -> Specification:
    """Return what was written as version 1 of a set, checked; :func:`publish_next` numbers it.

    :param typed: ``code``, ``country``, ``published_on`` (ISO 8601), ``mark``, ``source``,
        ``name_fr``, ``name_en``, ``name_ar``.
    :param criteria: ``code``, ``fr``, ``en``, ``ar`` of each.
    :raises InvalidAnswer: a code of what is wrong by field: ``required``, ``long``, ``id``,
        ``country``, ``choice``, ``date``, ``twice``; a criterion's is ``criteria.<n>.<field>``.
    """
    text = {key: value.strip() for key, value in typed.items()}
    wrong = _wrong(text) | _wrong_criteria(criteria)
    published_on = _day(text.get("published_on", ""))
    if published_on is None:
        wrong["published_on"] = "date"
    if wrong or published_on is None:
        raise InvalidAnswer(wrong)
    return Specification(
        code=text["code"],
        version=1,
        country=text["country"],
        name={each: text[f"name_{each}"] for each in LANGUAGES if text.get(f"name_{each}")},
        criteria=tuple(_criterion(each) for each in criteria),
        published_on=published_on,
        mark=text["mark"],
        source=text["source"],
    )


def publish_next(uow: UnitOfWork, draft: Specification, expected: int) -> Specification:
    """Publish a draft as the next version of its set.

    :param expected: the version that its writer saw coming: a form sent twice publishes once.
    :raises Conflict: another version came meanwhile, or the set is another country's.
    """
    uow.serialize(f"specification {draft.code}")
    newest = newest_version(uow, draft.code)
    if newest is not None and newest.country != draft.country:
        raise Conflict(f"'{draft.code}' is a set of {newest.country}. Choose another code.")
    version = 1 if newest is None else newest.version + 1
    if version != expected:
        raise Conflict(
            f"'{draft.code}' has a version {version - 1} already. Open it, then publish the next."
        )
    published = replace(draft, version=version)
    publish_specification(uow, published)
    return published


def _wrong(text: Mapping[str, str]) -> dict[str, str]:
    names = [f"name_{each}" for each in REQUIRED_LANGUAGES]
    wrong = {key: "required" for key in ("code", "source", *names) if not text.get(key)}
    tests = (
        ("code", "id", _CODE.fullmatch(text.get("code", "")) is not None),
        ("country", "country", _COUNTRY.fullmatch(text.get("country", "")) is not None),
        ("mark", "choice", text.get("mark") in MARKS),
        ("source", "long", len(text.get("source", "")) <= 300),
        *((f"name_{each}", "long", len(text.get(f"name_{each}", "")) <= 200) for each in LANGUAGES),
    )
    for key, code, holds in tests:
        if not holds:
            wrong.setdefault(key, code)
    return wrong


def _wrong_criteria(criteria: Sequence[Mapping[str, str]]) -> dict[str, str]:
    if not 1 <= len(criteria) <= MOST_CRITERIA:
        return {"criteria": "required" if not criteria else "long"}
    wrong, seen = {}, set()
    for number, each in enumerate(criteria):
        code = each.get("code", "").strip()
        if not _CODE.fullmatch(code):
            wrong[f"criteria.{number}.code"] = "id"
        elif code in seen:
            wrong[f"criteria.{number}.code"] = "twice"
        seen.add(code)
        for language in LANGUAGES:
            text = each.get(language, "").strip()
            if not text and language in REQUIRED_LANGUAGES:
                wrong[f"criteria.{number}.{language}"] = "required"
            elif len(text) > LONGEST_TEXT:
                wrong[f"criteria.{number}.{language}"] = "long"
    return wrong


def _criterion(given: Mapping[str, str]) -> Criterion:
    texts = {each: given.get(each, "").strip() for each in LANGUAGES}
    return Criterion(given["code"].strip(), {key: text for key, text in texts.items() if text})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
