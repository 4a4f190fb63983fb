"""Operations: where cases stopped, and trying again."""

from web.operations.views import blueprint

__all__ = ["blueprint"]
