"""Cases: lists, the page of one case, its documents, and what people may ask of it."""

from web.cases import documents, letters, views
from web.cases.blueprint import blueprint

__all__ = ["blueprint", "documents", "letters", "views"]
