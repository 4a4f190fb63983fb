"""Organisations: the list, each one's page, its profile, accreditations, specifications."""

from web.organisations import accreditations, page, profile, specifications
from web.organisations.blueprint import blueprint

__all__ = ["accreditations", "blueprint", "page", "profile", "specifications"]
