"""The room's routes gather here."""

from flask import Blueprint

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
