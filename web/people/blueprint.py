"""The room's routes gather here."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app

from handlers.people import People

blueprint = Blueprint("people", __name__, url_prefix="/people")


def people() -> People:
    """Return the room that keeps people's files."""
    return cast(People, current_app.extensions["people"])
