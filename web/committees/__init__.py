"""Committees' pages: bodies, sessions, files, votes, decisions, minutes."""

from web.committees import deciding, files, lists, minutes, session
from web.committees.blueprint import blueprint

__all__ = ["blueprint", "deciding", "files", "lists", "minutes", "session"]
