"""Contact details that do not work: opened by a bounce, closed when somebody corrected them."""

from handlers.notices.problems.service import Problems
from handlers.notices.problems.store import ContactProblem, open_problem, problems_seen

__all__ = ["ContactProblem", "Problems", "open_problem", "problems_seen"]
