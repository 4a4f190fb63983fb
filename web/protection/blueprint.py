"""The room's routes gather here."""

from flask import Blueprint

blueprint = Blueprint("protection", __name__, url_prefix="/protection")
