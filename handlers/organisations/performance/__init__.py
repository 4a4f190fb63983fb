"""How soon and how punctually an organisation works, counted from its cases' tasks."""

from handlers.organisations.performance.measures import Performance, Punctuality, measure

__all__ = ["Performance", "Punctuality", "measure"]
