"""Words for people, typed: Flask-Babel's functions say nothing of what they return."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from flask_babel import ngettext as _ngettext


def _(text: str, **values: object) -> str:
    """Return a text in the language of the request, its figures filled in."""
    return str(gettext(text, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """Return a text for so many, in the language of the request; ``%(num)s`` is the number."""
    return str(_ngettext(one, many, num))


_l = lazy_gettext
"""A text whose language is chosen when it is shown, for tables of words."""
