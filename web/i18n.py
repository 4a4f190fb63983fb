"""Words for people, typed: Flask-Babel's functions say nothing of what they return."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext


def _(text: str, **values: object) -> str:
    """Return a text in the language of the request, its figures filled in."""
    return str(gettext(text, **values))


_l = lazy_gettext
"""A text whose language is chosen when it is shown, for tables of words."""
