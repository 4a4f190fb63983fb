"""``scheme.toml``: what a scheme says of itself beside its diagrams."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import DeploymentRefused, Finding
from engine.feel import Value, to_feel
from engine.rules import finding, said
from engine.service.figures import Figure, check_figures, read_figures
from engine.service.report_specs import ReportSpec, check_reports, read_reports


class RoleKind(StrEnum):
    """What a role of a scheme is to the people whose cases it works on.

    A scheme says which of its roles is of which kind; what a kind opens is decided in code
    (``handlers.people.tiers``), so that no scheme can widen it.
    """

    AGENCY = "agency"
    COUNSELLOR = "counsellor"
    OPERATOR = "operator"
    LOCAL_AUTHORITY = "local-authority"
    PUBLIC_BODY = "public-body"
    COMMITTEE = "committee"
    FINANCE = "finance"
    TRAINER = "trainer"
    PARTNER = "partner"
    FUNDER = "funder"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a person's data are kept after the last of their cases has ended.

    :ivar months: calendar months after a case's end.
    :ivar audit_hold_months: months after its end in which the funder may still audit it: nothing
        is erased before, whoever asks.
    :ivar source: where the two figures come from.
    """

    months: int
    audit_hold_months: int
    source: str


@dataclass(frozen=True, slots=True)
class StandingParty:
    """An organisation that sees every case of the scheme from its start."""

    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class SchemeConfig:
    """A scheme's own words.

    :ivar process: id of the top process.
    :ivar summary: process variables that the case page shows.
    :ivar name: by locale; likewise ``roles``, by role code, then locale.
    :ivar role_kinds: what each role is, by role code; a role that says nothing is left out.
    :ivar retention: how long personal data are kept; ``None`` where the scheme says nothing, and
        then nothing is erased because of its age.
    :ivar operators: role codes that may suspend, change and cancel its cases, beside the site's own
        operators.
    :ivar constants: visible to FEEL as ``scheme.<name>``: constants, and each figure's value.
    :ivar figures: amounts and delays by name, each with its source.
    :ivar reports: by code.
    :ivar no_phases: why the scheme has no phases; empty where it has them.
    """

    id: str
    process: str
    country: str
    time_zone: str
    languages: tuple[str, ...]
    currency: str
    reference_prefix: str
    summary: tuple[str, ...]
    name: Mapping[str, str]
    roles: Mapping[str, Mapping[str, str]]
    role_kinds: Mapping[str, RoleKind]
    retention: Retention | None
    standing_parties: tuple[StandingParty, ...]
    operators: frozenset[str]
    constants: Mapping[str, Value]
    figures: Mapping[str, Figure]
    reports: Mapping[str, ReportSpec]
    no_phases: str = ""

    def name_in(self, locale: str) -> str:
        """Return the scheme's name in a language, or in its first one."""
        return in_language(self.name, locale, self.languages, self.id)


def in_language(
    names: Mapping[str, str], locale: str, languages: tuple[str, ...], default: str
) -> str:
    """Return a scheme's text in a language, or in the first of its own that has it."""
    for language in (locale, *languages):
        if language in names:
            return names[language]
    return default


_MONTHS = ("months", "audit_hold_months")
_TEXTS = ("id", "process", "country", "time_zone", "currency", "reference_prefix")


