"""The room's routes gather here, with what all of them ask."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from flask import Blueprint, current_app

from engine.errors import NotFound
from engine.store import UnitOfWork
from handlers.payments import BudgetAccess
from web.accounts import current_actor

blueprint = Blueprint("payments", __name__, url_prefix="/payments")
PAGE_SIZE = 30


def access() -> BudgetAccess:
    """Return what says who sees and moves which budgets."""
    return cast(BudgetAccess, current_app.extensions["budget_access"])


def seen_in(uow: UnitOfWork) -> Collection[str] | None:
    """Return the countries whose budgets the signed-in person sees; ``None`` for all."""
    return access().seen_in(uow, current_actor())


def moved_in(uow: UnitOfWork) -> Collection[str]:
    """Return the countries whose budgets the signed-in person moves.

    :raises NotFound: there is none: to everybody else what is done there does not exist.
    """
    found = access().moved_in(uow, current_actor())
    if not found:
        raise NotFound("budget", "to move")
    return found
