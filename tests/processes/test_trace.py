"""Every statement of the sources is traced to what was drawn of it, or is told as context."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

PROCESSES = Path(__file__).parents[2] / "processes"
TRACE = PROCESSES / "TRACE.md"
SYSTEMS = {
    "A1": "fr/ofii-preparation",
    "A2": "cm/ofii",
    "A3": "cm/ofii-operators",
    "A4": "tg/anpe-services",
    "A5": "tg/ofii-anpe",
    "A6": "tg/unhcr-anpe",
    "A7": "tg/migr-actions",
    "A8": "tg/mooc",
    "A9": "cm/referral",
    "A10": "cm/ffue-iom",
    "A11": "cm/minjec-subsidy",
    "A12": "cm/pari-jedi",
    "A13": "cm/pari-jedi-associations",
    "A14": "tn/lemma-associations",
    "A15": "tn/lemma",
    "A16": "tn/association-grants",
    "A17": "tn/tounesna-operators",
    "A18": "tn/tounesna",
}
"""Folder of each system of the domain, as the project's README counts them."""

CONTEXT, SEE = "context", "see"


@dataclass(frozen=True)
class Row:
    """One statement: its id, and where it is drawn.

    :ivar file: a file of the scheme or of ``common/``; ``context``, then ``element`` is the reason
        why nothing is drawn; ``see``, then it is the ids of the rows that say the same.
    """

    id: str
    meaning: str
    scheme: str
    file: str
    element: str

    @property
    def series(self) -> str:
        """The part of the id before its number."""
        return self.id.partition(".")[0]


@cache
def rows() -> tuple[Row, ...]:
    """Return every row of the tables."""
    cells = (
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in TRACE.read_text("utf-8").splitlines()
        if re.match(r"\| [A-Z]\d*\.\d", line)
    )
    return tuple(Row(*each) for each in cells)


@cache
def elements_of(file: Path) -> frozenset[str]:
    """Return what a row can name in a file: element ids, fields, dotted keys."""
    if file.suffix in {".bpmn", ".dmn"}:
        return frozenset(str(e.get("id")) for e in etree.parse(file).iter() if e.get("id"))
    if file.suffix == ".form":
        return frozenset(re.findall(r'"(?:id|key)": "([^"]+)"', file.read_text("utf-8")))
    if file.suffix == ".toml":
        return frozenset(dotted(tomllib.loads(file.read_text("utf-8"))))
    return frozenset()


def dotted(data: Any, before: str = "") -> set[str]:
    """Return the keys of nested tables, joined by dots."""
    found: set[str] = set()
    for key, value in data.items() if isinstance(data, dict) else ():
        found |= {f"{before}{key}"} | dotted(value, f"{before}{key}.")
    return found


def test_each_system_has_its_folder_and_its_rows() -> None:
    assert [s for s in SYSTEMS.values() if not (PROCESSES / s / "scheme.toml").is_file()] == []
    assert [system for system in SYSTEMS if system not in {row.series for row in rows()}] == []


def test_ids_are_whole_and_in_order() -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in rows():
        numbers[row.series].append(int(row.id.partition(".")[2]))
    wrong = {s: n for s, n in numbers.items() if n != list(range(1, len(n) + 1))}
    assert wrong == {}


def test_each_row_leads_to_an_element_that_is_there_or_says_why_to_none() -> None:
    known = {row.id for row in rows()}
    wrong = []
    for row in rows():
        if row.file == CONTEXT:
            sound = len(row.element.split()) >= 3
        elif row.file == SEE:
            sound = {each.strip() for each in row.element.split(",")} <= known
        else:
            folder = PROCESSES if row.file.startswith("common/") else PROCESSES / row.scheme
            file = folder / row.file
            sound = file.is_file() and row.element in elements_of(file)
        if not (sound and row.meaning):
            wrong.append(f"{row.id}: {row.file} {row.element}")
    assert wrong == []


def test_every_scheme_is_one_of_the_systems() -> None:
    folders = {
        p.parent.relative_to(PROCESSES).as_posix() for p in PROCESSES.glob("*/*/scheme.toml")
    }
    assert sorted(folders - set(SYSTEMS.values())) == []


def test_every_scheme_has_phases_or_says_why_not() -> None:
    wrong = []
    for scheme in SYSTEMS.values():
        folder = PROCESSES / scheme
        told = tomllib.loads((folder / "scheme.toml").read_text("utf-8")).get("no_phases", "")
        drawn = any('name="phase"' in file.read_text("utf-8") for file in folder.glob("*.bpmn"))
        if bool(told) == drawn:
            wrong.append(scheme)
    assert wrong == []


def test_one_role_code_is_of_one_kind_everywhere() -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for file in PROCESSES.glob("*/*/scheme.toml"):
        for role, told in tomllib.loads(file.read_text("utf-8"))["roles"].items():
            kinds[role].add(told["kind"])
    assert {role: found for role, found in kinds.items() if len(found) > 1} == {}
