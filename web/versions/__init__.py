"""Versions of schemes, and moving cases from one to another: for designers and administrators."""

from web.versions import one_case as one_case
from web.versions.views import blueprint

__all__ = ["blueprint"]
