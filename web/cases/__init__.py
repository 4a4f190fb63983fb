"""Cases: lists, the page of one case, its documents, and what people may ask of it."""

from web.cases.views import blueprint

__all__ = ["blueprint"]
