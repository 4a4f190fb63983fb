"""Files that belong to no scheme, as they lie about in any folder: found, read and linted alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from engine import bpmn, dmn, forms
from engine.errors import Finding
from engine.model import HandlerSpec
from engine.rules import finding, said

SUFFIXES = (".bpmn", ".dmn", ".form")
LARGEST_BYTES = 5_000_000
"""Largest file that is read into memory at all; what each reader takes is less or equal."""
Beside: TypeAlias = dict[Path, Mapping[str, bytes]]
MOST_BESIDE = 200
"""Decision files of one folder, at most, among which an import is looked for."""


def files_below(root: Path) -> Iterator[Path]:
    """Yield the files at or below a path that lint can read, in order.

    Links to folders are not followed, so a circle of them ends; what is no plain file, or lies in
    a folder that may not be read, is passed over.
    """
    if not root.is_dir():
        yield root
        return
    for folder, inner, names in os.walk(root):
        inner.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix.lower() in (*SUFFIXES, ".toml") and path.is_file():
                yield path


def lint_alone(
    path: Path,
    handlers: Mapping[str, HandlerSpec],
    now: datetime | None,
    beside: Beside,
    as_documentation: bool = False,
) -> tuple[Finding, ...]:
    """Return everything there is to say of a file that stands alone, errors first.

    A file given by another suffix than lint knows is taken for a diagram.

    :param as_documentation: whether a diagram that cannot be run would be published to be read.
    :param beside: the decision files of each folder, filled as they are needed.
    """
    kind = path.suffix.lower() if path.suffix.lower() in SUFFIXES else ".bpmn"
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            return (_too_large(path, kind, size),)
        source = path.read_bytes()
    except OSError as error:
        return (unreadable(path.name, error),)
    if kind == ".form":
        return forms.check(source, path.name)
    if kind == ".dmn":
        found = dmn.check(source, path.name, _beside(path, source, beside))
        return (*found, *bpmn.check_dmn_schema(source, path.name))
    name = f"{path.name}.bpmn"
    findings = bpmn.lint(
        {name: source},
        None,
        handlers=handlers,
        constants={},
        country="",
        time_zone="",
        now=now,
        as_documentation=as_documentation,
    )
    return tuple(replace(found, file=path.name) for found in findings)


def unreadable(name: str, error: OSError) -> Finding:
    """Return the finding about a file that the system does not let us read."""
    return finding(
        "file.unreadable",
        "error",
        name,
        "",
        0,
        said("it cannot be read: {reason}.", reason=error.strerror or type(error).__name__),
        "Give the account that runs this the right to read it, or remove it.",
    )


def _too_large(path: Path, kind: str, size: int) -> Finding:
    return finding(
        f"{kind[1:]}.too-large",
        "error",
        path.name,
        "",
        0,
        said(
            "the file has {size:,} bytes; the limit is {limit:,}.", size=size, limit=LARGEST_BYTES
        ),
        "Split it into several files.",
    )


def _beside(path: Path, source: bytes, known: Beside) -> Mapping[str, bytes]:
    """Return the decision files beside one that imports; nothing for one that does not."""
    if b"import" not in source:
        return {}
    if path.parent not in known:
        known[path.parent] = _decisions_in(path.parent)
    return known[path.parent]


def _decisions_in(folder: Path) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.dmn"))[:MOST_BESIDE]:
        try:
            if path.is_file() and path.stat().st_size <= LARGEST_BYTES:
                found[path.name] = path.read_bytes()
        except OSError:
            continue  # It has a report of its own, which says so.
    return found
