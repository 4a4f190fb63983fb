"""Every rule of lint as data: what it finds, why that matters, an example that breaks it.

The command line, ``docs/lint.md`` and the tests read this one catalogue (the ``.toml`` files beside
it, one a kind of file).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

GROUPS = ("bpmn", "dmn", "form", "labels", "scheme", "documents", "file")
"""Kinds of files, as rule ids begin."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of lint.

    :ivar id: stable, for example ``bpmn.deadlock``. :ivar severity: ``error``, ``warning`` or
        ``info``, as it usually is; an error of what is only documentation warns.
    :ivar what: what it finds, by language (``en``, ``fr``). :ivar why: why that matters; likewise.
    :ivar wrong: an example that breaks it, in the notation of ``docs/lint.md``; ``""`` where no
        file's content can.
    :ivar right: the same, mended.
    """

    id: str
    severity: str
    what: Mapping[str, str]
    why: Mapping[str, str]
    wrong: str
    right: str


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its id, in the order of the catalogue."""
    found = {}
    for group in GROUPS:
        source = files(__package__).joinpath(f"{group}.toml").read_text("utf-8")
        for name, each in tomllib.loads(source).items():
            found[f"{group}.{name}"] = Rule(
                f"{group}.{name}",
                each["severity"],
                {"en": each["en"], "fr": each["fr"]},
                {"en": each["why_en"], "fr": each["why_fr"]},
                each["wrong"].strip(),
                each["right"].strip(),
            )
    return MappingProxyType(found)
