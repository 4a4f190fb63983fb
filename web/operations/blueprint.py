"""The blueprint that the pages of operations share."""

from flask import Blueprint

blueprint = Blueprint("operations", __name__, url_prefix="/operations")
