"""Pages of surveys: what was taken in a case, compared over time, as page, table, PDF and CSV."""

from web.surveys import views
from web.surveys.blueprint import blueprint

__all__ = ["blueprint", "views"]
