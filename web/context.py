"""What every view needs: the engine, and names to show for accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from flask import current_app, g

from engine.errors import NotFound
from engine.model import SYSTEM
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store
from handlers.organisations import find_organisations
from web.accounts import account_names, current_actor
from web.i18n import _


def engine() -> Engine:
    """Return the engine that this application serves."""
    return cast(Engine, current_app.extensions["engine"])


def settings() -> Settings:
    """Return the site's settings."""
    return cast(Settings, current_app.extensions["settings"])


def store() -> Store:
    """Return the database."""
    return cast(Store, current_app.extensions["store"])


def names(account_ids: Iterable[str | None]) -> Mapping[str, str]:
    """Return the name to show for each account; what the engine, a file or a command did
    gets no person's name."""
    wanted = {each for each in account_ids if each}
    no_person = {
        SYSTEM.account_id: _("the system, by itself"),
        "import": _("from a file"),
        "command": _("by a command"),
    }
    known = account_names(store(), wanted - no_person.keys())
    return {each: no_person.get(each) or known.get(each, _("a former account")) for each in wanted}


def readable(case_id: str) -> bool:
    """Tell whether the signed-in person may open a case's page."""
    try:
        engine().case(case_id, current_actor())
    except NotFound:
        return False
    return True


def organisation(identifier: str) -> str:
    """Return an organisation's name; the text itself where it names none."""
    if "organisations" not in g:
        with store().snapshot() as uow:
            g.organisations = {each.id: each.name for each in find_organisations(uow)}
    return str(g.organisations.get(identifier, identifier))
