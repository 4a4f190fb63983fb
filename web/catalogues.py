"""Catalogues of the pages' words: gathered from the sources, merged, compiled.

``python -m web.catalogues compile`` makes the ``.mo`` files that pages read (part of setup);
``python -m web.catalogues update`` merges new words of the sources into every ``.po`` file.
Sources are written in English. French is complete; Arabic is for staff and auditors, so it may
leave out what only designers' pages say. Tests hold both.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from web.french import typeset
from web.locales import LANGUAGES
from web.policy import DESIGNERS_ROOMS

HERE = Path(__file__).parent
TRANSLATIONS = HERE / "translations"
_METHODS = [("assets/**", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "N_": None}


def gather() -> Catalog:
    """Return every word that the sources mark for translation."""
    catalog = Catalog(project="Passerelle", version="0.1")
    found = extract_from_dir(HERE, method_map=_METHODS, keywords=_KEYWORDS)
    for file, _line, message, comments, context in found:
        catalog.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return catalog


def read(locale: str) -> Catalog:
    """Return a language's catalogue; an empty one if it has none yet.

    French is typeset on the way, so that pages never depend on how it was typed.
    """
    path = _file(locale)
    if not path.exists():
        return Catalog(locale=locale, project="Passerelle", version="0.1")
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    if locale == "fr":
        for message in catalog:
            if message.id:
                message.string = _typeset(message.string)
    return catalog


def missing(locale: str) -> tuple[str, ...]:
    """Return the words of the sources that a language owes its readers and does not translate.

    A word of designers' pages alone is owed by the languages that are spoken there.
    """
    known = read(locale)
    whole = LANGUAGES[locale].for_designers
    return tuple(
        str(message.id)
        for message in gather()
        if message.id
        and (whole or not _for_designers(message))
        and ((entry := known.get(_key(message))) is None or not _told(entry))
    )


def _for_designers(message: Message) -> bool:
    """Tell whether every place of a word is in a designers' room or its templates."""
    rooms = {file.removeprefix("templates/").partition("/")[0] for file, _line in message.locations}
    return rooms <= DESIGNERS_ROOMS


def _told(entry: Message) -> bool:
    """Tell whether a word is translated, each of its plural forms included."""
    words = entry.string if isinstance(entry.string, (list, tuple)) else (entry.string,)
    return all(words) and not entry.fuzzy


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def compile_all() -> tuple[Path, ...]:
    """Write the ``.mo`` file of every catalogue and return their paths."""
    written = []
    for source in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        # Whole or not at all: a server may be reading, a second test process writing.
        draft = target.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as file:
            write_mo(file, read(source.parent.parent.name))
        draft.replace(target)
        written.append(target)
    return tuple(written)


def update(locale: str) -> None:
    """Merge the sources' words into a language's catalogue; words gone from them are dropped."""
    catalog = read(locale)
    catalog.update(gather(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    catalog.header_comment = f"# Passerelle's pages: {locale}."
    catalog.last_translator = catalog.language_team = "Passerelle"
    catalog.msgid_bugs_address = ""
    path = _file(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True, include_lineno=False)


def _typeset(words: str | Sequence[str] | None) -> str | tuple[str, ...]:
    return typeset(words or "") if isinstance(words, str | None) else tuple(map(typeset, words))


def _file(locale: str) -> Path:
    return TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"


@click.group()
def main() -> None:
    """Gather, merge and compile the pages' words."""


@main.command("compile")
def _compile() -> None:
    """Write the .mo files that pages read."""
    for path in compile_all():
        click.echo(path.relative_to(HERE))


@main.command("update")
def _update() -> None:
    """Merge the sources' words into the .po files."""
    for locale in ("ar", "fr"):
        update(locale)
        click.echo(f"{locale}: {len(missing(locale))} to translate")


if __name__ == "__main__":
    main()