def read_scheme(source: bytes, filename: str = "scheme.toml") -> SchemeConfig:
    """Read a ``scheme.toml``.

    :raises DeploymentRefused: it is no TOML, or lacks something, each told with its remedy.
    """
    try:
        data = tomllib.loads(source.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeploymentRefused(
            [
                _finding(
                    filename,
                    "scheme.not-toml",
                    said("it does not read as TOML: {error}.", error=error),
                    "Mend it.",
                )
            ]
        ) from error
    findings = _check(data, filename)
    if findings:
        raise DeploymentRefused(findings)
    return _build(data)


def _check(data: Mapping[str, Any], filename: str) -> list[Finding]:
    findings = [
        _finding(
            filename,
            "scheme.missing",
            said("'{key}' is missing or no text.", key=key),
            said('Add {key} = "…".', key=key),
        )
        for key in _TEXTS
        if not isinstance(data.get(key), str) or not data[key]
    ]
    languages = data.get("languages")
    if not isinstance(languages, list) or not languages:
        findings.append(
            _finding(filename, "scheme.missing", "'languages' is missing.", 'Add ["fr", "en"].')
        )
    if not isinstance(data.get("name"), dict):
        findings.append(
            _finding(filename, "scheme.missing", "[name] is missing.", "Add a name by language.")
        )
    try:
        ZoneInfo(str(data.get("time_zone", "")))
    except (ZoneInfoNotFoundError, ValueError):
        findings.append(
            _finding(
                filename,
                "scheme.time-zone",
                said("time_zone '{time_zone}' is not known.", time_zone=data.get("time_zone")),
                "Write an IANA name such as Africa/Douala.",
            )
        )
    findings += check_figures(data.get("figures", {}), filename)
    findings += check_reports(data.get("reports", {}), filename)
    return [*findings, *_check_roles(data, filename), *_check_retention(data, filename)]


def _check_roles(data: Mapping[str, Any], filename: str) -> list[Finding]:
    known = ", ".join(RoleKind)
    return [
        _finding(
            filename,
            "scheme.role-kind",
            said("[roles.{role}] is of kind '{kind}', which does not exist.", role=role, kind=kind),
            said("Write one of {known}.", known=known),
        )
        for role, words in data.get("roles", {}).items()
        if (kind := words.get("kind")) is not None and kind not in set(RoleKind)
    ]


def _check_retention(data: Mapping[str, Any], filename: str) -> list[Finding]:
    said_of = data.get("retention")
    if said_of is None:
        return []
    whole = isinstance(said_of, dict) and isinstance(said_of.get("source"), str)
    months = [said_of.get(key) for key in _MONTHS] if whole else []
    if months and all(type(count) is int and count >= 0 for count in months):
        return []
    return [
        _finding(
            filename,
            "scheme.retention",
            "[retention] needs months, audit_hold_months (whole numbers) and source.",
            "Say how long personal data are kept after a case's end, and where that comes from.",
        )
    ]


def review_scheme(config: SchemeConfig, filename: str = "scheme.toml") -> tuple[Finding, ...]:
    """Return what is no error in a scheme and yet worth a second look."""
    return tuple(
        finding(
            "scheme.role-kind-missing",
            "warning",
            filename,
            "",
            0,
            said("[roles.{role}] says no kind: it opens no personal data.", role=role),
            said('Add kind = "…": one of {known}.', known=", ".join(RoleKind)),
        )
        for role in config.roles
        if role not in config.role_kinds
    )


def _build(data: Mapping[str, Any]) -> SchemeConfig:
    constants: dict[str, Any] = dict(data.get("constants", {}))
    constants["currency"] = data["currency"]
    figures = read_figures(data.get("figures", {}))
    known = {key: to_feel(value) for key, value in constants.items()}
    known |= {name: figure.value for name, figure in figures.items()}
    return SchemeConfig(
        id=data["id"],
        process=data["process"],
        country=data["country"],
        time_zone=data["time_zone"],
        languages=tuple(data["languages"]),
        currency=data["currency"],
        reference_prefix=data["reference_prefix"],
        summary=tuple(data.get("summary", ())),
        name=MappingProxyType(data["name"]),
        roles=MappingProxyType(data.get("roles", {})),
        role_kinds=MappingProxyType(
            {
                role: RoleKind(words["kind"])
                for role, words in data.get("roles", {}).items()
                if "kind" in words
            }
        ),
        retention=_retention(data.get("retention")),
        standing_parties=tuple(
            StandingParty(party["organisation"], party["role"])
            for party in data.get("standing_parties", ())
        ),
        operators=frozenset(data.get("operators", ())),
        constants=MappingProxyType(known),
        figures=figures,
        reports=read_reports(data.get("reports", {})),
        no_phases=str(data.get("no_phases", "")),
    )


def _retention(said_of: Mapping[str, Any] | None) -> Retention | None:
    if said_of is None:
        return None
    return Retention(said_of["months"], said_of["audit_hold_months"], said_of["source"])


def _finding(filename: str, rule: str, message: str, remedy: str) -> Finding:
    return finding(rule, "error", filename, "", 0, message, remedy)
