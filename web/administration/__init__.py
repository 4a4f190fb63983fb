"""Accounts for administrators: who there is, which roles they hold where, and inviting them."""

from web.administration.views import blueprint

__all__ = ["blueprint"]
