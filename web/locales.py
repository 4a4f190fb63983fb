"""Languages: which one a page speaks, and how it writes moments and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from babel.dates import format_date, format_datetime, get_timezone
from babel.numbers import format_decimal
from babel.units import format_unit
from flask import Flask, request, session
from flask_babel import Babel, get_locale

from web.accounts import current_account
from web.policy import DESIGNERS_ROOMS


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages.

    :ivar direction: ``ltr`` or ``rtl``; picks the style sheet.
    :ivar region: locale after which days and amounts are written, where one country's usage is
        followed: months have other names in Tunis than in Cairo.
    :ivar for_designers: spoken on process designers' pages too. They are in French and English;
        pages of staff and auditors are in every language.
    """

    code: str
    name: str
    direction: str = "ltr"
    region: str = ""
    for_designers: bool = True


LANGUAGES = {
    "fr": Language("fr", "Français"),
    "en": Language("en", "English"),
    "ar": Language("ar", "العربية", "rtl", region="ar_TN", for_designers=False),
}
DEFAULT = "fr"


def install(app: Flask) -> None:
    """Choose a language for every request; give pages filters for moments, days, amounts."""
    app.config.update(BABEL_DEFAULT_LOCALE=DEFAULT, BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=choose)
    app.add_template_global(lambda: LANGUAGES[locale()], "language")
    app.add_template_global(spoken, "languages")
    app.add_template_filter(moment)
    app.add_template_filter(clock)
    app.add_template_filter(day)
    app.add_template_filter(amount)
    app.add_template_filter(figure)
    app.add_template_filter(score)
    app.add_template_filter(size, "bytes")


def spoken() -> tuple[Language, ...]:
    """Return the languages that the page asked for is written in."""
    to_designers = request.blueprint in DESIGNERS_ROOMS
    return tuple(each for each in LANGUAGES.values() if each.for_designers or not to_designers)


def choose() -> str:
    """Return the language chosen in this session, else the account's, else the browser's.

    A language that this page does not speak is passed over, and kept for the next page.
    """
    codes = [each.code for each in spoken()]
    account = current_account()
    for wanted in (session.get("locale"), account.row.locale if account else None):
        if wanted in codes:
            return str(wanted)
    # By the browser's own order: the library prefers a later exact "fr" to an earlier "ar-TN".
    heard = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((code for code in heard if code in codes), DEFAULT)


def locale() -> str:
    """Return the code of the language of this request."""
    return str(get_locale() or DEFAULT)


def _written() -> str:
    """Return the locale after which days and amounts of this request are written."""
    code = locale()
    return LANGUAGES[code].region or code


def figure(value: object, text: str) -> str:
    """Return a number or a date as the page's language writes it; ``text`` for anything else."""
    if isinstance(value, Decimal):
        return str(format_decimal(value, locale=_written()))
    if isinstance(value, date) and not isinstance(value, datetime):
        return str(format_date(value, "long", locale=_written()))
    return text


def score(value: Decimal, signed: bool = False) -> str:
    """Return a score with two decimals as the page's language writes it.

    :param signed: with its sign, for a change.
    """
    pattern = "+0.00;-0.00" if signed else "0.00"
    return str(format_decimal(value, pattern, locale=_written()))


def moment(value: datetime | None, country: str = "") -> str:
    """Return a moment as people of that country read it, in the page's language.

    :param country: ISO 3166-1 alpha-2; its time zone is used, UTC where none is given.
    """
    if value is None:
        return ""
    zone = get_timezone(_zone(country))
    comma = "،" if LANGUAGES[locale()].direction == "rtl" else ","
    pattern = f"d MMMM y{comma} HH:mm"
    return _whole(format_datetime(value, pattern, tzinfo=zone, locale=_written()))


def _whole(written: str) -> str:
    """Return a date that keeps its day where it is read behind a name in another script.

    A right-to-left mark: without it, "Bell, 25 نوفمبر" would take the 25 for a part of the name.
    """
    return f"\u200f{written}" if LANGUAGES[locale()].direction == "rtl" else written


def clock(value: datetime | None, country: str = "") -> str:
    """Return the time of day of a moment as people of that country read it."""
    if value is None:
        return ""
    zone = get_timezone(_zone(country))
    return format_datetime(value, "HH:mm", tzinfo=zone, locale=_written())


def day(value: datetime | date | None, country: str = "") -> str:
    """Return a day in the page's language; a moment's day is that of the country's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(get_timezone(_zone(country))).date()
    return _whole(format_date(value, "d MMMM y", locale=_written()))


def amount(value: Decimal | int | None, currency: str = "") -> str:
    """Return a number grouped as the language does, with its currency's code behind it."""
    if value is None:
        return ""
    return f"{format_decimal(value, locale=_written())} {currency}".strip()


def local_moment(text: str, country: str) -> datetime | None:
    """Return the moment that a browser's field for day and time names in a country.

    :param text: ``2026-11-02T09:00``, as people of that country read their clocks.
    :returns: ``None`` if it is no such text.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=ZoneInfo(_zone(country))) if read.tzinfo is None else None


@cache
def _zone(country: str) -> str:
    territories = get_global("zone_territories")
    zones = sorted(zone for zone, territory in territories.items() if territory == country)
    return zones[0] if zones else "UTC"


def country_of(scheme: str) -> str:
    """Return the country of a scheme: ids begin with it.

    >>> country_of("cm/ofii")
    'CM'
    """
    return scheme.partition("/")[0].upper()


def country_name(country: str) -> str:
    """Return a country's name in the page's language, or its code."""
    return str(Locale.parse(_written()).territories.get(country, country))


def size(bytes_: int) -> str:
    """Return a file's size in kilobytes or megabytes, in the page's language."""
    unit, scale = ("megabyte", 1e6) if bytes_ >= 1e6 else ("kilobyte", 1e3)
    count = round(bytes_ / scale, 1) if scale == 1e6 else max(1, round(bytes_ / scale))
    return format_unit(count, f"digital-{unit}", "short", locale=_written())
