"""The room's routes gather here."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app

from handlers.notices import Notices

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


def notices() -> Notices:
    """Return the room that sends notices."""
    return cast(Notices, current_app.extensions["notices"])
