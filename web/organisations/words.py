"""The words of organisations: kinds, what they cover, designations, accreditations, problems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from babel.units import format_unit
from flask import Flask

from web.i18n import _l
from web.locales import locale

WORDS: Mapping[str, Mapping[str, Any]] = {
    "kind": {
        "ministry": _l("Ministry"),
        "agency": _l("Agency"),
        "public-service": _l("Public service"),
        "international": _l("International organisation"),
        "local-administration": _l("Local administration"),
        "committee": _l("Committee"),
        "operator": _l("Operator"),
        "association": _l("Association"),
        "company": _l("Company"),
        "training-provider": _l("Training provider"),
    },
    "type": {"public": _l("Public"), "private": _l("Private")},
    "language": {"fr": "Français", "en": "English", "ar": "العربية"},
    "level": {
        "social": _l("Social reintegration"),
        "employment": _l("Employment"),
        "business": _l("Business creation"),
    },
    "sector": {
        "agriculture": _l("Agriculture"),
        "commerce": _l("Commerce"),
        "crafts": _l("Crafts"),
        "livestock": _l("Livestock farming"),
        "services": _l("Services"),
        "transport": _l("Transport"),
        "catering": _l("Catering"),
    },
    "region": {
        "adamaoua": _l("Adamawa"),
        "centre": _l("Centre (region)"),
        "est": _l("East"),
        "extreme-nord": _l("Far North"),
        "littoral": _l("Littoral"),
        "nord": _l("North"),
        "nord-ouest": _l("North-West"),
        "ouest": _l("West"),
        "sud": _l("South"),
        "sud-ouest": _l("South-West"),
        "maritime": _l("Maritime"),
        "plateaux": _l("Plateaux"),
        "centrale": _l("Centrale"),
        "kara": _l("Kara"),
        "savanes": _l("Savanes"),
        "ariana": _l("Ariana"),
        "beja": _l("Béja"),
        "ben-arous": _l("Ben Arous"),
        "bizerte": _l("Bizerte"),
        "gabes": _l("Gabès"),
        "gafsa": _l("Gafsa"),
        "jendouba": _l("Jendouba"),
        "kairouan": _l("Kairouan"),
        "kasserine": _l("Kasserine"),
        "kebili": _l("Kébili"),
        "kef": _l("Le Kef"),
        "mahdia": _l("Mahdia"),
        "manouba": _l("Manouba"),
        "medenine": _l("Médenine"),
        "monastir": _l("Monastir"),
        "nabeul": _l("Nabeul"),
        "sfax": _l("Sfax"),
        "sidi-bouzid": _l("Sidi Bouzid"),
        "siliana": _l("Siliana"),
        "sousse": _l("Sousse"),
        "tataouine": _l("Tataouine"),
        "tozeur": _l("Tozeur"),
        "tunis": _l("Tunis"),
        "zaghouan": _l("Zaghouan"),
    },
    "mode": {
        "table": _l("By the decision table"),
        "manual": _l("By hand"),
    },
    "outcome": {
        "accepted": _l("Accepted"),
        "declined": _l("Declined"),
        "expired": _l("No answer in time"),
        "withdrawn": _l("Offer withdrawn"),
    },
    "declined": {
        "no-capacity": _l("Not available"),
        "outside-field": _l("Outside our field"),
        "conflict": _l("Conflict of interest"),
    },
    "status": {
        "active": _l("Accredited"),
        "suspended": _l("Suspended"),
        "withdrawn": _l("Withdrawn"),
        "ended": _l("Run out"),
        "to-come": _l("Not yet begun"),
    },
    "agreement": {
        "contract": _l("Contract"),
        "agreement": _l("Agreement"),
        "support-plan": _l("Support plan"),
        "grant": _l("Grant agreement"),
    },
    "mark": {
        "S": _l("founding document"),
        "W": _l("public source"),
        "I": _l("inferred, sample value"),
        "R": _l("recalled, unconfirmed"),
    },
    "role": {
        "auditor": _l("Auditor"),
        "administrator": _l("Administrator"),
        "process_designer": _l("Process designer"),
        "data_protection_officer": _l("Data protection officer"),
        "funder": _l("Funder"),
    },
    "field": {
        "created": _l("entered"),
        "name": _l("Name"),
        "kind": _l("Kind"),
        "type": _l("Public or private"),
        "email": _l("E-mail address"),
        "language": _l("Languages spoken"),
        "active": _l("Takes new cases"),
        "source": _l("Source"),
        "sector": _l("Sectors"),
        "region": _l("Regions"),
        "level": _l("Kinds of assistance"),
        "capacity": _l("Cases at a time"),
        "account": _l("Bank account"),
    },
}

_PROBLEMS: Mapping[str, Any] = {
    "required": _l("Fill in this field."),
    "long": _l("This is too long."),
    "too-long": _l("This is too long."),
    "choice": _l("Choose one of those offered."),
    "email": _l("Write an e-mail address, such as name@example.org."),
    "number": _l("Write a whole number."),
    "id": _l("Small letters, digits and hyphens only."),
    "country": _l("Choose a country."),
    "twice": _l("This code stands there twice."),
    "known": _l("An organisation of this country has that name already."),
    "date": _l("Choose a day."),
    "before-publication": _l("The specifications were published later. Choose a later day."),
    "before-since": _l("The last day is before the first one."),
    "other-country": _l("Choose specifications of the organisation's country."),
}


def word(what: str, code: object) -> str:
    """Return the word for a code; the code itself where it has none."""
    return str(WORDS[what].get(str(code), code))


def problem(code: str) -> str:
    """Return what is wrong with what was typed."""
    return str(_PROBLEMS.get(code, code))


def in_language(texts: Mapping[str, str]) -> str:
    """Return a text of a set of specifications in the page's language, or in one it is in."""
    return texts.get(locale()) or next(iter(texts.values()), "")


def lasting(time: timedelta | None) -> str:
    """Return a length of time in days, or in hours below two days; a dash for none."""
    if time is None:
        return "—"
    hours = time.total_seconds() / 3600
    if hours < 48:
        return format_unit(round(hours), "duration-hour", locale=locale())
    return format_unit(round(hours / 24, 1), "duration-day", locale=locale())


def install(app: Flask) -> None:
    """Give templates the words."""
    app.add_template_global(word, "organisation_word")
    app.add_template_filter(in_language)
    app.add_template_filter(lasting)
