"""Reports: what the cases of a scheme come to, without anybody in particular."""

from web.reports.views import blueprint

__all__ = ["blueprint"]
