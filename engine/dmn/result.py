"""What a decision gives: its value and its reason."""

from __future__ import annotations

from engine.dmn.session import FiredDecision
from engine.feel import Value

Reasons = tuple[FiredDecision, ...]


class DecisionResult:
    """A decision's value and its reason.

    :ivar warnings: why parts of it are null; pieces of values may be quoted.
    :ivar kept_warnings: the same without any piece of a value, as history may keep them.
    """

    __slots__ = ("_reasons", "kept_warnings", "value", "warnings")

    def __init__(
        self,
        value: Value,
        reasons: Reasons,
        warnings: tuple[str, ...] = (),
        kept_warnings: tuple[str, ...] = (),
    ) -> None:
        self.value = value
        self.warnings = warnings
        self.kept_warnings = kept_warnings
        self._reasons: Reasons | None = reasons

    @property
    def reasons(self) -> Reasons:
        """Reasons of every decision and knowledge model's table that was evaluated, in the order
        they ended; the decision asked for is the last. Put together when first asked for.
        """
        if self._reasons is None:
            self._reasons = self._explained()
        return self._reasons

    def _explained(self) -> Reasons:
        """Put the reasons together, for a result that was made without them."""
        return ()
