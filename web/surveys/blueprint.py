"""The room's routes gather here."""

from flask import Blueprint

blueprint = Blueprint("surveys", __name__, url_prefix="/surveys")
