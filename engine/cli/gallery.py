"""The gallery: every page of every scheme as SVG, and pages of text that list the steps."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from engine.service import Deployed, PageSheet, draw_page, sheet_of

TITLE = "# Les dispositifs, dessinés"
_COMMON = "common"
_KINDS = {
    "userTask": "une personne",
    "manualTask": "hors du système",
    "serviceTask": "le système",
    "sendTask": "message envoyé",
    "receiveTask": "message attendu",
    "businessRuleTask": "table de décision",
    "scriptTask": "calcul",
    "callActivity": "processus partagé",
    "subProcess": "sous-processus",
    "transaction": "transaction",
    "adHocSubProcess": "dans l'ordre voulu",
}


def write_gallery(folder: Path, schemes: Sequence[Deployed]) -> int:
    """Write pictures and pages of text, in French, in place of an earlier gallery.

    :param schemes: compiled, in the order of the gallery.
    :returns: how many pictures were written.
    :raises click.UsageError: the folder holds something else.
    """
    _clear(folder)
    shared: dict[str, tuple[Deployed, PageSheet]] = {}
    index, count = [TITLE, "", "Écrits par `passerelle scheme gallery docs/schemes`.", ""], 0
    for deployed in schemes:
        sheet = sheet_of(deployed, "fr")
        told = [f"# {sheet.name}", "", f"`{sheet.id}`", ""]
        if sheet.no_phases:
            told += [f"Sans phases : {sheet.no_phases}", ""]
        told += _pages(folder, sheet.id, ((deployed, page) for page in sheet.pages))
        _write(folder / f"{sheet.id}.md", told)
        index.append(f"- [{sheet.name}]({sheet.id}.md) (`{sheet.id}`)")
        shared |= {page.id: (deployed, page) for page in sheet.shared}
        count += len(sheet.pages)
    told = ["# Ce que les dispositifs partagent", "", *_pages(folder, _COMMON, shared.values())]
    _write(folder / f"{_COMMON}.md", told)
    index += ["", f"- [Ce que les dispositifs partagent]({_COMMON}.md)"]
    _write(folder / "README.md", index)
    return count + len(shared)


def _clear(folder: Path) -> None:
    index = folder / "README.md"
    mine = index.is_file() and index.read_text("utf-8").startswith(TITLE)
    if folder.exists() and any(folder.iterdir()) and not mine:
        raise click.UsageError(f"{folder} holds something that is no gallery. Name a new folder.")
    shutil.rmtree(folder, ignore_errors=True)


def _pages(folder: Path, home: str, pages: Iterable[tuple[Deployed, PageSheet]]) -> Iterator[str]:
    """Draw pages into the folder ``home`` and yield the lines that tell of them."""
    for deployed, page in pages:
        picture = folder / home / f"{page.id}.svg"
        _write(picture, [draw_page(deployed, page, "fr")])
        yield from (f"## {page.name}", "", f"![{page.name}]({_beside(home)}/{page.id}.svg)", "")
        yield from (f"1. {step.name} ({_KINDS[step.kind]})" for step in page.steps)
        yield ""


def _beside(home: str) -> str:
    """Return a folder as the page of text beside it calls it."""
    return home.rpartition("/")[2]


def _write(file: Path, lines: Iterable[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines).rstrip() + "\n", "utf-8")
