"""Texts with ``{{ FEEL }}`` in them: read once, filled as HTML in which no value is markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markdown_it import MarkdownIt

from engine.feel import Expression, parse

BLANK = "……………………"
"""What stands where a value is missing or closed to whoever writes: a line to fill in by hand."""

_REGIONS = {"en": "en_GB"}
"""Whose habit of writing dates a language follows here."""

_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PERSON = re.compile(r"\bperson\.([A-Za-z_][A-Za-z0-9_]*)")
_MARK = "\ue000{}\ue001"
_MARKED = re.compile("\ue000(\\d+)\ue001")
_EMPTY_HEAD = re.compile(r"<thead>\s*<tr>(?:\s*<th[^>]*></th>)+\s*</tr>\s*</thead>")
"""Markdown has no table without a head; one with nothing in it is no head."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Template:
    """Markdown and the expressions in it.

    :ivar text: the Markdown, a mark in the place of each expression.
    :ivar person_keys: entries of the person's file that the expressions name.
    """

    text: str
    expressions: tuple[Expression, ...]
    person_keys: frozenset[str]

    @classmethod
    def read(cls, source: str) -> Template:
        """Read a template.

        :raises FeelError: what stands between the braces does not parse.
        """
        places = [match.strip() for match in _PLACE.findall(source)]
        expressions = tuple(parse(place) for place in places)
        count = iter(range(len(places)))
        text = _PLACE.sub(lambda _: _MARK.format(next(count)), source)
        keys = frozenset(key for place in places for key in _PERSON.findall(place))
        return cls(text, expressions, keys)

    def fill(self, values: Mapping[str, Any], locale: str) -> str:
        """Return the text as HTML; a value is text in it, whatever characters it has."""
        filled = [shown(each.evaluate(values), locale) for each in self.expressions]
        html = _EMPTY_HEAD.sub("", str(_MARKDOWN.render(self.text)))
        return _MARKED.sub(lambda match: f"<bdi>{escape(filled[int(match.group(1))])}</bdi>", html)


def shown(value: Any, locale: str) -> str:
    """Return a value as people of a language write it; :data:`BLANK` where there is none."""
    region = _REGIONS.get(locale, locale)
    if value is None or value == "":
        return BLANK
    if isinstance(value, datetime):
        return str(format_datetime(value, "long", locale=region))
    if isinstance(value, date):
        return str(format_date(value, "long", locale=region))
    if isinstance(value, Decimal):
        return str(format_decimal(value, locale=region))
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(each, locale) for each in value)
    return str(value)
