"""Organisations: the list, each one's page, its profile and its accreditations."""

from web.organisations import accreditations, page, profile
from web.organisations.blueprint import blueprint

__all__ = ["accreditations", "blueprint", "page", "profile"]
