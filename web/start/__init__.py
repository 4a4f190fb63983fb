"""Starting a case: the schemes a person may start, and each scheme's start form."""

from web.start.views import blueprint

__all__ = ["blueprint"]
