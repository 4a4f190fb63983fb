"""Notices: what was sent, a preview of what would be, and contact details that do not work."""

from web.notices import problems, views
from web.notices.blueprint import blueprint

__all__ = ["blueprint", "problems", "views"]
