"""Operations: where cases stopped, trying again, and what operators change by hand."""

from web.operations import cases, views
from web.operations.blueprint import blueprint

__all__ = ["blueprint", "cases", "views"]
