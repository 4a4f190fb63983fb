"""Tasks: what the signed-in person must do, may take, and has done."""

from web.worklist.views import blueprint

__all__ = ["blueprint"]
