"""The words of people's files: entries, tiers, choices, what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from handlers.people import ATTRIBUTES
from web.i18n import _l

ENTRIES: Mapping[str, Any] = {
    "family_name": _l("Family name"),
    "given_names": _l("Given names"),
    "family_name_ar": _l("Family name in Arabic script"),
    "given_names_ar": _l("Given names in Arabic script"),
    "other_names": _l("Other or former names"),
    "birth_date": _l("Birth date"),
    "birth_year": _l("Birth year, where no more is known"),
    "gender": _l("Gender"),
    "preferred_language": _l("Preferred language"),
    "phone": _l("Telephone"),
    "email": _l("E-mail"),
    "address": _l("Address"),
    "safe_contact_channel": _l("Safe way to get in touch"),
    "safe_contact_email": _l("Safe e-mail address"),
    "safe_contact_phone": _l("Safe telephone number"),
    "safe_contact_from": _l("Not before (time of day)"),
    "safe_contact_to": _l("Not after (time of day)"),
    "safe_contact_family_unaware": _l("The family must not know of the return"),
    "safe_contact_silence": _l("What must not be said"),
    "safe_contact_note": _l("Precautions to take"),
    "identifier": _l("Identifier"),
    "survey_result": _l("Result of a survey (a provisional one is no official score)"),
}
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "gender": {"female": _l("Female"), "male": _l("Male"), "unstated": _l("Not stated")},
    "preferred_language": {"fr": "Français", "en": "English", "ar": "العربية"},
    "safe_contact_channel": {
        "email": _l("E-mail"),
        "sms": _l("Text message"),
        "phone": _l("Telephone call"),
        "visit": _l("Appointment in person"),
        "none": _l("None: do not get in touch"),
    },
    "safe_contact_family_unaware": {"true": _l("Yes"), "false": _l("No")},
    "kind": {
        "passport": _l("Passport"),
        "national-id": _l("National identity card"),
        "consular-card": _l("Consular card"),
        "laissez-passer": _l("Laissez-passer"),
        "birth-certificate": _l("Birth certificate"),
        "agency-number": _l("Number at an agency"),
        "other": _l("Other number"),
        "residence-permit": _l("Residence permit"),
        "asylum-number": _l("Asylum number"),
    },
    "relation": {
        "head": _l("Head of the household"),
        "spouse": _l("Spouse"),
        "child": _l("Child"),
        "parent": _l("Parent"),
        "sibling": _l("Brother or sister"),
        "other": _l("Other relation"),
    },
    "purpose": {
        "processing": _l("Use of their data"),
        "sharing": _l("Sharing with a public body"),
        "promotion": _l("Telling of a successful experience"),
    },
    "tier": {
        "identity": _l("Identity"),
        "protection": _l("Protection"),
        "legal": _l("Legal status"),
        "payment": _l("Payment"),
        "psychosocial": _l("Psychosocial"),
        "case": _l("Case notes"),
    },
    "birth": {
        "same": _l("the same"),
        "swapped": _l("day and month exchanged"),
        "year": _l("the same year"),
        "different": _l("different"),
        "unknown": _l("unknown in one of them"),
    },
    "ground": {
        "person": _l("The person asks for it"),
        "mistake": _l("The file was opened by mistake"),
        "retention": _l("Its time is over"),
    },
    "request": {
        "asked": _l("Waits for a second person"),
        "done": _l("Erased"),
        "refused": _l("Refused"),
    },
    "verdict": {"accepted": _l("Justified"), "not-justified": _l("Not justified")},
    "decision": {
        "merged": _l("Merged"),
        "distinct": _l("Found to be two people"),
        "undone": _l("Decision taken back"),
    },
    "asked": {"name": _l("name"), "birth": _l("birth date"), "identifier": _l("number")},
    "reading": {
        "fields.read": _l("Page of a case or a task"),
        "file.read": _l("Page of the person's file"),
        "documents.open": _l("Document opened"),
        "notices.send": _l("Notice to the person"),
        "notices.recheck": _l("Whether contact details were corrected"),
        "surveys.record": _l("A survey was scored"),
        "referrals.read": _l("Referral to another structure"),
        "subject-access": _l("The person's own copy"),
    },
}
_PROBLEMS: Mapping[str, Any] = {
    "required": _l("Fill this in."),
    "long": _l("This is too long. Shorten it."),
    "choice": _l("Choose one of the answers."),
    "date": _l("Write a day that has passed, such as 17/04/1992."),
    "year": _l("Write a year, such as 1992."),
    "time": _l("Write a time of day, such as 18:30."),
    "email": _l("Write an address such as name@example.org."),
    "phone": _l("Write a number with 6 to 25 digits and signs, such as +237 6 00 00 00 00."),
    "country": _l("Choose the country that issued it."),
    "number": _l("Write the number, at least three letters or digits."),
}


def problem(code: str) -> str:
    """Return what is wrong with what was typed, in the page's language."""
    return str(_PROBLEMS.get(code, code))


def option(what: str, code: object) -> str:
    """Return the word for a code; the code itself where it has none."""
    return str(OPTIONS.get(what, {}).get(str(code), code))


def entry(key: str) -> str:
    """Return the name of a file's entry; a form's own key where it is none of the file's."""
    return str(ENTRIES.get(key.partition(".")[0], key))


def install(app: Flask) -> None:
    """Give these words to the pages."""
    app.add_template_filter(entry, "entry")
    app.add_template_global(option, "word")
    app.jinja_env.globals.update(word_options=OPTIONS, attributes=ATTRIBUTES)
