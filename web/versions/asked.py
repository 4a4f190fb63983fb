"""What a designer asks for: two versions of a scheme, and what goes where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import NotFound
from web.i18n import _

PREFIX = "map."
LONGEST_MAPPING = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A migration as it was asked for.

    :ivar chosen: by element of the old version, what was picked for it in the table.
    :ivar more: further lines ``OLD=NEW``, as typed. :ivar mapping: both together.
    :ivar errors: message by field.
    """

    scheme: str
    from_version: int
    to_version: int
    chosen: Mapping[str, str]
    more: str
    mapping: Mapping[str, str]
    errors: Mapping[str, str]


def read_asked(sent: Mapping[str, str]) -> Asked:
    """Read a migration from a form or an address.

    :raises NotFound: a version is no number.
    """
    chosen = {
        name.removeprefix(PREFIX): value
        for name, value in sent.items()
        if name.startswith(PREFIX) and value
    }
    more = sent.get("more", "")[:LONGEST_MAPPING]
    mapping, wrong = dict(chosen), []
    for line in more.split("\n"):
        old, equals, new = (part.strip() for part in line.partition("="))
        if old and equals and new:
            mapping[old] = new
        elif line.strip():
            wrong.append(line.strip())
    errors = {}
    if wrong:
        text = _("Write each line as Old=New, two ids. Not so: %(lines)s", lines=", ".join(wrong))
        errors["more"] = text
    return Asked(
        scheme=sent.get("scheme", ""),
        from_version=_number(sent.get("from", "")),
        to_version=_number(sent.get("to", "")),
        chosen=chosen,
        more=more,
        mapping=mapping,
        errors=errors,
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise NotFound("version", text)
    return int(text)
