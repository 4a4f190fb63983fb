"""Business plans: their lines, what is bought of each, and how far that is paid and proved."""

from handlers.payments.plans.lines import LineProgress, progress_of
from handlers.payments.plans.store import PlanLine, lines_of

__all__ = ["LineProgress", "PlanLine", "lines_of", "progress_of"]
