"""An organisation's profile as people write it, on the page or in a file: checked and stored."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, count

from anyascii import anyascii

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.store import UnitOfWork
from handlers.organisations.codes import LANGUAGES, LEVELS, REGIONS, SECTORS
from handlers.organisations.events import add_event
from handlers.organisations.store import (
    Dimension,
    Kind,
    Organisation,
    change_organisation,
    coverage_of,
    read_operator,
    read_organisation,
    save_capacity,
    save_coverage,
    save_organisation,
)

MOST_DIGITS = 6
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TYPES = ("public", "private")
RESERVED = frozenset({"new", "specifications"})
"""Ids that pages need for themselves."""
REQUIRED = ("id", "name", "kind", "country", "type", "email", "language")
"""Fields that a profile is not written without."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An organisation and what it covers.

    :ivar capacity: cases at a time; ``None`` for one that no case is entrusted to.
    """

    organisation: Organisation
    coverage: Mapping[Dimension, frozenset[str]]
    capacity: int | None


def read_profile(
    typed: Mapping[str, str],
    lists: Mapping[Dimension, Sequence[str]],
    required: Collection[str] = REQUIRED,
) -> Profile:
    """Return what was written, checked.

    :param typed: ``id``, ``name``, ``kind``, ``country``, ``type``, ``email``, ``language``,
        ``active`` (``true``, ``false``), ``capacity``, ``source``.
    :param required: which of them must be there; an applicant may have no address yet.
    :raises InvalidAnswer: a code of what is wrong by field: ``required``, ``long``, ``choice``,
        ``email``, ``number``, ``id``, ``country``.
    """
    text = {key: value.strip() for key, value in typed.items()}
    wrong = _wrong(text, required)
    country = text.get("country", "")
    known = {
        Dimension.SECTOR: SECTORS,
        Dimension.LEVEL: LEVELS,
        Dimension.LANGUAGE: LANGUAGES,
        Dimension.REGION: REGIONS.get(country),
    }
    for dimension, codes in lists.items():
        allowed = known[dimension]
        if any(not _ID.fullmatch(c) if allowed is None else c not in allowed for c in codes):
            wrong[dimension.value] = "choice"
    if wrong:
        raise InvalidAnswer(wrong)
    organisation = Organisation(
        text["id"],
        text["name"],
        text["kind"],
        country,
        text["type"],
        text["email"],
        text["language"],
        text.get("active", "true") == "true",
        text.get("source", ""),
    )
    capacity = text.get("capacity", "")
    return Profile(
        organisation,
        {dimension: frozenset(lists.get(dimension, ())) for dimension in Dimension},
        int(capacity) if capacity else None,
    )


def _wrong(text: Mapping[str, str], required: Collection[str]) -> dict[str, str]:
    wrong = {key: "required" for key in required if not text.get(key)}
    tests: Iterable[tuple[str, str, bool]] = (
        ("id", "id", _ID.fullmatch(text.get("id", "")) is not None and text["id"] not in RESERVED),
        ("name", "long", len(text.get("name", "")) <= 200),
        ("kind", "choice", text.get("kind") in set(Kind)),
        ("country", "country", _COUNTRY.fullmatch(text.get("country", "")) is not None),
        ("type", "choice", text.get("type") in _TYPES),
        ("email", "email", not text.get("email") or _EMAIL.fullmatch(text["email"]) is not None),
        ("email", "long", len(text.get("email", "")) <= 254),
        ("language", "choice", text.get("language") in LANGUAGES),
        ("active", "choice", text.get("active", "true") in {"true", "false"}),
        ("source", "long", len(text.get("source", "")) <= 300),
        ("capacity", "number", _is_count(text.get("capacity", ""))),
    )
    for key, code, holds in tests:
        if not holds:
            wrong.setdefault(key, code)
    return wrong


def _is_count(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS)


def change_profile(
    uow: UnitOfWork, profile: Profile, *, by: str, at: datetime, revision: int | None = None
) -> bool:
    """Write a profile, new or changed; ``False`` where nothing differs from what is there.

    :param by: account id of who changes it.
    :param revision: the one that the change was made upon; ``None`` to write over any.
    :raises Conflict: it was changed since, its country or kind would change under its cases, or
        it has more cases than the new capacity.
    """
    wanted = profile.organisation
    try:
        known = read_organisation(uow, wanted.id)
    except NotFound:
        save_organisation(uow, wanted)
        if profile.capacity is not None:
            save_capacity(uow, wanted.id, profile.capacity)
        changed = ["created"]
    else:
        # What can be refused comes first: an import goes on with its next row.
        changed = _differences(uow, known, profile)
        if not changed:
            return False
        if "country" in changed:
            raise Conflict(
                f"Organisation {wanted.id} is in {known.country}; an organisation does not move. "
                "Give the one in the other country an id of its own."
            )
        if profile.capacity is not None:
            save_capacity(uow, wanted.id, profile.capacity)
        change_organisation(
            uow, replace(wanted, revision=known.revision if revision is None else revision)
        )
    for dimension, codes in profile.coverage.items():
        save_coverage(uow, wanted.id, dimension, codes)
    add_event(uow, wanted.id, "changed", {"fields": changed}, by=by, at=at)
    return True


def free_id(uow: UnitOfWork, name: str) -> str:
    """Return an id that no organisation has, made of a name: letters and digits with hyphens."""
    base = "-".join(re.findall(r"[a-z0-9]+", anyascii(name).lower()))[:56].strip("-") or "org"
    names = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(each for each in names if each not in RESERVED and not _exists(uow, each))


def _exists(uow: UnitOfWork, organisation_id: str) -> bool:
    try:
        read_organisation(uow, organisation_id)
    except NotFound:
        return False
    return True


def _differences(uow: UnitOfWork, known: Organisation, profile: Profile) -> list[str]:
    wanted = profile.organisation
    fields = ("name", "kind", "country", "type", "email", "language", "active", "source")
    changed = [key for key in fields if getattr(known, key) != getattr(wanted, key)]
    covered = coverage_of(uow, [known.id])[known.id]
    changed += [d.value for d in Dimension if covered[d] != profile.coverage[d]]
    capacity = capacity_of(uow, known.id)
    if capacity is not None and profile.capacity is None:
        raise InvalidAnswer({"capacity": "required"})
    if capacity != profile.capacity:
        changed.append("capacity")
    return changed


def capacity_of(uow: UnitOfWork, organisation_id: str) -> int | None:
    """Return how many cases an organisation can have; ``None`` where none is entrusted to it."""
    try:
        return read_operator(uow, organisation_id).capacity
    except NotFound:
        return None
