"""Notices: what was sent, and a preview of what would be."""

from web.notices.views import blueprint

__all__ = ["blueprint"]
